#include "libs/rpc/stream_method.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "libs/base/error.h"

namespace fangpin::rpc {
namespace {

// How long a stream makes way for others when the executor's queue is full.
constexpr absl::Duration kMakeWay = absl::Milliseconds(10);

absl::Status CallerGone() {
  return base::Error(absl::StatusCode::kCancelled, "CANCELLED", "调用已取消");
}

}  // namespace

StreamCore::Stream::Stream(const StreamCore& method, grpc::CallbackServerContext* server,
                           const google::protobuf::Message& request)
    : method_(method), request_(request), call_(method.Arrive(server, request)) {}

StreamWaker StreamCore::Stream::waker() {
  return [weak = weak_from_this()] {
    if (const std::shared_ptr<Stream> stream = weak.lock()) stream->Wake();
  };
}

void StreamCore::Stream::Begin() {
  absl::Status status = std::move(call_->refusal);
  if (status.ok()) status = method_.runtime().AddStream(shared_from_this());
  if (status.ok()) status = method_.AuditBegin(*call_, request_);
  if (!status.ok()) return End(std::move(status));
  Schedule();
}

void StreamCore::Stream::Wake() {
  {
    absl::MutexLock lock(&mutex_);
    woken_ = true;
    if (phase_ != Phase::kResting) return;
    phase_ = Phase::kOwned;
  }
  Schedule();
}

void StreamCore::Stream::Stop(absl::Status reason) {
  {
    absl::MutexLock lock(&mutex_);
    stop_.Update(reason);
    if (phase_ != Phase::kResting) return;
    phase_ = Phase::kOwned;
  }
  End(std::move(reason));
}

void StreamCore::Stream::Cancelled() {
  absl::Status status = method_.StillWanted(*call_);
  Stop(status.ok() ? CallerGone() : std::move(status));
}

void StreamCore::Stream::Written(bool ok) {
  if (ok) return Schedule();
  absl::Status status = StillWanted();
  End(status.ok() ? CallerGone() : std::move(status));
}

absl::Status StreamCore::Stream::StillWanted() {
  {
    absl::MutexLock lock(&mutex_);
    if (!stop_.ok()) return stop_;
  }
  if (absl::Now() >= call_->caller->expires) return TokenExpired();
  return method_.StillWanted(*call_);
}

void StreamCore::Stream::Schedule() {
  Executor::Task task = [self = shared_from_this()](bool /*run*/) { self->Step(); };
  if (method_.runtime().executor().Submit(std::move(task))) return;
  if (!stepped_) return End(method_.QueueFull());
  // Even when it is to stop: who wakes it may hold a lock that the source needs to go away.
  absl::MutexLock lock(&mutex_);
  SleepUntil(absl::Now() + kMakeWay);
}

void StreamCore::Stream::Step() {
  stepped_ = true;
  if (absl::Status status = StillWanted(); !status.ok()) return End(std::move(status));
  {
    absl::MutexLock lock(&mutex_);
    woken_ = false;
  }
  absl::StatusOr<StreamStep> step = StreamStep::End();
  try {
    step = Next();
    if (step.ok() && step->kind() == StreamStep::Kind::kMessage) {
      method_.Prepare(*call_, message());
    }
  } catch (...) {
    step = method_.FromException(*call_);
  }
  if (!step.ok()) return End(std::move(step).status());
  switch (step->kind()) {
    case StreamStep::Kind::kMessage:
      return Send();
    case StreamStep::Kind::kWait:
      return Rest(std::min(absl::Now() + step->at_most(), call_->caller->expires));
    case StreamStep::Kind::kEnd:
      return End(absl::OkStatus());
  }
}

void StreamCore::Stream::Rest(absl::Time until) {
  absl::Status stop;
  {
    absl::MutexLock lock(&mutex_);
    stop = stop_;
    if (stop.ok() && !woken_) return SleepUntil(until);
  }
  if (!stop.ok()) return End(std::move(stop));
  Schedule();
}

void StreamCore::Stream::SleepUntil(absl::Time until) {
  phase_ = Phase::kResting;
  alarm_.reset();
  if (until == absl::InfiniteFuture()) return;
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(absl::ToChronoTime(until), [wake = waker()](bool expired) {
    if (expired) wake();
  });
}

void StreamCore::Stream::End(absl::Status status) {
  {
    absl::MutexLock lock(&mutex_);
    phase_ = Phase::kEnded;
    alarm_.reset();
  }
  // Before the caller hears of the end, so that nothing of it is left by then.
  DropSource();
  method_.runtime().RemoveStream(this);
  Finish(method_.Conclude(*call_, std::move(status), request_));
}

}  // namespace fangpin::rpc
