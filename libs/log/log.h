#ifndef FANGPIN_LOG_LOG_H_
#define FANGPIN_LOG_LOG_H_

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"

// JSON lines, one per event: {"ts","level","service","msg","request_id","fields":{…}}. The process
// has one log, set up by Init; before that, lines of level info and above go to stderr.
//
// No personal data: a field is a scalar, never a message or a record, and what looks like an
// identity number or a mobile number inside any text is masked on the way out.
namespace fangpin::log {

enum class Level { kDebug, kInfo, kWarning, kError };

// One named value. Names are snake_case; "request_id" is lifted to the top of the line.
class Field {
 public:
  using Value = std::variant<int64_t, uint64_t, double, bool, std::string_view>;

  Field(std::string_view key, bool value) : key_(key), value_(value) {}
  template <std::signed_integral T>
  Field(std::string_view key, T value) : key_(key), value_(static_cast<int64_t>(value)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Field(std::string_view key, T value)
      : key_(key), value_(static_cast<uint64_t>(value)) {}
  template <std::floating_point T>
  Field(std::string_view key, T value) : key_(key), value_(static_cast<double>(value)) {}
  // The text must outlive the call that logs it.
  Field(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  Field(std::string_view key, const char* value) : key_(key), value_(std::string_view(value)) {}
  Field(std::string_view key, const std::string& value)
      : key_(key), value_(std::string_view(value)) {}

  std::string_view key() const { return key_; }
  const Value& value() const { return value_; }

 private:
  std::string_view key_;
  Value value_;
};

using Fields = std::initializer_list<Field>;

struct Options {
  Level level = Level::kInfo;
  std::string file;     // appended to; empty means stderr
  std::string service;  // on every line when not empty
};

// Sets up the log of the process. UNAVAILABLE when the file cannot be opened; the log stays as it
// was then. May be called again; not concurrently with itself.
absl::Status Init(const Options& options);

// Whether a line of this level would be written: lets callers skip costly preparation.
bool Enabled(Level level);

// Writes one line. Safe from any thread; never throws, never fails the caller.
void Write(Level level, std::string_view message, Fields fields = {});

inline void Debug(std::string_view message, Fields fields = {}) {
  if (Enabled(Level::kDebug)) Write(Level::kDebug, message, fields);
}
inline void Info(std::string_view message, Fields fields = {}) {
  Write(Level::kInfo, message, fields);
}
inline void Warning(std::string_view message, Fields fields = {}) {
  Write(Level::kWarning, message, fields);
}
inline void Error(std::string_view message, Fields fields = {}) {
  Write(Level::kError, message, fields);
}

// Waits until everything written so far has left the process.
void Flush();

// The line without its end, as Write makes it: for tests and for other sinks.
std::string FormatLine(Level level, std::string_view service, std::string_view timestamp,
                       std::string_view message, Fields fields);

}  // namespace fangpin::log

#endif  // FANGPIN_LOG_LOG_H_
