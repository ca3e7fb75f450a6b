#include "tools/fangpinctl/rehearse/suite.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"
#include "libs/rpc/method.h"
#include "libs/rpc/status.h"

namespace fangpin::ctl {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(60);
constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr absl::Duration kFirstPause = absl::Milliseconds(20);
constexpr absl::Duration kLongestPause = absl::Seconds(1);

absl::Time MorningOf(absl::CivilDay day) { return base::StartOf(day) + absl::Hours(9); }

bool WorthAnotherTry(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
         base::Reason(status) == "SQL_CONFLICT";
}

}  // namespace

Suite::Suite(const std::map<std::string, std::string, std::less<>>& addresses) {
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels;  // by address
  const auto channel = [&](std::string_view service) {
    const std::string& address = addresses.find(service)->second;
    std::shared_ptr<grpc::Channel>& found = channels[address];
    if (found == nullptr) {
      grpc::ChannelArguments arguments;
      // Pages of whole households.
      arguments.SetMaxReceiveMessageSize(-1);
      found = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    }
    return found;
  };
  stubs_ = {registry::v1::RegistryService::NewStub(channel("registry")),
            screening::v1::AlertService::NewStub(channel("screening")),
            screening::v1::ScreeningService::NewStub(channel("screening")),
            screening::v1::DeterminationService::NewStub(channel("screening")),
            assistance::v1::AssistanceService::NewStub(channel("assistance")),
            elimination::v1::EliminationService::NewStub(channel("elimination"))};
}

absl::Status Suite::Attempts(const Actor& actor, absl::CivilDay day,
                             absl::FunctionRef<grpc::Status(grpc::ClientContext&)> attempt) {
  const absl::Time give_up = absl::Now() + kPatience;
  absl::Duration pause = kFirstPause;
  while (true) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kTimeout));
    context.AddMetadata(rpc::kAuthorizationKey, actor.authorization);
    context.AddMetadata(rpc::kSimulatedTimeKey,
                        absl::FormatTime(absl::RFC3339_full, MorningOf(day), absl::UTCTimeZone()));
    calls_.fetch_add(1, std::memory_order_relaxed);
    absl::Status status = rpc::FromGrpc(attempt(context));
    if (!WorthAnotherTry(status) || absl::Now() + pause > give_up) return status;
    absl::SleepFor(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

}  // namespace fangpin::ctl
