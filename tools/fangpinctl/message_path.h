#ifndef FANGPIN_TOOLS_FANGPINCTL_MESSAGE_PATH_H_
#define FANGPIN_TOOLS_FANGPINCTL_MESSAGE_PATH_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace fangpin::ctl {

// A field of a message type by its dotted path, such as "monitoring.state": what flags fill and
// columns show.
class MessagePath {
 public:
  // Ends the program when the type has no such field: paths are constants of the command tables.
  MessagePath(const google::protobuf::Descriptor* type, std::string_view path);

  const google::protobuf::FieldDescriptor* field() const { return fields_.back(); }
  const std::vector<const google::protobuf::FieldDescriptor*>& fields() const { return fields_; }

  // Writes one text, or all of them to a repeated field, replacing what is there; the steps before
  // it must be singular. Enums take their value names with or without prefix, in any case; fields
  // in fen take yuan ("1200.50"), timestamps a day or RFC 3339, booleans "true" and "false". Usage
  // error VALUE_NOT_ACCEPTED for text that the field cannot hold.
  absl::Status Set(google::protobuf::Message& message, const std::vector<std::string>& texts) const;

  // True when the singular field is set, or non-default where it has no presence.
  bool Has(const google::protobuf::Message& message) const;

 private:
  std::vector<const google::protobuf::FieldDescriptor*> fields_;
};

// True for amounts: kept in fen, shown and given in yuan.
bool IsMoney(const google::protobuf::FieldDescriptor* field);

// The field's name where people read its values: "wage（元）" of wage_fen.
std::string TitleOf(const google::protobuf::FieldDescriptor* field);

// "MONITORED" of MONITORING_STATE_MONITORED.
std::string_view ShortEnumName(const google::protobuf::EnumValueDescriptor& value);

// The value that a text names; nullptr for none and for UNSPECIFIED.
const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::EnumDescriptor& type, std::string_view text);

// The short names of all values but UNSPECIFIED, joined by ", ".
std::string EnumChoices(const google::protobuf::EnumDescriptor& type);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_MESSAGE_PATH_H_
