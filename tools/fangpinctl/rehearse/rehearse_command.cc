#include "tools/fangpinctl/rehearse/rehearse_command.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/rpc/server.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/progress.h"
#include "tools/fangpinctl/rehearse/stages.h"
#include "tools/fangpinctl/rehearse/summary.h"

namespace fangpin::ctl {
namespace {

// Differences that are kept; all are counted.
constexpr size_t kKeptDifferences = 50;
constexpr int kMaxThreads = 64;

struct Options {
  std::string folder;
  int64_t server_pid = 0;
  int threads = 12;
};

struct Stage {
  const char* key;
  const char* title;
  StageOutcome (*run)(Play& play, Comparison& comparison);
};

constexpr Stage kStages[] = {
    {"import", "户档导入", &ImportSheets},      {"push", "部门推送", &PushFeeds},
    {"settle", "预警比对", &SettleAlerts},      {"clues", "线索汇总", &ReportRisks},
    {"assess", "走访研判", &VisitAndAssess},    {"determine", "识别认定", &Determine},
    {"plan", "一户一策", &MakePlans},           {"measures", "措施落实", &CarryOutMeasures},
    {"update", "户档更新", &UpdateFiles},       {"eliminate", "风险消除", &Eliminate},
    {"final", "终态核对", &CompareFinalStates},
};

absl::StatusOr<std::map<std::string, std::string, std::less<>>> Addresses(
    const GlobalFlags& flags) {
  std::map<std::string, std::string, std::less<>> addresses;
  for (const std::string_view service : kServices) {
    const std::string& address = flags.AddressOf(service);
    // Simulated time is for loopback, and so is plain text.
    if (!rpc::IsLoopback(address)) {
      return UsageError("ADDRESS_BEYOND_LOOPBACK",
                        base::StrCat("演练只能对本机的服务进行：", address));
    }
    addresses.emplace(service, address);
  }
  return addresses;
}

std::vector<Story> StoriesOf(const SampleCounty& county) {
  std::vector<Story> stories(county.notes.size());
  for (size_t i = 0; i < stories.size(); ++i) {
    stories[i].truth = &county.manifest.truths(static_cast<int>(i));
    stories[i].notes = &county.notes[i];
  }
  return stories;
}

// What a caller can do about a suite that does not answer as one.
absl::Status Explain(absl::Status status) {
  if (!status.ok() && base::Reason(status).empty() && absl::IsUnavailable(status)) {
    return base::Error(status.code(), "SERVER_UNREACHABLE", "无法连接防贫监测系统的服务")
        .WithMetadata("cause", base::ToStd(status.message()));
  }
  return status;
}

absl::StatusOr<ExitCode> Rehearse(Context& context, const Options& options) {
  const absl::Time began = absl::Now();
  FANGPIN_ASSIGN_OR_RETURN(const SampleCounty county, ReadSampleCounty(options.folder));
  FANGPIN_ASSIGN_OR_RETURN(const auto addresses, Addresses(context.flags()));
  FANGPIN_ASSIGN_OR_RETURN(
      Actors actors, Actors::Create(context.flags().token_key, county.manifest.county(), began));
  Suite suite(addresses);
  Play play;
  play.county = &county;
  play.suite = &suite;
  play.actors = &actors;
  play.threads = options.threads;
  FANGPIN_ASSIGN_OR_RETURN(play.collector, actors.Collector());
  FANGPIN_ASSIGN_OR_RETURN(play.desk, actors.Desk());
  FANGPIN_ASSIGN_OR_RETURN(play.approver, actors.Approver());
  play.stories = StoriesOf(county);

  Summary summary;
  summary.county = county.manifest.county();
  summary.households = county.manifest.households();
  summary.persons = county.manifest.persons();
  Differences differences(kKeptDifferences);
  for (const Stage& stage : kStages) {
    const absl::Time stage_began = absl::Now();
    Progress progress(context.err(), context.progress(), base::StrCat("演练 ", stage.title),
                      std::size(kStages));
    progress.Update(static_cast<int64_t>(summary.stages.size()));
    Comparison comparison(stage.title, &differences);
    StageOutcome counts = stage.run(play, comparison);
    if (!counts.ok()) return Explain(counts.status());
    summary.stages.push_back({.key = stage.key,
                              .title = stage.title,
                              .counts = *std::move(counts),
                              .seconds = absl::ToDoubleSeconds(absl::Now() - stage_began),
                              .mismatches = comparison.mismatches()});
  }
  summary.seconds = absl::ToDoubleSeconds(absl::Now() - began);
  summary.resumed = play.resumed;
  summary.calls = suite.calls();
  if (options.server_pid > 0) summary.server_peak_kib = PeakMemoryKib(options.server_pid);
  summary.differences = differences.total();
  summary.first_differences = differences.first();
  Print(summary, context.format(), context.out());
  return summary.ok() ? ExitCode::kOk : ExitCode::kRefused;
}

}  // namespace

void AddRehearseCommand(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "rehearse", "演练：在模拟时间里把 gen 生成的一个县走完全程，结果逐项与清单比对");
  auto options = std::make_shared<Options>();
  command->add_option("--dir", options->folder, "gen 输出的文件夹")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("--server-pid", options->server_pid, "服务进程号：报告其内存峰值");
  command->add_option("--threads", options->threads, "同时办理的户数")
      ->check(CLI::Range(1, kMaxThreads))
      ->capture_default_str();
  command->callback([&context, options] { context.Finish(Rehearse(context, *options)); });
}

}  // namespace fangpin::ctl
