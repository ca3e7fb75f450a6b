#include "services/registry/core/import/cells.h"

#include <algorithm>

#include "fangpin/registry/v1/household.pb.h"
#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/money.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/registry/core/labels.h"

namespace fangpin::registry {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int64_t kMaxCount = INT32_MAX;

// Decimals that a unit of the form has in units of the record: mu in hundredths, kilometres in
// metres, 万元 in fen.
int DecimalsOf(CellKind kind) {
  return kind == CellKind::kTenThousand ? 6 : kind == CellKind::kKilometres ? 3 : 2;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The message that holds the last field of the path.
Message* Holder(const Column& column, Message* record) {
  Message* holder = record;
  for (size_t i = 0; i + 1 < column.path.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, column.path[i]);
  }
  return holder;
}

// The same for reading; null when a step is absent.
const Message* Holder(const Column& column, const Message& record) {
  const Message* holder = &record;
  for (size_t i = 0; i + 1 < column.path.size(); ++i) {
    const auto* reflection = holder->GetReflection();
    if (!reflection->HasField(*holder, column.path[i])) return nullptr;
    holder = &reflection->GetMessage(*holder, column.path[i]);
  }
  return holder;
}

void SetInt(const Column& column, int64_t value, Message* record) {
  Message* holder = Holder(column, record);
  const FieldDescriptor* field = column.path.back();
  const auto* reflection = holder->GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      reflection->SetInt32(holder, field, static_cast<int32_t>(value));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection->SetBool(holder, field, value != 0);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection->SetEnumValue(holder, field, static_cast<int>(value));
      break;
    default:
      reflection->SetInt64(holder, field, value);
  }
}

void SetText(const Column& column, std::string value, Message* record) {
  Message* holder = Holder(column, record);
  holder->GetReflection()->SetString(holder, column.path.back(), std::move(value));
}

// Sets a field from what a label means; `reason` when it means nothing.
template <typename T>
std::optional<CellProblem> SetListed(const Column& column, std::optional<T> value,
                                     std::string_view reason, std::string_view message,
                                     Message* record) {
  if (!value.has_value()) return CellProblem{reason, message};
  SetInt(column, static_cast<int64_t>(*value), record);
  return std::nullopt;
}

// The field that holds the words of a benefit.
const FieldDescriptor* WordsField(const Column& column) {
  const FieldDescriptor* field = column.path.back();
  return field->containing_type()->FindFieldByName(field->name() + "_label");
}

// Whether both have the label that a form shows: then the code on file, which may be finer than the
// form's list, stays.
bool SameLabel(const Message* a, const Message& b, const FieldDescriptor* field) {
  if (a == nullptr || !a->GetReflection()->HasField(*a, field) ||
      !b.GetReflection()->HasField(b, field)) {
    return false;
  }
  const auto value = [field](const Message& holder) -> const v1::CodedLabel& {
    return static_cast<const v1::CodedLabel&>(holder.GetReflection()->GetMessage(holder, field));
  };
  return value(*a).label() == value(b).label() && !value(b).code().empty();
}

// "2021-03-01" as "20210301".
std::string Compact(std::string text) {
  std::erase(text, '-');
  return text;
}

}  // namespace

std::string YesNoText(std::optional<bool> answer) {
  if (!answer.has_value()) return "";
  return *answer ? "是" : "否";
}

std::string FormatScaled(int64_t value, int digits) {
  std::string number = std::to_string(value < 0 ? -value : value);
  const auto places = static_cast<size_t>(digits);
  if (number.size() <= places) number.insert(0, places + 1 - number.size(), '0');
  number.insert(number.size() - places, ".");
  while (number.back() == '0') number.pop_back();
  if (number.back() == '.') number.pop_back();
  return value < 0 ? "-" + number : number;
}

