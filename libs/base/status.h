#ifndef FANGPIN_BASE_STATUS_H_
#define FANGPIN_BASE_STATUS_H_

#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function with the status of `expr` unless it is OK.
#define FANGPIN_RETURN_IF_ERROR(expr)                                                     \
  do {                                                                                    \
    if (absl::Status fangpin_status = (expr); ABSL_PREDICT_FALSE(!fangpin_status.ok())) { \
      return fangpin_status;                                                              \
    }                                                                                     \
  } while (false)

// Evaluates `expr`, an absl::StatusOr<T>: on error returns its status from the enclosing function,
// else moves the value into `lhs`, which may be a declaration: FANGPIN_ASSIGN_OR_RETURN(auto x,
// F()).
#define FANGPIN_ASSIGN_OR_RETURN(lhs, ...)                                                 \
  FANGPIN_ASSIGN_OR_RETURN_IMPL_(FANGPIN_STATUS_CONCAT_(fangpin_statusor_, __LINE__), lhs, \
                                 __VA_ARGS__)

#define FANGPIN_STATUS_CONCAT_INNER_(x, y) x##y
#define FANGPIN_STATUS_CONCAT_(x, y) FANGPIN_STATUS_CONCAT_INNER_(x, y)

// `lhs` may be a declaration, so it cannot stand in parentheses.
#define FANGPIN_ASSIGN_OR_RETURN_IMPL_(statusor, lhs, ...) \
  auto statusor = (__VA_ARGS__);                           \
  if (ABSL_PREDICT_FALSE(!statusor.ok())) {                \
    return std::move(statusor).status();                   \
  }                                                        \
  lhs = *std::move(statusor) /* NOLINT(bugprone-macro-parentheses) */

#endif  // FANGPIN_BASE_STATUS_H_
