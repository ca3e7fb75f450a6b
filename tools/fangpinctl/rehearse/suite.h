#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_SUITE_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_SUITE_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "fangpin/assistance/v1/assistance_service.grpc.pb.h"
#include "fangpin/elimination/v1/elimination_service.grpc.pb.h"
#include "fangpin/registry/v1/registry_service.grpc.pb.h"
#include "fangpin/screening/v1/alert_service.grpc.pb.h"
#include "fangpin/screening/v1/determination_service.grpc.pb.h"
#include "fangpin/screening/v1/screening_service.grpc.pb.h"
#include "grpcpp/client_context.h"
#include "libs/base/status.h"
#include "tools/fangpinctl/rehearse/actors.h"

namespace fangpin::ctl {

// The suite's public API, called by many actors on days of their own. Thread-safe.
class Suite {
 public:
  // `addresses` by service, plain text. Connects with the first call.
  explicit Suite(const std::map<std::string, std::string, std::less<>>& addresses);

  // Calls a method as `actor` at nine in the morning of `day`. Tried again while the service is not
  // there or has too much to do; every method of the suite may be. UNAVAILABLE when that does not
  // end. Otherwise the answer, or the refusal with its details.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(const Actor& actor, absl::CivilDay day,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) {
    Stub& stub = *std::get<std::unique_ptr<Stub>>(stubs_);
    Response response;
    FANGPIN_RETURN_IF_ERROR(Attempts(actor, day, [&](grpc::ClientContext& context) {
      response.Clear();
      return (stub.*method)(&context, request, &response);
    }));
    return response;
  }

  // Calls made so far, repeats included.
  int64_t calls() const { return calls_.load(std::memory_order_relaxed); }

 private:
  absl::Status Attempts(const Actor& actor, absl::CivilDay day,
                        absl::FunctionRef<grpc::Status(grpc::ClientContext&)> attempt);

  std::tuple<std::unique_ptr<registry::v1::RegistryService::Stub>,
             std::unique_ptr<screening::v1::AlertService::Stub>,
             std::unique_ptr<screening::v1::ScreeningService::Stub>,
             std::unique_ptr<screening::v1::DeterminationService::Stub>,
             std::unique_ptr<assistance::v1::AssistanceService::Stub>,
             std::unique_ptr<elimination::v1::EliminationService::Stub>>
      stubs_;
  std::atomic<int64_t> calls_{0};
};

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_SUITE_H_
