// household export and household watch: JSON lines, a household or an event each, that go on where
// they broke.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/feed.pb.h"
#include "fangpin/registry/v1/registry_service.pb.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "nlohmann/json.hpp"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/message_path.h"
#include "tools/fangpinctl/message_text.h"
#include "tools/fangpinctl/progress.h"

namespace fangpin::ctl {
namespace {

namespace pb = registry::v1;

absl::Status Unwritable(const std::string& file) {
  return UsageError("FILE_UNWRITABLE", base::StrCat("文件无法写入：", file));
}

// The content of a small file; nullopt when it is not there.
std::optional<std::string> ReadSmall(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

// Replaces the file whole: whoever dies while writing leaves the old one or the new one.
absl::Status WriteSmall(const std::string& file, const std::string& content) {
  const std::string draft = file + ".new";
  {
    std::ofstream out(draft, std::ios::binary);
    out << content << std::flush;
    if (!out) return Unwritable(draft);
  }
  std::error_code error;
  std::filesystem::rename(draft, file, error);
  return error ? Unwritable(file) : absl::OkStatus();
}

struct ExportOptions {
  std::string file;
  std::string division;
  std::vector<std::string> states;
  bool include_closed = false;
  bool resume = false;
};

// Where an export has come to: kept beside its file until it is complete.
struct Mark {
  std::string resume_token;
  int64_t bytes = 0;
  int64_t households = 0;
};

std::string MarkFile(const std::string& file) { return file + ".resume"; }

absl::StatusOr<Mark> ReadMark(const std::string& file) {
  const std::optional<std::string> text = ReadSmall(MarkFile(file));
  const nlohmann::json json = nlohmann::json::parse(text.value_or(""), nullptr, false);
  if (!json.is_object()) {
    return UsageError("NOTHING_TO_RESUME", base::StrCat("没有可以续传的导出：", MarkFile(file)));
  }
  return Mark{.resume_token = json.value("resumeToken", ""),
              .bytes = json.value("bytes", int64_t{0}),
              .households = json.value("households", int64_t{0})};
}

absl::Status WriteMark(const std::string& file, const Mark& mark) {
  return WriteSmall(MarkFile(file), nlohmann::json{{"resumeToken", mark.resume_token},
                                                   {"bytes", mark.bytes},
                                                   {"households", mark.households}}
                                        .dump());
}

absl::StatusOr<ExitCode> Export(Context& context, const ExportOptions& options) {
  pb::ExportHouseholdsRequest request;
  request.mutable_filter()->set_division(options.division);
  request.mutable_filter()->set_include_closed(options.include_closed);
  FANGPIN_RETURN_IF_ERROR(MessagePath(pb::ExportHouseholdsRequest::descriptor(), "filter.states")
                              .Set(request, options.states));
  Mark mark;
  if (options.resume) {
    FANGPIN_ASSIGN_OR_RETURN(mark, ReadMark(options.file));
    // What was written behind the mark comes again.
    std::error_code error;
    std::filesystem::resize_file(options.file, static_cast<uintmax_t>(mark.bytes), error);
    if (error) return Unwritable(options.file);
    request.set_resume_token(mark.resume_token);
  } else if (std::filesystem::exists(options.file)) {
    return UsageError("FILE_EXISTS",
                      base::StrCat("文件已存在：", options.file, "；续传请加 --resume"));
  }
  std::ofstream out(options.file, std::ios::binary | std::ios::app);
  if (!out) return Unwritable(options.file);

  FANGPIN_ASSIGN_OR_RETURN(Client* const client, context.client());
  std::string watch_token;
  bool complete = false;
  {
    Progress progress(context.err(), context.progress(), base::StrCat("导出 ", options.file), 0);
    pb::ExportHouseholdsResponse part;
    FANGPIN_RETURN_IF_ERROR(client->Stream(
        &request, &part, [&] { request.set_resume_token(mark.resume_token); },
        [&]() -> absl::Status {
          for (const pb::Household& household : part.households()) {
            const std::string line = ToJson(household, JsonStyle::kLine);
            out << line << '\n';
            mark.bytes += static_cast<int64_t>(line.size()) + 1;
          }
          out.flush();
          if (!out) return Unwritable(options.file);
          mark.households += part.households_size();
          mark.resume_token = part.resume_token();
          FANGPIN_RETURN_IF_ERROR(WriteMark(options.file, mark));
          watch_token = part.watch_token();
          complete = part.complete();
          progress.Update(mark.households);
          return absl::OkStatus();
        }));
  }
  if (!complete) return absl::DataLossError("the export ended before its last message");
  std::error_code error;
  std::filesystem::remove(MarkFile(options.file), error);
  if (context.format() == Format::kJson) {
    context.out() << nlohmann::ordered_json{{"file", options.file},
                                            {"households", mark.households},
                                            {"watchToken", watch_token}}
                         .dump(2)
                  << "\n";
  } else {
    context.out() << "户数：" << mark.households << "\n变更标记：" << watch_token << "\n";
  }
  return ExitCode::kOk;
}

struct WatchOptions {
  std::string division;
  std::string token;
  std::string token_file;
  bool include_household = false;
  bool until_now = false;
};

absl::StatusOr<ExitCode> Watch(Context& context, const WatchOptions& options) {
  pb::WatchHouseholdsRequest request;
  request.set_division(options.division);
  request.set_include_household(options.include_household);
  request.set_until_now(options.until_now);
  request.set_token(options.token);
  if (!options.token_file.empty()) {
    if (const auto kept = ReadSmall(options.token_file)) request.set_token(*kept);
  }
  FANGPIN_ASSIGN_OR_RETURN(Client* const client, context.client());
  pb::WatchHouseholdsResponse part;
  FANGPIN_RETURN_IF_ERROR(client->Stream(
      &request, &part,
      [&] {
        if (!part.token().empty()) request.set_token(part.token());
      },
      [&]() -> absl::Status {
        for (const pb::HouseholdEvent& event : part.events()) {
          context.out() << ToJson(event, JsonStyle::kLine) << '\n';
        }
        context.out() << std::flush;
        if (!context.out()) return Unwritable("标准输出");
        // Behind the events: who dies in between gets them again, and misses none.
        if (options.token_file.empty()) return absl::OkStatus();
        return WriteSmall(options.token_file, part.token());
      }));
  return ExitCode::kOk;
}

}  // namespace

void AddHouseholdStreams(CLI::App& group, Context& context) {
  CLI::App* const out = group.add_subcommand(
      "export", "导出农户到文件，每行一户（JSON），内容为同一时刻的户档；中断后可续传");
  auto export_options = std::make_shared<ExportOptions>();
  out->add_option("FILE", export_options->file, "要写的文件")->required();
  out->add_option("--division", export_options->division, "区划代码，12 位；不给出时为可见的全部");
  out->add_option("--state", export_options->states, "监测状态（可重复）")->delimiter(',');
  out->add_flag("--include-closed", export_options->include_closed, "连同已并户、销户的");
  out->add_flag("--resume", export_options->resume, "接着中断的导出，其他选项须与先前相同");
  out->callback([&context, export_options] { context.Finish(Export(context, *export_options)); });

  CLI::App* const watch =
      group.add_subcommand("watch", "农户的变更，每行一条（JSON），有变更即输出，直到中止");
  auto watch_options = std::make_shared<WatchOptions>();
  watch->add_option("--division", watch_options->division, "区划代码，12 位；不给出时为可见的全部");
  watch->add_option("--token", watch_options->token,
                    "从何处开始：导出给出的变更标记；不给出时从现在开始");
  watch
      ->add_option("--token-file", watch_options->token_file,
                   "标记保存在此文件，再次运行即接着上次；第一次可用 --token 指明起点")
      ->type_name("FILE");
  watch->add_flag("--include-household", watch_options->include_household, "连同变更后的内容");
  watch->add_flag("--until-now", watch_options->until_now, "输出已有的变更后结束");
  watch->callback([&context, watch_options] { context.Finish(Watch(context, *watch_options)); });
}

}  // namespace fangpin::ctl
