#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_POOL_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_POOL_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace fangpin::ctl {

// Calls `work` once for each of 0 to count - 1, in order of start, on up to `threads` threads. The
// first status that is not OK ends it: what has begun is finished, the rest is not begun.
absl::Status ForEachIndex(int threads, size_t count,
                          absl::FunctionRef<absl::Status(size_t index)> work);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_POOL_H_
