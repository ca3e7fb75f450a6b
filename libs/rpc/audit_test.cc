#include "libs/rpc/audit.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"
#include "nlohmann/json.hpp"

namespace fangpin::rpc {
namespace {

using testing::ErrorIs;
using testing::IsOk;

AuditEntry Entry(std::string_view subject, bool write = true) {
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  return {.time = now,
          .business_time = now,
          .subject = subject,
          .method = "fangpin.registry.v1.RegistryService/GetHousehold",
          .request_id = "r-1",
          .ids = {"621126100201000123"},
          .outcome = "OK",
          .write = write};
}

std::string Read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Write(const std::string& file, const std::string& text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

class AuditTest : public ::testing::Test {
 protected:
  // Appends this many lines in one opening of the file.
  void Append(int lines) {
    auto sink = OpenAuditFile(file_);
    ASSERT_THAT(sink, IsOk());
    for (int i = 0; i < lines; ++i) ASSERT_THAT((*sink)->Append(Entry("desk-1")), IsOk());
  }
  testing::TempDir dir_;
  const std::string file_ = dir_.path() + "/audit/registry.jsonl";
};

TEST_F(AuditTest, LinesAreJsonAndTheChainVerifies) {
  {
    auto sink = OpenAuditFile(file_);
    ASSERT_THAT(sink, IsOk());
    AuditEntry entry = Entry("desk \"1\"\n");
    entry.on_behalf_of = "cadre-1";
    entry.division = "621126000000";
    entry.outcome = "PermissionDenied";
    entry.reason = "SCOPE_DENIED";
    entry.business_time += absl::Hours(24);
    ASSERT_THAT((*sink)->Append(entry), IsOk());
  }
  const auto json = nlohmann::json::parse(Read(file_));
  EXPECT_EQ(json["seq"], 1);
  EXPECT_EQ(json["subject"], "desk \"1\"\n");
  EXPECT_EQ(json["on_behalf_of"], "cadre-1");
  EXPECT_EQ(json["method"], "fangpin.registry.v1.RegistryService/GetHousehold");
  EXPECT_EQ(json["request_id"], "r-1");
  EXPECT_EQ(json["division"], "621126000000");
  EXPECT_EQ(json["ids"][0], "621126100201000123");
  EXPECT_EQ(json["outcome"], "PermissionDenied");
  EXPECT_EQ(json["reason"], "SCOPE_DENIED");
  EXPECT_NE(json["time"], json["business_time"]);
  const auto summary = VerifyAuditFile(file_);
  ASSERT_THAT(summary, IsOk());
  EXPECT_EQ(summary->lines, 1);
  EXPECT_EQ(summary->head, json["hash"]);
  struct stat info;
  ASSERT_EQ(stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(AuditTest, TheChainGoesOnAfterARestart) {
  Append(3);
  Append(2);
  const auto summary = VerifyAuditFile(file_);
  ASSERT_THAT(summary, IsOk());
  EXPECT_EQ(summary->lines, 5);
}

TEST_F(AuditTest, AWriteIsInTheFileWhenAppendReturns) {
  auto sink = OpenAuditFile(file_);
  ASSERT_THAT(sink, IsOk());
  ASSERT_THAT((*sink)->Append(Entry("desk-1", /*write=*/false)), IsOk());
  ASSERT_THAT((*sink)->Append(Entry("desk-2", /*write=*/true)), IsOk());
  EXPECT_EQ(VerifyAuditFile(file_)->lines, 2);
}

TEST_F(AuditTest, AReadIsInTheFileAfterFlush) {
  auto sink = OpenAuditFile(file_);
  ASSERT_THAT(sink, IsOk());
  ASSERT_THAT((*sink)->Append(Entry("desk-1", /*write=*/false)), IsOk());
  ASSERT_THAT((*sink)->Flush(), IsOk());
  EXPECT_EQ(VerifyAuditFile(file_)->lines, 1);
}

TEST_F(AuditTest, ManyThreadsMakeOneChain) {
  {
    auto sink = OpenAuditFile(file_);
    ASSERT_THAT(sink, IsOk());
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 200; ++i) {
          ASSERT_THAT((*sink)->Append(Entry("desk-1", (i + t) % 5 == 0)), IsOk());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(VerifyAuditFile(file_)->lines, 1600);
}

TEST_F(AuditTest, EveryManipulationShows) {
  Append(4);
  const std::string whole = Read(file_);
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < whole.size();) {
    const size_t end = whole.find('\n', begin) + 1;
    lines.push_back(whole.substr(begin, end - begin));
    begin = end;
  }
  ASSERT_EQ(lines.size(), 4u);
  std::string changed = whole;
  changed.replace(changed.find("desk-1", lines[0].size()), 6, "desk-2");
  std::string hash_changed = whole;
  hash_changed[lines[0].size() - 10] = hash_changed[lines[0].size() - 10] == '0' ? '1' : '0';
  for (const std::string& text :
       {changed, hash_changed, lines[0] + lines[2] + lines[3], lines[1] + lines[2] + lines[3],
        lines[0] + lines[2] + lines[1] + lines[3], lines[0] + lines[1] + lines[1] + lines[2],
        whole + "{}\n", whole + "\n"}) {
    Write(file_, text);
    EXPECT_THAT(VerifyAuditFile(file_), ErrorIs(absl::StatusCode::kDataLoss, "AUDIT_CHAIN_BROKEN"));
  }
}

TEST_F(AuditTest, ALineTornByACrashIsCutOff) {
  Append(2);
  const std::string whole = Read(file_);
  Write(file_, whole + whole.substr(0, 100));
  Append(1);
  EXPECT_EQ(VerifyAuditFile(file_)->lines, 3);
}

TEST_F(AuditTest, AChangedLastLineIsNotContinued) {
  Append(2);
  std::string text = Read(file_);
  text.replace(text.rfind("desk-1"), 6, "desk-2");
  Write(file_, text);
  EXPECT_THAT(OpenAuditFile(file_), ErrorIs(absl::StatusCode::kDataLoss, "AUDIT_CHAIN_BROKEN"));
  EXPECT_EQ(Read(file_), text);
}

TEST_F(AuditTest, ASecondWriterIsRefused) {
  auto first = OpenAuditFile(file_);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(OpenAuditFile(file_),
              ErrorIs(absl::StatusCode::kFailedPrecondition, "AUDIT_FILE_LOCKED"));
}

TEST_F(AuditTest, AFullDiskShowsAsUnhealthy) {
  auto sink = OpenAuditFile("/dev/full");
  ASSERT_THAT(sink, IsOk());
  EXPECT_TRUE((*sink)->Healthy());
  EXPECT_THAT((*sink)->Append(Entry("desk-1")),
              ErrorIs(absl::StatusCode::kUnavailable, "AUDIT_UNAVAILABLE"));
  EXPECT_FALSE((*sink)->Healthy());
}

TEST_F(AuditTest, NoFileIsNotFound) {
  EXPECT_THAT(VerifyAuditFile(file_), ErrorIs(absl::StatusCode::kNotFound, "AUDIT_FILE_NOT_FOUND"));
}

}  // namespace
}  // namespace fangpin::rpc
