#include "services/registry/core/history.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/request_checks.h"

namespace fangpin::registry {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::MessageDifferencer;

// A message of the contract always has JSON.
std::string ToJson(const Message& message) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json);
  return status.ok() ? json : std::string();
}

// The value of one field as JSON; empty when it is not on record.
std::string FieldJson(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  if (field->is_repeated() ? reflection->FieldSize(message, field) == 0
                           : !reflection->HasField(message, field)) {
    return "";
  }
  std::unique_ptr<Message> only(message.New());
  std::vector<const FieldDescriptor*> set;
  only->CopyFrom(message);
  reflection->ListFields(*only, &set);
  for (const FieldDescriptor* other : set) {
    if (other != field) reflection->ClearField(only.get(), other);
  }
  // {"name":value}
  const std::string json = ToJson(*only);
  const size_t colon = json.find(':');
  return json.substr(colon + 1, json.size() - colon - 2);
}

std::string TextJson(const std::string& text) {
  pb::CodedLabel holder;
  holder.set_label(text);
  return FieldJson(holder, pb::CodedLabel::descriptor()->FindFieldByName("label"));
}

// How the elements of a repeated field that means the same thing are found in both records.
std::string KeyOfElement(const Message& element) {
  if (const auto* person = dynamic_cast<const pb::Person*>(&element)) return person->id();
  if (const auto* status = dynamic_cast<const pb::SafeguardStatus*>(&element)) {
    return std::to_string(status->safeguard());
  }
  return "";
}

class Comparison {
 public:
  std::vector<pb::FieldDifference> Take() && { return std::move(found_); }

  void Messages(const std::string& path, const Message& before, const Message& after) {
    const Descriptor* type = before.GetDescriptor();
    for (int f = 0; f < type->field_count(); ++f) {
      const FieldDescriptor* field = type->field(f);
      if (path.empty() && IsBookkeeping(field->name())) continue;
      MessageDifferencer differencer;
      if (differencer.CompareWithFields(before, after, {field}, {field})) continue;
      Fields(path.empty() ? field->name() : base::StrCat(path, ".", field->name()), before, after,
             field);
    }
  }

 private:
  void Add(std::string path, std::string before, std::string after) {
    pb::FieldDifference& difference = found_.emplace_back();
    difference.set_field(std::move(path));
    difference.set_before(std::move(before));
    difference.set_after(std::move(after));
  }

  // A field that differs.
  void Fields(const std::string& path, const Message& before, const Message& after,
              const FieldDescriptor* field) {
    const Reflection* reflection = before.GetReflection();
    if (field->is_map()) {
      Maps(path, before, after, field);
    } else if (field->message_type() == nullptr) {
      Add(path, FieldJson(before, field), FieldJson(after, field));
    } else if (field->is_repeated()) {
      Lists(path, before, after, field);
    } else if (reflection->HasField(before, field) && reflection->HasField(after, field)) {
      Messages(path, reflection->GetMessage(before, field), reflection->GetMessage(after, field));
    } else {
      Add(path, FieldJson(before, field), FieldJson(after, field));
    }
  }

