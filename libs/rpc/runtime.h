#ifndef FANGPIN_RPC_RUNTIME_H_
#define FANGPIN_RPC_RUNTIME_H_

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/metrics/metrics.h"
#include "libs/rpc/audit.h"
#include "libs/rpc/executor.h"
#include "libs/rpc/principal.h"

namespace fangpin::rpc {

// Why callers are turned away while the service stops: UNAVAILABLE, SERVICE_STOPPING.
absl::Status ServiceStopping();

// A call that goes on answering until something ends it. Thread-safe.
class OpenStream {
 public:
  virtual ~OpenStream() = default;
  // Ends it with `reason` as soon as what it is doing right now is done.
  virtual void Stop(absl::Status reason) = 0;
};

// What the methods of one service share. Made by ModuleEnv (or rpc::TestServer); a handler class
// takes it by reference and gives it to its Method members.
class Runtime {
 public:
  struct Options {
    std::string service;  // "registry": names the executor's metrics and the audit file
    std::shared_ptr<metrics::Registry> metrics;
    std::shared_ptr<const Authenticator> authenticator;
    std::shared_ptr<AuditSink> audit;  // required when a method asks for audit
    bool simulated_time = false;
    int executor_threads = 16;
    int executor_queue = 1024;
    int max_streams = 4096;
  };
  explicit Runtime(Options options);

  const std::string& service() const { return options_.service; }
  metrics::Registry& metrics() { return *options_.metrics; }
  const Authenticator& authenticator() const { return *options_.authenticator; }
  AuditSink* audit() { return options_.audit.get(); }
  bool simulated_time() const { return options_.simulated_time; }
  Executor& executor() { return *executor_; }

  // Methods report here what is wrong with them; the process refuses to start with any.
  void AddStartupError(absl::Status error);
  absl::Status startup_status() const;

  // Full names of the gRPC services whose methods are wrapped.
  void AddGrpcService(std::string_view full_name);
  std::set<std::string, std::less<>> grpc_services() const;

  // Which calls are let in: none while starting (UNAVAILABLE, SERVICE_STARTING), while stopping
  // only those that other services need to finish their own (UNAVAILABLE, SERVICE_STOPPING).
  enum class Admission { kStarting, kOpen, kStopping };
  void Admit(Admission admission) { admission_.store(admission, std::memory_order_release); }
  Admission admission() const { return admission_.load(std::memory_order_acquire); }

  // Counters of one method, from which the calls in progress follow.
  void AddCounters(const metrics::Counter* started, const std::vector<metrics::Counter*>& handled);
  // Lets a stream begin, which Drain will end. UNAVAILABLE, SERVICE_STOPPING; RESOURCE_EXHAUSTED,
  // STREAMS_EXHAUSTED, when there are max_streams already.
  absl::Status AddStream(const std::shared_ptr<OpenStream>& stream);
  void RemoveStream(const OpenStream* stream);
  // Turns new callers away, ends the streams (UNAVAILABLE, SERVICE_STOPPING) and waits until no
  // call is in progress, at most until `deadline`.
  void Drain(absl::Time deadline);

 private:
  uint64_t InProgress() const;
  void StopStreams();

  const Options options_;
  const std::shared_ptr<Executor> executor_;  // shared with the gauge that reads its queue
  std::atomic<Admission> admission_{Admission::kStarting};
  mutable absl::Mutex mutex_;
  absl::Status startup_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string, std::less<>> grpc_services_ ABSL_GUARDED_BY(mutex_);
  std::vector<const metrics::Counter*> started_ ABSL_GUARDED_BY(mutex_);
  std::vector<const metrics::Counter*> handled_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<const OpenStream*, std::weak_ptr<OpenStream>> streams_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_RUNTIME_H_
