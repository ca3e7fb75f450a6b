#include "libs/sql/tokens.h"

#include "absl/strings/str_replace.h"
#include "libs/base/strings.h"

namespace fangpin::sql {

std::string ExpandTokens(std::string_view text, Engine engine) {
  const bool postgres = engine == Engine::kPostgres;
  return absl::StrReplaceAll(base::ToAbsl(text),
                             {// SQLite's BEGIN IMMEDIATE holds the one write lock already.
                              {"{{for_update}}", postgres ? "FOR UPDATE" : ""},
                              // SQLite compares bytes unless told otherwise.
                              {"{{key}}", postgres ? "TEXT COLLATE \"C\"" : "TEXT"},
                              {"{{blob}}", postgres ? "BYTEA" : "BLOB"}});
}

}  // namespace fangpin::sql
