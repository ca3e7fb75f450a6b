#include "libs/policy/load.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "fangpin/policy/v1/calendar.pb.h"
#include "fangpin/policy/v1/parameters.pb.h"
#include "fangpin/policy/v1/policy_versions.pb.h"
#include "fangpin/policy/v1/sources.pb.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"

namespace fangpin::policy {
namespace {

constexpr std::string_view kParameterFile = "parameters.textproto";
constexpr std::string_view kSourceFile = "sources.textproto";
constexpr std::string_view kVersionFile = "policy_versions.textproto";
constexpr std::string_view kCalendarFile = "calendar.textproto";

absl::Status Invalid(std::string_view problem) {
  return base::Error(absl::StatusCode::kInvalidArgument, "POLICY_DATA_INVALID", problem);
}

// Keeps the place of the first error.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    // The parser counts lines from 0.
    if (text_.empty()) text_ = base::StrCat("第", line + 1, "行：", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

template <typename File>
absl::StatusOr<File> ReadFile(const std::string& directory, std::string_view name) {
  std::ifstream in(std::filesystem::path(directory) / name);
  if (!in) {
    return base::Error(absl::StatusCode::kNotFound, "POLICY_FILE_MISSING", "缺少这个政策文件");
  }
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  File file;
  if (!parser.ParseFromString(text, &file)) return Invalid(error.text());
  return file;
}

absl::StatusOr<std::optional<absl::CivilDay>> OptionalDay(const std::string& text) {
  if (text.empty()) return std::nullopt;
  FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay day, base::ParseDay(text));
  return day;
}

std::optional<Unit> FromProto(v1::Unit unit) {
  switch (unit) {
    case v1::UNIT_FEN:
      return Unit::kFen;
    case v1::UNIT_DAYS:
      return Unit::kDays;
    case v1::UNIT_WORKING_DAYS:
      return Unit::kWorkingDays;
    case v1::UNIT_MONTHS:
      return Unit::kMonths;
    case v1::UNIT_YEARS:
      return Unit::kYears;
    case v1::UNIT_COUNT:
      return Unit::kCount;
    case v1::UNIT_PERCENT:
      return Unit::kPercent;
    case v1::UNIT_LIST:
      return Unit::kList;
    default:
      return std::nullopt;
  }
}

std::optional<Basis> FromProto(v1::Basis basis) {
  switch (basis) {
    case v1::BASIS_STATED:
      return Basis::kStated;
    case v1::BASIS_INFERRED:
      return Basis::kInferred;
    case v1::BASIS_PROPOSED:
      return Basis::kProposed;
    default:
      return std::nullopt;
  }
}

absl::StatusOr<Parameter> FromProto(const v1::Parameter& row) {
  const std::optional<Unit> unit = FromProto(row.unit());
  const std::optional<Basis> basis = FromProto(row.basis());
  if (!unit || !basis || row.has_value() == (*unit == Unit::kList)) {
    return Invalid(base::StrCat("参数", row.name(), "缺少单位、依据程度或数值"));
  }
  Parameter parameter = {.name = row.name(),
                         .region = row.region(),
                         .value = row.value(),
                         .unit = *unit,
                         .items = {row.items().begin(), row.items().end()},
                         .document = row.document(),
                         .clause = row.clause(),
                         .basis = *basis};
  FANGPIN_ASSIGN_OR_RETURN(parameter.effective_from, base::ParseDay(row.effective_from()));
  FANGPIN_ASSIGN_OR_RETURN(parameter.effective_to, OptionalDay(row.effective_to()));
  return parameter;
}

absl::StatusOr<Parameters> LoadParameters(const std::string& directory, const Sources& sources) {
  FANGPIN_ASSIGN_OR_RETURN(const auto file, ReadFile<v1::ParameterFile>(directory, kParameterFile));
  std::vector<Parameter> rows;
  for (const v1::Parameter& row : file.parameters()) {
    if (!sources.Wording(row.document(), row.clause())) {
      return Invalid(base::StrCat("参数", row.name(), "的依据不在依据目录中：", row.document(), " ",
                                  row.clause()));
    }
    FANGPIN_ASSIGN_OR_RETURN(Parameter parameter, FromProto(row));
    rows.push_back(std::move(parameter));
  }
  return Parameters::Create(std::move(rows));
}

absl::StatusOr<Sources> LoadSources(const std::string& directory) {
  FANGPIN_ASSIGN_OR_RETURN(const auto file, ReadFile<v1::SourceFile>(directory, kSourceFile));
  std::vector<Document> documents;
  for (const v1::SourceDocument& row : file.documents()) {
    Document document = {
        .key = row.key(), .title = row.title(), .number = row.number(), .issuer = row.issuer()};
    FANGPIN_ASSIGN_OR_RETURN(document.date, OptionalDay(row.date()));
    for (const v1::SourceClause& clause : row.clauses()) {
      if (!document.clauses.emplace(clause.id(), clause.text()).second) {
        return Invalid(base::StrCat(row.key(), "的条款重复：", clause.id()));
      }
    }
    documents.push_back(std::move(document));
  }
  return Sources::Create(std::move(documents));
}

absl::StatusOr<PolicyVersions> LoadVersions(const std::string& directory) {
  FANGPIN_ASSIGN_OR_RETURN(const auto file,
                           ReadFile<v1::PolicyVersionFile>(directory, kVersionFile));
  std::vector<PolicyVersion> versions;
  for (const v1::PolicyVersion& row : file.versions()) {
    versions.push_back({.key = row.key(), .title = row.title()});
  }
  std::vector<Adoption> adoptions;
  for (const v1::PolicyAdoption& row : file.adoptions()) {
    FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay from, base::ParseDay(row.effective_from()));
    adoptions.push_back({.version = row.version(), .region = row.region(), .effective_from = from});
  }
  return PolicyVersions::Create(std::move(versions), std::move(adoptions));
}

absl::Status AddSpans(const google::protobuf::RepeatedPtrField<v1::DaySpan>& spans,
                      std::set<absl::CivilDay>& days) {
  for (const v1::DaySpan& span : spans) {
    FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay from, base::ParseDay(span.from()));
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> to, OptionalDay(span.to()));
    for (absl::CivilDay day = from; day <= to.value_or(from); ++day) days.insert(day);
  }
  return absl::OkStatus();
}

