#include "services/screening/core/feeds.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/id_number.h"
#include "libs/base/money.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/screening/core/errors.h"

namespace fangpin::screening {
namespace {

constexpr size_t kMaxCodePoints = 200;
constexpr size_t kMaxBytes = 1000;
// Bills beyond 100 million yuan are a decimal point in the wrong place.
constexpr int64_t kMaxAmountFen = int64_t{10'000'000'000};
constexpr int64_t kMaxInteger = 99'999'999'999'999;
const absl::CivilDay kFirstEventDay(2000, 1, 1);

absl::Status Rejected(std::string_view field, std::string_view reason, std::string_view message) {
  return base::InvalidField(field, reason, message);
}

std::string Normalised(std::string_view column) {
  return absl::AsciiStrToLower(base::CleanCell(column));
}

// The status of a base parser, told of the department's field. Its message holds no value.
absl::Status OfField(std::string_view field, const absl::Status& status) {
  return Rejected(field, base::Reason(status), base::ToStd(status.message()));
}

absl::StatusOr<absl::CivilDay> ParseDayAs(v1::FeedColumnFormat format, std::string_view value) {
  switch (format) {
    case v1::FEED_COLUMN_FORMAT_COMPACT_DAY:
      if (const auto day = base::CompactDay(value)) return *day;
      return base::Error(absl::StatusCode::kInvalidArgument, "DATE_FORMAT",
                         "日期应写作YYYYMMDD且确有其日");
    case v1::FEED_COLUMN_FORMAT_DATE_TIME:
      // Systems that keep no time of day send the day alone.
      return base::ParseDay(value.substr(0, 10));
    default:
      return base::ParseDay(value);
  }
}

// "2023-08-15 09:30:00" as 20230815093000, so that a later time is a higher version.
std::optional<int64_t> TimeAsVersion(std::string_view value) {
  constexpr std::string_view kShape = "dddd-dd-dd dd:dd:dd";
  if (value.size() != kShape.size()) return std::nullopt;
  std::string digits;
  for (size_t i = 0; i < value.size(); ++i) {
    if (kShape[i] == 'd') {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(value[i]))) return std::nullopt;
      digits.push_back(value[i]);
    } else if (value[i] != kShape[i]) {
      return std::nullopt;
    }
  }
  return base::ParseInt(digits);
}

// Reads one value into the record.
class ValueReader {
 public:
  ValueReader(ParsedRecord& record, absl::CivilDay today) : record_(record), today_(today) {}

  absl::Status Read(const v1::FeedColumn& column, std::string value) {
    switch (column.meaning()) {
      case v1::FEED_COLUMN_MEANING_SOURCE_ID:
        record_.source_id = std::move(value);
        return absl::OkStatus();
      case v1::FEED_COLUMN_MEANING_SOURCE_VERSION:
        return ReadVersion(column, value);
      case v1::FEED_COLUMN_MEANING_ID_NUMBER:
        return ReadIdNumber(column, value);
      case v1::FEED_COLUMN_MEANING_DISABILITY_NUMBER:
        return ReadDisabilityNumber(column, value);
      case v1::FEED_COLUMN_MEANING_EVENT_DATE:
        return ReadEventDate(column, value);
      default:
        return ReadFact(column, std::move(value));
    }
  }

 private:
  absl::Status ReadVersion(const v1::FeedColumn& column, std::string_view value) {
    const std::optional<int64_t> version = column.format() == v1::FEED_COLUMN_FORMAT_DATE_TIME
                                               ? TimeAsVersion(value)
                                               : base::ParseInt(value);
    if (!version || *version < 1 || *version > kMaxInteger) {
      return Rejected(column.name(), "VERSION_FORMAT", "版本应为正整数或更新时间");
    }
    record_.source_version = *version;
    return absl::OkStatus();
  }

  absl::Status ReadIdNumber(const v1::FeedColumn& column, std::string_view value) {
    const auto id = base::IdNumber::Parse(value, today_);
    if (!id.ok()) return OfField(column.name(), id.status());
    record_.id_number = id->value();
    return absl::OkStatus();
  }

