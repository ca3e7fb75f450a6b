#include "tools/fangpinctl/rehearse/summary.h"

#include <fstream>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/strings.h"
#include "nlohmann/json.hpp"

namespace fangpin::ctl {
namespace {

using nlohmann::ordered_json;

std::string Seconds(double seconds) { return absl::StrFormat("%.2f", seconds); }

// "文件 2，数据行 20114".
std::string CountsText(const std::vector<Count>& counts) {
  std::string text;
  for (const Count& count : counts) {
    base::StrAppend(&text, text.empty() ? "" : "，", count.title, " ", count.value);
  }
  return text;
}

void PrintTable(const Summary& summary, std::ostream& out) {
  RowWriter rows(Format::kTable,
                 {{.key = "ok", .title = ""},
                  {.key = "stage", .title = "环节"},
                  {.key = "seconds", .title = "秒", .right = true},
                  {.key = "counts", .title = "办理"}},
                 out);
  for (const StageResult& stage : summary.stages) {
    rows.Add({stage.mismatches == 0 ? "✓" : "✗", stage.title, Seconds(stage.seconds),
              CountsText(stage.counts)});
  }
  rows.Finish();
  out << "\n"
      << summary.county << "：" << summary.households << " 户 " << summary.persons << " 人，"
      << summary.calls << " 次调用，共 " << Seconds(summary.seconds) << " 秒";
  if (summary.server_peak_kib) {
    out << "，服务端内存峰值 " << (*summary.server_peak_kib + 1023) / 1024 << " MiB";
  }
  out << "\n";
  if (summary.resumed) out << "该县此前已有户档：接着上次演练，只办未办的。\n";
  if (summary.ok()) {
    out << "与清单完全一致。\n";
    return;
  }
  out << "与清单不一致 " << summary.differences << " 处";
  const auto shown = static_cast<int64_t>(summary.first_differences.size());
  if (shown < summary.differences) out << "，列出前 " << shown << " 处";
  out << "：\n";
  for (const Difference& difference : summary.first_differences) {
    out << "  [" << difference.stage << "] " << difference.subject << " " << difference.what
        << "：应为 " << difference.expected << "，实为 " << difference.actual << "\n";
  }
}

void PrintJson(const Summary& summary, std::ostream& out) {
  ordered_json stages = ordered_json::array();
  for (const StageResult& stage : summary.stages) {
    ordered_json counts = ordered_json::object();
    for (const Count& count : stage.counts) counts[count.key] = count.value;
    stages.push_back({{"stage", stage.key},
                      {"title", stage.title},
                      {"counts", std::move(counts)},
                      {"seconds", stage.seconds},
                      {"mismatches", stage.mismatches}});
  }
  ordered_json differences = ordered_json::array();
  for (const Difference& difference : summary.first_differences) {
    differences.push_back({{"stage", difference.stage},
                           {"subject", difference.subject},
                           {"what", difference.what},
                           {"expected", difference.expected},
                           {"actual", difference.actual}});
  }
  ordered_json json{{"county", summary.county},    {"households", summary.households},
                    {"persons", summary.persons},  {"resumed", summary.resumed},
                    {"stages", std::move(stages)}, {"seconds", summary.seconds},
                    {"calls", summary.calls}};
  if (summary.server_peak_kib) json["server_peak_kib"] = *summary.server_peak_kib;
  json["difference_count"] = summary.differences;
  json["differences"] = std::move(differences);
  json["ok"] = summary.ok();
  out << json.dump(2) << "\n";
}

void PrintCsv(const Summary& summary, std::ostream& out) {
  RowWriter rows(Format::kCsv,
                 {{.key = "stage", .title = ""},
                  {.key = "seconds", .title = ""},
                  {.key = "mismatches", .title = ""},
                  {.key = "count", .title = ""},
                  {.key = "value", .title = ""}},
                 out);
  for (const StageResult& stage : summary.stages) {
    for (const Count& count : stage.counts) {
      rows.Add({stage.key, Seconds(stage.seconds), base::StrCat(stage.mismatches), count.key,
                base::StrCat(count.value)});
    }
  }
  rows.Finish();
}

}  // namespace

void Print(const Summary& summary, Format format, std::ostream& out) {
  switch (format) {
    case Format::kTable:
      return PrintTable(summary, out);
    case Format::kJson:
      return PrintJson(summary, out);
    case Format::kCsv:
      return PrintCsv(summary, out);
  }
}

std::optional<int64_t> PeakMemoryKib(int64_t pid) {
  constexpr std::string_view kField = "VmHWM:";
  std::ifstream status(base::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, kField.size(), kField) != 0) continue;
    const size_t begin = line.find_first_of("0123456789");
    if (begin == std::string::npos) return std::nullopt;
    const size_t end = line.find_first_not_of("0123456789", begin);
    return base::ParseInt(std::string_view(line).substr(begin, end - begin));
  }
  return std::nullopt;
}

}  // namespace fangpin::ctl
