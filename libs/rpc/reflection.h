#ifndef FANGPIN_RPC_REFLECTION_H_
#define FANGPIN_RPC_REFLECTION_H_

#include <set>
#include <string>

#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

namespace fangpin::rpc {

// Server reflection over the callback API. gRPC's own plugin is synchronous, and one synchronous
// service costs every call of the process: its polling threads wake for the others' events.
class ReflectionService final
    : public grpc::reflection::v1alpha::ServerReflection::CallbackService {
 public:
  // `services`: full names, as list_services tells them.
  explicit ReflectionService(std::set<std::string, std::less<>> services)
      : services_(std::move(services)) {}

  grpc::ServerBidiReactor<grpc::reflection::v1alpha::ServerReflectionRequest,
                          grpc::reflection::v1alpha::ServerReflectionResponse>*
  ServerReflectionInfo(grpc::CallbackServerContext* context) override;

 private:
  const std::set<std::string, std::less<>> services_;
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_REFLECTION_H_
