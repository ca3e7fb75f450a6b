#include "libs/rpc/field_path.h"

#include "fangpin/rpc/v1/options.pb.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"

namespace fangpin::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool NamesIds(const FieldDescriptor* field) {
  const std::string_view name = field->name();
  return field->type() == FieldDescriptor::TYPE_STRING &&
         field->options().GetExtension(v1::personal) == v1::PERSONAL_UNSPECIFIED &&
         name != "request_id" &&
         (name == "id" || name == "ids" || name.ends_with("_id") || name.ends_with("_ids"));
}

void AddIdPaths(const Descriptor* root, const Descriptor* type, const std::string& prefix,
                std::vector<FieldPath>* paths) {
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (NamesIds(field)) {
      paths->push_back(*FieldPath::Resolve(root, prefix + field->name()));
    } else if (prefix.empty() && field->type() == FieldDescriptor::TYPE_MESSAGE &&
               !field->is_map()) {
      AddIdPaths(root, field->message_type(), field->name() + ".", paths);
    }
  }
}

}  // namespace

absl::StatusOr<FieldPath> FieldPath::Resolve(const Descriptor* type, std::string_view path) {
  const auto invalid = [&] {
    return base::Error(absl::StatusCode::kInvalidArgument, "FIELD_PATH_INVALID",
                       "字段路径与消息类型不符")
        .WithMetadata("type", type->full_name())
        .WithMetadata("path", path);
  };
  FieldPath result;
  const Descriptor* at = type;
  for (std::string_view name : base::Split(path, '.')) {
    const FieldDescriptor* field = at == nullptr ? nullptr : at->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_map()) return invalid();
    result.steps_.push_back(field);
    at = field->message_type();
  }
  if (result.steps_.back()->type() != FieldDescriptor::TYPE_STRING) return invalid();
  return result;
}

std::vector<std::string> FieldPath::Read(const google::protobuf::Message& message,
                                         size_t limit) const {
  std::vector<std::string> values;
  if (limit == 0) return values;
  ForEach(message, [&](const std::string& value) {
    values.push_back(value);
    return values.size() < limit;
  });
  return values;
}

std::vector<FieldPath> IdPaths(const Descriptor* type) {
  std::vector<FieldPath> paths;
  AddIdPaths(type, type, "", &paths);
  return paths;
}

}  // namespace fangpin::rpc
