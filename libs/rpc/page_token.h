#ifndef FANGPIN_RPC_PAGE_TOKEN_H_
#define FANGPIN_RPC_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

// Keyset pagination: a page token is where the last page ended. Opaque to callers, versioned, and
// bound by HMAC to the filter it was made for.
namespace fangpin::rpc {

// 0 means the default; more than the maximum is cut. INVALID_ARGUMENT, PAGE_SIZE_INVALID, when
// negative.
absl::StatusOr<int32_t> ClampPageSize(int32_t requested, int32_t default_size, int32_t max_size);

// The filter of a list request: everything in it but page_size and page_token.
std::string PageFilter(const google::protobuf::Message& request);

class PageTokens {
 public:
  // `secret`: any bytes that callers do not know, the same in all processes of the service.
  explicit PageTokens(std::string secret) : secret_(std::move(secret)) {}

  // A token for the page after the row with this key.
  std::string Encode(std::string_view filter, const std::vector<std::string>& key) const;

  // The key in the token; empty for an empty token, which asks for the first page.
  // INVALID_ARGUMENT, PAGE_TOKEN_INVALID, when it was not made by Encode with this filter.
  absl::StatusOr<std::vector<std::string>> Decode(std::string_view filter,
                                                  std::string_view token) const;

 private:
  const std::string secret_;
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_PAGE_TOKEN_H_
