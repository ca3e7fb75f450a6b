#ifndef FANGPIN_TESTS_BENCH_REPORT_H_
#define FANGPIN_TESTS_BENCH_REPORT_H_

#include <optional>
#include <string>
#include <vector>

namespace fangpin::bench {

// The middle value; the mean of the two middle ones of an even number. 0 of none.
double Median(std::vector<double> values);

// One measured figure beside the one it is compared with.
struct Row {
  std::string name;
  double value = 0;
  std::string unit;
  std::optional<double> baseline;  // measured in the same run, in turns with the value
  std::optional<double> aim;       // least ratio of value to baseline; most, when `at_most`
  bool at_most = false;

  std::optional<double> ratio() const;
  std::optional<bool> met() const;
};

// Collects rows, prints them as a table and writes them as JSON.
class Report {
 public:
  void Add(Row row) { rows_.push_back(std::move(row)); }
  void Print() const;
  // Writes a list of {name, value, unit, baseline, ratio, aim, met}; false when it cannot.
  bool Write(const std::string& file) const;

 private:
  std::vector<Row> rows_;
};

}  // namespace fangpin::bench

#endif  // FANGPIN_TESTS_BENCH_REPORT_H_
