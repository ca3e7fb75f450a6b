#ifndef FANGPIN_REGISTRY_CORE_ONCE_H_
#define FANGPIN_REGISTRY_CORE_ONCE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/message.h"
#include "libs/base/call_context.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

inline constexpr size_t kMaxRequestId = 64;

// Equal bytes for equal messages, maps included.
inline std::string Deterministic(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

// INVALID_ARGUMENT REQUEST_ID_TOO_LONG.
inline absl::Status CheckRequestId(std::string_view request_id) {
  if (request_id.size() <= kMaxRequestId) return absl::OkStatus();
  return base::InvalidField("request_id", "REQUEST_ID_TOO_LONG", "请求编号最多64个字符");
}

// By which a repeat is recognised; without a request id it is empty.
template <typename Request>
RequestKey KeyOf(const base::CallContext& ctx, std::string_view method, const Request& request) {
  if (request.request_id().empty()) return {};
  return {ctx.principal.subject, std::string(method), request.request_id(), Deterministic(request)};
}

// Runs `write` in one transaction, once for a request id of the caller: a repeat gets the first
// answer. An empty request id is never recognised. INVALID_ARGUMENT REQUEST_ID_TOO_LONG,
// REQUEST_ID_REUSED.
template <typename Response, typename Request>
absl::StatusOr<Response> WriteOnce(
    RegistryStore& store, const base::CallContext& ctx, std::string_view method,
    const Request& request, absl::FunctionRef<absl::StatusOr<Response>(RegistryWriter&)> write) {
  FANGPIN_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  const RequestKey key = KeyOf(ctx, method, request);
  Response response;
  FANGPIN_RETURN_IF_ERROR(store.Write([&](RegistryWriter& writer) -> absl::Status {
    if (!key.request_id.empty()) {
      FANGPIN_ASSIGN_OR_RETURN(const std::optional<std::string> answer, writer.FindAnswer(key));
      if (answer.has_value()) {
        if (response.ParseFromString(*answer)) return absl::OkStatus();
        return absl::DataLossError("kept answer does not parse");
      }
    }
    FANGPIN_ASSIGN_OR_RETURN(response, write(writer));
    if (key.request_id.empty()) return absl::OkStatus();
    return writer.RememberAnswer(key, response.SerializeAsString(), ctx.now).status();
  }));
  return response;
}

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_ONCE_H_
