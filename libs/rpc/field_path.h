#ifndef FANGPIN_RPC_FIELD_PATH_H_
#define FANGPIN_RPC_FIELD_PATH_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace fangpin::rpc {

// A dotted path to a string field, resolved against a message type once and then read cheaply.
class FieldPath {
 public:
  FieldPath() = default;

  // Every step but the last is a message, the last is a string; any step may be repeated.
  // INVALID_ARGUMENT when the path does not exist or has other types.
  static absl::StatusOr<FieldPath> Resolve(const google::protobuf::Descriptor* type,
                                           std::string_view path);

  bool empty() const { return steps_.empty(); }

  // The non-empty values in the message, in order, up to `limit`.
  std::vector<std::string> Read(const google::protobuf::Message& message, size_t limit) const;

  // Calls `visit(value)` for every non-empty value until it returns false. Allocates nothing.
  template <typename Visit>
  void ForEach(const google::protobuf::Message& message, Visit&& visit) const;

 private:
  template <typename Visit>
  bool Walk(const google::protobuf::Message& message, size_t step, Visit& visit) const;

  std::vector<const google::protobuf::FieldDescriptor*> steps_;
};

// Paths of the ids that a message names: string fields called id, ids, …_id or …_ids that are not
// personal, at the root and one message down.
std::vector<FieldPath> IdPaths(const google::protobuf::Descriptor* type);

template <typename Visit>
void FieldPath::ForEach(const google::protobuf::Message& message, Visit&& visit) const {
  if (!steps_.empty()) Walk(message, 0, visit);
}

template <typename Visit>
bool FieldPath::Walk(const google::protobuf::Message& message, size_t step, Visit& visit) const {
  const google::protobuf::FieldDescriptor* field = steps_[step];
  const google::protobuf::Reflection* reflection = message.GetReflection();
  const bool last = step + 1 == steps_.size();
  std::string scratch;
  if (field->is_repeated()) {
    const int size = reflection->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      if (last) {
        const std::string& value =
            reflection->GetRepeatedStringReference(message, field, i, &scratch);
        if (!value.empty() && !visit(value)) return false;
      } else if (!Walk(reflection->GetRepeatedMessage(message, field, i), step + 1, visit)) {
        return false;
      }
    }
    return true;
  }
  if (last) {
    const std::string& value = reflection->GetStringReference(message, field, &scratch);
    return value.empty() || visit(value);
  }
  if (!reflection->HasField(message, field)) return true;
  return Walk(reflection->GetMessage(message, field), step + 1, visit);
}

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_FIELD_PATH_H_
