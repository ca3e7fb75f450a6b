#ifndef FANGPIN_RPC_NEIGHBOUR_H_
#define FANGPIN_RPC_NEIGHBOUR_H_

#include <memory>
#include <string>

#include "grpcpp/channel.h"
#include "libs/rpc/principal.h"

namespace fangpin::rpc {

// Another service as one service reaches it. Handed out before the channel exists, since a module
// is made before the server that its neighbours live in. Thread-safe once set.
class Neighbour {
 public:
  // `identity` may be null: calls then carry no token.
  Neighbour(std::string service, std::shared_ptr<ServiceIdentity> identity, bool simulated_time)
      : service_(std::move(service)),
        identity_(std::move(identity)),
        simulated_time_(simulated_time) {}

  const std::string& service() const { return service_; }
  ServiceIdentity* identity() const { return identity_.get(); }
  bool simulated_time() const { return simulated_time_; }

  // Null until the server has started.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // Once, before any call.
  void set_channel(std::shared_ptr<grpc::Channel> channel) { channel_ = std::move(channel); }

 private:
  const std::string service_;
  const std::shared_ptr<ServiceIdentity> identity_;
  const bool simulated_time_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_NEIGHBOUR_H_
