#ifndef FANGPIN_SHEET_ROW_FEED_H_
#define FANGPIN_SHEET_ROW_FEED_H_

#include <string>
#include <vector>

#include "libs/sheet/reader.h"

namespace fangpin::sheet {

// Takes the rows of a file in order, of whatever format, finds the header among them, and hands the
// rest on.
class RowFeed {
 public:
  RowFeed(const Options& options, HeaderCallback on_header, RowCallback on_row)
      : options_(options), on_header_(on_header), on_row_(on_row) {}

  // SHEET_HEADER_MISSING once the row passes where a header can stand; else what the callback says.
  absl::Status Add(const Row& row);
  // SHEET_EMPTY or SHEET_HEADER_MISSING when there was no header.
  absl::Status Finish() const;

  int rows() const { return rows_; }
  int last_row_number() const { return last_row_number_; }

 private:
  bool MayHoldHeader(int row_number) const;
  absl::Status NoHeader() const;

  const Options& options_;
  const HeaderCallback on_header_;
  const RowCallback on_row_;
  bool has_header_ = false;
  bool has_cells_ = false;
  // What the most header-like row lacks, for the message.
  bool has_candidate_ = false;
  std::vector<std::string> missing_;
  int rows_ = 0;
  int last_row_number_ = 0;
};

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_ROW_FEED_H_
