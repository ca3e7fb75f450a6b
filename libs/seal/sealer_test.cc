#include "libs/seal/sealer.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "libs/base/error.h"

namespace fangpin::seal {
namespace {

const std::string kKeyA(64, 'a');
const std::string kKeyB(64, 'b');

Sealer MakeSealer(const std::string& text) {
  auto ring = KeyRing::Parse(text);
  EXPECT_TRUE(ring.ok()) << ring.status();
  return Sealer(*std::move(ring));
}

Sealer SealerA() {
  return MakeSealer("seal 0000000a " + kKeyA + "\nactive 0000000a\nfingerprint " + kKeyB);
}

constexpr std::string_view kPlace = "household/621126001001000001";

TEST(SealerTest, UnsealGivesBackWhatWasSealed) {
  const Sealer sealer = SealerA();
  for (const std::string& text : {std::string(), std::string("王小军"), std::string(600, 'x'),
                                  std::string("\0\xff\0", 3), std::string(3'000'000, '\x7f')}) {
    const auto sealed = sealer.Seal(text, kPlace);
    ASSERT_TRUE(sealed.ok()) << sealed.status();
    EXPECT_EQ(sealed->size(), text.size() + Sealer::kOverhead);
    const auto opened = sealer.Unseal(*sealed, kPlace);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(*opened, text);
  }
}

TEST(SealerTest, SealedRecordShowsNothingOfTheText) {
  const auto sealed = SealerA().Seal("王小军 13800001234", kPlace);
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(sealed->find("王"), std::string::npos);
  EXPECT_EQ(sealed->find("1380"), std::string::npos);
}

TEST(SealerTest, SameTextSealsDifferentlyEachTime) {
  const Sealer sealer = SealerA();
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(sealer.Seal("same", kPlace).value());
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(SealerTest, EveryChangedByteIsNoticed) {
  const Sealer sealer = SealerA();
  const std::string sealed = sealer.Seal("绝密", kPlace).value();
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const absl::Status status = sealer.Unseal(changed, kPlace).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    // Bytes 1 to 4 are the key id.
    EXPECT_EQ(base::Reason(status), i >= 1 && i <= 4 ? "SEAL_KEY_UNKNOWN" : "SEAL_TAMPERED") << i;
  }
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(base::Reason(sealer.Unseal(sealed.substr(0, size), kPlace).status()),
              "SEAL_TAMPERED");
  }
  EXPECT_TRUE(sealer.Unseal(sealed, kPlace).ok());
}

TEST(SealerTest, RecordMovedElsewhereDoesNotOpen) {
  const Sealer sealer = SealerA();
  const std::string sealed = sealer.Seal("x", "household/1").value();
  EXPECT_EQ(base::Reason(sealer.Unseal(sealed, "household/2").status()), "SEAL_TAMPERED");
  EXPECT_EQ(base::Reason(sealer.Unseal(sealed, "").status()), "SEAL_TAMPERED");
}

TEST(SealerTest, OldKeyOpensOldRecordsAfterRotation) {
  const Sealer before = SealerA();
  const Sealer after = MakeSealer("seal 0000000a " + kKeyA + "\nseal 0000000b " + kKeyB +
                                  "\nactive 0000000b\nfingerprint " + kKeyB);
  const std::string old_record = before.Seal("old", kPlace).value();
  const std::string new_record = after.Seal("new", kPlace).value();
  // Turn and turn about, so that a thread's context changes its key each time.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(after.Unseal(old_record, kPlace).value(), "old");
    EXPECT_EQ(after.Unseal(new_record, kPlace).value(), "new");
  }
  EXPECT_EQ(base::Reason(before.Unseal(new_record, kPlace).status()), "SEAL_KEY_UNKNOWN");
  EXPECT_EQ(before.Fingerprint("x"), after.Fingerprint("x"));
}

TEST(SealerTest, KeyOfTheSameIdButOtherBytesDoesNotOpen) {
  const Sealer other =
      MakeSealer("seal 0000000a " + kKeyB + "\nactive 0000000a\nfingerprint " + kKeyB);
  const Sealer sealer = SealerA();
  const std::string sealed = sealer.Seal("x", kPlace).value();
  EXPECT_TRUE(sealer.Unseal(sealed, kPlace).ok());
  EXPECT_EQ(base::Reason(other.Unseal(sealed, kPlace).status()), "SEAL_TAMPERED");
  EXPECT_TRUE(sealer.Unseal(sealed, kPlace).ok());
}

TEST(SealerTest, FingerprintIsTruncatedHmacSha256) {
  const Sealer sealer = SealerA();
  // printf %s TEXT | openssl dgst -sha256 -mac HMAC -macopt hexkey:bb…bb
  EXPECT_EQ(absl::BytesToHexString(sealer.Fingerprint("621126198501010017")),
            "8e3e3ed784ba9027a7c473c60f41ad91");
  EXPECT_EQ(sealer.Fingerprint("621126198501010017"), sealer.Fingerprint("621126198501010017"));
  EXPECT_NE(sealer.Fingerprint("621126198501010017"), sealer.Fingerprint("621126198501010018"));
  EXPECT_EQ(sealer.Fingerprint("").size(), Sealer::kFingerprintSize);
  const Sealer other =
      MakeSealer("seal 0000000a " + kKeyA + "\nactive 0000000a\nfingerprint " + kKeyA);
  EXPECT_NE(other.Fingerprint("x"), sealer.Fingerprint("x"));
}

TEST(SealerTest, ThreadsShareOneSealer) {
  const Sealer sealer = SealerA();
  std::vector<std::thread> threads;
  std::vector<int> failures(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const std::string place = "household/" + std::to_string(t);
      for (int i = 0; i < 500; ++i) {
        const std::string text = std::to_string(t * 1000 + i);
        const auto sealed = sealer.Seal(text, place);
        const auto opened = sealed.ok() ? sealer.Unseal(*sealed, place) : sealed;
        failures[t] += !opened.ok() || *opened != text;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, std::vector<int>(8));
}

}  // namespace
}  // namespace fangpin::seal
