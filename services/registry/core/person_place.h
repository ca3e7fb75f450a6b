#ifndef FANGPIN_REGISTRY_CORE_PERSON_PLACE_H_
#define FANGPIN_REGISTRY_CORE_PERSON_PLACE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/registry_service.pb.h"

namespace fangpin::registry {

namespace pb = ::fangpin::registry::v1;

// Where a person is, as plain numbers: a PersonMatch in 40 bytes.
struct PersonPlace {
  uint64_t household = 0;         // its id; 0 when nobody on file has the number
  uint64_t person_household = 0;  // the household in the person's id
  uint64_t division = 0;
  uint32_t person_serial = 0;
  uint8_t kind = 0;
  uint8_t state = 0;
  uint8_t category = 0;
  bool active = false;  // false: has left that household and is in no other

  friend bool operator==(const PersonPlace&, const PersonPlace&) = default;

  // DATA_LOSS for ids that are none.
  static absl::StatusOr<PersonPlace> Of(const pb::PersonMatch& match, bool active);

  std::string Division() const;  // 12 digits
  void Describe(pb::PersonMatch* match) const;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_PERSON_PLACE_H_
