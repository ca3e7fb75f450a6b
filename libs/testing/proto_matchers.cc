#include "libs/testing/proto_matchers.h"

#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"

namespace fangpin::testing::internal {

EqualsProtoMatcher::EqualsProtoMatcher(const google::protobuf::Message& expected) {
  google::protobuf::TextFormat::PrintToString(expected, &text_);
}

bool EqualsProtoMatcher::MatchAndExplain(const google::protobuf::Message& actual,
                                         ::testing::MatchResultListener* listener) const {
  const std::unique_ptr<google::protobuf::Message> expected(actual.New());
  if (!google::protobuf::TextFormat::ParseFromString(text_, expected.get())) {
    *listener << "but the expected text is no " << actual.GetTypeName();
    return false;
  }
  std::string differences;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&differences);
  if (differencer.Compare(*expected, actual)) return true;
  *listener << "with differences (expected -> actual):\n" << differences;
  return false;
}

}  // namespace fangpin::testing::internal
