#include "libs/rpc/runtime.h"

#include <utility>

#include "absl/time/clock.h"

namespace fangpin::rpc {
namespace {

constexpr absl::Duration kDrainPoll = absl::Milliseconds(5);

}  // namespace

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

void Runtime::Drain(absl::Time deadline) {
  Admit(Admission::kStopping);
  while (InProgress() > 0 && absl::Now() < deadline) absl::SleepFor(kDrainPoll);
}

}  // namespace fangpin::rpc
