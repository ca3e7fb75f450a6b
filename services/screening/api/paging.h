#ifndef FANGPIN_SCREENING_API_PAGING_H_
#define FANGPIN_SCREENING_API_PAGING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/status.h"
#include "libs/rpc/page_token.h"

namespace fangpin::screening {

// Calls `list(request)` with the raw page token in place of the opaque one, and answers with an
// opaque one. INVALID_ARGUMENT PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
template <typename Response, typename Request, typename List>
absl::StatusOr<Response> Paged(const rpc::PageTokens& tokens, const Request& request,
                               int32_t default_size, int32_t max_size, List list) {
  const std::string filter = rpc::PageFilter(request);
  Request raw = request;
  FANGPIN_ASSIGN_OR_RETURN(const int32_t size,
                           rpc::ClampPageSize(request.page_size(), default_size, max_size));
  raw.set_page_size(size);
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<std::string> key,
                           tokens.Decode(filter, request.page_token()));
  raw.set_page_token(key.empty() ? std::string() : key.front());
  FANGPIN_ASSIGN_OR_RETURN(Response response, list(raw));
  if (!response.next_page_token().empty()) {
    response.set_next_page_token(tokens.Encode(filter, {response.next_page_token()}));
  }
  return response;
}

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_API_PAGING_H_
