#ifndef FANGPIN_BASE_ID_H_
#define FANGPIN_BASE_ID_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace fangpin::base {

// A new id: the county's 6 digits, '-', a ULID (26 characters of Crockford base 32); 33 in all.
// `county` is a 6-digit county or any longer code that begins with it. Within a county ids sort by
// `now` (milliseconds), and within one millisecond by call order. Thread-safe.
std::string NewId(std::string_view county, absl::Time now);

// True for text of the shape that NewId makes.
bool IsId(std::string_view text);

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_ID_H_
