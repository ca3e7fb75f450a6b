#ifndef FANGPIN_TESTING_STATUS_MATCHERS_H_
#define FANGPIN_TESTING_STATUS_MATCHERS_H_

#include <ostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "libs/base/status.h"

namespace fangpin::testing {

namespace internal {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

template <typename Inner>
class OkAndHoldsMatcher {
 public:
  explicit OkAndHoldsMatcher(Inner inner) : inner_(std::move(inner)) {}

  // Matchers convert implicitly to the type that EXPECT_THAT asks for.
  // NOLINTBEGIN(google-explicit-constructor)
  template <typename T>
  operator ::testing::Matcher<const absl::StatusOr<T>&>() const {
    return ::testing::MakeMatcher(new Impl<T>(inner_));
  }
  template <typename T>
  operator ::testing::Matcher<absl::StatusOr<T>>() const {
    return ::testing::SafeMatcherCast<absl::StatusOr<T>>(
        ::testing::Matcher<const absl::StatusOr<T>&>(*this));
  }
  // NOLINTEND(google-explicit-constructor)

 private:
  template <typename T>
  class Impl : public ::testing::MatcherInterface<const absl::StatusOr<T>&> {
   public:
    explicit Impl(const Inner& inner) : inner_(::testing::SafeMatcherCast<const T&>(inner)) {}
    bool MatchAndExplain(const absl::StatusOr<T>& actual,
                         ::testing::MatchResultListener* listener) const override {
      if (!actual.ok()) {
        *listener << "whose status is " << actual.status();
        return false;
      }
      return inner_.MatchAndExplain(*actual, listener);
    }
    void DescribeTo(std::ostream* os) const override {
      *os << "is OK and its value ";
      inner_.DescribeTo(os);
    }

   private:
    const ::testing::Matcher<const T&> inner_;
  };

  const Inner inner_;
};

}  // namespace internal

// All of these take an absl::Status or an absl::StatusOr.

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  if (internal::GetStatus(arg).ok()) return true;
  *result_listener << "whose status is " << internal::GetStatus(arg);
  return false;
}

MATCHER_P(StatusIs, code, "has status code " + absl::StatusCodeToString(code)) {
  if (internal::GetStatus(arg).code() == code) return true;
  *result_listener << "whose status is " << internal::GetStatus(arg);
  return false;
}

// The code and the stable reason of its google.rpc.ErrorInfo.
MATCHER_P2(ErrorIs, code, reason,
           "is " + absl::StatusCodeToString(code) + " with reason " + std::string(reason)) {
  const absl::Status& status = internal::GetStatus(arg);
  if (status.code() == code && base::Reason(status) == reason) return true;
  *result_listener << "whose status is " << status << " with reason " << base::Reason(status);
  return false;
}

// An OK absl::StatusOr whose value matches `inner`.
template <typename Inner>
internal::OkAndHoldsMatcher<std::decay_t<Inner>> IsOkAndHolds(Inner&& inner) {
  return internal::OkAndHoldsMatcher<std::decay_t<Inner>>(std::forward<Inner>(inner));
}

}  // namespace fangpin::testing

#define FEXPECT_OK(expr) EXPECT_THAT((expr), ::fangpin::testing::IsOk())
#define FASSERT_OK(expr) ASSERT_THAT((expr), ::fangpin::testing::IsOk())

// Moves the value of an absl::StatusOr into `lhs`, which may be a declaration, or ends the test.
#define FASSERT_OK_AND_ASSIGN(lhs, ...) \
  FASSERT_OK_AND_ASSIGN_IMPL_(FANGPIN_STATUS_CONCAT_(fangpin_statusor_, __LINE__), lhs, __VA_ARGS__)

#define FASSERT_OK_AND_ASSIGN_IMPL_(statusor, lhs, ...) \
  auto statusor = (__VA_ARGS__);                        \
  FASSERT_OK(statusor);                                 \
  lhs = *std::move(statusor) /* NOLINT(bugprone-macro-parentheses) */

#endif  // FANGPIN_TESTING_STATUS_MATCHERS_H_