std::optional<int64_t> ParseScaled(std::string_view text, int digits) {
  const std::string plain = base::CleanCode(text);
  std::string_view rest = plain;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const size_t point = std::min(rest.find('.'), rest.size());
  std::string_view fraction = rest.substr(std::min(point + 1, rest.size()));
  const std::string_view whole = rest.substr(0, point);
  const auto all_digits = [](std::string_view t) {
    return std::all_of(t.begin(), t.end(), IsDigit);
  };
  if (whole.empty() || whole.size() > 12 || !all_digits(whole) || !all_digits(fraction) ||
      (point < rest.size() && fraction.empty())) {
    return std::nullopt;
  }
  const auto places = static_cast<size_t>(digits);
  std::string number(whole);
  number += fraction.substr(0, std::min(places, fraction.size()));
  number.append(places - std::min(places, fraction.size()), '0');
  int64_t value = *base::ParseInt(number);
  if (fraction.size() > places && fraction[places] >= '5') ++value;
  return negative ? -value : value;
}

std::optional<std::string> ParseBirthDate(std::string_view text) {
  std::string plain = base::CleanCode(text);
  std::replace(plain.begin(), plain.end(), '/', '-');
  if (const auto compact = base::CompactDay(plain)) return base::FormatDay(*compact);
  if (plain.size() > 10) plain.resize(10);  // a date with a time behind it
  if (!base::ParseDay(plain).ok()) return std::nullopt;
  return plain;
}

std::optional<std::string> ParseMonthCell(std::string_view text) {
  std::string plain = base::CleanCode(text);
  std::erase_if(plain, [](char c) { return c == '-' || c == '/'; });
  if (plain.size() == 8 && base::CompactDay(plain)) plain.resize(6);
  if (!base::ParseMonth(plain).ok()) return std::nullopt;
  return base::StrCat(plain.substr(0, 4), "-", plain.substr(4));
}

std::optional<std::string> ParseDayOrMonthCell(std::string_view text) {
  auto day = ParseBirthDate(text);
  return day.has_value() ? day : ParseMonthCell(text);
}

std::optional<std::pair<std::string, std::string>> ParsePeriodCell(std::string_view text) {
  const std::string plain = base::CleanCode(text);
  if (auto only = ParseDayOrMonthCell(plain)) return std::pair(*std::move(only), "");
  // The mark between the two: a word, or the middle one of an odd number of slashes or dashes.
  size_t at = std::string::npos;
  size_t width = 0;
  for (const std::string_view mark : {"至", "~", "—", ",", ";"}) {
    if (at = plain.find(mark); at != std::string::npos) {
      width = mark.size();
      break;
    }
  }
  for (const char mark : {'/', '-'}) {
    const auto count = std::count(plain.begin(), plain.end(), mark);
    if (at != std::string::npos || count % 2 == 0) continue;
    at = plain.find(mark);
    for (auto i = count / 2; i > 0; --i) at = plain.find(mark, at + 1);
    width = 1;
  }
  const std::string_view all = plain;
  auto begin = ParseDayOrMonthCell(all.substr(0, at));
  if (!begin.has_value()) return std::nullopt;
  const std::string_view rest = at == std::string::npos ? "" : all.substr(at + width);
  if (rest.empty() || rest == "今" || rest == "至今") return std::pair(*std::move(begin), "");
  auto end = ParseDayOrMonthCell(rest);
  if (!end.has_value()) return std::nullopt;
  return std::pair(*std::move(begin), *std::move(end));
}

