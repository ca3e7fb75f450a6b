#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/gen/notes.h"
#include "tools/fangpinctl/rehearse/stages.h"

namespace fangpin::ctl {
namespace {

namespace re = registry::v1;
using sample::v1::SheetTruth;

constexpr absl::CivilDay kDay = sample::days::kImport;
// Well under the 4 MiB that one piece may have.
constexpr size_t kPieceBytes = 2 << 20;
constexpr int kErrorPage = 1000;
constexpr int kLookUpBatch = 1000;
constexpr absl::Duration kPatience = absl::Minutes(10);
constexpr absl::Duration kPoll = absl::Milliseconds(25);

// One spreadsheet on its way into the registry.
class SheetImport {
 public:
  SheetImport(Play& play, Comparison& comparison, const SheetTruth& truth, bool validate_only)
      : play_(play),
        comparison_(comparison),
        truth_(truth),
        validate_only_(validate_only),
        subject_(base::StrCat(truth.file(), validate_only ? "（试导入）" : "")) {}

  // The import, ended, after comparing it with the manifest.
  absl::StatusOr<re::Import> Run() {
    FANGPIN_ASSIGN_OR_RETURN(re::Import import, Create());
    // An earlier run of the rehearsal may have brought it in already.
    if (import.state() == re::IMPORT_STATE_UPLOADING) {
      FANGPIN_RETURN_IF_ERROR(Upload(import.id()));
      re::RunImportRequest run;
      run.set_import_id(import.id());
      FANGPIN_RETURN_IF_ERROR(Call(&re::RegistryService::Stub::RunImport, run).status());
    }
    FANGPIN_ASSIGN_OR_RETURN(import, Await(import.id()));
    FANGPIN_RETURN_IF_ERROR(Compare(import));
    return import;
  }

 private:
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (re::RegistryService::Stub::*method)(
                                    grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    return play_.suite->Call(*play_.collector, kDay, method, request);
  }

  absl::StatusOr<re::Import> Get(const std::string& id) {
    re::GetImportRequest request;
    request.set_import_id(id);
    FANGPIN_ASSIGN_OR_RETURN(re::GetImportResponse response,
                             Call(&re::RegistryService::Stub::GetImport, request));
    return std::move(*response.mutable_import());
  }

  absl::StatusOr<re::Import> Create() {
    re::CreateImportRequest request;
    re::Import& import = *request.mutable_import();
    import.set_division(play_.division());
    import.set_file_name(truth_.file());
    import.set_mode(re::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS);
    import.set_validate_only(validate_only_);
    request.set_request_id(base::StrCat(truth_.file(), "/", play_.county->manifest.seed(),
                                        validate_only_ ? "/?" : ""));
    FANGPIN_ASSIGN_OR_RETURN(const re::CreateImportResponse response,
                             Call(&re::RegistryService::Stub::CreateImport, request));
    return Get(response.import().id());
  }

