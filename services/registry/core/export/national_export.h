#ifndef FANGPIN_REGISTRY_CORE_EXPORT_NATIONAL_EXPORT_H_
#define FANGPIN_REGISTRY_CORE_EXPORT_NATIONAL_EXPORT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "fangpin/registry/v1/registry_service.pb.h"
#include "libs/sheet/writer.h"
#include "services/registry/core/export/form_layout.h"
#include "services/registry/core/feed.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// Records in the order of a file, some at a time; twice the same.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // Shows some more records to the layout and returns how many of them have rows; nullopt after
  // the last.
  virtual absl::StatusOr<std::optional<int64_t>> Learn(FormLayout& layout) = 0;
  // The same for their rows.
  virtual absl::StatusOr<std::optional<int64_t>> Write(FormLayout& layout,
                                                       sheet::Writer& writer) = 0;
};

// A file in the shape of the national system, made piece by piece. The records are read twice, the
// first time to learn the columns that they hold beyond the form and how many they are. Memory does
// not grow with them. Used by one thread at a time.
class NationalExport {
 public:
  // Bytes of a piece, more or less.
  static constexpr size_t kPiece = 256 << 10;

  NationalExport(std::unique_ptr<RecordSource> source, FormLayout layout, const Form& form,
                 pb::SheetFormat format, std::string place, absl::CivilDay day)
      : source_(std::move(source)),
        layout_(std::move(layout)),
        form_(form),
        format_(format),
        place_(std::move(place)),
        day_(day) {}

  // Fills in the next piece; without data while the records are still being counted. False after
  // the last.
  absl::StatusOr<bool> Next(pb::ExportNationalFormResponse* piece);

 private:
  enum class Stage { kLearning, kWriting, kWritten };

  absl::Status Begin();

  const std::unique_ptr<RecordSource> source_;
  FormLayout layout_;
  const Form& form_;
  const pb::SheetFormat format_;
  const std::string place_;
  const absl::CivilDay day_;
  Stage stage_ = Stage::kLearning;
  int64_t total_ = 0;
  int64_t done_ = 0;
  // Where the writer puts its bytes; the writer keeps its address.
  const std::unique_ptr<std::string> buffer_ = std::make_unique<std::string>();
  std::unique_ptr<sheet::Writer> writer_;
};

// The use cases of RegistryService and DivisionService that give out sheets. Thread-safe; what it
// opens must not outlive it.
class Exports {
 public:
  // All must outlive this.
  Exports(RegistryStore* store, Feed* feed, const DivisionTree* divisions)
      : store_(store), feed_(feed), divisions_(divisions) {}

  // Households are as of one position of the change feed. INVALID_ARGUMENT DIVISION_NOT_FOUND,
  // VALUE_UNKNOWN; PERMISSION_DENIED SCOPE_DENIED.
  absl::StatusOr<std::unique_ptr<NationalExport>> ExportNationalForm(
      const base::CallContext& ctx, const pb::ExportNationalFormRequest& request);

 private:
  RegistryStore* const store_;
  Feed* const feed_;
  const DivisionTree* const divisions_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_EXPORT_NATIONAL_EXPORT_H_
