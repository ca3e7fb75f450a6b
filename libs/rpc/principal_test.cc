#include "libs/rpc/principal.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/rpc/permission.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"

namespace fangpin::rpc {
namespace {

using ::testing::ElementsAre;
using testing::ErrorIs;
using testing::IsOk;
using testing::StatusIs;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

base::Principal Desk() {
  return {.subject = "desk-1",
          .roles = {"COUNTY_DESK", "DATA_COLLECTOR"},
          .divisions = {"621126000000", "621121000000"},
          .department = "MEDICAL_INSURANCE"};
}

std::shared_ptr<const RoleTable> Roles() {
  return std::make_shared<const RoleTable>(*RoleTable::Load("deploy/config/roles.textproto"));
}

std::string Read(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(TokenKeyTest, IsMadeOnceAndPrivate) {
  testing::TempDir dir;
  const std::string file = dir.path() + "/keys/token.key";
  const auto made = TokenKey::LoadOrCreate(file);
  ASSERT_THAT(made, IsOk());
  const auto read = TokenKey::LoadOrCreate(file);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(made->secret(), read->secret());
  EXPECT_EQ(made->id(), read->id());
  struct stat info;
  ASSERT_EQ(stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(TokenKeyTest, ProcessesThatStartTogetherAgree) {
  testing::TempDir dir;
  const std::string file = dir.path() + "/token.key";
  std::vector<std::string> secrets(8);
  std::vector<std::thread> threads;
  for (std::string& secret : secrets) {
    threads.emplace_back([&] { secret = TokenKey::LoadOrCreate(file)->secret(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(secrets, ::testing::Each(TokenKey::LoadOrCreate(file)->secret()));
}

TEST(TokenKeyTest, AFileThatOthersMayReadIsRefused) {
  testing::TempDir dir;
  const std::string file = dir.path() + "/token.key";
  ASSERT_THAT(TokenKey::LoadOrCreate(file), IsOk());
  ASSERT_EQ(chmod(file.c_str(), 0640), 0);
  EXPECT_THAT(TokenKey::LoadOrCreate(file),
              ErrorIs(absl::StatusCode::kFailedPrecondition, "TOKEN_KEY_EXPOSED"));
}

TEST(TokenKeyTest, AnyOtherFileIsRefusedAndStays) {
  testing::TempDir dir;
  const std::string file = dir.path() + "/token.key";
  for (const std::string& text :
       {std::string(), std::string("token a b\n"), "token a " + std::string(64, 'g') + "\n",
        "seal a " + std::string(64, 'a') + "\n"}) {
    std::ofstream(file) << text;
    chmod(file.c_str(), 0600);
    EXPECT_THAT(TokenKey::LoadOrCreate(file),
                ErrorIs(absl::StatusCode::kInvalidArgument, "TOKEN_KEY_INVALID"));
    EXPECT_EQ(Read(file), text);
  }
}

TEST(TokenTest, ClaimsSurviveTheRoundTrip) {
  const TokenKey key = TokenKey::Random();
  const auto token = MintToken(key, Desk(), kNow, absl::Hours(1));
  ASSERT_THAT(token, IsOk());
  const auto claims = VerifyToken(key, *token, kNow + absl::Minutes(59));
  ASSERT_THAT(claims, IsOk());
  EXPECT_EQ(claims->principal.subject, "desk-1");
  EXPECT_THAT(claims->principal.roles, ElementsAre("COUNTY_DESK", "DATA_COLLECTOR"));
  EXPECT_THAT(claims->principal.divisions, ElementsAre("621126000000", "621121000000"));
  EXPECT_EQ(claims->principal.department, "MEDICAL_INSURANCE");
  EXPECT_EQ(claims->issued, kNow);
  EXPECT_EQ(claims->expires, kNow + absl::Hours(1));
}

TEST(TokenTest, ExpiresToTheSecond) {
  const TokenKey key = TokenKey::Random();
  const auto token = MintToken(key, Desk(), kNow, absl::Hours(1));
  EXPECT_THAT(VerifyToken(key, *token, kNow + absl::Hours(1) - absl::Seconds(1)), IsOk());
  EXPECT_THAT(VerifyToken(key, *token, kNow + absl::Hours(1)),
              ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED"));
}

TEST(TokenTest, OneIssuedInTheFutureIsInvalid) {
  const TokenKey key = TokenKey::Random();
  const auto token = MintToken(key, Desk(), kNow + absl::Hours(1), absl::Hours(1));
  EXPECT_THAT(VerifyToken(key, *token, kNow),
              ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID"));
}

TEST(TokenTest, AnotherKeyIsInvalid) {
  const auto token = MintToken(TokenKey::Random(), Desk(), kNow, absl::Hours(1));
  EXPECT_THAT(VerifyToken(TokenKey::Random(), *token, kNow),
              ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID"));
}

// The header says "none" and the signature is empty: the classic forgery.
TEST(TokenTest, AnUnsignedTokenIsInvalid) {
  const TokenKey key = TokenKey::Random();
  const auto token = MintToken(key, Desk(), kNow, absl::Hours(1));
  const std::vector<std::string> parts = absl::StrSplit(*token, '.');
  const std::string header =
      absl::WebSafeBase64Escape(R"({"alg":"none","typ":"JWT","kid":")" + key.id() + "\"}");
  for (const std::string& forged :
       {header + "." + parts[1] + ".", header + "." + parts[1],
        header + "." + parts[1] + "." + parts[2], parts[0] + "." + parts[1] + "."}) {
    EXPECT_THAT(VerifyToken(key, forged, kNow),
                ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID"))
        << forged;
  }
}

TEST(TokenTest, NoChangedCharacterPasses) {
  const TokenKey key = TokenKey::Random();
  const auto token = MintToken(key, Desk(), kNow, absl::Hours(1));
  // The last character of base64 may hold bits that mean nothing.
  for (size_t i = 0; i + 1 < token->size(); ++i) {
    std::string changed = *token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(VerifyToken(key, changed, kNow), StatusIs(absl::StatusCode::kUnauthenticated)) << i;
  }
}

TEST(TokenTest, ADivisionThatIsNoneIsInvalid) {
  const TokenKey key = TokenKey::Random();
  base::Principal principal = Desk();
  principal.divisions = {"62"};
  const auto token = MintToken(key, principal, kNow, absl::Hours(1));
  EXPECT_THAT(VerifyToken(key, *token, kNow),
              ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID"));
}

TEST(AuthenticatorTest, AVerifiedTokenIsRememberedUntilItExpires) {
  const TokenKey key = TokenKey::Random();
  const Authenticator authenticator(key, Roles());
  const std::string value = "Bearer " + *MintToken(key, Desk(), kNow, absl::Hours(1));
  const auto first = authenticator.Authenticate(value, kNow);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ((*first)->principal.subject, "desk-1");
  EXPECT_TRUE((*first)->grants.Allow("registry.households.import"));
  EXPECT_EQ(*first, *authenticator.Authenticate(value, kNow))
      << "the same caller, not verified again";
  EXPECT_THAT(authenticator.Authenticate(value, kNow + absl::Hours(1)),
              ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED"));
}

TEST(AuthenticatorTest, TokensOfManyCallersAreKeptApart) {
  const TokenKey key = TokenKey::Random();
  const Authenticator authenticator(key, Roles());
  for (int i = 0; i < 100; ++i) {
    base::Principal principal = Desk();
    principal.subject = "desk-" + std::to_string(i);
    const auto caller = authenticator.Authenticate(
        "bearer " + *MintToken(key, principal, kNow, absl::Hours(1)), kNow);
    ASSERT_THAT(caller, IsOk());
    EXPECT_EQ((*caller)->principal.subject, principal.subject);
  }
}

TEST(AuthenticatorTest, ACertificateStandsForWhoTheConfigurationSays) {
  Authenticator authenticator(TokenKey::Random(), Roles());
  EXPECT_FALSE(authenticator.knows_certificates());
  authenticator.AddCertificate("yibao", {.subject = "yibao", .roles = {"DEPARTMENT_FEED"}});
  EXPECT_TRUE(authenticator.knows_certificates());
  EXPECT_EQ(authenticator.ByCertificate("other"), nullptr);
  ASSERT_NE(authenticator.ByCertificate("yibao"), nullptr);
  EXPECT_TRUE(authenticator.ByCertificate("yibao")->grants.Allow("screening.alerts.push"));
}

TEST(ServiceIdentityTest, TheTokenIsMadeAnewBeforeItExpires) {
  const TokenKey key = TokenKey::Random();
  const Authenticator authenticator(key, Roles());
  ServiceIdentity identity(key, "screening");
  const std::string first = *identity.Authorization(kNow);
  const auto caller = authenticator.Authenticate(first, kNow);
  ASSERT_THAT(caller, IsOk());
  EXPECT_EQ((*caller)->principal.subject, "service:screening");
  EXPECT_TRUE((*caller)->principal.MayAccess("621126100201"));
  EXPECT_TRUE((*caller)->grants.see_personal);
  EXPECT_EQ(*identity.Authorization(kNow + absl::Minutes(54)), first);
  const std::string second = *identity.Authorization(kNow + absl::Minutes(56));
  EXPECT_NE(second, first);
  EXPECT_THAT(authenticator.Authenticate(second, kNow + absl::Minutes(100)), IsOk());
}

}  // namespace
}  // namespace fangpin::rpc
