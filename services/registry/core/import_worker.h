#ifndef FANGPIN_REGISTRY_CORE_IMPORT_WORKER_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_WORKER_H_

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/clock.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/import/load.h"
#include "services/registry/core/registry_metrics.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// Runs imports in the state RUNNING, one at a time and one in all processes of the service, oldest
// first; also those that a crash interrupted. Every domain date is that of RunImport; the clock
// only tells how long a run took.
class ImportWorker {
 public:
  // Households in one transaction when bad ones are skipped.
  static constexpr size_t kBatch = 1000;
  // Runs of one import that may end in a crash before it is given up.
  static constexpr int kMaxAttempts = 3;
  // Errors kept of one import; the last of them says that there are more.
  static constexpr size_t kMaxErrors = 100'000;

  // All must outlive this.
  ImportWorker(RegistryStore* store, const DivisionTree* divisions, RegistryMetrics* metrics,
               const base::Clock* clock)
      : store_(store), divisions_(divisions), metrics_(metrics), clock_(clock) {}
  ~ImportWorker() { Stop(); }

  // Starts the thread; what is RUNNING is taken up at once.
  void Start();
  // Ends the thread; a run under way is left as a crash would leave it.
  void Stop();
  // There may be something to run.
  void Wake();

  // Runs every import that is RUNNING now, on the calling thread. An error means that the store
  // failed and the rest is still RUNNING.
  absl::Status RunPending();

 private:
  void Work();
  absl::Status KeepGoing() const;
  absl::Status Run(const std::string& id);
  absl::StatusOr<std::string> Content(const std::string& id);
  // The end of a run: its record with counts, and its errors.
  absl::Status Load(const ImportFile& file, ImportRecord* record,
                    std::vector<pb::RowError>* errors);
  // INVALID_ARGUMENT TOO_MANY_DUPLICATES.
  absl::Status CountDuplicates(const LoadContext& context, pb::Import* import,
                               std::vector<pb::RowError>* errors);
  absl::Status LoadVillages(const LoadContext& context, ImportRecord* record,
                            std::vector<pb::RowError>* errors);
  absl::Status LoadSkipping(const LoadContext& context, ImportRecord* record,
                            std::vector<pb::RowError>* errors);
  // Writes what is ready, or loads the batch anew when that is void or not there. `total`: of the
  // batches before.
  absl::StatusOr<LoadResult> WriteBatch(const LoadContext& context,
                                        absl::Span<const FileHousehold* const> batch, Claims claims,
                                        std::optional<ReadyLoad> ready, const ImportRecord& record,
                                        const LoadResult& total);
  absl::Status LoadAllOrNothing(const LoadContext& context, ImportRecord* record,
                                std::vector<pb::RowError>* errors);
  absl::Status End(ImportRecord record, std::vector<pb::RowError> errors, std::string workbook,
                   absl::Time started);

  RegistryStore* const store_;
  const DivisionTree* const divisions_;
  RegistryMetrics* const metrics_;
  const base::Clock* const clock_;
  std::atomic<bool> stopping_{false};
  absl::Mutex mutex_;
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_WORKER_H_
