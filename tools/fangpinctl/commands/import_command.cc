#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "fangpin/registry/v1/registry_service.pb.h"
#include "libs/base/error.h"
#include "libs/base/random.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sheet/writer.h"
#include "nlohmann/json.hpp"
#include "tools/fangpinctl/columns.h"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/message_text.h"
#include "tools/fangpinctl/progress.h"

namespace fangpin::ctl {
namespace {

namespace pb = registry::v1;

// Well under the 4 MiB that one piece may have.
constexpr size_t kPieceBytes = 1 << 20;
constexpr int kErrorPage = 1000;
constexpr absl::Duration kFirstPoll = absl::Milliseconds(20);
constexpr absl::Duration kLongestPoll = absl::Milliseconds(500);
// Errors that a table shows; all of them go to --errors and to the other formats.
constexpr size_t kErrorsInTable = 20;

struct Options {
  std::vector<std::string> files;
  std::string division;
  bool validate_only = false;
  bool all_or_nothing = false;
  std::string encoding;
  std::string errors_file;
};

// What became of one file.
struct Outcome {
  std::string file;
  pb::Import import;
  std::vector<pb::RowError> errors;

  bool failed() const { return import.state() == pb::IMPORT_STATE_FAILED; }
  bool partly() const { return import.rows_bad() > 0 || import.households_refused() > 0; }
};

class Importer {
 public:
  Importer(Context& context, Client& client, const Options& options)
      : context_(context), client_(client), options_(options) {}

  // Uploads, runs and waits. A refusal of this file is part of the outcome; the status is about
  // what would refuse every file: no connection, no permission, a wrong division.
  absl::StatusOr<Outcome> Import(const std::string& file);

 private:
  absl::Status Upload(const std::string& file, const std::string& import_id);
  absl::StatusOr<pb::Import> RunToEnd(const std::string& file, const std::string& import_id);
  absl::StatusOr<std::vector<pb::RowError>> Errors(const std::string& import_id);

