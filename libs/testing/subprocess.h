#ifndef FANGPIN_TESTING_SUBPROCESS_H_
#define FANGPIN_TESTING_SUBPROCESS_H_

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace fangpin::testing {

// A child process whose standard output and error are collected together. Methods may be called
// from one thread at a time. Killed at the end if it still runs.
class Subprocess {
 public:
  struct Options {
    std::vector<std::string> argv;           // argv[0] is looked up in PATH unless it has a slash.
    std::map<std::string, std::string> env;  // Added to, and stronger than, our own environment.
    std::string working_directory;           // Ours when empty.
  };
  // How it ended: an exit code, or the signal that ended it.
  struct Exit {
    int code = 0;
    int signal = 0;
    friend bool operator==(const Exit&, const Exit&) = default;
  };

  static absl::StatusOr<std::unique_ptr<Subprocess>> Start(const Options& options);
  ~Subprocess();
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;

  pid_t pid() const { return pid_; }

  // The first line, among all it wrote so far or will write, that contains `text`.
  // DEADLINE_EXCEEDED, or UNAVAILABLE when its output ends without one; the message has the output.
  absl::StatusOr<std::string> WaitForLine(std::string_view text, absl::Duration timeout);

  // Sends a signal; nothing happens once it has been waited for.
  void Signal(int signal);

  // DEADLINE_EXCEEDED when it still runs then. May be called again after it ended.
  absl::StatusOr<Exit> Wait(absl::Duration timeout);

  // All it wrote so far.
  std::string Output() const;

 private:
  Subprocess(pid_t pid, int output_fd);
  void Collect(int fd);

  const pid_t pid_;
  mutable absl::Mutex mutex_;
  std::string output_ ABSL_GUARDED_BY(mutex_);
  bool output_ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool reaped_ = false;
  Exit exit_;
  std::thread collector_;
};

// A TCP port on loopback that was free a moment ago, for servers that cannot choose one.
int FreePort();

// Waits until something accepts connections on 127.0.0.1:port. DEADLINE_EXCEEDED otherwise.
absl::Status WaitForPort(int port, absl::Duration timeout);

// Waits until the gRPC server at `address` ("127.0.0.1:7100", plaintext) reports SERVING for
// `service` (empty: the server as a whole). DEADLINE_EXCEEDED otherwise.
absl::Status WaitForHealth(const std::string& address, std::string_view service,
                           absl::Duration timeout);

}  // namespace fangpin::testing

#endif  // FANGPIN_TESTING_SUBPROCESS_H_
