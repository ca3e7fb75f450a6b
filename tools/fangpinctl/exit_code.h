#ifndef FANGPIN_TOOLS_FANGPINCTL_EXIT_CODE_H_
#define FANGPIN_TOOLS_FANGPINCTL_EXIT_CODE_H_

namespace fangpin::ctl {

// What scripts may trust. Stable.
enum class ExitCode {
  kOk = 0,
  kRefused = 1,      // The suite, or a check before it, said no.
  kUsage = 2,        // The command line, a file it names or standard output cannot be used.
  kUnreachable = 3,  // No answer: not running, not ready, or too slow.
  kPartly = 4,       // Done, but some records or rows were rejected.
};

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_EXIT_CODE_H_
