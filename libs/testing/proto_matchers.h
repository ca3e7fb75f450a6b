#ifndef FANGPIN_TESTING_PROTO_MATCHERS_H_
#define FANGPIN_TESTING_PROTO_MATCHERS_H_

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "google/protobuf/message.h"

namespace fangpin::testing {

namespace internal {

class EqualsProtoMatcher {
 public:
  explicit EqualsProtoMatcher(std::string_view text) : text_(text) {}
  explicit EqualsProtoMatcher(const google::protobuf::Message& expected);

  bool MatchAndExplain(const google::protobuf::Message& actual,
                       ::testing::MatchResultListener* listener) const;
  void DescribeTo(std::ostream* os) const { *os << "equals proto {" << text_ << "}"; }
  void DescribeNegationTo(std::ostream* os) const { *os << "differs from {" << text_ << "}"; }

 private:
  std::string text_;
};

}  // namespace internal

// Matches a message equal to the textproto (of the same type) or to the message; explains the
// differences.
inline auto EqualsProto(std::string_view text) {
  return ::testing::MakePolymorphicMatcher(internal::EqualsProtoMatcher(text));
}
inline auto EqualsProto(const google::protobuf::Message& expected) {
  return ::testing::MakePolymorphicMatcher(internal::EqualsProtoMatcher(expected));
}

}  // namespace fangpin::testing

#endif  // FANGPIN_TESTING_PROTO_MATCHERS_H_
