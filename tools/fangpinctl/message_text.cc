#include "tools/fangpinctl/message_text.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "libs/base/civil.h"
#include "libs/base/money.h"
#include "libs/base/strings.h"
#include "nlohmann/json.hpp"
#include "tools/fangpinctl/display.h"
#include "tools/fangpinctl/errors.h"

namespace fangpin::ctl {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::ordered_json;

namespace {

constexpr int kSingular = -1;

std::string TimeText(const Message& message, Format format) {
  // Read by reflection: the message may be of a dynamic type.
  const auto number = [&](const char* name) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    return field->cpp_type() == FieldDescriptor::CPPTYPE_INT64
               ? message.GetReflection()->GetInt64(message, field)
               : message.GetReflection()->GetInt32(message, field);
  };
  const absl::Time time =
      absl::FromUnixSeconds(number("seconds")) + absl::Nanoseconds(number("nanos"));
  return format == Format::kTable ? absl::FormatTime("%Y-%m-%d %H:%M:%S", time, base::ChinaTime())
                                  : absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

std::string NumberText(const FieldDescriptor* field, int64_t value, Format format) {
  if (format == Format::kTable && IsMoney(field)) return base::FormatYuan(value);
  return std::to_string(value);
}

// One value of a field that holds no message; `index` kSingular for a field that is not repeated.
std::string ScalarText(const Message& message, const FieldDescriptor* field, int index,
                       Format format) {
  const Reflection* reflection = message.GetReflection();
  const auto get = [&](auto one, auto many) {
    return index == kSingular ? (reflection->*one)(message, field)
                              : (reflection->*many)(message, field, index);
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: {
      const bool value = get(&Reflection::GetBool, &Reflection::GetRepeatedBool);
      if (format == Format::kTable) return value ? "是" : "否";
      return value ? "true" : "false";
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = get(&Reflection::GetEnum, &Reflection::GetRepeatedEnum);
      return value->number() == 0 ? "" : std::string(ShortEnumName(*value));
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return NumberText(field, get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32), format);
    case FieldDescriptor::CPPTYPE_INT64:
      return NumberText(field, get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64), format);
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string value = get(&Reflection::GetString, &Reflection::GetRepeatedString);
      return field->type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(value) : value;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "";
  }
  return "";
}

bool IsTime(const FieldDescriptor* field) {
  return field->message_type() == google::protobuf::Timestamp::descriptor();
}

void Collect(const Message& message, const MessagePath& path, size_t step, Format format,
             std::vector<std::string>& values) {
  const FieldDescriptor* field = path.fields()[step];
  const Reflection* reflection = message.GetReflection();
  const bool last = step + 1 == path.fields().size();
  if (field->is_repeated()) {
    const int size = reflection->FieldSize(message, field);
    if (last && field->message_type() != nullptr) {
      values.push_back(std::to_string(size));
      return;
    }
    for (int i = 0; i < size; ++i) {
      if (last) {
        values.push_back(ScalarText(message, field, i, format));
      } else {
        Collect(reflection->GetRepeatedMessage(message, field, i), path, step + 1, format, values);
      }
    }
    return;
  }
  if (field->has_presence() && !reflection->HasField(message, field)) return;
  if (!last) {
    Collect(reflection->GetMessage(message, field), path, step + 1, format, values);
  } else if (IsTime(field)) {
    values.push_back(TimeText(reflection->GetMessage(message, field), format));
  } else {
    values.push_back(ScalarText(message, field, kSingular, format));
  }
}

void PrintFields(const Message& message, int depth, std::ostream& out);

void PrintValue(const std::string& label, const Message& message, const FieldDescriptor* field,
                int index, int depth, std::ostream& out) {
  const std::string indent(2 * depth, ' ');
  if (field->message_type() == nullptr) {
    out << indent << label << "：" << Printable(ScalarText(message, field, index, Format::kTable))
        << "\n";
    return;
  }
  const Reflection* reflection = message.GetReflection();
  const Message& child = index == kSingular ? reflection->GetMessage(message, field)
                                            : reflection->GetRepeatedMessage(message, field, index);
  if (IsTime(field)) {
    out << indent << label << "：" << TimeText(child, Format::kTable) << "\n";
  } else if (field->is_map() && field->message_type()->map_value()->message_type() == nullptr) {
    // One entry of a map reads as a field of its own.
    out << indent << label << "."
        << Printable(ScalarText(child, field->message_type()->map_key(), kSingular, Format::kTable))
        << "："
        << Printable(
               ScalarText(child, field->message_type()->map_value(), kSingular, Format::kTable))
        << "\n";
  } else {
    out << indent << label << "\n";
    PrintFields(child, depth + 1, out);
  }
}

void PrintFields(const Message& message, int depth, std::ostream& out) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      PrintValue(TitleOf(field), message, field, kSingular, depth, out);
      continue;
    }
    const int size = message.GetReflection()->FieldSize(message, field);
    if (field->message_type() == nullptr) {
      std::string values;
      for (int i = 0; i < size; ++i) {
        base::StrAppend(&values, std::string_view(i > 0 ? "、" : ""),
                        ScalarText(message, field, i, Format::kTable));
      }
      out << std::string(2 * depth, ' ') << TitleOf(field) << "：" << Printable(values) << "\n";
      continue;
    }
    for (int i = 0; i < size; ++i) {
      const std::string label =
          field->is_map() ? field->name() : base::StrCat(field->name(), "[", i, "]");
      PrintValue(label, message, field, i, depth, out);
    }
  }
}

