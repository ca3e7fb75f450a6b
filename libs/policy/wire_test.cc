#include "libs/policy/wire.h"

#include "gtest/gtest.h"
#include "libs/testing/proto_matchers.h"

namespace fangpin::policy {
namespace {

TEST(WireTest, FindingsGoThereAndBack) {
  for (const Verdict verdict : {Verdict::kClear, Verdict::kHold, Verdict::kFactMissing}) {
    for (const Severity severity :
         {Severity::kBlock, Severity::kError, Severity::kWarning, Severity::kInformation}) {
      const Finding finding = {.rule = "HOLD_INCOME",
                               .document = "GSXZJ-2021-74",
                               .clause = "5/七个不消/2",
                               .verdict = verdict,
                               .severity = severity,
                               .message = "收入不稳定",
                               .facts = {{.name = "a", .label = "甲", .value = "1"},
                                         {.name = "b", .label = "乙", .missing = true}}};
      EXPECT_EQ(FromProto(ToProto(finding)), finding);
    }
  }
}

TEST(WireTest, TheMessageSaysWhatTheFindingSays) {
  const Finding finding = {.rule = "R",
                           .document = "D",
                           .clause = "1",
                           .verdict = Verdict::kFactMissing,
                           .severity = Severity::kWarning,
                           .message = "缺",
                           .facts = {{.name = "b", .label = "乙", .missing = true}}};
  EXPECT_THAT(ToProto(finding), testing::EqualsProto(R"pb(
                rule: "R"
                document: "D"
                clause: "1"
                verdict: VERDICT_FACT_MISSING
                severity: SEVERITY_WARNING
                message: "缺"
                facts { name: "b" label: "乙" missing: true }
              )pb"));
}

}  // namespace
}  // namespace fangpin::policy
