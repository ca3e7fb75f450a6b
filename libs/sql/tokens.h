#ifndef FANGPIN_SQL_TOKENS_H_
#define FANGPIN_SQL_TOKENS_H_

#include <string>
#include <string_view>

#include "libs/sql/database.h"

namespace fangpin::sql {

// Returns text with {{for_update}}, {{key}} and {{blob}} replaced by what the engine says for them.
// Anything else stays as it is.
std::string ExpandTokens(std::string_view text, Engine engine);

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_TOKENS_H_
