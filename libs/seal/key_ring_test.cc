#include "libs/seal/key_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "libs/base/error.h"

namespace fangpin::seal {
namespace {

using ::testing::Each;

const std::string kHex64(64, 'a');
const std::string kOtherHex64(64, 'B');

class KeyRingTest : public ::testing::Test {
 protected:
  KeyRingTest() : folder_(::testing::TempDir() + "/key_ring." + std::to_string(getpid())) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~KeyRingTest() override { std::filesystem::remove_all(folder_); }

  std::string Path() const { return folder_ + "/keys"; }
  mode_t Mode() const {
    struct stat info;
    EXPECT_EQ(stat(Path().c_str(), &info), 0);
    return info.st_mode & 0777;
  }

  const std::string folder_;
};

bool SameKey(const Key& a, const Key& b) {
  return std::memcmp(a.data(), b.data(), Key::kSize) == 0;
}

TEST_F(KeyRingTest, AbsentFileIsCreatedPrivateAndReadBack) {
  const auto created = KeyRing::LoadOrCreate(Path());
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(Mode(), 0600);
  const auto loaded = KeyRing::LoadOrCreate(Path());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->active_id(), created->active_id());
  EXPECT_TRUE(SameKey(loaded->active(), created->active()));
  EXPECT_TRUE(SameKey(loaded->fingerprint(), created->fingerprint()));
  EXPECT_FALSE(SameKey(created->active(), created->fingerprint()));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(KeyRingTest, TwoInstallationsHaveDifferentKeys) {
  const auto a = KeyRing::LoadOrCreate(Path());
  const auto b = KeyRing::LoadOrCreate(Path() + "2");
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_FALSE(SameKey(a->active(), b->active()));
  EXPECT_FALSE(SameKey(a->fingerprint(), b->fingerprint()));
}

TEST_F(KeyRingTest, ProcessesStartingAtOnceAgree) {
  std::vector<uint32_t> ids(8);
  std::vector<std::thread> threads;
  for (uint32_t& id : ids) {
    threads.emplace_back([&] {
      const auto ring = KeyRing::LoadOrCreate(Path());
      if (ring.ok()) id = ring->active_id();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(ids, Each(ids[0]));
}

TEST_F(KeyRingTest, FileThatOthersMayReadIsRefused) {
  ASSERT_TRUE(KeyRing::LoadOrCreate(Path()).ok());
  for (const mode_t mode : {0640, 0604, 0620, 0601}) {
    ASSERT_EQ(chmod(Path().c_str(), mode), 0);
    const absl::Status status = KeyRing::LoadOrCreate(Path()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(base::Reason(status), "KEY_FILE_EXPOSED") << std::oct << mode;
  }
}

TEST_F(KeyRingTest, FolderThatIsMissingIsUnreadable) {
  const absl::Status status = KeyRing::LoadOrCreate(folder_ + "/absent/keys").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::Reason(status), "KEY_FILE_UNREADABLE");
}

TEST_F(KeyRingTest, HoldsSeveralKeysOneOfThemActive) {
  const auto ring =
      KeyRing::Parse("# two keys\nseal 00000001 " + kHex64 + "\n\tseal 0000000F  " + kOtherHex64 +
                     " # old\r\n\nactive 0000000f\nfingerprint " + kHex64);
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_EQ(ring->active_id(), 15u);
  EXPECT_EQ(ring->active().data()[0], 0xBB);
  ASSERT_NE(ring->Find(1), nullptr);
  EXPECT_EQ(ring->Find(1)->data()[31], 0xAA);
  EXPECT_EQ(ring->Find(2), nullptr);
}

TEST_F(KeyRingTest, WhatIsNoRingIsRefused) {
  const std::string seal = "seal 00000001 " + kHex64 + "\n";
  const std::string rest = "active 00000001\nfingerprint " + kHex64 + "\n";
  ASSERT_TRUE(KeyRing::Parse(seal + rest).ok());
  for (const std::string& text : {
           std::string(),
           seal,
           rest,
           seal + "active 00000001\n",
           seal + "fingerprint " + kHex64,
           seal + seal + rest,
           seal + rest + "active 00000001\n",
           seal + rest + "fingerprint " + kHex64,
           seal + "active 00000002\nfingerprint " + kHex64,
           "seal 1 " + kHex64 + "\n" + rest,
           "seal 00000001 " + kHex64 + "a\n" + rest,
           "seal 0000000g " + kHex64 + "\n" + rest,
           "seal 00000001 " + std::string(64, 'x') + rest,
           seal + rest + "surprise\n",
           seal + rest + std::string("\0", 1),
       }) {
    const absl::Status status = KeyRing::Parse(text).status();
    EXPECT_EQ(base::Reason(status), "KEY_FILE_INVALID") << text;
  }
}

TEST_F(KeyRingTest, HugeFileIsRefused) {
  std::ofstream(Path()) << std::string(100'000, '\n');
  ASSERT_EQ(chmod(Path().c_str(), 0600), 0);
  EXPECT_EQ(base::Reason(KeyRing::LoadOrCreate(Path()).status()), "KEY_FILE_INVALID");
}

}  // namespace
}  // namespace fangpin::seal
