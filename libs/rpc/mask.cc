#include "libs/rpc/mask.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "fangpin/rpc/v1/options.pb.h"
#include "libs/base/strings.h"
#include "libs/seal/mask.h"

namespace fangpin::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// What there is to mask in one message type.
struct MaskPlan {
  std::vector<std::pair<const FieldDescriptor*, v1::Personal>> personal;
  std::vector<const FieldDescriptor*> nested;  // messages that hold personal fields further down

  bool empty() const { return personal.empty() && nested.empty(); }
};

v1::Personal PersonalOption(const FieldDescriptor* field) {
  return field->options().GetExtension(v1::personal);
}

// Whether a personal field is reachable from `type`; `seen` ends recursion.
bool Reaches(const Descriptor* type, std::set<const Descriptor*>* seen) {
  if (!seen->insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (PersonalOption(field) != v1::PERSONAL_UNSPECIFIED) return true;
    if (field->message_type() != nullptr && Reaches(field->message_type(), seen)) return true;
  }
  return false;
}

std::unique_ptr<const MaskPlan> MakePlan(const Descriptor* type) {
  auto plan = std::make_unique<MaskPlan>();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    std::set<const Descriptor*> seen;
    if (const v1::Personal personal = PersonalOption(field); personal != v1::PERSONAL_UNSPECIFIED) {
      plan->personal.emplace_back(field, personal);
    } else if (field->message_type() != nullptr && Reaches(field->message_type(), &seen)) {
      plan->nested.push_back(field);
    }
  }
  return plan;
}

// Plans by type, made once each and kept: descriptors live as long as the process.
class Plans {
 public:
  const MaskPlan& For(const Descriptor* type) ABSL_LOCKS_EXCLUDED(mutex_) {
    {
      absl::ReaderMutexLock lock(&mutex_);
      if (const auto found = plans_.find(type); found != plans_.end()) return *found->second;
    }
    std::unique_ptr<const MaskPlan> plan = MakePlan(type);
    absl::MutexLock lock(&mutex_);
    return *plans_.try_emplace(type, std::move(plan)).first->second;
  }

 private:
  absl::Mutex mutex_;
  absl::flat_hash_map<const Descriptor*, std::unique_ptr<const MaskPlan>> plans_
      ABSL_GUARDED_BY(mutex_);
};

Plans& AllPlans() {
  static Plans* const plans = new Plans;
  return *plans;
}

// The masked text; empty where nothing may stay.
std::string MaskText(const std::string& text, v1::Personal personal) {
  if (text.empty()) return text;
  switch (personal) {
    case v1::PERSONAL_NAME:
      return seal::MaskName(text);
    case v1::PERSONAL_ID_NUMBER:
      return seal::MaskIdNumber(text);
    case v1::PERSONAL_PHONE:
      return seal::MaskPhone(text);
    case v1::PERSONAL_BIRTH_DATE: {
      // YYYY-MM-DD; anything else may say more than the year.
      const bool is_date =
          text.size() == 10 && text[4] == '-' && text.find_first_not_of("0123456789") == 4;
      return is_date ? text.substr(0, 4) : "";
    }
    default:
      return "";
  }
}

bool KeepsShape(v1::Personal personal) {
  return personal == v1::PERSONAL_NAME || personal == v1::PERSONAL_ID_NUMBER ||
         personal == v1::PERSONAL_PHONE || personal == v1::PERSONAL_BIRTH_DATE;
}

void MaskField(const FieldDescriptor* field, v1::Personal personal, Message* message) {
  const Reflection* reflection = message->GetReflection();
  if (field->type() != FieldDescriptor::TYPE_STRING || !KeepsShape(personal)) {
    reflection->ClearField(message, field);
  } else if (field->is_repeated()) {
    for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
      reflection->SetRepeatedString(
          message, field, i, MaskText(reflection->GetRepeatedString(*message, field, i), personal));
    }
  } else if (!field->has_presence() || reflection->HasField(*message, field)) {
    reflection->SetString(message, field,
                          MaskText(reflection->GetString(*message, field), personal));
  }
}

}  // namespace

void MaskPersonalFields(Message* message) {
  const MaskPlan& plan = AllPlans().For(message->GetDescriptor());
  const Reflection* reflection = message->GetReflection();
  reflection->MutableUnknownFields(message)->Clear();
  for (const auto& [field, personal] : plan.personal) MaskField(field, personal, message);
  for (const FieldDescriptor* field : plan.nested) {
    if (field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
        MaskPersonalFields(reflection->MutableRepeatedMessage(message, field, i));
      }
    } else if (reflection->HasField(*message, field)) {
      MaskPersonalFields(reflection->MutableMessage(message, field));
    }
  }
}

bool IsRawPiece(const Descriptor* type) {
  for (int i = 0; i < type->field_count(); ++i) {
    if (PersonalOption(type->field(i)) == v1::PERSONAL_RAW &&
        type->field(i)->type() == FieldDescriptor::TYPE_BYTES) {
      return true;
    }
  }
  return false;
}

bool HoldsPersonalFields(const Descriptor* type) { return !AllPlans().For(type).empty(); }

}  // namespace fangpin::rpc
