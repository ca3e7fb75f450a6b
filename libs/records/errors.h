#ifndef FANGPIN_RECORDS_ERRORS_H_
#define FANGPIN_RECORDS_ERRORS_H_

#include <string_view>

#include "absl/status/status.h"

namespace fangpin::records {

// The statuses that stores make; see records.h for which method makes which.
absl::Status EtagMismatch();
absl::Status RecordExists(std::string_view collection, std::string_view id);
absl::Status SlotTaken(std::string_view collection);
absl::Status RequestIdReused();

}  // namespace fangpin::records

#endif  // FANGPIN_RECORDS_ERRORS_H_
