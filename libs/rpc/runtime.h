#ifndef FANGPIN_RPC_RUNTIME_H_
#define FANGPIN_RPC_RUNTIME_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/metrics/metrics.h"
#include "libs/rpc/audit.h"
#include "libs/rpc/executor.h"
#include "libs/rpc/principal.h"

namespace fangpin::rpc {

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
  };
  explicit Runtime(Options options);

  const std::string& service() const { return options_.service; }
  metrics::Registry& metrics() { return *options_.metrics; }
  const Authenticator& authenticator() const { return *options_.authenticator; }
  AuditSink* audit() { return options_.audit.get(); }
  bool simulated_time() const { return options_.simulated_time; }
  Executor& executor() { return executor_; }

  // Methods report here what is wrong with them; the process refuses to start with any.
  void AddStartupError(absl::Status error);
  absl::Status startup_status() const;

  // Until admitted, every call is UNAVAILABLE, SERVICE_STARTING.
  void Admit(bool admit) { admitting_.store(admit, std::memory_order_release); }
  bool admitting() const { return admitting_.load(std::memory_order_acquire); }

 private:
  const Options options_;
  Executor executor_;
  std::atomic<bool> admitting_{false};
  mutable absl::Mutex mutex_;
  absl::Status startup_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_RUNTIME_H_
