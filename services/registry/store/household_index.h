#ifndef FANGPIN_REGISTRY_STORE_HOUSEHOLD_INDEX_H_
#define FANGPIN_REGISTRY_STORE_HOUSEHOLD_INDEX_H_

#include <cstdint>
#include <string_view>
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

// Whether the filter asks for columns of households_sorts only, its name apart.
bool TakesBySort(const v1::HouseholdFilter& filter);

// Whether the filter takes every household but closed ones, its name apart.
bool TakesAll(const v1::HouseholdFilter& filter);

// Appends the parameters of a filter: all of them, or those of one that TakesBySort.
void AppendFilter(const v1::HouseholdFilter& filter, std::vector<sql::Value>* args);
void AppendSorts(const v1::HouseholdFilter& filter, std::vector<sql::Value>* args);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_HOUSEHOLD_INDEX_H_
