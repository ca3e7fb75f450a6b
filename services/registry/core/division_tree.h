#ifndef FANGPIN_REGISTRY_CORE_DIVISION_TREE_H_
#define FANGPIN_REGISTRY_CORE_DIVISION_TREE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "fangpin/registry/v1/division_service.pb.h"

namespace fangpin::registry {

// 行政区划: the list in force, and what it was before each change that is known. In memory,
// immutable and thread-safe.
class DivisionTree {
 public:
  // Reads the list in force, `code,name,level,parent_code`, and the changes that led to it,
  // `effective_on,old_code,old_name,new_code,basis`, both with a header line (deploy/data/README.md
  // says what a change means). INVALID_ARGUMENT DIVISIONS_INVALID, metadata: line, when a row of
  // the list is malformed, repeated or lies under no parent; DIVISION_CHANGES_INVALID, metadata:
  // line or code, when the changes do not lead to the list.
  static absl::StatusOr<DivisionTree> Parse(std::string_view list, std::string_view changes = "");
  // The same from a file, and division_changes.csv beside it when there is one. NOT_FOUND
  // DIVISIONS_MISSING.
  static absl::StatusOr<DivisionTree> Load(const std::string& path);

  // In the list in force; null when it is not there. The pointer lives as long as the tree.
  const v1::Division* Find(std::string_view code) const;
  // In the list of a day.
  const v1::Division* Find(std::string_view code, absl::CivilDay day) const;

  // OK for a village of the list in force; INVALID_ARGUMENT with the reason of base::CheckVillage,
  // VILLAGE_ENDED when it has been one, or VILLAGE_UNKNOWN.
  absl::Status CheckVillage(std::string_view code) const;

  // The subtree of the division without itself, in code order, in the list in force; empty for an
  // unknown code.
  absl::Span<const v1::Division> Below(std::string_view code) const;
  // Visits the subtree in the list of a day, in code order and behind the code `after`, until
  // `visit` returns false.
  void VisitBelow(std::string_view code, absl::CivilDay day, std::string_view after,
                  absl::FunctionRef<bool(const v1::Division&)> visit) const;

  // What a code of one day is on another, earlier or later one: divisions in code order, and the
  // changes on the way, oldest first.
  struct Mapping {
    std::vector<const v1::Division*> divisions;
    std::vector<const v1::DivisionChange*> changes;
  };
  Mapping Map(std::string_view code, absl::CivilDay from, absl::CivilDay to) const;

  // The child of `parent` with that name; the name as the tree has it wins over one that is equal
  // but for its ending ("…村", "…村委会", "…村民委员会"; "…镇" and "…镇人民政府"). Several codes
  // when the name is ambiguous, none when it is unknown.
  std::vector<std::string> ChildrenNamed(std::string_view parent, std::string_view name) const;

 private:
  explicit DivisionTree(std::vector<v1::Division> divisions);

  // The first row of past_ whose code is not smaller.
  std::vector<v1::Division>::const_iterator FirstPast(std::string_view code) const;

  std::vector<v1::Division> divisions_;      // in force, by code
  std::vector<v1::Division> past_;           // ended, by code, then by their end
  std::vector<v1::DivisionChange> changes_;  // by day, old code, new code; those of subtrees too
  absl::flat_hash_map<std::string, size_t> by_code_;
  // Codes by "parent/name" and by "parent/stem of the name".
  absl::flat_hash_map<std::string, std::string> by_name_;
  absl::flat_hash_map<std::string, std::vector<std::string>> by_stem_;
};

// The names of a row of an import, from province down; empty when the file has no such column.
struct PlaceNames {
  std::string province;
  std::string prefecture;
  std::string county;
  std::string township;
  std::string village;
};

// What became of them.
struct Place {
  std::string code;  // the village; empty on error
  enum class Level {
    kProvince,
    kPrefecture,
    kCounty,
    kTownship,
    kVillage
  } level = Level::kVillage;  // where it failed
  std::string reason;  // VILLAGE_MISSING, VILLAGE_UNKNOWN, VILLAGE_AMBIGUOUS, OUTSIDE_DIVISION
};

// The village with these names within `division` (a county, township or village code as a rule; a
// prefecture or province needs the county's name). Names above `division` are only compared. A code
// in the place of the village's name stands for itself.
Place ResolveVillage(const DivisionTree& tree, std::string_view division, const PlaceNames& names);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_DIVISION_TREE_H_