  absl::Status Upload(const std::string& id) {
    const std::string file = base::StrCat(play_.county->folder, "/", truth_.file());
    std::ifstream in(file, std::ios::binary);
    if (!in) return UsageError("COUNTY_UNREADABLE", base::StrCat("文件无法读取：", file));
    re::UploadImportChunkRequest piece;
    piece.set_import_id(id);
    std::string buffer(kPieceBytes, '\0');
    int64_t offset = 0;
    while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0) {
      piece.set_offset(offset);
      piece.set_data(buffer.data(), static_cast<size_t>(in.gcount()));
      FANGPIN_RETURN_IF_ERROR(Call(&re::RegistryService::Stub::UploadImportChunk, piece).status());
      offset += in.gcount();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<re::Import> Await(const std::string& id) {
    const absl::Time give_up = absl::Now() + kPatience;
    while (true) {
      FANGPIN_ASSIGN_OR_RETURN(re::Import import, Get(id));
      if (import.state() != re::IMPORT_STATE_RUNNING || absl::Now() > give_up) return import;
      absl::SleepFor(kPoll);
    }
  }

  absl::Status Compare(const re::Import& import) {
    if (import.state() != re::IMPORT_STATE_SUCCEEDED) {
      comparison_.Wrong(subject_, "导入", re::ImportState_Name(re::IMPORT_STATE_SUCCEEDED),
                        base::StrCat(re::ImportState_Name(import.state()), " ",
                                     import.failure_reason(), " ", import.failure_message()));
      return absl::OkStatus();
    }
    comparison_.Same(subject_, "数据行", truth_.rows(), import.rows_read());
    comparison_.Same(subject_, "新建户", truth_.households_created(), import.households_created());
    comparison_.Same(subject_, "更新户", truth_.households_updated(), import.households_updated());
    comparison_.Same(subject_, "拒收户", truth_.households_refused(), import.households_refused());
    comparison_.SameItems(subject_, "未识别的列",
                          {truth_.unknown_columns().begin(), truth_.unknown_columns().end()},
                          {import.unknown_columns().begin(), import.unknown_columns().end()});
    return CompareErrors(import);
  }

  absl::Status CompareErrors(const re::Import& import) {
    std::vector<std::string> expected, actual;
    std::set<int64_t> rows;
    for (const re::RowError& error : truth_.bad_rows()) {
      expected.push_back(ErrorText(error));
      rows.insert(error.row());
    }
    re::ListImportErrorsRequest request;
    request.set_import_id(import.id());
    request.set_page_size(kErrorPage);
    FANGPIN_RETURN_IF_ERROR(
        ForEachListed(play_, *play_.collector, kDay, &re::RegistryService::Stub::ListImportErrors,
                      request, &re::ListImportErrorsResponse::errors,
                      [&](const re::RowError& error) { actual.push_back(ErrorText(error)); }));
    comparison_.Same(subject_, "错误行", static_cast<int64_t>(rows.size()), import.rows_bad());
    comparison_.SameItems(subject_, "错误清单", std::move(expected), std::move(actual));
    return absl::OkStatus();
  }

  // Headers vary in width from file to file.
  static std::string ErrorText(const re::RowError& error) {
    return base::StrCat("第", error.row(), "行 ", base::NormaliseWidth(error.column()), " ",
                        error.reason(), " 户", error.national_household_id());
  }

  Play& play_;
  Comparison& comparison_;
  const SheetTruth& truth_;
  const bool validate_only_;
  const std::string subject_;
};

absl::StatusOr<int64_t> CountHouseholds(Play& play) {
  int64_t count = 0;
  FANGPIN_RETURN_IF_ERROR(ForEachHousehold(play, kDay, [&](const re::Household&) { ++count; }));
  return count;
}

// Learns which household id each 户编号 got, and who serves it.
absl::Status LearnHouseholds(Play& play, Comparison& comparison) {
  absl::flat_hash_map<std::string, Story*> stories;
  for (Story& story : play.stories) stories.emplace(story.national_id(), &story);
  play.national_ids.clear();
  FANGPIN_RETURN_IF_ERROR(ForEachHousehold(play, kDay, [&](const re::Household& household) {
    play.national_ids.emplace(household.id(), household.national_id());
    const auto story = stories.find(household.national_id());
    if (story == stories.end()) return;
    story->second->household_id = household.id();
    story->second->division = household.division();
  }));
  for (Story& story : play.stories) {
    if (story.household_id.empty()) {
      story.broken = true;
      comparison.Wrong(story.national_id(), "户档", "在册", "");
      continue;
    }
    FANGPIN_ASSIGN_OR_RETURN(story.cadre, play.actors->Cadre(story.division));
    FANGPIN_ASSIGN_OR_RETURN(story.township, play.actors->TownshipReviewer(story.division));
  }
  return absl::OkStatus();
}

// The head of each household with a story leads to that household.
absl::Status CompareLookUps(Play& play, Comparison& comparison) {
  for (size_t begin = 0; begin < play.stories.size(); begin += kLookUpBatch) {
    const size_t end = std::min(play.stories.size(), begin + kLookUpBatch);
    re::BatchLookUpPersonsRequest request;
    request.set_purpose("演练核对");
    for (size_t i = begin; i < end; ++i) {
      request.add_id_numbers(play.stories[i].notes->head_id_number());
    }
    FANGPIN_ASSIGN_OR_RETURN(
        const re::BatchLookUpPersonsResponse response,
        play.suite->Call(*play.desk, kDay, &re::RegistryService::Stub::BatchLookUpPersons,
                         request));
    for (size_t i = begin; i < end; ++i) {
      const auto place = static_cast<int>(i - begin);
      if (place >= response.results_size()) break;
      comparison.Same(play.stories[i].national_id(), "按户主证件号码查到的户",
                      play.stories[i].household_id, response.results(place).match().household_id());
    }
  }
  return absl::OkStatus();
}

}  // namespace

StageOutcome ImportSheets(Play& play, Comparison& comparison) {
  FANGPIN_ASSIGN_OR_RETURN(const int64_t before, CountHouseholds(play));
  play.resumed = before > 0;
  int64_t rows = 0, bad_rows = 0, created = 0, updated = 0, refused = 0;
  bool dry = true;
  for (const SheetTruth& truth : play.county->manifest.sheets()) {
    if (dry && !play.resumed) {
      // What a dry run says is what comes true, and it leaves nothing behind.
      FANGPIN_RETURN_IF_ERROR(SheetImport(play, comparison, truth, true).Run().status());
      FANGPIN_ASSIGN_OR_RETURN(const int64_t after, CountHouseholds(play));
      comparison.Same(truth.file(), "试导入后的户档数", before, after);
    }
    dry = false;
    FANGPIN_ASSIGN_OR_RETURN(const re::Import import,
                             SheetImport(play, comparison, truth, false).Run());
    rows += import.rows_read();
    bad_rows += import.rows_bad();
    created += import.households_created();
    updated += import.households_updated();
    refused += import.households_refused();
  }
  FANGPIN_RETURN_IF_ERROR(LearnHouseholds(play, comparison));
  comparison.Same("全县", "在册户数", created, static_cast<int64_t>(play.national_ids.size()));
  FANGPIN_RETURN_IF_ERROR(CompareLookUps(play, comparison));
  return std::vector<Count>{{"files", "文件", play.county->manifest.sheets_size()},
                            {"rows", "数据行", rows},
                            {"rows_bad", "错误行", bad_rows},
                            {"households_created", "新建户", created},
                            {"households_updated", "更新户", updated},
                            {"households_refused", "拒收户次", refused}};
}

}  // namespace fangpin::ctl
