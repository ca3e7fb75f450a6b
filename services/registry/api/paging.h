#ifndef FANGPIN_REGISTRY_API_PAGING_H_
#define FANGPIN_REGISTRY_API_PAGING_H_

#include <string>

#include "absl/status/statusor.h"
#include "libs/base/status.h"
#include "libs/rpc/page_token.h"
#include "services/registry/core/registry.h"

namespace fangpin::registry {

// Calls list(request, after) for the page that the request asks for, its page size made definite,
// and returns the page with the token of the next one, empty at the end.
template <typename Request, typename List>
auto ListPage(const rpc::PageTokens& tokens, const Request& request, int32_t default_size,
              int32_t max_size, std::string* next_page_token, List list)
    -> decltype(list(request, PageKey())) {
  const std::string filter = rpc::PageFilter(request);
  Request sized = request;
  FANGPIN_ASSIGN_OR_RETURN(const int32_t size,
                           rpc::ClampPageSize(request.page_size(), default_size, max_size));
  sized.set_page_size(size);
  FANGPIN_ASSIGN_OR_RETURN(const PageKey after, tokens.Decode(filter, request.page_token()));
  auto page = list(sized, after);
  if (page.ok() && !page->next.empty()) *next_page_token = tokens.Encode(filter, page->next);
  return page;
}

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_API_PAGING_H_