absl::StatusOr<base::WorkingDayCalendar> LoadCalendar(const std::string& directory) {
  FANGPIN_ASSIGN_OR_RETURN(const auto file, ReadFile<v1::CalendarFile>(directory, kCalendarFile));
  std::set<int> years;
  std::set<absl::CivilDay> holidays;
  std::set<absl::CivilDay> workdays;
  for (const v1::CalendarYear& year : file.years()) {
    if (!years.insert(year.year()).second) {
      return Invalid(base::StrCat("工作日历年份重复：", year.year()));
    }
    FANGPIN_RETURN_IF_ERROR(AddSpans(year.holidays(), holidays));
    FANGPIN_RETURN_IF_ERROR(AddSpans(year.workdays(), workdays));
  }
  return base::WorkingDayCalendar::Create(std::move(years), std::move(holidays),
                                          std::move(workdays));
}

// Names the file in an error about its content.
template <typename T>
absl::StatusOr<T> In(std::string_view file, absl::StatusOr<T> loaded) {
  if (loaded.ok()) return loaded;
  const absl::Status& status = loaded.status();
  const bool missing = status.code() == absl::StatusCode::kNotFound;
  return base::Error(status.code(), missing ? "POLICY_FILE_MISSING" : "POLICY_DATA_INVALID",
                     base::StrCat(file, "：", base::ToStd(status.message())))
      .WithMetadata("file", file);
}

}  // namespace

absl::StatusOr<PolicyData> LoadPolicy(const std::string& directory) {
  PolicyData data;
  FANGPIN_ASSIGN_OR_RETURN(data.sources, In(kSourceFile, LoadSources(directory)));
  FANGPIN_ASSIGN_OR_RETURN(data.parameters,
                           In(kParameterFile, LoadParameters(directory, data.sources)));
  FANGPIN_ASSIGN_OR_RETURN(data.versions, In(kVersionFile, LoadVersions(directory)));
  FANGPIN_ASSIGN_OR_RETURN(data.calendar, In(kCalendarFile, LoadCalendar(directory)));
  return data;
}

}  // namespace fangpin::policy
