#ifndef FANGPIN_REGISTRY_CORE_REGISTRY_METRICS_H_
#define FANGPIN_REGISTRY_CORE_REGISTRY_METRICS_H_

#include <array>

#include "libs/metrics/metrics.h"

namespace fangpin::registry {

// What the registry counts.
struct RegistryMetrics {
  explicit RegistryMetrics(metrics::Registry& registry);

  metrics::Counter& households_created;
  metrics::Counter& households_updated;
  metrics::Counter& lookups_found;
  metrics::Counter& lookups_not_found;
  std::array<metrics::Counter*, 6> transitions;  // by the state reached
  std::array<metrics::Counter*, 7> life_events;  // by LifeEvent
  metrics::Counter& conflicts_recorded;
  metrics::Counter& conflicts_settled;
  metrics::Counter& import_rows_good;
  metrics::Counter& import_rows_bad;
  metrics::Counter& imports_succeeded;
  metrics::Counter& imports_failed;
  metrics::Histogram& import_seconds;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_REGISTRY_METRICS_H_
