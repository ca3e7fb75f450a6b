#ifndef FANGPIN_REGISTRY_STORE_HOUSEHOLD_INDEX_H_
#define FANGPIN_REGISTRY_STORE_HOUSEHOLD_INDEX_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "fangpin/registry/v1/household.pb.h"
#include "fangpin/registry/v1/query.pb.h"
#include "libs/sql/value.h"

// What the columns by which households are searched and counted hold, and how filters ask for it.
namespace fangpin::registry {

int64_t Micros(const google::protobuf::Timestamp& time);

// A row of households, in the order of InsertHousehold and UpdateHousehold.
std::vector<sql::Value> HouseholdRow(const v1::Household& household);

// The number of a division code with zeros behind, also of either end of a DivisionRange.
int64_t VillageNumber(std::string_view code);

// Whether the sums of villages tell what the filter takes, its name apart.
bool IsSummed(const v1::HouseholdFilter& filter);

// Whether the filter takes every household but closed ones, its name apart.
bool TakesAll(const v1::HouseholdFilter& filter);

// Appends the parameters of a filter: all of them, or those of a filter that IsSummed to
// SumVillages.
void AppendFilter(const v1::HouseholdFilter& filter, std::vector<sql::Value>* args);
void AppendSummedFilter(const v1::HouseholdFilter& filter, std::vector<sql::Value>* args);

// What changes add to the sums of villages.
class VillageSums {
 public:
  // sign: 1 for a household as it is now, -1 for one as it was.
  void Add(const v1::Household& household, int sign);

  // Rows of AddToVillage, in the order of their keys so that writers lock them in one order.
  std::vector<std::vector<sql::Value>> Rows() const;

 private:
  // By division, kind, state, category and lifecycle: households and active members.
  std::map<std::tuple<std::string, int, int, int, int>, std::pair<int64_t, int64_t>> sums_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_HOUSEHOLD_INDEX_H_