  absl::Status ReadDisabilityNumber(const v1::FeedColumn& column, std::string_view value) {
    const auto number = base::DisabilityNumber::Parse(value, today_);
    if (!number.ok()) return OfField(column.name(), number.status());
    record_.id_number = number->id_number().value();
    record_.numbers["disability_category"] = static_cast<int64_t>(number->category());
    record_.numbers["disability_grade"] = number->grade();
    return absl::OkStatus();
  }

  absl::Status ReadEventDate(const v1::FeedColumn& column, std::string_view value) {
    const auto day = ParseDayAs(column.format(), value);
    if (!day.ok()) return OfField(column.name(), day.status());
    if (*day > today_) return Rejected(column.name(), "DATE_IN_FUTURE", "日期晚于今天");
    if (*day < kFirstEventDay) return Rejected(column.name(), "DATE_TOO_EARLY", "日期早于2000年");
    record_.event_on = *day;
    return absl::OkStatus();
  }

  absl::Status ReadFact(const v1::FeedColumn& column, std::string value) {
    switch (column.format()) {
      case v1::FEED_COLUMN_FORMAT_YUAN: {
        const auto fen = base::ParseYuan(value);
        if (!fen.ok()) return OfField(column.name(), fen.status());
        if (*fen < 0) return Rejected(column.name(), "AMOUNT_NEGATIVE", "金额不能为负");
        if (*fen > kMaxAmountFen)
          return Rejected(column.name(), "AMOUNT_RANGE", "金额超出合理范围");
        record_.numbers[column.fact()] = *fen;
        if (column.meaning() == v1::FEED_COLUMN_MEANING_AMOUNT) record_.amount_fen = *fen;
        return absl::OkStatus();
      }
      case v1::FEED_COLUMN_FORMAT_INTEGER: {
        const auto number = base::ParseInt(value);
        if (!number || *number < 0 || *number > kMaxInteger) {
          return Rejected(column.name(), "NUMBER_FORMAT", "应为不小于0的整数");
        }
        record_.numbers[column.fact()] = *number;
        return absl::OkStatus();
      }
      case v1::FEED_COLUMN_FORMAT_CODE: {
        const auto& codes = column.codes();
        const auto code = std::find_if(codes.begin(), codes.end(),
                                       [&](const v1::CodeValue& c) { return c.value() == value; });
        // A value that nobody has explained is not on record, rather than some default.
        if (code != codes.end()) record_.codes[column.fact()] = code->code();
        return absl::OkStatus();
      }
      case v1::FEED_COLUMN_FORMAT_TEXT:
        record_.codes[column.fact()] = std::move(value);
        return absl::OkStatus();
      default: {
        const auto day = ParseDayAs(column.format(), value);
        if (!day.ok()) return OfField(column.name(), day.status());
        record_.codes[column.fact()] = base::FormatDay(*day);
        return absl::OkStatus();
      }
    }
  }