std::optional<CellProblem> SetField(const Column& column, std::string_view cell, Message* record) {
  switch (column.kind) {
    case CellKind::kText:
    case CellKind::kPhone:
      SetText(column, base::CleanCell(cell), record);
      return std::nullopt;
    case CellKind::kBenefitText:
      if (cell != "无" && cell != "否") SetText(column, base::CleanCell(cell), record);
      return std::nullopt;
    case CellKind::kLabel: {
      Message* holder = Holder(column, record);
      Message* label = holder->GetReflection()->MutableMessage(holder, column.path.back());
      static_cast<v1::CodedLabel*>(label)->set_label(base::CleanCell(cell));
      return std::nullopt;
    }
    case CellKind::kYuan: {
      const auto fen = base::ParseYuan(cell);
      if (!fen.ok()) return CellProblem{"MONEY_FORMAT", "金额应为元，最多两位小数"};
      SetInt(column, *fen, record);
      return std::nullopt;
    }
    case CellKind::kTenThousand:
    case CellKind::kHundredths:
    case CellKind::kKilometres: {
      const auto value = ParseScaled(cell, DecimalsOf(column.kind));
      if (!value.has_value()) return CellProblem{"NUMBER_FORMAT", "应为数字"};
      if (*value < 0) return CellProblem{"NEGATIVE", "不能为负数"};
      SetInt(column, *value, record);
      return std::nullopt;
    }
    case CellKind::kCount:
    case CellKind::kYear: {
      const auto count = base::ParseInt(base::CleanCode(cell));
      if (!count.has_value() || *count < 0 || *count > kMaxCount) {
        return CellProblem{"NUMBER_FORMAT", "应为整数"};
      }
      SetInt(column, *count, record);
      return std::nullopt;
    }
    case CellKind::kMonths: {
      const auto months = ParseScaled(cell, 0);
      if (!months.has_value() || *months < INT32_MIN || *months > INT32_MAX) {
        return CellProblem{"NUMBER_FORMAT", "月数应为整数"};
      }
      SetInt(column, *months, record);
      return std::nullopt;
    }
    case CellKind::kYesNo:
      return SetListed(column, YesNoOf(cell), "YES_NO_UNKNOWN", "应填是或否", record);
    case CellKind::kBenefit: {
      const auto benefit = BenefitOf(cell);
      if (!benefit.has_value()) return CellProblem{"YES_NO_UNKNOWN", "应填是或否，或享受的种类"};
      SetInt(column, benefit->enjoyed ? 1 : 0, record);
      if (benefit->words.empty()) return std::nullopt;
      Message* holder = Holder(column, record);
      holder->GetReflection()->SetString(holder, WordsField(column), std::string(benefit->words));
      return std::nullopt;
    }
    case CellKind::kDayOrMonth: {
      auto day = ParseDayOrMonthCell(cell);
      if (!day.has_value()) return CellProblem{"DATE_FORMAT", "时间应为YYYYMM或YYYYMMDD"};
      SetText(column, *std::move(day), record);
      return std::nullopt;
    }
    case CellKind::kBirthDate: {
      auto day = ParseBirthDate(cell);
      if (!day.has_value()) return CellProblem{"DATE_FORMAT", "日期应为YYYYMMDD或YYYY-MM-DD"};
      SetText(column, *std::move(day), record);
      return std::nullopt;
    }
    case CellKind::kMonth: {
      auto month = ParseMonthCell(cell);
      if (!month.has_value()) return CellProblem{"MONTH_FORMAT", "时间应为YYYYMM"};
      SetText(column, *std::move(month), record);
      return std::nullopt;
    }
    case CellKind::kSex:
      return SetListed(column, SexNumber(cell), "SEX_UNKNOWN", "性别应填男或女", record);
    case CellKind::kHouseholdKind:
      return SetListed(column, KindOf(cell), "HOUSEHOLD_KIND_UNKNOWN", "户类型应为脱贫户或一般农户",
                       record);
    case CellKind::kLabour:
      return SetListed(column, LabourOf(cell), "LABOUR_CAPACITY_UNKNOWN",
                       "劳动技能不在规定的取值之内", record);
    case CellKind::kCategory:
      return SetListed(column, CategoryOf(cell), "CATEGORY_UNKNOWN",
                       "监测对象类别应为脱贫不稳定户、边缘易致贫户或突发严重困难户", record);
    case CellKind::kEliminationMode:
      return SetListed(column, EliminationModeOf(cell), "ELIMINATION_MODE_UNKNOWN",
                       "风险消除方式应为帮扶消除或自然消除", record);
    case CellKind::kHealth: {
      const auto conditions = HealthOf(cell);
      if (!conditions.has_value()) {
        return CellProblem{"HEALTH_UNKNOWN",
                           "健康状况应为健康、长期慢性病、患有大病、残疾或其组合"};
      }
      auto* person = static_cast<v1::Person*>(record);
      for (const auto condition : *conditions) person->add_health(condition);
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::string CellText(const Column& column, const Message& record) {
  const Message* holder = Holder(column, record);
  if (holder == nullptr) return "";
  const FieldDescriptor* field = column.path.back();
  const auto* reflection = holder->GetReflection();
  if (column.kind == CellKind::kHealth) {
    std::string text;
    for (int i = 0; i < reflection->FieldSize(*holder, field); ++i) {
      if (i > 0) text += ',';
      text += HealthLabel(
          static_cast<vocab::HealthCondition>(reflection->GetRepeatedEnumValue(*holder, field, i)));
    }
    return text;
  }
  if (!reflection->HasField(*holder, field)) return "";
  const auto number = [&]() -> int64_t {
    return field->cpp_type() == FieldDescriptor::CPPTYPE_INT32
               ? reflection->GetInt32(*holder, field)
               : reflection->GetInt64(*holder, field);
  };
  switch (column.kind) {
    case CellKind::kText:
    case CellKind::kPhone:
    case CellKind::kBenefitText:
      return reflection->GetString(*holder, field);
    case CellKind::kBirthDate:
    case CellKind::kMonth:
    case CellKind::kDayOrMonth: {
      std::string text = Compact(reflection->GetString(*holder, field));
      // A day that was decided here is a month in that form.
      if (column.kind == CellKind::kMonth) text.resize(std::min<size_t>(text.size(), 6));
      return text;
    }
    case CellKind::kLabel:
      return static_cast<const v1::CodedLabel&>(reflection->GetMessage(*holder, field)).label();
    case CellKind::kYuan:
      return base::FormatYuan(number());
    case CellKind::kTenThousand:
    case CellKind::kHundredths:
    case CellKind::kKilometres:
      return FormatScaled(number(), DecimalsOf(column.kind));
    case CellKind::kCount:
    case CellKind::kYear:
    case CellKind::kMonths:
      return std::to_string(number());
    case CellKind::kYesNo:
      return YesNoText(reflection->GetBool(*holder, field));
    case CellKind::kBenefit: {
      std::string words = reflection->GetString(*holder, WordsField(column));
      return words.empty() ? YesNoText(reflection->GetBool(*holder, field)) : words;
    }
    case CellKind::kSex:
      return std::string(SexLabel(reflection->GetEnumValue(*holder, field)));
    case CellKind::kHouseholdKind:
      return std::string(
          KindLabel(static_cast<vocab::HouseholdKind>(reflection->GetEnumValue(*holder, field))));
    case CellKind::kLabour:
      return std::string(LabourLabel(
          static_cast<vocab::LabourCapacity>(reflection->GetEnumValue(*holder, field))));
    case CellKind::kCategory:
      return std::string(CategoryLabel(
          static_cast<vocab::MonitoredCategory>(reflection->GetEnumValue(*holder, field))));
    case CellKind::kEliminationMode:
      return std::string(EliminationModeLabel(
          static_cast<vocab::EliminationMode>(reflection->GetEnumValue(*holder, field))));
    default:
      return "";
  }
}

void CopyField(const Column& column, const Message& from, Message* to) {
  const Message* source = Holder(column, from);
  // What is absent on both sides leaves no empty message behind.
  if (source == nullptr && Holder(column, *static_cast<const Message*>(to)) == nullptr) return;
  Message* target = Holder(column, to);
  const FieldDescriptor* field = column.path.back();
  const auto* reflection = target->GetReflection();
  if (column.kind == CellKind::kLabel && SameLabel(source, *target, field)) return;
  reflection->ClearField(target, field);
  if (column.kind == CellKind::kBenefit) {
    reflection->ClearField(target, WordsField(column));
    if (source != nullptr) {
      if (std::string words = reflection->GetString(*source, WordsField(column)); !words.empty()) {
        reflection->SetString(target, WordsField(column), std::move(words));
      }
    }
  }
  if (source == nullptr) return;
  if (field->is_repeated()) {
    // Only lists of enums are columns of their own.
    for (int i = 0; i < reflection->FieldSize(*source, field); ++i) {
      reflection->AddEnumValue(target, field, reflection->GetRepeatedEnumValue(*source, field, i));
    }
    return;
  }
  if (!reflection->HasField(*source, field)) return;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      reflection->SetString(target, field,
                            reflection->GetStringReference(*source, field, &scratch));
      break;
    }
    case FieldDescriptor::CPPTYPE_INT32:
      reflection->SetInt32(target, field, reflection->GetInt32(*source, field));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection->SetBool(target, field, reflection->GetBool(*source, field));
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection->SetEnumValue(target, field, reflection->GetEnumValue(*source, field));
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      reflection->MutableMessage(target, field)->CopyFrom(reflection->GetMessage(*source, field));
      break;
    default:
      reflection->SetInt64(target, field, reflection->GetInt64(*source, field));
  }
}

}  // namespace fangpin::registry
