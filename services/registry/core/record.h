#ifndef FANGPIN_REGISTRY_CORE_RECORD_H_
#define FANGPIN_REGISTRY_CORE_RECORD_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/household.pb.h"

namespace fangpin::registry {

namespace pb = ::fangpin::registry::v1;

// A household as it is stored, with what has to be known of it to answer with its bytes.
struct HouseholdRecord {
  std::string id;
  std::string division;
  std::string national_id;  // empty when it has none
  // The household as a GetHouseholdResponse. Several, one after the other, are a
  // BatchGetHouseholdsResponse.
  std::string answer;

  // Bytes of memory that it takes.
  size_t size() const {
    return sizeof(*this) + id.capacity() + division.capacity() + national_id.capacity() +
           answer.capacity();
  }
  // DATA_LOSS when the bytes are no household.
  absl::StatusOr<pb::Household> Parse() const;
};
using RecordPtr = std::shared_ptr<const HouseholdRecord>;

// `household`: the serialised message.
RecordPtr MakeRecord(std::string_view id, std::string_view division, std::string_view national_id,
                     std::string_view household);
RecordPtr MakeRecord(const pb::Household& household);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_RECORD_H_