  Context& context_;
  Client& client_;
  const Options& options_;
};

absl::StatusOr<Outcome> Importer::Import(const std::string& file) {
  pb::CreateImportRequest request;
  pb::Import& import = *request.mutable_import();
  import.set_division(options_.division);
  import.set_file_name(std::filesystem::path(file).filename().string());
  import.set_mode(options_.all_or_nothing ? pb::IMPORT_MODE_ALL_OR_NOTHING
                                          : pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS);
  import.set_validate_only(options_.validate_only);
  if (options_.encoding == "utf-8") import.set_encoding("UTF-8");
  if (options_.encoding == "gb18030") import.set_encoding("GB18030");
  request.set_request_id(absl::BytesToHexString(base::RandomBytes(16)));
  FANGPIN_ASSIGN_OR_RETURN(pb::CreateImportResponse created,
                           client_.Call<pb::CreateImportResponse>(request));

  Outcome outcome{.file = file, .import = std::move(*created.mutable_import()), .errors = {}};
  const std::string id = outcome.import.id();
  absl::Status status = Upload(file, id);
  if (status.ok()) {
    absl::StatusOr<pb::Import> ended = RunToEnd(file, id);
    status = ended.status();
    if (ended.ok()) outcome.import = *std::move(ended);
  }
  if (ExitCodeOf(status) == ExitCode::kRefused) {
    outcome.import.set_state(pb::IMPORT_STATE_FAILED);
    outcome.import.set_failure_reason(base::Reason(status));
    outcome.import.set_failure_message(std::string(status.message()));
    return outcome;
  }
  FANGPIN_RETURN_IF_ERROR(status);
  FANGPIN_ASSIGN_OR_RETURN(outcome.errors, Errors(id));
  return outcome;
}

absl::Status Importer::Upload(const std::string& file, const std::string& import_id) {
  std::error_code error;
  const auto total = static_cast<int64_t>(std::filesystem::file_size(file, error));
  std::ifstream in(file, std::ios::binary);
  if (!in || error) return UsageError("FILE_UNREADABLE", base::StrCat("文件无法读取：", file));
  Progress progress(context_.err(), context_.progress(), base::StrCat("上传 ", file), total);
  pb::UploadImportChunkRequest piece;
  piece.set_import_id(import_id);
  std::string buffer(kPieceBytes, '\0');
  int64_t offset = 0;
  do {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    piece.set_offset(offset);
    piece.set_data(buffer.data(), static_cast<size_t>(in.gcount()));
    // An empty file is one empty piece, so that the registry is the one to refuse it.
    if (in.gcount() > 0 || offset == 0) {
      FANGPIN_RETURN_IF_ERROR(
          client_.Call<pb::UploadImportChunkResponse>(piece, Client::kLongPatience).status());
    }
    offset += in.gcount();
    progress.Update(offset);
  } while (in);
  if (in.bad()) return UsageError("FILE_UNREADABLE", base::StrCat("文件无法读取：", file));
  return absl::OkStatus();
}

absl::StatusOr<pb::Import> Importer::RunToEnd(const std::string& file,
                                              const std::string& import_id) {
  pb::RunImportRequest run;
  run.set_import_id(import_id);
  FANGPIN_ASSIGN_OR_RETURN(pb::RunImportResponse started,
                           client_.Call<pb::RunImportResponse>(run, Client::kLongPatience));
  pb::Import import = std::move(*started.mutable_import());
  Progress progress(context_.err(), context_.progress(), base::StrCat("核对 ", file), 0);
  pb::GetImportRequest get;
  get.set_import_id(import_id);
  absl::Duration pause = kFirstPoll;
  while (import.state() != pb::IMPORT_STATE_SUCCEEDED &&
         import.state() != pb::IMPORT_STATE_FAILED) {
    progress.Update(import.rows_read());
    absl::SleepFor(pause);
    pause = std::min(2 * pause, kLongestPoll);
    FANGPIN_ASSIGN_OR_RETURN(pb::GetImportResponse answer,
                             client_.Call<pb::GetImportResponse>(get, Client::kLongPatience));
    import = std::move(*answer.mutable_import());
  }
  return import;
}

absl::StatusOr<std::vector<pb::RowError>> Importer::Errors(const std::string& import_id) {
  std::vector<pb::RowError> errors;
  pb::ListImportErrorsRequest request;
  request.set_import_id(import_id);
  request.set_page_size(kErrorPage);
  do {
    FANGPIN_ASSIGN_OR_RETURN(
        pb::ListImportErrorsResponse page,
        client_.Call<pb::ListImportErrorsResponse>(request, Client::kLongPatience));
    for (pb::RowError& error : *page.mutable_errors()) errors.push_back(std::move(error));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return errors;
}

std::vector<Heading> ErrorHeadings(const Columns& columns) {
  std::vector<Heading> headings = columns.headings();
  headings.insert(headings.begin(), {.key = "file", .title = "文件"});
  return headings;
}

std::vector<std::string> ErrorCells(const Columns& columns, const std::string& file,
                                    const pb::RowError& error, Format format) {
  std::vector<std::string> cells = columns.Cells(error, format);
  cells.insert(cells.begin(), file);
  return cells;
}

void PrintJson(const std::vector<Outcome>& outcomes, std::ostream& out) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const Outcome& outcome : outcomes) {
    nlohmann::ordered_json errors = nlohmann::ordered_json::array();
    for (const pb::RowError& error : outcome.errors) {
      errors.push_back(nlohmann::ordered_json::parse(ToJson(error, JsonStyle::kLine)));
    }
    files.push_back(
        {{"file", outcome.file},
         {"import", nlohmann::ordered_json::parse(ToJson(outcome.import, JsonStyle::kLine))},
         {"errors", std::move(errors)}});
  }
  out << nlohmann::ordered_json{{"files", std::move(files)}}.dump(2) << "\n";
}

// All errors as .csv rows, or the first of each file as a table.
void PrintErrors(const std::vector<Outcome>& outcomes, Format format, std::ostream& out) {
  const Columns columns(pb::RowError::descriptor());
  RowWriter rows(format, ErrorHeadings(columns), out);
  for (const Outcome& outcome : outcomes) {
    const size_t shown = format == Format::kTable ? std::min(outcome.errors.size(), kErrorsInTable)
                                                  : outcome.errors.size();
    for (size_t i = 0; i < shown; ++i) {
      rows.Add(ErrorCells(columns, outcome.file, outcome.errors[i], format));
    }
  }
  rows.Finish();
}

void PrintTables(const std::vector<Outcome>& outcomes, std::ostream& out) {
  MessageList imports(Format::kTable, "imports", pb::Import::descriptor(), out);
  size_t errors = 0;
  size_t hidden = 0;
  for (const Outcome& outcome : outcomes) {
    imports.Add(outcome.import);
    errors += outcome.errors.size();
    hidden += outcome.errors.size() - std::min(outcome.errors.size(), kErrorsInTable);
  }
  imports.Finish();
  if (errors == 0) return;
  out << "\n";
  PrintErrors(outcomes, Format::kTable, out);
  if (hidden > 0) out << "另有 " << hidden << " 条；全部：--errors 文件.csv\n";
}

absl::Status WriteErrorsFile(const std::vector<Outcome>& outcomes, const std::string& path) {
  // With a byte order mark, for spreadsheet programs.
  FANGPIN_ASSIGN_OR_RETURN(auto writer,
                           sheet::CsvWriter::Create(path, sheet::CsvWriter::Encoding::kUtf8Bom));
  const Columns columns(pb::RowError::descriptor());
  std::vector<std::string> titles;
  for (const Heading& heading : ErrorHeadings(columns)) titles.push_back(heading.title);
  FANGPIN_RETURN_IF_ERROR(writer->Add(titles));
  for (const Outcome& outcome : outcomes) {
    for (const pb::RowError& error : outcome.errors) {
      FANGPIN_RETURN_IF_ERROR(writer->Add(ErrorCells(columns, outcome.file, error, Format::kCsv)));
    }
  }
  return writer->Close();
}

ExitCode ExitCodeOf(const std::vector<Outcome>& outcomes) {
  const bool all_failed = std::all_of(outcomes.begin(), outcomes.end(),
                                      [](const Outcome& outcome) { return outcome.failed(); });
  const bool any_lacks = std::any_of(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) {
    return outcome.failed() || outcome.partly();
  });
  return all_failed ? ExitCode::kRefused : any_lacks ? ExitCode::kPartly : ExitCode::kOk;
}

