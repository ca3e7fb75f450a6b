#ifndef FANGPIN_SHEET_WRITER_H_
#define FANGPIN_SHEET_WRITER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace fangpin::sheet {

// Takes the bytes of a file piece by piece, in order. What it returns other than OK ends the
// writing and is returned by it.
using Sink = std::function<absl::Status(std::string_view)>;
class Output;

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

// .xlsx with one sheet of text cells, written from front to back: memory does not grow with the
// rows, and nothing stands on disk in between. Cells keep the format "text", so that a spreadsheet
// program leaves long numbers alone that people correct in it. The same rows give the same bytes.
class XlsxWriter : public Writer {
 public:
  // INVALID_ARGUMENT, SHEET_MALFORMED: a name that a sheet cannot have.
  static absl::StatusOr<std::unique_ptr<XlsxWriter>> Create(const std::string& path,
                                                            std::string_view sheet_name);
  static absl::StatusOr<std::unique_ptr<XlsxWriter>> Create(Sink sink, std::string_view sheet_name);
  ~XlsxWriter() override;

  absl::Status Add(absl::Span<const std::string> cells) override;
  absl::Status Close() override;

 private:
  struct Book;
  explicit XlsxWriter(std::unique_ptr<Book> book);
  static absl::StatusOr<std::unique_ptr<XlsxWriter>> Start(Output output,
                                                           std::string_view sheet_name);

  const std::unique_ptr<Book> book_;
};

// .csv after RFC 4180, lines ending in CR LF. Cells that a spreadsheet program would take for a
// formula are written as they are: files go to this system's own reader as well as to people.
class CsvWriter : public Writer {
 public:
  enum class Encoding { kUtf8, kUtf8Bom, kGb18030 };

  static absl::StatusOr<std::unique_ptr<CsvWriter>> Create(const std::string& path,
                                                           Encoding encoding);
  static absl::StatusOr<std::unique_ptr<CsvWriter>> Create(Sink sink, Encoding encoding);
  ~CsvWriter() override;

  absl::Status Add(absl::Span<const std::string> cells) override;
  absl::Status Close() override;

 private:
  struct File;
  explicit CsvWriter(std::unique_ptr<File> file);
  static absl::StatusOr<std::unique_ptr<CsvWriter>> Start(Output output, Encoding encoding);

  const std::unique_ptr<File> file_;
};

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_WRITER_H_
