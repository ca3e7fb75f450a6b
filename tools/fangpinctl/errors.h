#ifndef FANGPIN_TOOLS_FANGPINCTL_ERRORS_H_
#define FANGPIN_TOOLS_FANGPINCTL_ERRORS_H_

#include <ostream>
#include <string_view>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "tools/fangpinctl/exit_code.h"
#include "tools/fangpinctl/output.h"

namespace fangpin::ctl {

// INVALID_ARGUMENT that ends with ExitCode::kUsage.
absl::Status UsageError(std::string_view reason, std::string_view message);
// The same error, ending with ExitCode::kUsage whatever its code.
absl::Status AsUsage(absl::Status status);

// kUsage for errors marked so, kUnreachable for UNAVAILABLE and DEADLINE_EXCEEDED, kOk, otherwise
// kRefused.
ExitCode ExitCodeOf(const absl::Status& status);

// The error as gRPC clients know it, with every detail that names a message.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// kJson: google.rpc.Status as one JSON object. Otherwise for people: message and reason, then each
// field violation, failed precondition, resource and metadata entry on a line of its own.
void PrintError(const absl::Status& status, Format format, std::ostream& err);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_ERRORS_H_
