#ifndef FANGPIN_RPC_SERVER_H_
#define FANGPIN_RPC_SERVER_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fangpin/config/v1/config.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/server.h"
#include "libs/rpc/reflection.h"

namespace fangpin::rpc {

// True for 127.0.0.0/8, ::1, localhost and unix sockets.
bool IsLoopback(std::string_view address);
// True when the text has a certificate in PEM, which is all that gRPC takes.
bool HoldsCertificate(std::string_view pem);

// The gRPC server of a process: listeners, TLS, health, reflection, size limits, keepalive.
class Server {
 public:
  // Starts serving `services`, which reflection lists as `service_names`, on the addresses of
  // `config`. FAILED_PRECONDITION, LISTEN_WITHOUT_TLS, for an address beyond loopback without TLS;
  // UNAVAILABLE when it cannot listen. Health is NOT_SERVING for every name until SetHealth.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const config::v1::Config& config, const std::vector<grpc::Service*>& services,
      std::set<std::string, std::less<>> service_names);
  ~Server();

  // Addresses in use, with real ports.
  const std::vector<std::string>& addresses() const { return addresses_; }

  void SetHealth(const std::string& name, bool serving);
  // NOT_SERVING for every name, for good.
  void TurnHealthOff();

  // A channel that stays inside the process.
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // Health off, no new calls; returns when calls in progress are done, or cancelled after `grace`.
  void Drain(absl::Duration grace);

 private:
  Server() = default;

  std::unique_ptr<ReflectionService> reflection_;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::string> addresses_;
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_SERVER_H_
