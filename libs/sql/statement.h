#ifndef FANGPIN_SQL_STATEMENT_H_
#define FANGPIN_SQL_STATEMENT_H_

#include <string_view>

namespace fangpin::sql {

// One named SQL statement, written once for both engines: parameters are $1..$n, differences are
// the tokens {{for_update}}, {{key}} and {{blob}}. The name labels metrics and errors. Made from
// queries.sql by tools/embed_sql.py; text must live as long as the process.
struct Statement {
  std::string_view name;
  std::string_view text;
};

// One forward-only step of a schema: a script of statements with the same tokens and without
// parameters. Never edited after release; its checksum is recorded.
struct Migration {
  int version;
  std::string_view name;
  std::string_view text;
};

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_STATEMENT_H_
