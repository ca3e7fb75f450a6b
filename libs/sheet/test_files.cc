#include "libs/sheet/test_files.h"

#include <gtest/gtest.h>
#include <zip.h>

#include <fstream>
#include <iterator>

#include "libs/base/status.h"
#include "libs/base/strings.h"

namespace fangpin::sheet {

absl::StatusOr<Sheet> ReadAll(std::string_view bytes, const Options& options) {
  Sheet sheet;
  FANGPIN_ASSIGN_OR_RETURN(sheet.summary, Read(
                                              bytes, options,
                                              [&](const Header& header) {
                                                sheet.header_row = header.row_number();
                                                sheet.header = header.names();
                                                return absl::OkStatus();
                                              },
                                              [&](const Row& row) {
                                                sheet.numbers.push_back(row.number);
                                                sheet.rows.push_back(row.cells);
                                                return absl::OkStatus();
                                              }));
  return sheet;
}

std::string FileBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string Zip(const Parts& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* const archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  for (const auto& [name, content] : parts) {
    zip_source_t* const source = zip_source_buffer(archive, content.data(), content.size(), 0);
    EXPECT_GE(zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8), 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  zip_source_open(target);
  zip_source_seek(target, 0, SEEK_END);
  std::string bytes(zip_source_tell(target), '\0');
  zip_source_seek(target, 0, SEEK_SET);
  EXPECT_EQ(zip_source_read(target, bytes.data(), bytes.size()),
            static_cast<int64_t>(bytes.size()));
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

std::string Workbook(const WorkbookParts& parts) {
  const std::string types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const std::string relation = base::StrCat(R"(" Type=")", types, "/");
  return Zip({
      {"_rels/.rels",
       base::StrCat(R"(<Relationships><Relationship Id="rId1)", relation,
                    R"(officeDocument" Target="xl/workbook.xml"/></Relationships>)")},
      {"xl/workbook.xml",
       base::StrCat(R"(<?xml version="1.0"?><workbook xmlns:r="x">)", parts.workbook_properties,
                    "<sheets>", parts.sheets, "</sheets></workbook>")},
      {"xl/_rels/workbook.xml.rels",
       base::StrCat(R"(<Relationships><Relationship Id="rId1)", relation,
                    R"(worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2)",
                    relation,
                    R"(sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3)",
                    relation, R"(styles" Target="../xl/styles.xml"/></Relationships>)")},
      {"xl/sharedStrings.xml", base::StrCat("<sst>", parts.shared_strings, "</sst>")},
      {"xl/styles.xml", base::StrCat("<styleSheet>", parts.styles, "</styleSheet>")},
      {"xl/worksheets/sheet1.xml",
       base::StrCat("<worksheet><sheetData>", parts.sheet_data, "</sheetData></worksheet>")},
  });
}

}  // namespace fangpin::sheet