absl::StatusOr<ExitCode> ImportAll(Context& context, const Options& options) {
  FANGPIN_ASSIGN_OR_RETURN(Client* const client, context.client());
  Importer importer(context, *client, options);
  std::vector<Outcome> outcomes;
  absl::Status status;
  for (const std::string& file : options.files) {
    absl::StatusOr<Outcome> outcome = importer.Import(file);
    status = outcome.status();
    if (!status.ok()) break;
    outcomes.push_back(*std::move(outcome));
  }
  // What was done before an error is said as well.
  if (status.ok() || !outcomes.empty()) {
    if (!options.errors_file.empty()) status.Update(WriteErrorsFile(outcomes, options.errors_file));
    switch (context.format()) {
      case Format::kJson:
        PrintJson(outcomes, context.out());
        break;
      case Format::kCsv:
        PrintErrors(outcomes, Format::kCsv, context.out());
        break;
      case Format::kTable:
        PrintTables(outcomes, context.out());
        break;
    }
  }
  FANGPIN_RETURN_IF_ERROR(status);
  return ExitCodeOf(outcomes);
}

}  // namespace

void AddImportCommand(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("import", "导入全国系统导出的户信息、监测对象信息（.xlsx、.csv）");
  auto options = std::make_shared<Options>();
  command->add_option("FILE", options->files, "文件，依次导入")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("--division", options->division, "各行须在此区划内，一般为县，12 位代码")
      ->required();
  command->add_flag("--validate-only", options->validate_only, "只核对，不载入");
  command->add_flag("--all-or-nothing", options->all_or_nothing,
                    "有一行有误即整个文件不载入；默认只跳过有误的户");
  command->add_option("--encoding", options->encoding, ".csv 的编码；默认由内容判断")
      ->check(CLI::IsMember({"utf-8", "gb18030"}, CLI::ignore_case));
  command->add_option("--errors", options->errors_file, "把全部错误写入此 .csv 文件");
  command->callback([&context, options] { context.Finish(ImportAll(context, *options)); });
}

}  // namespace fangpin::ctl
