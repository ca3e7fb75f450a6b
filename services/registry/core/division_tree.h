#ifndef FANGPIN_REGISTRY_CORE_DIVISION_TREE_H_
#define FANGPIN_REGISTRY_CORE_DIVISION_TREE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "fangpin/registry/v1/division_service.pb.h"

namespace fangpin::registry {

// 行政区划: every division, in memory. Immutable and thread-safe.
class DivisionTree {
 public:
  // Reads `code,name,level,parent_code` with a header line. INVALID_ARGUMENT DIVISIONS_INVALID,
  // metadata: line, when a row is malformed, repeated or lies under no parent.
  static absl::StatusOr<DivisionTree> Parse(std::string_view csv);
  // The same from a file. NOT_FOUND DIVISIONS_MISSING.
  static absl::StatusOr<DivisionTree> Load(const std::string& path);

  // Null when there is none. The pointer lives as long as the tree.
  const v1::Division* Find(std::string_view code) const;

  // OK for a village that exists; INVALID_ARGUMENT with the reason of base::CheckVillage, or
  // VILLAGE_UNKNOWN.
  absl::Status CheckVillage(std::string_view code) const;

  // The subtree of the division without itself, in code order; empty for an unknown code.
  absl::Span<const v1::Division> Below(std::string_view code) const;

  // The child of `parent` with that name; the name as the tree has it wins over one that is equal
  // but for its ending ("…村", "…村委会", "…村民委员会"; "…镇" and "…镇人民政府"). Several codes
  // when the name is ambiguous, none when it is unknown.
  std::vector<std::string> ChildrenNamed(std::string_view parent, std::string_view name) const;

 private:
  explicit DivisionTree(std::vector<v1::Division> divisions);

  std::vector<v1::Division> divisions_;  // by code
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
