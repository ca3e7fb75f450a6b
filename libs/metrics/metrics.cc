#include "libs/metrics/metrics.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/error.h"
#include "libs/metrics/process.h"
#include "prometheus/collectable.h"
#include "prometheus/exposer.h"
#include "prometheus/text_serializer.h"

namespace fangpin::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

[[noreturn]] void Misuse(std::string_view name, const char* what) {
  std::fprintf(stderr, "metric %.*s: %s\n", static_cast<int>(name.size()), name.data(), what);
  std::abort();
}

void CheckName(std::string_view name, std::string_view help, MetricType type) {
  if (name.empty() ||
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string_view::npos) {
    Misuse(name, "names are snake_case");
  }
  if (help.empty()) Misuse(name, "help is missing");
  if (name.ends_with("_total") != (type == MetricType::Counter)) {
    Misuse(name, "counters, and only they, end in _total");
  }
}

ClientMetric Collect(const Counter& counter) {
  ClientMetric metric;
  metric.counter.value = static_cast<double>(counter.Value());
  return metric;
}

ClientMetric Collect(const Gauge& gauge) {
  ClientMetric metric;
  metric.gauge.value = gauge.Value();
  return metric;
}

ClientMetric Collect(const Histogram& histogram) {
  const Histogram::Snapshot snapshot = histogram.Read();
  ClientMetric metric;
  uint64_t cumulative = 0;
  for (size_t i = 0; i < snapshot.counts.size(); ++i) {
    cumulative += snapshot.counts[i];
    const bool last = i == snapshot.bounds.size();
    metric.histogram.bucket.push_back(
        {.cumulative_count = cumulative,
         .upper_bound = last ? std::numeric_limits<double>::infinity() : snapshot.bounds[i]});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = snapshot.sum;
  return metric;
}

// All instruments of one name.
struct Family {
  std::string help;
  MetricType type;
  std::vector<double> bounds;
  std::map<Labels, std::unique_ptr<Counter>> counters;
  std::map<Labels, std::unique_ptr<Gauge>> gauges;
  std::map<Labels, std::unique_ptr<Histogram>> histograms;
  std::map<Labels, std::function<double()>> readers;
};

}  // namespace

// Our own collectable rather than prometheus::Registry: that one's histograms take a lock an
// observation, and its counters share a cache line between threads.
class Registry::Store : public prometheus::Collectable {
 public:
  std::vector<MetricFamily> Collect() const override {
    std::vector<MetricFamily> families = CollectProcess();
    // Readers run without the lock: they may take locks of their own.
    std::vector<std::tuple<size_t, Labels, std::function<double()>>> readers;
    {
      absl::MutexLock lock(&mutex_);
      for (const auto& [name, family] : families_) {
        MetricFamily out{.name = name, .help = family.help, .type = family.type};
        const auto add = [&out](const auto& instruments) {
          for (const auto& [labels, instrument] : instruments) {
            ClientMetric metric = metrics::Collect(*instrument);
            for (const auto& [key, value] : labels) metric.label.push_back({key, value});
            out.metric.push_back(std::move(metric));
          }
        };
        add(family.counters);
        add(family.gauges);
        add(family.histograms);
        for (const auto& [labels, read] : family.readers) {
          readers.emplace_back(families.size(), labels, read);
        }
        families.push_back(std::move(out));
      }
    }
    for (const auto& [index, labels, read] : readers) {
      ClientMetric metric;
      for (const auto& [key, value] : labels) metric.label.push_back({key, value});
      metric.gauge.value = read();
      families[index].metric.push_back(std::move(metric));
    }
    return families;
  }

  template <typename Instrument, typename... Args>
  Instrument& Add(std::string_view name, std::string_view help, MetricType type,
                  const Labels& labels,
                  std::map<Labels, std::unique_ptr<Instrument>> Family::*instruments,
                  const Args&... args) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    Family& family = FamilyFor(name, help, type);
    auto& instrument = (family.*instruments)[labels];
    if (instrument == nullptr) {
      if constexpr (sizeof...(args) > 0) {
        if (family.bounds.empty()) family.bounds = (args, ...);
        instrument = std::make_unique<Instrument>(family.bounds);
      } else {
        instrument = std::make_unique<Instrument>();
      }
    }
    return *instrument;
  }

  void AddReader(std::string_view name, std::string_view help, const Labels& labels,
                 std::function<double()> read) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    FamilyFor(name, help, MetricType::Gauge).readers[labels] = std::move(read);
  }

 private:
  Family& FamilyFor(std::string_view name, std::string_view help, MetricType type)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    CheckName(name, help, type);
    const auto [found, added] =
        families_.try_emplace(std::string(name), Family{.help = std::string(help), .type = type});
    if (found->second.type != type) Misuse(name, "one name has one kind");
    return found->second;
  }

  mutable absl::Mutex mutex_;
  std::map<std::string, Family> families_ ABSL_GUARDED_BY(mutex_);
};

std::vector<double> LatencyBuckets() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
          0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
}

std::vector<double> SizeBuckets() {
  std::vector<double> bounds;
  for (double bound = 1; bound <= 1048576; bound *= 4) bounds.push_back(bound);
  return bounds;
}

Registry::Registry() : store_(std::make_shared<Store>()), collectable_(store_) {}
Registry::~Registry() = default;

Counter& Registry::AddCounter(std::string_view name, std::string_view help, const Labels& labels) {
  return store_->Add(name, help, MetricType::Counter, labels, &Family::counters);
}

Gauge& Registry::AddGauge(std::string_view name, std::string_view help, const Labels& labels) {
  return store_->Add(name, help, MetricType::Gauge, labels, &Family::gauges);
}

Histogram& Registry::AddHistogram(std::string_view name, std::string_view help,
                                  const std::vector<double>& bounds, const Labels& labels) {
  return store_->Add(name, help, MetricType::Histogram, labels, &Family::histograms, bounds);
}

void Registry::AddGaugeReader(std::string_view name, std::string_view help, const Labels& labels,
                              std::function<double()> read) {
  store_->AddReader(name, help, labels, std::move(read));
}

std::string Registry::Render() const {
  return prometheus::TextSerializer().Serialize(store_->Collect());
}

class Exposer::Server {
 public:
  explicit Server(const std::string& address) : exposer(address) {}
  prometheus::Exposer exposer;
};

absl::StatusOr<std::unique_ptr<Exposer>> Exposer::Start(const Registry& registry,
                                                        const std::string& address) {
  // Civetweb reports failures by exception; none may cross this edge.
  try {
    auto server = std::make_unique<Server>(address);
    const std::vector<int> ports = server->exposer.GetListeningPorts();
    if (!ports.empty()) {
      server->exposer.RegisterCollectable(registry.collectable());
      return std::unique_ptr<Exposer>(new Exposer(std::move(server), ports.front()));
    }
  } catch (const std::exception&) {
  }
  return base::Error(absl::StatusCode::kUnavailable, "METRICS_LISTEN_FAILED",
                     "监控指标端口无法监听")
      .WithMetadata("address", address);
}

Exposer::Exposer(std::unique_ptr<Server> server, int port)
    : server_(std::move(server)), port_(port) {}
Exposer::~Exposer() = default;

}  // namespace fangpin::metrics
