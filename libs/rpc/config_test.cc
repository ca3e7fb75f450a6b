#include "libs/rpc/config.h"

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/rpc/server.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"

namespace fangpin::rpc {
namespace {

using ::testing::ElementsAre;
using testing::ErrorIs;
using ::testing::HasSubstr;
using testing::IsOk;

class ConfigTest : public ::testing::Test {
 protected:
  absl::StatusOr<config::v1::Config> Load(const std::string& text, const std::string& var = "") {
    const std::string file = dir_.File("config.textproto");
    std::ofstream(file) << text;
    return LoadConfig(file, var);
  }
  testing::TempDir dir_;
};

TEST_F(ConfigTest, WithoutAFileEverythingHasADefault) {
  const auto config = LoadConfig("", "");
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->listen(), ElementsAre("127.0.0.1:7100"));
  EXPECT_EQ(config->metrics_listen(), "127.0.0.1:9100");
  EXPECT_EQ(config->var_dir(), "var");
  EXPECT_EQ(config->token_key_file(), "var/keys/token.key");
  EXPECT_EQ(config->seal_key_file(), "var/keys/seal.key");
  EXPECT_EQ(config->policy_dir(), "deploy/policy");
  EXPECT_EQ(config->roles_file(), "deploy/config/roles.textproto");
  EXPECT_EQ(config->log().level(), "info");
  EXPECT_FALSE(config->simulated_time());
  EXPECT_EQ(config->limits().receive_bytes(), 16 << 20);
}

TEST_F(ConfigTest, TheFlagForTheFolderWins) {
  const auto config = Load(R"(var_dir: "a")", "/tmp/b");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->var_dir(), "/tmp/b");
  EXPECT_EQ(config->token_key_file(), "/tmp/b/keys/token.key");
}

TEST_F(ConfigTest, AnUnknownFieldIsRefusedWithItsPlace) {
  const auto config = Load("var_dir: \"a\"\nvar_dri: \"b\"\n");
  ASSERT_THAT(config, ErrorIs(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID"));
  EXPECT_THAT(base::GetErrorInfo(config.status())->metadata().at("error"), HasSubstr("2:"));
}

TEST_F(ConfigTest, AMissingFileIsNotFound) {
  EXPECT_THAT(LoadConfig(dir_.File("none"), ""),
              ErrorIs(absl::StatusCode::kNotFound, "CONFIG_NOT_FOUND"));
}

TEST_F(ConfigTest, WhatCannotWorkIsRefused) {
  for (
      const char* text :
      {R"(listen: "nowhere")", R"(simulated_time: true listen: "0.0.0.0:1")",
       R"(neighbours { service: "registry" })",
       R"(neighbours { service: "registry" address: "10.0.0.1:7101" })",
       R"(neighbours { service: "a" address: "localhost:1" }
           neighbours { service: "a" address: "localhost:2" })",
       R"(databases { service: "registry" uri: "mysql://x" })",
       R"(databases { service: "a" uri: "sqlite:/x" } databases { service: "a" uri: "sqlite:/y" })",
       R"(log { level: "loud" })", R"(limits { executor_threads: -1 })",
       R"(tls { certificate_file: "x" })"}) {
    EXPECT_THAT(Load(text), ErrorIs(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID")) << text;
  }
}

TEST_F(ConfigTest, TheShippedFilesLoad) {
  for (const char* name : {"registry", "screening", "assistance", "elimination"}) {
    EXPECT_THAT(LoadConfig(std::string("deploy/config/") + name + ".textproto", ""), IsOk())
        << name;
  }
}

TEST(LoopbackTest, OnlyTheMachineItself) {
  for (const char* address : {"127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1", "unix:/x"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "localhost.example.org:1",
                              "1127.0.0.1:1", ":1", "127.example.org:1"}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

}  // namespace
}  // namespace fangpin::rpc