  ParsedRecord& record_;
  const absl::CivilDay today_;
};

absl::Status Check(const v1::FeedDefinition& feed) {
  const auto invalid = [&feed](std::string_view problem) -> absl::Status {
    return base::Error(absl::StatusCode::kInvalidArgument, "FEED_CATALOGUE_INVALID", problem)
        .WithMetadata("feed", feed.id());
  };
  int sources = 0, people = 0, dates = 0;
  bool accumulates = feed.accumulate_by().empty();
  for (const v1::FeedColumn& column : feed.columns()) {
    if (column.name().empty() || column.meaning() == v1::FEED_COLUMN_MEANING_UNSPECIFIED ||
        column.format() == v1::FEED_COLUMN_FORMAT_UNSPECIFIED) {
      return invalid("字段没有名称、含义或格式");
    }
    const bool required = column.required();
    if (column.meaning() == v1::FEED_COLUMN_MEANING_SOURCE_ID && required) ++sources;
    if (column.meaning() == v1::FEED_COLUMN_MEANING_ID_NUMBER && required) ++people;
    if (column.meaning() == v1::FEED_COLUMN_MEANING_DISABILITY_NUMBER && required) ++people;
    if (column.meaning() == v1::FEED_COLUMN_MEANING_EVENT_DATE && required) ++dates;
    const bool is_fact = column.meaning() == v1::FEED_COLUMN_MEANING_FACT ||
                         column.meaning() == v1::FEED_COLUMN_MEANING_AMOUNT;
    if (is_fact && column.fact().empty()) return invalid("事实字段没有名称");
    if (is_fact && column.fact() == feed.accumulate_by()) accumulates = true;
    if ((column.format() == v1::FEED_COLUMN_FORMAT_CODE) == column.codes().empty()) {
      return invalid("代码字段应列出代码，其他字段不应有代码");
    }
  }
  if (sources != 1 || people != 1 || dates != 1) {
    return invalid("应有且只有一个必填的记录编号、证件号码和日期字段");
  }
  if (!accumulates) return invalid("累计所依据的字段不存在");
  if (feed.department_id().empty()) return invalid("没有部门标识");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<int>> Feed::Locate(const std::vector<std::string>& columns) const {
  std::map<std::string, int> by_name;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!by_name.try_emplace(Normalised(columns[i]), static_cast<int>(i)).second) {
      return ColumnRepeated(columns[i]);
    }
  }
  std::vector<int> places;
  std::vector<std::string> missing;
  for (const v1::FeedColumn& column : definition_.columns()) {
    const auto found = by_name.find(Normalised(column.name()));
    places.push_back(found == by_name.end() ? -1 : found->second);
    if (places.back() < 0 && column.required()) missing.push_back(column.name());
  }
  if (!missing.empty()) return ColumnsMissing(missing);
  return places;
}

absl::StatusOr<ParsedRecord> Feed::Parse(const v1::AlertRecord& record, int column_count,
                                         const std::vector<int>& places,
                                         absl::CivilDay today) const {
  if (record.values_size() != column_count) {
    return Rejected("", "VALUE_COUNT", "值的个数与字段个数不一致");
  }
  for (const std::string& value : record.values()) {
    if (!base::IsValidUtf8(value) || value.find('\0') != std::string::npos) {
      return Rejected("", "TEXT_INVALID", "记录含有无法识别的字符，应为UTF-8编码");
    }
    if (value.size() > kMaxBytes) return Rejected("", "VALUE_TOO_LONG", "值过长");
  }
  ParsedRecord parsed;
  ValueReader reader(parsed, today);
  for (int i = 0; i < definition_.columns_size(); ++i) {
    const v1::FeedColumn& column = definition_.columns(i);
    std::string value = places[i] < 0 ? "" : base::CleanCell(record.values(places[i]));
    if (value.empty()) {
      if (column.required()) return Rejected(column.name(), "VALUE_MISSING", "必填字段为空");
      continue;
    }
    if (base::CodePoints(value) > kMaxCodePoints) {
      return Rejected(column.name(), "VALUE_TOO_LONG", "值超过200个字符");
    }
    FANGPIN_RETURN_IF_ERROR(reader.Read(column, std::move(value)));
  }
  return parsed;
}

absl::StatusOr<FeedCatalogue> FeedCatalogue::Create(const v1::FeedCatalogue& config) {
  FeedCatalogue catalogue;
  for (const v1::FeedDefinition& feed : config.feeds()) {
    FANGPIN_RETURN_IF_ERROR(Check(feed));
    const AlertRule* rule = FindAlertRule(feed.rule());
    if (rule == nullptr || !catalogue.feeds_.try_emplace(feed.id(), feed, rule).second) {
      return base::Error(absl::StatusCode::kInvalidArgument, "FEED_CATALOGUE_INVALID",
                         rule == nullptr ? "判断规则不存在" : "数据源标识重复")
          .WithMetadata("feed", feed.id());
    }
  }
  return catalogue;
}

const Feed* FeedCatalogue::Find(std::string_view id) const {
  const auto found = feeds_.find(id);
  return found == feeds_.end() ? nullptr : &found->second;
}

}  // namespace fangpin::screening
