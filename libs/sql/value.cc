#include "libs/sql/value.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace fangpin::sql {
namespace {

const char* KindName(Row::Cell::Kind kind) {
  switch (kind) {
    case Row::Cell::Kind::kNull:
      return "null";
    case Row::Cell::Kind::kInteger:
      return "integer";
    case Row::Cell::Kind::kText:
      return "text";
    case Row::Cell::Kind::kBlob:
      return "blob";
  }
  return "?";
}

}  // namespace

const Row::Cell& Row::At(int column) const {
  if (column < 0 || column >= size()) {
    std::fprintf(stderr, "sql::Row: column %d of %d\n", column, size());
    std::abort();
  }
  return cells_[column];
}

const Row::Cell& Row::At(int column, Cell::Kind kind) const {
  const Cell& cell = At(column);
  if (cell.kind != kind && cell.kind != Cell::Kind::kNull) {
    std::fprintf(stderr, "sql::Row: column %d is %s, asked for as %s\n", column,
                 KindName(cell.kind), KindName(kind));
    std::abort();
  }
  return cell;
}

int64_t Row::Int(int column) const { return At(column, Cell::Kind::kInteger).integer; }

std::string_view Row::Text(int column) const { return At(column, Cell::Kind::kText).bytes; }

std::string_view Row::Bytes(int column) const { return At(column, Cell::Kind::kBlob).bytes; }

std::optional<int64_t> Row::OptionalInt(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Int(column);
}

std::optional<std::string_view> Row::OptionalText(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Text(column);
}

std::optional<std::string_view> Row::OptionalBytes(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Bytes(column);
}

Row Row::Keep() const {
  size_t total = 0;
  for (const Cell& cell : cells_) total += cell.bytes.size();
  Row row;
  row.cells_ = cells_;
  row.bytes_ = std::make_unique<char[]>(total);
  char* out = row.bytes_.get();
  for (Cell& cell : row.cells_) {
    std::copy(cell.bytes.begin(), cell.bytes.end(), out);
    cell.bytes = std::string_view(out, cell.bytes.size());
    out += cell.bytes.size();
  }
  return row;
}

}  // namespace fangpin::sql
