#include "tools/fangpinctl/message_path.h"

#include <cstdlib>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/money.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/errors.h"

namespace fangpin::ctl {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

constexpr std::string_view kFenSuffix = "_fen";

absl::Status NotAccepted(std::string_view text, std::string_view wanted) {
  return UsageError("VALUE_NOT_ACCEPTED", base::StrCat("不接受“", text, "”：", wanted));
}

absl::StatusOr<int64_t> ParseNumber(const FieldDescriptor* field, const std::string& text) {
  if (IsMoney(field)) {
    absl::StatusOr<int64_t> fen = base::ParseYuan(text);
    if (!fen.ok()) return NotAccepted(text, "应为以元计的金额，最多两位小数");
    return *fen;
  }
  const std::optional<int64_t> value = base::ParseInt(text);
  if (!value || (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32 &&
                 *value != static_cast<int32_t>(*value))) {
    return NotAccepted(text, "应为整数");
  }
  return *value;
}

// A day stands for its beginning in China.
absl::Status SetTime(Message& stamp, const std::string& text) {
  absl::Time time;
  std::string error;
  if (const auto day = base::ParseDay(text); day.ok()) {
    time = base::StartOf(*day);
  } else if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return NotAccepted(text, "应为 YYYY-MM-DD 或 RFC 3339 格式的时间");
  }
  const Reflection* reflection = stamp.GetReflection();
  const auto field = [&](const char* name) { return stamp.GetDescriptor()->FindFieldByName(name); };
  const int64_t seconds = absl::ToUnixSeconds(time);
  reflection->SetInt64(&stamp, field("seconds"), seconds);
  reflection->SetInt32(
      &stamp, field("nanos"),
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return absl::OkStatus();
}

absl::Status SetOne(Message& message, const FieldDescriptor* field, const std::string& text) {
  const Reflection* reflection = message.GetReflection();
  const auto put = [&](auto set, auto add, auto value) {
    field->is_repeated() ? (reflection->*add)(&message, field, value)
                         : (reflection->*set)(&message, field, value);
    return absl::OkStatus();
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return put(&Reflection::SetString, &Reflection::AddString, text);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return NotAccepted(text, "应为 true 或 false");
      return put(&Reflection::SetBool, &Reflection::AddBool, text == "true");
    case FieldDescriptor::CPPTYPE_INT32: {
      FANGPIN_ASSIGN_OR_RETURN(const int64_t value, ParseNumber(field, text));
      return put(&Reflection::SetInt32, &Reflection::AddInt32, static_cast<int32_t>(value));
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      FANGPIN_ASSIGN_OR_RETURN(const int64_t value, ParseNumber(field, text));
      return put(&Reflection::SetInt64, &Reflection::AddInt64, value);
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = FindEnumValue(*field->enum_type(), text);
      if (value == nullptr) return NotAccepted(text, "应为 " + EnumChoices(*field->enum_type()));
      return put(&Reflection::SetEnum, &Reflection::AddEnum, value);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field->message_type() == google::protobuf::Timestamp::descriptor() &&
          !field->is_repeated()) {
        return SetTime(*reflection->MutableMessage(&message, field), text);
      }
      [[fallthrough]];
    default:
      return NotAccepted(text, base::StrCat(field->name(), " 只能由 --json 给出"));
  }
}

}  // namespace

MessagePath::MessagePath(const google::protobuf::Descriptor* type, std::string_view path) {
  for (const std::string_view name : base::Split(path, '.')) {
    const FieldDescriptor* field =
        type == nullptr ? nullptr : type->FindFieldByName(std::string(name));
    if (field == nullptr) {
      std::cerr << "fangpinctl: no field " << path << " (" << name << ")\n";
      std::abort();
    }
    fields_.push_back(field);
    type = field->message_type();
  }
}

absl::Status MessagePath::Set(Message& message, const std::vector<std::string>& texts) const {
  Message* holder = &message;
  for (const FieldDescriptor* step : fields_) {
    if (step != field()) holder = holder->GetReflection()->MutableMessage(holder, step);
  }
  holder->GetReflection()->ClearField(holder, field());
  for (const std::string& text : texts) FANGPIN_RETURN_IF_ERROR(SetOne(*holder, field(), text));
  return absl::OkStatus();
}

bool MessagePath::Has(const Message& message) const {
  const Message* holder = &message;
  for (const FieldDescriptor* step : fields_) {
    if (step == field()) break;
    if (!holder->GetReflection()->HasField(*holder, step)) return false;
    holder = &holder->GetReflection()->GetMessage(*holder, step);
  }
  const Reflection* reflection = holder->GetReflection();
  return field()->is_repeated() ? reflection->FieldSize(*holder, field()) > 0
                                : reflection->HasField(*holder, field());
}

bool IsMoney(const FieldDescriptor* field) {
  return base::ToStd(field->name()).ends_with(kFenSuffix);
}

std::string TitleOf(const FieldDescriptor* field) {
  const std::string_view name = field->name();
  return IsMoney(field) ? base::StrCat(name.substr(0, name.size() - kFenSuffix.size()), "（元）")
                        : std::string(name);
}

std::string_view ShortEnumName(const EnumValueDescriptor& value) {
  // buf's rule: every value begins with the name of its enum in UPPER_SNAKE_CASE, and the first one
  // ends in _UNSPECIFIED.
  constexpr std::string_view kSuffix = "UNSPECIFIED";
  const std::string_view first = value.type()->value(0)->name();
  const std::string_view name = value.name();
  if (!first.ends_with(kSuffix)) return name;
  const std::string_view prefix = first.substr(0, first.size() - kSuffix.size());
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

const EnumValueDescriptor* FindEnumValue(const EnumDescriptor& type, std::string_view text) {
  const std::string wanted = absl::AsciiStrToUpper(base::ToAbsl(text));
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (value.number() == 0) continue;
    if (wanted == value.name() || wanted == ShortEnumName(value)) return &value;
  }
  return nullptr;
}

std::string EnumChoices(const EnumDescriptor& type) {
  std::string choices;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0) continue;
    base::StrAppend(&choices, std::string_view(choices.empty() ? "" : ", "),
                    ShortEnumName(*type.value(i)));
  }
  return choices;
}

}  // namespace fangpin::ctl
