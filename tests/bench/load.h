#ifndef FANGPIN_TESTS_BENCH_LOAD_H_
#define FANGPIN_TESTS_BENCH_LOAD_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "grpcpp/support/byte_buffer.h"

namespace fangpin::bench {

// Ends the program when something that has to work does not.
void Require(const absl::Status& status);
template <typename T>
T Require(absl::StatusOr<T> value) {
  Require(value.status());
  return *std::move(value);
}

// This program's own path.
std::string SelfPath();
// Seconds of CPU that a process has used, and the bytes of memory it holds.
double CpuSeconds(pid_t pid);
int64_t MemoryBytes(pid_t pid);

grpc::ByteBuffer ToBuffer(const std::string& bytes);

// What the callers ask. Next is called from many threads, but for one caller from one at a time and
// only once the call before has been answered.
class Requests {
 public:
  virtual ~Requests() = default;
  virtual grpc::ByteBuffer Next(int caller) = 0;
};

// Requests made beforehand, in turns.
class Cycle final : public Requests {
 public:
  void Add(const google::protobuf::Message& request);
  size_t size() const { return requests_.size(); }
  grpc::ByteBuffer Next(int caller) override;

 private:
  std::vector<grpc::ByteBuffer> requests_;
  std::atomic<size_t> next_{0};
};

// One method with what is asked of it.
struct Work {
  std::string method;  // "/package.Service/Method"
  Requests* requests = nullptr;
};

// A server in another process, called with messages that are bytes already: the caller's own work
// is the same for every server and does not grow with the message.
class Target {
 public:
  // The process is ended with this program when that fails. `token` may be empty.
  Target(pid_t pid, const std::string& address, const std::string& token);
  ~Target();

  struct Figures {
    double calls_per_second = 0;
    double server_cpu_us = 0;  // a call
  };
  // Keeps `callers` calls in flight for `time`. An answer that is not OK ends the program.
  Figures Measure(const Work& work, int callers, absl::Duration time);

  // One call; its answer's size in bytes. The answer has to parse as `response`.
  template <typename Response>
  size_t Probe(const Work& work, Response* response) {
    const std::string bytes = Ask(work);
    if (!response->ParseFromString(bytes)) Require(absl::DataLossError("answer does not parse"));
    return bytes.size();
  }

  const std::shared_ptr<grpc::Channel>& channel() const { return channels_.front(); }
  const std::string& authorization() const { return authorization_; }
  pid_t pid() const { return pid_; }

 private:
  std::string Ask(const Work& work);

  const pid_t pid_;
  const std::string authorization_;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
};

}  // namespace fangpin::bench

#endif  // FANGPIN_TESTS_BENCH_LOAD_H_
