#ifndef FANGPIN_RPC_CLIENT_H_
#define FANGPIN_RPC_CLIENT_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/call_once.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/client_context.h"
#include "libs/base/call_context.h"
#include "libs/rpc/neighbour.h"
#include "libs/rpc/status.h"

namespace fangpin::rpc {

struct CallOptions {
  // For one attempt; the total is at most four of them.
  absl::Duration timeout = absl::Seconds(10);
};

// A context for one call on behalf of `ctx`: token of the neighbour's caller, request id, the
// subject acted for, simulated time where allowed, deadline, and no waiting for a dead peer.
absl::StatusOr<std::unique_ptr<grpc::ClientContext>> ClientContextFor(const base::CallContext& ctx,
                                                                      const Neighbour& neighbour,
                                                                      absl::Duration timeout);

namespace internal {
// The method of `service` that takes `request`, by buf's rule that a request type has one method;
// null when there is none.
const google::protobuf::MethodDescriptor* MethodTaking(std::string_view service,
                                                       const google::protobuf::Descriptor* request);
// Runs `attempt` until it is not UNAVAILABLE, up to four times with backoff and jitter when the
// method declares itself idempotent, once otherwise.
absl::Status WithRetry(const google::protobuf::MethodDescriptor* method,
                       absl::FunctionRef<absl::Status()> attempt);
// UNAVAILABLE, NEIGHBOUR_ABSENT.
absl::Status NeighbourAbsent(std::string_view service);
}  // namespace internal

// Calls one gRPC service of a neighbour:
//
//   rpc::Client<pb::RegistryService> registry_{env.Channel("screening", "registry")};
//   FANGPIN_ASSIGN_OR_RETURN(pb::GetHouseholdResponse response,
//                            registry_.Call(ctx, &pb::RegistryService::Stub::GetHousehold,
//                            request));
//
// Blocks; call it from handlers that run on the executor, or from threads of your own. Thread-safe.
template <typename Service>
class Client {
 public:
  explicit Client(std::shared_ptr<Neighbour> neighbour) : neighbour_(std::move(neighbour)) {}

  // The answer, or the status with all its details. UNAVAILABLE when the neighbour is not there.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(const base::CallContext& ctx,
                                grpc::Status (Service::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&, Response*),
                                const Request& request, CallOptions options = {}) {
    absl::call_once(once_, [this] {
      if (neighbour_->channel() != nullptr) stub_ = Service::NewStub(neighbour_->channel());
    });
    if (stub_ == nullptr) return internal::NeighbourAbsent(neighbour_->service());
    static const google::protobuf::MethodDescriptor* const descriptor =
        internal::MethodTaking(Service::service_full_name(), Request::descriptor());
    Response response;
    absl::Status status = internal::WithRetry(descriptor, [&]() -> absl::Status {
      auto context = ClientContextFor(ctx, *neighbour_, options.timeout);
      if (!context.ok()) return context.status();
      response.Clear();
      return FromGrpc((*stub_.*method)(context->get(), request, &response));
    });
    if (!status.ok()) return status;
    return response;
  }

  const Neighbour& neighbour() const { return *neighbour_; }

 private:
  std::shared_ptr<Neighbour> neighbour_;
  absl::once_flag once_;
  std::unique_ptr<typename Service::Stub> stub_;
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_CLIENT_H_
