#ifndef FANGPIN_METRICS_PROCESS_H_
#define FANGPIN_METRICS_PROCESS_H_

#include <vector>

#include "prometheus/metric_family.h"

namespace fangpin::metrics {

// fangpin_build_info and the process_* metrics that dashboards expect, read from /proc/self. What
// cannot be read is left out.
std::vector<prometheus::MetricFamily> CollectProcess();

}  // namespace fangpin::metrics

#endif  // FANGPIN_METRICS_PROCESS_H_
