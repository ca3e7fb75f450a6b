#include <memory>
#include <string>

#include "libs/base/status.h"
#include "libs/rpc/config.h"
#include "nlohmann/json.hpp"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/gen/generate.h"

namespace fangpin::ctl {
namespace {

// One file of the county.
struct FileLine {
  std::string file;
  int64_t rows = 0;
  int64_t wrong = 0;
};

absl::StatusOr<ExitCode> MakeCounty(Context& context, sample::Options options) {
  options.divisions_file = rpc::FindDeployed(options.divisions_file);
  absl::StatusOr<sample::v1::Manifest> manifest = sample::Generate(options);
  if (!manifest.ok()) return AsUsage(manifest.status());

  std::vector<FileLine> files;
  for (const sample::v1::SheetTruth& sheet : manifest->sheets()) {
    files.push_back({sheet.file(), sheet.rows(), sheet.bad_rows_size()});
  }
  for (const sample::v1::FeedTruth& feed : manifest->feeds()) {
    files.push_back({feed.file(), feed.records(), feed.rejected_size()});
  }
  if (context.format() == Format::kJson) {
    nlohmann::ordered_json json = {{"folder", options.folder},
                                   {"households", manifest->households()},
                                   {"persons", manifest->persons()},
                                   {"stories", manifest->truths_size()}};
    for (const FileLine& line : files) {
      json["files"].push_back({{"file", line.file}, {"rows", line.rows}, {"wrong", line.wrong}});
    }
    context.out() << json.dump(2) << "\n";
    return ExitCode::kOk;
  }
  RowWriter rows(context.format(),
                 {{.key = "file", .title = "文件"},
                  {.key = "rows", .title = "行数", .right = true},
                  {.key = "wrong", .title = "其中有错", .right = true}},
                 context.out());
  for (const FileLine& line : files) {
    rows.Add({line.file, std::to_string(line.rows), std::to_string(line.wrong)});
  }
  rows.Finish();
  if (context.format() == Format::kTable) {
    context.out() << "共 " << manifest->households() << " 户 " << manifest->persons()
                  << " 人，其中 " << manifest->truths_size() << " 户有预设情节；清单："
                  << options.folder << "/manifest.json\n";
  }
  return ExitCode::kOk;
}

}  // namespace

void AddGenCommand(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("gen", "生成一个虚构的县：全国系统样式的表格、部门数据、预设清单");
  auto options = std::make_shared<sample::Options>();
  command->add_option("--county", options->county, "6 位县级代码")->capture_default_str();
  command->add_option("--households", options->households, "户数，20 至 200000")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "种子：相同则文件相同")->capture_default_str();
  command->add_option("--divisions", options->divisions_file, "区划表")
      ->capture_default_str()
      ->check(CLI::ExistingFile);
  command->add_option("--out", options->folder, "输出目录")->required();
  command->callback([&context, options] { context.Finish(MakeCounty(context, *options)); });
}

}  // namespace fangpin::ctl
