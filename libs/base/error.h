#ifndef FANGPIN_BASE_ERROR_H_
#define FANGPIN_BASE_ERROR_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace fangpin::base {

// One wrong cell of an import or one rejected record of a batch. Holds no personal data.
struct FieldError {
  int row = 0;          // Row in the sheet or index in the batch, as the sender counts it.
  std::string field;    // Column header or field path.
  std::string reason;   // Stable reason code, UPPER_SNAKE_CASE.
  std::string message;  // For people, in Chinese.

  friend bool operator==(const FieldError&, const FieldError&) = default;
};

// Makes an absl::Status with google.rpc payloads. ErrorInfo.domain is left to the service that
// answers with it. Converts to absl::Status (and so to any absl::StatusOr) where it is returned:
//
//   return base::Error(absl::StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND", "农户不存在")
//       .WithResource("household", id);
//
// Metadata, subjects and descriptions hold no name, identity number or phone number.
class ErrorBuilder {
 public:
  ErrorBuilder(absl::StatusCode code, std::string_view reason, std::string_view message);

  // Adds to ErrorInfo.metadata; the last value of a key wins.
  ErrorBuilder& WithMetadata(std::string_view key, std::string_view value) &;
  ErrorBuilder&& WithMetadata(std::string_view key, std::string_view value) &&;
  // Adds a BadRequest violation, in call order.
  ErrorBuilder& WithFieldViolation(std::string_view field, std::string_view reason,
                                   std::string_view description) &;
  ErrorBuilder&& WithFieldViolation(std::string_view field, std::string_view reason,
                                    std::string_view description) &&;
  // Adds a PreconditionFailure violation, in call order.
  ErrorBuilder& WithPrecondition(std::string_view type, std::string_view subject,
                                 std::string_view description) &;
  ErrorBuilder&& WithPrecondition(std::string_view type, std::string_view subject,
                                  std::string_view description) &&;
  // Sets ResourceInfo.
  ErrorBuilder& WithResource(std::string_view type, std::string_view name) &;
  ErrorBuilder&& WithResource(std::string_view type, std::string_view name) &&;

  absl::Status Build() const;
  operator absl::Status() const { return Build(); }  // NOLINT(google-explicit-constructor)

 private:
  struct FieldViolation {
    std::string field, reason, description;
  };
  struct Precondition {
    std::string type, subject, description;
  };

  absl::StatusCode code_;
  std::string reason_;
  std::string message_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  std::vector<FieldViolation> field_violations_;
  std::vector<Precondition> preconditions_;
  std::pair<std::string, std::string> resource_;
};

// Starts an error. `reason` is a stable UPPER_SNAKE_CASE code, `message` is Chinese text for
// people.
inline ErrorBuilder Error(absl::StatusCode code, std::string_view reason,
                          std::string_view message) {
  return ErrorBuilder(code, reason, message);
}

// INVALID_ARGUMENT about one field, with the matching BadRequest violation.
inline ErrorBuilder InvalidField(std::string_view field, std::string_view reason,
                                 std::string_view message) {
  return ErrorBuilder(absl::StatusCode::kInvalidArgument, reason, message)
      .WithFieldViolation(field, reason, message);
}

// The ErrorInfo reason; empty for an OK status and for one without ErrorInfo.
std::string Reason(const absl::Status& status);

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_ERROR_H_
