#include "tests/bench/report.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "nlohmann/json.hpp"

namespace fangpin::bench {
namespace {

std::string Number(std::optional<double> value) {
  if (!value.has_value()) return "-";
  char text[32];
  std::snprintf(text, sizeof(text), *value >= 1000 ? "%.0f" : "%.3g", *value);
  return text;
}

template <typename T>
nlohmann::json OrNull(const std::optional<T>& value) {
  return value.has_value() ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

}  // namespace

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::optional<double> Row::ratio() const {
  if (!baseline.has_value() || *baseline == 0) return std::nullopt;
  return value / *baseline;
}

std::optional<bool> Row::met() const {
  const std::optional<double> measured = ratio();
  if (!measured.has_value() || !aim.has_value()) return std::nullopt;
  return at_most ? *measured <= *aim : *measured >= *aim;
}

void Report::Print() const {
  std::printf("%-40s %12s %12s %8s %6s  %-4s %s\n", "name", "value", "baseline", "ratio", "aim",
              "met", "unit");
  for (const Row& row : rows_) {
    const std::optional<bool> met = row.met();
    std::printf("%-40s %12s %12s %8s %6s  %-4s %s\n", row.name.c_str(), Number(row.value).c_str(),
                Number(row.baseline).c_str(), Number(row.ratio()).c_str(), Number(row.aim).c_str(),
                met.has_value() ? (*met ? "yes" : "NO") : "-", row.unit.c_str());
  }
}

bool Report::Write(const std::string& file) const {
  nlohmann::json list = nlohmann::json::array();
  for (const Row& row : rows_) {
    list.push_back({{"name", row.name},
                    {"value", row.value},
                    {"unit", row.unit},
                    {"baseline", OrNull(row.baseline)},
                    {"ratio", OrNull(row.ratio())},
                    {"aim", OrNull(row.aim)},
                    {"met", OrNull(row.met())}});
  }
  std::ofstream out(file);
  out << list.dump(2) << "\n";
  return out.good();
}

}  // namespace fangpin::bench
