#ifndef FANGPIN_SHEET_TEST_FILES_H_
#define FANGPIN_SHEET_TEST_FILES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/sheet/reader.h"

namespace fangpin::sheet {

using Cells = std::vector<std::string>;

// All that Read handed on.
struct Sheet {
  Summary summary;
  int header_row = 0;
  Cells header;
  std::vector<int> numbers;
  std::vector<Cells> rows;
};
absl::StatusOr<Sheet> ReadAll(std::string_view bytes, const Options& options = {});

std::string FileBytes(const std::string& path);

// A zip archive of these parts, in memory.
using Parts = std::vector<std::pair<std::string, std::string>>;
std::string Zip(const Parts& parts);

// The parts of a workbook whose only sheet has this <sheetData> content.
struct WorkbookParts {
  std::string sheet_data;
  std::string shared_strings;  // <si> elements
  std::string styles;          // content of <styleSheet>
  std::string workbook_properties;
  std::string sheets = R"(<sheet name="表" sheetId="1" r:id="rId1"/>)";
};
std::string Workbook(const WorkbookParts& parts);

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_TEST_FILES_H_
