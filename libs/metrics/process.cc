#include "libs/metrics/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

#include "libs/metrics/version.h"

namespace fangpin::metrics {
namespace {

prometheus::MetricFamily Single(const char* name, const char* help, prometheus::MetricType type,
                                double value) {
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  return {.name = name, .help = help, .type = type, .metric = {metric}};
}

// Fields of /proc/self/stat from the third on; the second, the name, may hold spaces.
std::optional<std::vector<double>> StatFields() {
  std::ifstream in("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const size_t end = text.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(end + 1));
  std::string state;
  rest >> state;
  std::vector<double> fields = {0};
  for (double value; rest >> value;) fields.push_back(value);
  if (fields.size() < 22) return std::nullopt;
  return fields;
}

// Seconds since the epoch at which the machine started.
std::optional<double> BootTime() {
  std::ifstream in("/proc/stat");
  for (std::string word; in >> word;) {
    double value;
    if (word == "btime" && in >> value) return value;
  }
  return std::nullopt;
}

}  // namespace

std::vector<prometheus::MetricFamily> CollectProcess() {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families;

  prometheus::MetricFamily build =
      Single("fangpin_build_info", "Version of the running build; always 1.", MetricType::Gauge, 1);
  build.metric[0].label = {{"version", kVersion}};
  families.push_back(std::move(build));

  // Indexes follow proc(5), counted from field 3 (state) = 0.
  if (const auto stat = StatFields()) {
    const double ticks = sysconf(_SC_CLK_TCK);
    families.push_back(Single("process_cpu_seconds_total",
                              "Total user and system CPU time spent in seconds.",
                              MetricType::Counter, ((*stat)[11] + (*stat)[12]) / ticks));
    families.push_back(Single("process_threads", "Number of OS threads in the process.",
                              MetricType::Gauge, (*stat)[17]));
    if (const auto boot = BootTime()) {
      families.push_back(Single("process_start_time_seconds",
                                "Start time of the process since unix epoch in seconds.",
                                MetricType::Gauge, *boot + (*stat)[19] / ticks));
    }
    families.push_back(Single("process_virtual_memory_bytes", "Virtual memory size in bytes.",
                              MetricType::Gauge, (*stat)[20]));
    families.push_back(Single("process_resident_memory_bytes", "Resident memory size in bytes.",
                              MetricType::Gauge,
                              (*stat)[21] * static_cast<double>(sysconf(_SC_PAGESIZE))));
  }
  std::error_code error;
  if (std::filesystem::directory_iterator fds("/proc/self/fd", error); !error) {
    families.push_back(Single("process_open_fds", "Number of open file descriptors.",
                              MetricType::Gauge,
                              static_cast<double>(std::distance(begin(fds), end(fds)))));
  }
  if (rlimit limit; getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    families.push_back(Single("process_max_fds", "Maximum number of open file descriptors.",
                              MetricType::Gauge, static_cast<double>(limit.rlim_cur)));
  }
  return families;
}

}  // namespace fangpin::metrics