// Deeper than any request; ends a message that holds itself.
constexpr int kTemplateDepth = 12;

ordered_json TemplateOf(const Descriptor* type, int depth);

ordered_json TemplateValue(const FieldDescriptor* field, int depth) {
  if (field->enum_type() != nullptr) {
    std::string choices;
    for (int i = 0; i < field->enum_type()->value_count(); ++i) {
      const auto* value = field->enum_type()->value(i);
      if (value->number() == 0) continue;
      base::StrAppend(&choices, std::string_view(choices.empty() ? "" : "|"), value->name());
    }
    return choices;
  }
  if (field->message_type() != nullptr) {
    const std::string_view type = field->message_type()->full_name();
    if (type == "google.protobuf.Timestamp") return nullptr;
    if (type == "google.protobuf.FieldMask") return "";
    return TemplateOf(field->message_type(), depth + 1);
  }
  // What is not on record stays null; a 0 or a false would be a fact.
  if (field->has_presence()) return nullptr;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return "";
    case FieldDescriptor::CPPTYPE_BOOL:
      return false;
    default:
      return 0;
  }
}

ordered_json TemplateOf(const Descriptor* type, int depth) {
  ordered_json object = ordered_json::object();
  if (depth > kTemplateDepth) return object;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    ordered_json& value = object[field->json_name()];
    if (field->is_map()) {
      value = ordered_json::object();
    } else if (field->is_repeated()) {
      value = ordered_json::array({TemplateValue(field, depth)});
    } else {
      value = TemplateValue(field, depth);
    }
  }
  return object;
}

}  // namespace

std::string ToJson(const Message& message, JsonStyle style) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = style == JsonStyle::kPretty;
  // A false that was answered is not left out: scripts read it.
  options.always_print_primitive_fields = true;
  std::string json;
  // Fails only for a google.protobuf.Any of a type that is not linked in.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) json = "{}";
  while (json.ends_with('\n')) json.pop_back();
  return json;
}

absl::Status FromJson(const std::string& json, Message* message) {
  message->Clear();
  const auto status = google::protobuf::util::JsonStringToMessage(json, message);
  if (status.ok()) return absl::OkStatus();
  return UsageError("JSON_INVALID",
                    base::StrCat("JSON 不是 ", message->GetDescriptor()->full_name(), "：",
                                 std::string(status.message())));
}

std::string JsonTemplate(const Descriptor* request) {
  ordered_json text = TemplateOf(request, 0);
  // The command fills these.
  text.erase("etag");
  text.erase("requestId");
  return text.dump(2);
}

std::vector<std::string> CellValues(const Message& message, const MessagePath& path,
                                    Format format) {
  std::vector<std::string> values;
  Collect(message, path, 0, format, values);
  return values;
}

std::string CellText(const Message& message, const MessagePath& path, Format format) {
  const std::vector<std::string> values = CellValues(message, path, format);
  std::string text;
  for (size_t i = 0; i < values.size(); ++i) {
    base::StrAppend(&text,
                    std::string_view(i == 0                     ? ""
                                     : format == Format::kTable ? "、"
                                                                : ";"),
                    values[i]);
  }
  return text;
}

void PrintTree(const Message& message, std::ostream& out) { PrintFields(message, 0, out); }

}  // namespace fangpin::ctl
