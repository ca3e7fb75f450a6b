#ifndef FANGPIN_SHEET_HEADER_H_
#define FANGPIN_SHEET_HEADER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"

namespace fangpin::sheet {

// The text without the blanks around it: space, tab, line break, no-break space, full-width space,
// byte order mark.
std::string_view Trim(std::string_view text);

// The form under which headers are compared: full-width ASCII made half-width, every blank taken
// out, also inside. "耕地面积（亩） " and "耕地面积(亩)" are equal then.
std::string NormaliseHeader(std::string_view text);

// The header row of a sheet: finds columns by name, whatever their order.
class Header {
 public:
  static constexpr int kAbsent = -1;

  Header(int row_number, const std::vector<std::string>& cells);

  // The row that the header stands in, as shown in the spreadsheet.
  int row_number() const { return row_number_; }
  // The texts as found, trimmed, by column.
  const std::vector<std::string>& names() const { return names_; }
  // The cells as they stand in the file.
  const std::vector<std::string>& cells() const { return cells_; }

  // The first column with that name, counted from 0, or kAbsent.
  int Find(std::string_view name) const;

  // Names that stand over more than one column, once each; Find answers with the first column.
  std::vector<std::string> Duplicates() const;
  // Names that are not among `known`, in column order.
  std::vector<std::string> Unknown(absl::Span<const std::string_view> known) const;
  // Those of `required` that are not there.
  std::vector<std::string> Missing(absl::Span<const std::string> required) const;

 private:
  int row_number_;
  std::vector<std::string> cells_;
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, int> columns_;  // by normalised name
};

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_HEADER_H_
