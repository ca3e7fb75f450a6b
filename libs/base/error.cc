#include "libs/base/error.h"

#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "libs/base/error_details.h"

namespace fangpin::base {
namespace {

template <typename Detail>
std::string TypeUrl() {
  return absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name());
}

template <typename Detail>
void Attach(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

template <typename Detail>
std::optional<Detail> Read(const absl::Status& status) {
  const auto payload = status.GetPayload(TypeUrl<Detail>());
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

}  // namespace

ErrorBuilder::ErrorBuilder(absl::StatusCode code, std::string_view reason, std::string_view message)
    : code_(code), reason_(reason), message_(message) {}

ErrorBuilder& ErrorBuilder::WithMetadata(std::string_view key, std::string_view value) & {
  metadata_.emplace_back(key, value);
  return *this;
}
ErrorBuilder&& ErrorBuilder::WithMetadata(std::string_view key, std::string_view value) && {
  return std::move(WithMetadata(key, value));
}

ErrorBuilder& ErrorBuilder::WithFieldViolation(std::string_view field, std::string_view reason,
                                               std::string_view description) & {
  field_violations_.push_back({std::string(field), std::string(reason), std::string(description)});
  return *this;
}
ErrorBuilder&& ErrorBuilder::WithFieldViolation(std::string_view field, std::string_view reason,
                                                std::string_view description) && {
  return std::move(WithFieldViolation(field, reason, description));
}

ErrorBuilder& ErrorBuilder::WithPrecondition(std::string_view type, std::string_view subject,
                                             std::string_view description) & {
  preconditions_.push_back({std::string(type), std::string(subject), std::string(description)});
  return *this;
}
ErrorBuilder&& ErrorBuilder::WithPrecondition(std::string_view type, std::string_view subject,
                                              std::string_view description) && {
  return std::move(WithPrecondition(type, subject, description));
}

ErrorBuilder& ErrorBuilder::WithResource(std::string_view type, std::string_view name) & {
  resource_ = {std::string(type), std::string(name)};
  return *this;
}
ErrorBuilder&& ErrorBuilder::WithResource(std::string_view type, std::string_view name) && {
  return std::move(WithResource(type, name));
}

absl::Status ErrorBuilder::Build() const {
  absl::Status status(code_, message_);
  google::rpc::ErrorInfo info;
  info.set_reason(reason_);
  for (const auto& [key, value] : metadata_) (*info.mutable_metadata())[key] = value;
  Attach(status, info);
  if (!field_violations_.empty()) {
    google::rpc::BadRequest bad;
    for (const FieldViolation& v : field_violations_) {
      auto& out = *bad.add_field_violations();
      out.set_field(v.field);
      out.set_reason(v.reason);
      out.set_description(v.description);
    }
    Attach(status, bad);
  }
  if (!preconditions_.empty()) {
    google::rpc::PreconditionFailure failure;
    for (const Precondition& p : preconditions_) {
      auto& out = *failure.add_violations();
      out.set_type(p.type);
      out.set_subject(p.subject);
      out.set_description(p.description);
    }
    Attach(status, failure);
  }
  if (!resource_.first.empty()) {
    google::rpc::ResourceInfo resource;
    resource.set_resource_type(resource_.first);
    resource.set_resource_name(resource_.second);
    Attach(status, resource);
  }
  return status;
}

std::string Reason(const absl::Status& status) {
  const std::optional<google::rpc::ErrorInfo> info = GetErrorInfo(status);
  return info ? info->reason() : std::string();
}

std::optional<google::rpc::ErrorInfo> GetErrorInfo(const absl::Status& status) {
  return Read<google::rpc::ErrorInfo>(status);
}
std::optional<google::rpc::BadRequest> GetBadRequest(const absl::Status& status) {
  return Read<google::rpc::BadRequest>(status);
}
std::optional<google::rpc::PreconditionFailure> GetPreconditionFailure(const absl::Status& status) {
  return Read<google::rpc::PreconditionFailure>(status);
}
std::optional<google::rpc::ResourceInfo> GetResourceInfo(const absl::Status& status) {
  return Read<google::rpc::ResourceInfo>(status);
}

}  // namespace fangpin::base
