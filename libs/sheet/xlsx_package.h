#ifndef FANGPIN_SHEET_XLSX_PACKAGE_H_
#define FANGPIN_SHEET_XLSX_PACKAGE_H_

#include <zip.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/sheet/reader.h"
#include "libs/sheet/xml.h"

namespace fangpin::sheet {

// The zip archive that an .xlsx file is. Parts are inflated piece by piece while they are parsed,
// never as a whole.
class XlsxPackage {
 public:
  // `bytes` must outlive the package. SHEET_TRUNCATED: the archive cannot be opened.
  static absl::StatusOr<XlsxPackage> Open(std::string_view bytes, const Limits& limits);

  // Whether there is a part of that name, such as "xl/workbook.xml".
  bool Has(const std::string& part) const;

  // Parses a part. SHEET_TRUNCATED: absent, or its data is damaged. SHEET_MALFORMED: no XML.
  // SHEET_TOO_LARGE: all parts read so far exceed the limit. Else what the handler says.
  absl::Status Parse(const std::string& part, XmlHandler& handler);

 private:
  struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };

  XlsxPackage(zip_t* archive, int64_t max_inflated)
      : archive_(archive), max_inflated_(max_inflated), inflatable_(max_inflated) {}

  std::unique_ptr<zip_t, Discard> archive_;
  int64_t max_inflated_;
  int64_t inflatable_;  // what is left of it
};

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_XLSX_PACKAGE_H_