  // Every map of the record is from text to text.
  void Maps(const std::string& path, const Message& before, const Message& after,
            const FieldDescriptor* field) {
    std::map<std::string, std::pair<std::string, std::string>> values;
    const auto read = [&](const Message& message, auto side) {
      const Reflection* reflection = message.GetReflection();
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        const Message& entry = reflection->GetRepeatedMessage(message, field, i);
        const FieldDescriptor* key = field->message_type()->map_key();
        const FieldDescriptor* value = field->message_type()->map_value();
        values[entry.GetReflection()->GetString(entry, key)].*side =
            TextJson(entry.GetReflection()->GetString(entry, value));
      }
    };
    read(before, &std::pair<std::string, std::string>::first);
    read(after, &std::pair<std::string, std::string>::second);
    for (auto& [key, value] : values) {
      if (value.first == value.second) continue;
      Add(base::StrCat(path, "[", key, "]"), std::move(value.first), std::move(value.second));
    }
  }

  void Lists(const std::string& path, const Message& before, const Message& after,
             const FieldDescriptor* field) {
    const Reflection* reflection = before.GetReflection();
    const int size_before = reflection->FieldSize(before, field);
    const int size_after = reflection->FieldSize(after, field);
    const auto key = [&](const Message& message, int i) {
      const std::string named = KeyOfElement(reflection->GetRepeatedMessage(message, field, i));
      return named.empty() ? std::to_string(i) : named;
    };
    std::map<std::string, int> in_before;
    for (int i = 0; i < size_before; ++i) in_before.emplace(key(before, i), i);
    for (int i = 0; i < size_after; ++i) {
      const std::string at = base::StrCat(path, "[", i, "]");
      const Message& element = reflection->GetRepeatedMessage(after, field, i);
      const auto same = in_before.find(key(after, i));
      if (same == in_before.end()) {
        Add(at, "", ToJson(element));
        continue;
      }
      Messages(at, reflection->GetRepeatedMessage(before, field, same->second), element);
      in_before.erase(same);
    }
    std::vector<int> gone;
    for (const auto& [name, i] : in_before) gone.push_back(i);
    std::sort(gone.begin(), gone.end());
    for (const int i : gone) {
      Add(base::StrCat(path, "[", i, "]"), ToJson(reflection->GetRepeatedMessage(before, field, i)),
          "");
    }
  }

  std::vector<pb::FieldDifference> found_;
};

}  // namespace

std::vector<pb::FieldDifference> Differences(const pb::Household& before,
                                             const pb::Household& after) {
  Comparison comparison;
  comparison.Messages("", before, after);
  return std::move(comparison).Take();
}

absl::StatusOr<pb::Revision> FindRevision(RegistryReader& reader, const pb::Household& current,
                                          const RevisionName& name, absl::Time now) {
  std::optional<pb::Revision> found;
  if (name.day.empty()) {
    const int64_t number = name.number == 0 ? current.revision() : name.number;
    FANGPIN_ASSIGN_OR_RETURN(found, reader.RevisionAt(current.id(), number));
    if (!found) return RevisionNotFound(current.id(), number);
    return *std::move(found);
  }
  if (name.number != 0) {
    return base::InvalidField(name.day_field, "REVISION_NAMED_TWICE", "版本号和日期只填写一项");
  }
  const auto day = base::ParseDay(name.day);
  if (!day.ok()) return base::InvalidField(name.day_field, "DATE_FORMAT", "日期应为YYYY-MM-DD");
  if (*day > base::Today(now)) {
    return base::InvalidField(name.day_field, "DATE_IN_FUTURE", "日期不能晚于今天");
  }
  FANGPIN_ASSIGN_OR_RETURN(found, reader.RevisionBefore(current.id(), base::StartOf(*day + 1)));
  if (!found) return RevisionNotFound(current.id(), name.day);
  return *std::move(found);
}

absl::StatusOr<pb::CompareHouseholdResponse> History::CompareHousehold(
    const base::CallContext& ctx, const pb::CompareHouseholdRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckHouseholdId(request.household_id()));
  if (request.from_revision() == 0 && request.from_day().empty()) {
    return base::InvalidField("from_revision", "REQUIRED", "请指明与哪个版本或哪一天比较");
  }
  pb::CompareHouseholdResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    response.Clear();
    FANGPIN_ASSIGN_OR_RETURN(const pb::Household current,
                             LoadHousehold(ctx, reader, request.household_id()));
    FANGPIN_ASSIGN_OR_RETURN(
        pb::Revision from,
        FindRevision(reader, current, {request.from_revision(), request.from_day(), "from_day"},
                     ctx.now));
    FANGPIN_ASSIGN_OR_RETURN(
        pb::Revision to,
        FindRevision(reader, current, {request.to_revision(), request.to_day(), "to_day"},
                     ctx.now));
    if (to.number() < from.number()) {
      return base::InvalidField("to_revision", "REVISION_ORDER", "后一版本不能早于前一版本");
    }
    for (pb::FieldDifference& d : Differences(from.household(), to.household())) {
      *response.add_differences() = std::move(d);
    }
    from.clear_household();
    to.clear_household();
    *response.mutable_from() = std::move(from);
    *response.mutable_to() = std::move(to);
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace fangpin::registry
