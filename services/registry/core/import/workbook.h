#ifndef FANGPIN_REGISTRY_CORE_IMPORT_WORKBOOK_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_WORKBOOK_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/registry/core/import/parse.h"

namespace fangpin::registry {

// The errors workbook of an import, .xlsx: two title rows, the header as the file has it, then
// every row that was left out as it came, in the order of the file: those with an error and the
// others of their household. 错误字段 and 错误原因 stand behind the file's own columns. `content`
// is the file.
absl::StatusOr<std::string> MakeErrorsWorkbook(std::string_view content, const pb::Import& import,
                                               const ImportFile& file,
                                               absl::Span<const pb::RowError> errors);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_WORKBOOK_H_
