#ifndef FANGPIN_METRICS_METRICS_H_
#define FANGPIN_METRICS_METRICS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/metrics/instruments.h"
#include "prometheus/collectable.h"

namespace fangpin::metrics {

using Labels = std::map<std::string, std::string>;

// Bucket bounds in seconds for request latencies: 100 µs to 10 s.
std::vector<double> LatencyBuckets();
// Bucket bounds for sizes and counts: powers of four from 1 to 1 048 576.
std::vector<double> SizeBuckets();

// All metrics of one process. Instruments live as long as the registry; asking again for the same
// name and labels returns the same instrument. Thread-safe; ask once at start and keep the
// reference, since asking takes a lock.
//
// Names follow the Prometheus conventions, checked here and not at the first scrape: a counter ends
// in _total, nothing else does; help is never empty; one name has one kind. A violation is a
// programming error and aborts.
class Registry {
 public:
  // Adds fangpin_build_info and the process_* metrics.
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter& AddCounter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& AddGauge(std::string_view name, std::string_view help, const Labels& labels = {});
  // `bounds`: upper bounds, ascending; +Inf is implied. The first call fixes them for the name.
  Histogram& AddHistogram(std::string_view name, std::string_view help,
                          const std::vector<double>& bounds, const Labels& labels = {});
  // A gauge read at scrape time. `read` must stay callable for the registry's life, from any
  // thread.
  void AddGaugeReader(std::string_view name, std::string_view help, const Labels& labels,
                      std::function<double()> read);

  // The exposition text, as /metrics serves it.
  std::string Render() const;

  const std::shared_ptr<prometheus::Collectable>& collectable() const { return collectable_; }

 private:
  class Store;
  std::shared_ptr<Store> store_;
  std::shared_ptr<prometheus::Collectable> collectable_;
};

// Serves GET /metrics of one registry until destroyed.
class Exposer {
 public:
  // `address` is host:port; port 0 takes a free one. UNAVAILABLE when it cannot listen.
  static absl::StatusOr<std::unique_ptr<Exposer>> Start(const Registry& registry,
                                                        const std::string& address);
  ~Exposer();

  int port() const { return port_; }

 private:
  class Server;
  Exposer(std::unique_ptr<Server> server, int port);

  std::unique_ptr<Server> server_;
  int port_;
};

}  // namespace fangpin::metrics

#endif  // FANGPIN_METRICS_METRICS_H_
