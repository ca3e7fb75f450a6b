#ifndef FANGPIN_SQL_VALUE_H_
#define FANGPIN_SQL_VALUE_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace fangpin::sql {

// Bytes of any kind, NULs included.
struct Blob {
  std::string bytes;

  friend bool operator==(const Blob&, const Blob&) = default;
};

// Whatever converts to a 64-bit integer without loss of meaning: integers, bool (0 or 1), enums.
template <typename T>
concept IntegerLike = std::integral<T> || std::is_enum_v<T>;

// A parameter: null, integer, text or bytes. Text must be UTF-8 without NUL on both engines;
// anything else is refused with INVALID_ARGUMENT, SQL_TEXT_INVALID.
class Value {
 public:
  Value() = default;
  // Implicit, so that parameters are written as plain arguments.
  Value(std::nullptr_t) {}  // NOLINT(google-explicit-constructor)
  Value(std::nullopt_t) {}  // NOLINT(google-explicit-constructor)
  template <IntegerLike T>
  Value(T value) : data_(static_cast<int64_t>(value)) {}  // NOLINT(google-explicit-constructor)
  Value(std::string value) : data_(std::move(value)) {}   // NOLINT(google-explicit-constructor)
  Value(std::string_view value)
      : data_(std::string(value)) {}                       // NOLINT(google-explicit-constructor)
  Value(const char* value) : data_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Value(Blob value) : data_(std::move(value)) {}           // NOLINT(google-explicit-constructor)
  template <typename T>
  Value(std::optional<T> value) {  // NOLINT(google-explicit-constructor)
    if (value.has_value()) *this = Value(*std::move(value));
  }

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  // Each returns null when the value is of another kind.
  const int64_t* integer() const { return std::get_if<int64_t>(&data_); }
  const std::string* text() const { return std::get_if<std::string>(&data_); }
  const std::string* blob() const {
    const Blob* blob = std::get_if<Blob>(&data_);
    return blob == nullptr ? nullptr : &blob->bytes;
  }

  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<std::monostate, int64_t, std::string, Blob> data_;
};

// One row of a result. Columns count from 0. A row handed to a callback views memory of the engine
// and is valid during the call; Keep() makes one that owns its bytes. Asking for a column that is
// not there, or as another kind than it is, is a bug in the caller and ends the process.
class Row {
 public:
  struct Cell {
    enum class Kind : uint8_t { kNull, kInteger, kText, kBlob };
    Kind kind = Kind::kNull;
    int64_t integer = 0;
    std::string_view bytes;  // of kText and kBlob
  };

  Row() = default;
  Row(Row&&) = default;
  Row& operator=(Row&&) = default;

  int size() const { return static_cast<int>(cells_.size()); }
  bool IsNull(int column) const { return At(column).kind == Cell::Kind::kNull; }
  // 0 and "" for null: where null has a meaning of its own, use the Optional form.
  int64_t Int(int column) const;
  std::string_view Text(int column) const;
  std::string_view Bytes(int column) const;
  std::optional<int64_t> OptionalInt(int column) const;
  std::optional<std::string_view> OptionalText(int column) const;
  std::optional<std::string_view> OptionalBytes(int column) const;

  // Returns the same row with bytes of its own.
  Row Keep() const;

  // For the engines: the cells of the current row, refilled for each one.
  std::vector<Cell>& cells() { return cells_; }
  const std::vector<Cell>& cells() const { return cells_; }

 private:
  const Cell& At(int column) const;
  const Cell& At(int column, Cell::Kind kind) const;

  std::vector<Cell> cells_;
  std::unique_ptr<char[]> bytes_;
};

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_VALUE_H_
