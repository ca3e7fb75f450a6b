#include "services/registry/store/household_index.h"

#include "services/registry/core/household.h"
#include "services/registry/core/labels.h"

namespace fangpin::registry {
namespace {

using sql::Value;

// A bit for every number of an enum that statements ask for by 1 << number, a 32-bit integer.
constexpr int64_t kAllBits = (int64_t{1} << 31) - 1;
static_assert(vocab::MonitoringState_ARRAYSIZE <= 31 && vocab::MonitoredCategory_ARRAYSIZE <= 31 &&
              vocab::HouseholdKind_ARRAYSIZE <= 31);
static_assert(v1::HouseholdFlag_ARRAYSIZE <= 63 && vocab::RiskType_ARRAYSIZE <= 63);

// A bit a number; one that is no value of an enum has none.
void AddBit(int number, int64_t* bits) {
  if (number >= 0 && number < 63) *bits |= int64_t{1} << number;
}

int64_t BitsOf(const google::protobuf::RepeatedField<int>& numbers) {
  int64_t bits = 0;
  for (const int number : numbers) AddBit(number, &bits);
  return bits;
}

int64_t BitsOf(const google::protobuf::RepeatedPtrField<vocab::Risk>& risks) {
  int64_t bits = 0;
  for (const vocab::Risk& risk : risks) AddBit(risk.type(), &bits);
  return bits;
}

void AppendKindsStatesCategories(const v1::HouseholdFilter& filter, std::vector<Value>* args) {
  for (const auto* values : {&filter.kinds(), &filter.states(), &filter.categories()}) {
    args->emplace_back(values->empty() ? kAllBits : BitsOf(*values));
  }
}

int LastLifecycle(const v1::HouseholdFilter& filter) {
  return filter.include_closed() ? v1::LifecycleState_MAX : v1::LIFECYCLE_STATE_OPEN;
}

}  // namespace

int64_t Micros(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

std::vector<Value> HouseholdRow(const v1::Household& h) {
  return {h.id(),
          h.division(),
          h.national_id().empty() ? Value() : Value(h.national_id()),
          h.kind(),
          h.monitoring().state(),
          h.monitoring().category(),
          BitsOf(h.monitoring().risks()),
          BitsOf(h.flags()),
          h.lifecycle().state(),
          ActiveMembers(h),
          Micros(h.update_time()),
          h.revision()};
}

int64_t VillageNumber(std::string_view code) {
  constexpr size_t kDigits = 12;
  int64_t number = 0;
  for (size_t i = 0; i < kDigits; ++i) {
    // The end of a range may hold ':', which is '9' + 1.
    number = number * 10 + (i < code.size() ? code[i] - '0' : 0);
  }
  return number;
}

bool TakesBySort(const v1::HouseholdFilter& filter) {
  return filter.risk_types().empty() && filter.flags().empty() && !filter.has_changed_since();
}

bool TakesAll(const v1::HouseholdFilter& filter) {
  return TakesBySort(filter) && filter.kinds().empty() && filter.states().empty() &&
         filter.categories().empty();
}

void AppendFilter(const v1::HouseholdFilter& filter, std::vector<Value>* args) {
  AppendKindsStatesCategories(filter, args);
  args->emplace_back(BitsOf(filter.risk_types()));
  args->emplace_back(BitsOf(filter.flags()));
  args->emplace_back(LastLifecycle(filter));
  // Times are stored in whole microseconds: from the next one on.
  const google::protobuf::Timestamp& since = filter.changed_since();
  args->emplace_back(filter.has_changed_since() ? Micros(since) + (since.nanos() % 1000 != 0) : 0);
}

void AppendSorts(const v1::HouseholdFilter& filter, std::vector<Value>* args) {
  AppendKindsStatesCategories(filter, args);
  args->emplace_back(LastLifecycle(filter));
}

}  // namespace fangpin::registry
