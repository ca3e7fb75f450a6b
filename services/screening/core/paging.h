#ifndef FANGPIN_SCREENING_CORE_PAGING_H_
#define FANGPIN_SCREENING_CORE_PAGING_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/call_context.h"
#include "libs/base/status.h"
#include "libs/records/collection.h"

// Pages of records: the page token is the raw id of the last one seen.
namespace fangpin::screening {

inline constexpr int kDefaultRecordPage = 100;
inline constexpr int kMaxRecordPage = 500;

// What `request` asks for by division, page size and page token.
template <typename Request>
records::Query QueryFor(const base::CallContext& ctx, const Request& request) {
  records::Query query;
  query.divisions = records::Visible(ctx.principal, request.division());
  query.after = request.page_token();
  query.limit =
      request.page_size() == 0 ? kDefaultRecordPage : std::min(request.page_size(), kMaxRecordPage);
  return query;
}

template <typename Message>
absl::StatusOr<std::vector<Message>> ListPage(records::Store& store,
                                              const records::Collection<Message>& collection,
                                              const records::Query& query) {
  std::vector<Message> page;
  FANGPIN_RETURN_IF_ERROR(store.Read([&](records::View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(page, collection.List(view, query));
    return absl::OkStatus();
  }));
  return page;
}

// Empty at the end.
template <typename Message>
std::string NextPage(const records::Query& query, const std::vector<Message>& page) {
  return static_cast<int>(page.size()) < query.limit ? std::string() : page.back().id();
}

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_PAGING_H_
