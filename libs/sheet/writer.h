#ifndef FANGPIN_SHEET_WRITER_H_
#define FANGPIN_SHEET_WRITER_H_

#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace fangpin::sheet {

// Writes rows of text from the top. Not thread safe. A file is complete only after Close.
class Writer {
 public:
  virtual ~Writer() = default;

  // Adds a row; an empty one leaves a blank row. Cells are UTF-8.
  // INVALID_ARGUMENT, SHEET_TOO_LARGE or SHEET_ENCODING: what the format cannot hold.
  virtual absl::Status Add(absl::Span<const std::string> cells) = 0;

  // Finishes the file. UNAVAILABLE, SHEET_UNWRITABLE: the file system refuses.
  virtual absl::Status Close() = 0;
};

// .xlsx with one sheet of text cells, in memory that does not grow with the rows.
class XlsxWriter : public Writer {
 public:
  static absl::StatusOr<std::unique_ptr<XlsxWriter>> Create(const std::string& path,
                                                            const std::string& sheet_name);
  ~XlsxWriter() override;

  absl::Status Add(absl::Span<const std::string> cells) override;
  absl::Status Close() override;

 private:
  struct Book;
  explicit XlsxWriter(std::unique_ptr<Book> book);

  std::unique_ptr<Book> book_;
};

// .csv after RFC 4180, lines ending in CR LF. Cells that a spreadsheet program would take for a
// formula are written as they are: files go to this system's own reader as well as to people.
class CsvWriter : public Writer {
 public:
  enum class Encoding { kUtf8, kUtf8Bom, kGb18030 };

  static absl::StatusOr<std::unique_ptr<CsvWriter>> Create(const std::string& path,
                                                           Encoding encoding);

  absl::Status Add(absl::Span<const std::string> cells) override;
  absl::Status Close() override;

 private:
  CsvWriter(std::ofstream out, Encoding encoding);

  std::ofstream out_;
  const Encoding encoding_;
  int row_ = 0;
  std::string line_;
};

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_WRITER_H_
