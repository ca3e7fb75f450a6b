#ifndef FANGPIN_TOOLS_FANGPINCTL_TOKEN_H_
#define FANGPIN_TOOLS_FANGPINCTL_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/call_context.h"

namespace fangpin::ctl {

// A token signed with the key in `file`. Usage error TOKEN_KEY_ABSENT when there is no such file: a
// key made here would be one that no server knows.
absl::StatusOr<std::string> MintFromFile(const std::string& file, const base::Principal& principal,
                                         absl::Time now, absl::Duration lifetime);

// For CLI::Validator: empty for a positive duration such as "30s", otherwise what is wanted.
std::string CheckDuration(const std::string& text);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_TOKEN_H_
