#include "tools/fangpinctl/errors.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "libs/base/error.h"
#include "libs/base/error_details.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/display.h"
#include "tools/fangpinctl/message_text.h"

namespace fangpin::ctl {
namespace {

// Not the name of a message, so it never travels as a detail.
constexpr char kUsageMark[] = "fangpinctl.usage";

}  // namespace

absl::Status UsageError(std::string_view reason, std::string_view message) {
  return AsUsage(base::Error(absl::StatusCode::kInvalidArgument, reason, message).Build());
}

absl::Status AsUsage(absl::Status status) {
  status.SetPayload(kUsageMark, absl::Cord());
  return status;
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return ExitCode::kOk;
  if (status.GetPayload(kUsageMark).has_value()) return ExitCode::kUsage;
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
    return ExitCode::kUnreachable;
  }
  return ExitCode::kRefused;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status result;
  result.set_code(static_cast<int>(status.code()));
  result.set_message(std::string(status.message()));
  // Sorted by type, since payloads come in no order.
  std::map<std::string, std::string> details;
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& value) {
    if (base::ToStd(type).find('/') != std::string_view::npos) {
      details[std::string(type)] = std::string(value);
    }
  });
  for (auto& [type, value] : details) {
    google::protobuf::Any& detail = *result.add_details();
    detail.set_type_url(type);
    detail.set_value(std::move(value));
  }
  return result;
}

void PrintError(const absl::Status& status, Format format, std::ostream& err) {
  if (format == Format::kJson) {
    err << ToJson(ToRpcStatus(status), JsonStyle::kPretty) << "\n";
    return;
  }
  const auto info = base::GetErrorInfo(status);
  const std::string code = absl::StatusCodeToString(status.code());
  err << "错误：" << Printable(base::ToStd(status.message())) << "（"
      << (info ? base::StrCat(info->reason(), "，", code) : code) << "）\n";
  if (const auto bad = base::GetBadRequest(status)) {
    for (const auto& violation : bad->field_violations()) {
      err << "  字段 " << Printable(violation.field()) << "：" << Printable(violation.description())
          << "（" << violation.reason() << "）\n";
    }
  }
  if (const auto failure = base::GetPreconditionFailure(status)) {
    for (const auto& violation : failure->violations()) {
      err << "  条件 " << violation.type() << "：" << Printable(violation.description());
      if (!violation.subject().empty()) err << "（" << Printable(violation.subject()) << "）";
      err << "\n";
    }
  }
  if (const auto resource = base::GetResourceInfo(status)) {
    err << "  对象 " << resource->resource_type() << " " << Printable(resource->resource_name())
        << "\n";
  }
  if (info) {
    const std::map<std::string, std::string> metadata(info->metadata().begin(),
                                                      info->metadata().end());
    for (const auto& [key, value] : metadata) {
      err << "  " << Printable(key) << "：" << Printable(value) << "\n";
    }
  }
}

}  // namespace fangpin::ctl
