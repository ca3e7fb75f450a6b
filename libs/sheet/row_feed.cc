#include "libs/sheet/row_feed.h"

#include <algorithm>
#include <utility>

#include "libs/base/status.h"
#include "libs/sheet/errors.h"

namespace fangpin::sheet {
namespace {

constexpr int kLastHeaderRow = 5;

bool IsBlank(const Row& row) {
  return std::all_of(row.cells.begin(), row.cells.end(),
                     [](const std::string& cell) { return Trim(cell).empty(); });
}

}  // namespace

absl::Status RowFeed::Add(const Row& row) {
  last_row_number_ = row.number;
  if (IsBlank(row)) return absl::OkStatus();
  has_cells_ = true;
  if (has_header_) {
    ++rows_;
    return on_row_(row);
  }
  if (!MayHoldHeader(row.number)) {
    const bool passed = row.number > std::max(options_.header_row, kLastHeaderRow);
    return passed ? NoHeader() : absl::OkStatus();
  }
  const Header header(row.number, row.cells);
  std::vector<std::string> missing = header.Missing(options_.required_headers);
  for (const std::vector<std::string>& set : options_.other_headers) {
    std::vector<std::string> other = header.Missing(set);
    if (other.size() < missing.size()) missing = std::move(other);
  }
  if (missing.empty()) {
    has_header_ = true;
    return on_header_(header);
  }
  if (!has_candidate_ || missing.size() < missing_.size()) {
    has_candidate_ = true;
    missing_ = std::move(missing);
  }
  return absl::OkStatus();
}

absl::Status RowFeed::Finish() const {
  if (has_header_) return absl::OkStatus();
  return has_cells_ ? NoHeader() : Empty("表格没有内容");
}

bool RowFeed::MayHoldHeader(int row_number) const {
  return options_.header_row == 0 ? row_number <= kLastHeaderRow
                                  : row_number == options_.header_row;
}

absl::Status RowFeed::NoHeader() const {
  return HeaderMissing(has_candidate_ ? missing_ : options_.required_headers);
}

}  // namespace fangpin::sheet
