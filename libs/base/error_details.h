#ifndef FANGPIN_BASE_ERROR_DETAILS_H_
#define FANGPIN_BASE_ERROR_DETAILS_H_

#include <optional>

#include "absl/status/status.h"
#include "google/rpc/error_details.pb.h"

namespace fangpin::base {

// Readers of the payloads that base::Error attaches. Apart from error.h, so that code which only
// makes errors needs no protobuf header. Each returns nullopt when the payload is absent or
// unreadable.
std::optional<google::rpc::ErrorInfo> GetErrorInfo(const absl::Status& status);
std::optional<google::rpc::BadRequest> GetBadRequest(const absl::Status& status);
std::optional<google::rpc::PreconditionFailure> GetPreconditionFailure(const absl::Status& status);
std::optional<google::rpc::ResourceInfo> GetResourceInfo(const absl::Status& status);

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_ERROR_DETAILS_H_
