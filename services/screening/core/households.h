#ifndef FANGPIN_SCREENING_CORE_HOUSEHOLDS_H_
#define FANGPIN_SCREENING_CORE_HOUSEHOLDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "fangpin/policy/v1/vocabulary.pb.h"
#include "libs/base/call_context.h"
#include "services/screening/policy/alert_rules.h"

namespace fangpin::screening {

// A person on file, as a fingerprint finds them.
struct PersonMatch {
  std::string person_id;
  std::string household_id;
  std::string division;
  HouseholdKind household_kind = HouseholdKind::kUnknown;
};

// What determination needs of the household file.
struct HouseholdFile {
  std::string id;
  std::string division;
  HouseholdKind kind = HouseholdKind::kUnknown;
  bool monitored = false;                  // Monitored now, in whatever state; not once eliminated.
  std::optional<bool> safeguards_secured;  // False when one is not; absent when one is not known.
  std::optional<int64_t> net_income_fen;   // Of the household, a year.
  std::optional<int64_t> per_capita_net_fen;
  std::optional<int64_t> previous_per_capita_net_fen;
};

// 纳入 of a household, as decided.
struct Inclusion {
  std::string household_id;
  std::string case_id;  // Key of idempotency.
  std::string effective_on;
  policy::v1::MonitoredCategory category = policy::v1::MONITORED_CATEGORY_UNSPECIFIED;
  std::vector<policy::v1::Risk> risks;
};

// The registry as screening sees it. Thread-safe; calls block. UNAVAILABLE when it is not there.
class Households {
 public:
  static constexpr size_t kMaxMatch = 2000;

  virtual ~Households() = default;

  // One answer a fingerprint, up to kMaxMatch, in order; nullopt when nobody has it.
  virtual absl::StatusOr<std::vector<std::optional<PersonMatch>>> Match(
      const base::CallContext& ctx, absl::Span<const std::string> fingerprints) = 0;

  // NOT_FOUND HOUSEHOLD_NOT_FOUND.
  virtual absl::StatusOr<HouseholdFile> Get(const base::CallContext& ctx,
                                            std::string_view household_id) = 0;

  // Puts the household under monitoring; idempotent by case.
  virtual absl::Status Include(const base::CallContext& ctx, const Inclusion& inclusion) = 0;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_HOUSEHOLDS_H_
