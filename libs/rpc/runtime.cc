#include "libs/rpc/runtime.h"

#include <utility>

#include "absl/time/clock.h"
#include "libs/base/error.h"

namespace fangpin::rpc {
namespace {

constexpr absl::Duration kDrainPoll = absl::Milliseconds(5);

}  // namespace

absl::Status ServiceStopping() {
  return base::Error(absl::StatusCode::kUnavailable, "SERVICE_STOPPING",
                     "服务正在停止，请稍后重试");
}

Runtime::Runtime(Options options)
    : options_(std::move(options)),
      executor_(std::make_shared<Executor>(options_.executor_threads, options_.executor_queue)) {
  // The registry outlives the runtime, so the gauge must not keep the executor.
  options_.metrics->AddGaugeReader(
      "fangpin_rpc_queued_calls", "Calls that wait for a thread of their service.",
      {{"service", options_.service}}, [executor = std::weak_ptr<Executor>(executor_)] {
        const std::shared_ptr<Executor> alive = executor.lock();
        return alive == nullptr ? 0.0 : static_cast<double>(alive->queued());
      });
}

void Runtime::AddStartupError(absl::Status error) {
  absl::MutexLock lock(&mutex_);
  startup_.Update(error);
}

absl::Status Runtime::startup_status() const {
  absl::MutexLock lock(&mutex_);
  return startup_;
}

void Runtime::AddGrpcService(std::string_view full_name) {
  absl::MutexLock lock(&mutex_);
  grpc_services_.emplace(full_name);
}

std::set<std::string, std::less<>> Runtime::grpc_services() const {
  absl::MutexLock lock(&mutex_);
  return grpc_services_;
}

void Runtime::AddCounters(const metrics::Counter* started,
                          const std::vector<metrics::Counter*>& handled) {
  absl::MutexLock lock(&mutex_);
  started_.push_back(started);
  handled_.insert(handled_.end(), handled.begin(), handled.end());
}

uint64_t Runtime::InProgress() const {
  absl::MutexLock lock(&mutex_);
  // What has ended is read first: a call that ends meanwhile is counted as in progress, not below
  // zero.
  uint64_t handled = 0, started = 0;
  for (const metrics::Counter* counter : handled_) handled += counter->Value();
  for (const metrics::Counter* counter : started_) started += counter->Value();
  return started - handled;
}

absl::Status Runtime::AddStream(const std::shared_ptr<OpenStream>& stream) {
  absl::MutexLock lock(&mutex_);
  // Asked under the lock: who comes too late for StopStreams sees that it has begun.
  if (admission() == Admission::kStopping) return ServiceStopping();
  if (streams_.size() >= static_cast<size_t>(options_.max_streams)) {
    return base::Error(absl::StatusCode::kResourceExhausted, "STREAMS_EXHAUSTED",
                       "同时打开的流已达上限，请稍后重试");
  }
  streams_.emplace(stream.get(), stream);
  return absl::OkStatus();
}

void Runtime::RemoveStream(const OpenStream* stream) {
  absl::MutexLock lock(&mutex_);
  streams_.erase(stream);
}

void Runtime::StopStreams() {
  std::vector<std::shared_ptr<OpenStream>> streams;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [key, stream] : streams_) {
      if (std::shared_ptr<OpenStream> open = stream.lock()) streams.push_back(std::move(open));
    }
  }
  for (const std::shared_ptr<OpenStream>& stream : streams) stream->Stop(ServiceStopping());
}

void Runtime::Drain(absl::Time deadline) {
  Admit(Admission::kStopping);
  StopStreams();
  while (InProgress() > 0 && absl::Now() < deadline) absl::SleepFor(kDrainPoll);
}

}  // namespace fangpin::rpc
