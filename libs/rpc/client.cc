#include "libs/rpc/client.h"

#include <thread>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/rpc/method.h"

namespace fangpin::rpc {
namespace {

constexpr int kMaxAttempts = 4;
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(50);

}  // namespace

absl::StatusOr<std::unique_ptr<grpc::ClientContext>> ClientContextFor(const base::CallContext& ctx,
                                                                      const Neighbour& neighbour,
                                                                      absl::Duration timeout) {
  auto context = std::make_unique<grpc::ClientContext>();
  const absl::Time now = absl::Now();
  if (ServiceIdentity* identity = neighbour.identity()) {
    FANGPIN_ASSIGN_OR_RETURN(std::string authorization, identity->Authorization(now));
    context->AddMetadata(kAuthorizationKey, authorization);
  }
  if (!ctx.request_id.empty()) context->AddMetadata(kRequestIdKey, ctx.request_id);
  if (!ctx.principal.subject.empty()) {
    context->AddMetadata(kOnBehalfOfKey, ctx.principal.subject);
  }
  if (neighbour.simulated_time()) {
    context->AddMetadata(kSimulatedTimeKey,
                         absl::FormatTime(absl::RFC3339_full, ctx.now, absl::UTCTimeZone()));
  }
  context->set_deadline(absl::ToChronoTime(now + timeout));
  return context;
}

namespace internal {

const google::protobuf::MethodDescriptor* MethodTaking(
    std::string_view service, const google::protobuf::Descriptor* request) {
  const google::protobuf::ServiceDescriptor* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(service));
  for (int i = 0; descriptor != nullptr && i < descriptor->method_count(); ++i) {
    if (descriptor->method(i)->input_type() == request) return descriptor->method(i);
  }
  return nullptr;
}

absl::Status WithRetry(const google::protobuf::MethodDescriptor* method,
                       absl::FunctionRef<absl::Status()> attempt) {
  const bool idempotent =
      method != nullptr &&
      method->options().idempotency_level() != google::protobuf::MethodOptions::IDEMPOTENCY_UNKNOWN;
  const int attempts = idempotent ? kMaxAttempts : 1;
  absl::Duration backoff = kFirstBackoff;
  for (int i = 1;; ++i) {
    absl::Status status = attempt();
    if (!absl::IsUnavailable(status) || i == attempts) return status;
    // Jitter keeps callers that failed together from coming back together.
    thread_local absl::BitGen random;
    absl::SleepFor(backoff * absl::Uniform(random, 0.5, 1.0));
    backoff *= 4;
  }
}

absl::Status NeighbourAbsent(std::string_view service) {
  return base::Error(absl::StatusCode::kUnavailable, "NEIGHBOUR_ABSENT", "相邻服务尚未就绪")
      .WithMetadata("service", service);
}

}  // namespace internal
}  // namespace fangpin::rpc
