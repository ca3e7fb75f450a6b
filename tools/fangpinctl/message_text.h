#ifndef FANGPIN_TOOLS_FANGPINCTL_MESSAGE_TEXT_H_
#define FANGPIN_TOOLS_FANGPINCTL_MESSAGE_TEXT_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "tools/fangpinctl/message_path.h"
#include "tools/fangpinctl/output.h"

// Messages as text, led by their descriptors alone.
namespace fangpin::ctl {

enum class JsonStyle { kLine, kPretty };

// Protobuf JSON: lowerCamelCase names, 64-bit numbers as strings. Fields without presence are
// always there; optional fields and messages that are not set are left out.
std::string ToJson(const google::protobuf::Message& message, JsonStyle style);

// Replaces `message` by what the JSON says. INVALID_ARGUMENT JSON_INVALID, for the usage exit code:
// no JSON, or a field that the message does not have.
absl::Status FromJson(const std::string& json, google::protobuf::Message* message);

// A request to fill in, as JSON: every field but "etag" and "requestId", one element in each list,
// an enum's choices joined by "|", null for what may stay unknown. Of a oneof one field may stay.
std::string JsonTemplate(const google::protobuf::Descriptor* request);

// The values at `path`; steps through repeated fields give one value each. Enum values without
// prefix, nothing for UNSPECIFIED and for what is not set. A path that ends in a repeated message
// gives their number. kTable: money in yuan, 是 and 否, times in China; otherwise the plain
// values, times in RFC 3339.
std::vector<std::string> CellValues(const google::protobuf::Message& message,
                                    const MessagePath& path, Format format);

// The same values, joined.
std::string CellText(const google::protobuf::Message& message, const MessagePath& path,
                     Format format);

// Every set field on a line of its own, nested ones indented, as for a table.
void PrintTree(const google::protobuf::Message& message, std::ostream& out);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_MESSAGE_TEXT_H_
