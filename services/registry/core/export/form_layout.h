#ifndef FANGPIN_REGISTRY_CORE_EXPORT_FORM_LAYOUT_H_
#define FANGPIN_REGISTRY_CORE_EXPORT_FORM_LAYOUT_H_

#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "fangpin/registry/v1/division_service.pb.h"
#include "fangpin/registry/v1/household.pb.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/import/columns.h"

namespace fangpin::registry {

// Turns records into the rows of a national form, the counterpart of core/import. Reading the rows
// again gives the records that they came from. Used by one thread at a time.
//
// The form's columns stand first. Behind them stand the columns that the records hold beyond the
// form: for that every record is shown to Learn before the first row is made.
class FormLayout {
 public:
  using EmitRow = absl::FunctionRef<absl::Status(absl::Span<const std::string>)>;

  // `divisions` must outlive this. Knows the form's own columns.
  FormLayout(pb::ImportKind kind, const DivisionTree& divisions);

  // Whether the record has a row in the form; takes note of what it holds beyond it.
  bool Learn(const pb::Household& household);
  bool Learn(const v1::VillageProfile& village);

  // In the order of the sheet.
  std::vector<std::string> Headers() const;

  // The rows of a record, none when it has none in the form. Returns what `emit` says.
  absl::Status ForRows(const pb::Household& household, EmitRow emit);
  absl::Status ForRows(const v1::VillageProfile& village, EmitRow emit);

 private:
  struct Entry {
    std::string header;
    const Column* column = nullptr;  // null: kept by its header
    bool after_elimination = false;
  };

  // Columns that only some files have; they stand in the sheet once a record fills them.
  struct Optional {
    const Column* column = nullptr;
    bool used = false;
  };

  std::vector<Entry> Entries() const;
  void LearnOptional(Column::Of of, const google::protobuf::Message& record);
  void LearnKept(const google::protobuf::Map<std::string, std::string>& columns);
  const std::string& PlaceName(const std::string& division, CellKind level);
  std::string HouseholdCell(const Entry& entry, const pb::Household& household);
  absl::Status PersonRows(const pb::Household& household, EmitRow emit);
  absl::Status SpellRows(const pb::Household& household, EmitRow emit);

  const Form& form_;
  const DivisionTree& divisions_;
  std::vector<Entry> of_form_;
  std::vector<Optional> optional_;
  std::set<std::string> kept_;  // headers
  std::vector<Entry> entries_;  // of all; made with the first row
  absl::flat_hash_map<std::string, std::string> place_names_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_EXPORT_FORM_LAYOUT_H_
