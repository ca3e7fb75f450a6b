#ifndef FANGPIN_BASE_UTC_TEXT_H_
#define FANGPIN_BASE_UTC_TEXT_H_

#include <string>

#include "absl/time/time.h"

namespace fangpin::base {

// Appends "2024-06-10T01:02:03.000004Z". A thread that writes many instants of one second formats
// it once.
void AppendUtcText(absl::Time time, std::string* out);

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_UTC_TEXT_H_
