#ifndef FANGPIN_TESTS_BENCH_REGISTRY_WORLD_H_
#define FANGPIN_TESTS_BENCH_REGISTRY_WORLD_H_

#include <memory>
#include <string>
#include <vector>

#include "fangpin/registry/v1/household.pb.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/store.h"
#include "tools/fangpinctl/gen/identity.h"
#include "tools/fangpinctl/gen/sheets.h"

// A province of people who do not exist, as large as wanted.
namespace fangpin::bench {

namespace registry_pb = ::fangpin::registry::v1;

// Households spread evenly over all villages, in the order of their ids. Each is a household that
// the registry's own import made of a national form, with numbers of its own; numbers follow from
// the index, so that nothing has to be remembered of a million of them.
class World {
 public:
  World(const registry::DivisionTree& tree, int households, const std::string& folder);

  int size() const { return size_; }
  std::string Id(int index) const;
  int Members(int index) const;
  std::string IdNumber(int index, int member) const;
  registry_pb::Household Make(int index) const;

  // Stores all of them, thousands a transaction.
  void Fill(registry::RegistryStore& store) const;

 private:
  struct Village {
    std::string code;
    int before = 0;  // villages of its county that stand before it
  };
  struct Place {
    const Village* village;
    int serial;     // from 1
    int of_county;  // households of the county that stand before it
  };
  Place At(int index) const;
  const registry_pb::Household& Template(const Place& place) const;
  std::string IdNumberOf(const Place& place, const std::string& like) const;

  const int size_;
  int per_village_ = 0;
  std::vector<Village> villages_;
  std::vector<registry_pb::Household> templates_;
};

// National forms of one county with ever new households, for imports.
class FormWriter {
 public:
  explicit FormWriter(std::string folder);

  struct Form {
    std::string file;  // .csv in GB18030
    std::string content;
    int64_t rows = 0;
    int households = 0;
    std::string first_national_id, last_national_id;
  };
  Form Write(int households);
  const std::string& county() const { return county_.code; }

 private:
  const std::string folder_;
  const sample::County county_;
  sample::IdentityIssuer identities_;
  int serial_ = 0;
};

}  // namespace fangpin::bench

#endif  // FANGPIN_TESTS_BENCH_REGISTRY_WORLD_H_
