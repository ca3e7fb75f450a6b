#include "libs/rpc/main.h"

#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "absl/time/clock.h"
#include "fangpin/rpc/testdata/v1/echo.grpc.pb.h"
#include "gmock/gmock.h"
#include "grpcpp/create_channel.h"
#include "gtest/gtest.h"
#include "libs/rpc/method.h"
#include "libs/rpc/principal.h"
#include "libs/rpc/status.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/subprocess.h"
#include "libs/testing/temp_dir.h"

namespace fangpin::rpc {
namespace {

namespace pb = testdata::v1;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::Subprocess;

class MainTest : public ::testing::Test {
 protected:
  // Runs the process with this configuration, in a folder of the test.
  std::unique_ptr<Subprocess> Run(const std::string& config, std::vector<std::string> flags = {}) {
    std::ofstream(dir_.File("config.textproto")) << config;
    std::vector<std::string> argv = {FANGPIN_BIN_DIR "/rpc_echo_main", "--config",
                                     dir_.File("config.textproto"), "--var", var_};
    argv.insert(argv.end(), flags.begin(), flags.end());
    auto process = Subprocess::Start({.argv = argv});
    EXPECT_THAT(process, IsOk());
    return *std::move(process);
  }
  // The process, serving.
  std::unique_ptr<Subprocess> Serve() {
    auto process = Run(kAnyPort);
    EXPECT_THAT(process->WaitForLine("\"msg\":\"serving\"", absl::Seconds(30)), IsOk());
    return process;
  }
  std::map<std::string, std::string> Ports() const {
    std::ifstream in(var_ + "/rpc_echo_main.ports");
    std::map<std::string, std::string> ports;
    for (std::string name, address; in >> name >> address;) ports[name] = address;
    return ports;
  }
  // Stops it and returns everything it wrote.
  std::string Stop(Subprocess& process) {
    process.Signal(SIGTERM);
    EXPECT_THAT(process.WaitForLine("\"msg\":\"stopped\"", absl::Seconds(30)), IsOk());
    EXPECT_THAT(process.Wait(absl::Seconds(30)), testing::IsOkAndHolds(Subprocess::Exit{}));
    return process.Output();
  }

  static constexpr char kAnyPort[] = "listen: \"127.0.0.1:0\" metrics_listen: \"127.0.0.1:0\"";
  testing::TempDir dir_;
  const std::string var_ = dir_.File("var");
};

TEST_F(MainTest, ModulesStartInOrderCallEachOtherAndStopInReverse) {
  auto process = Serve();
  const std::string output = Stop(*process);
  size_t at = 0;
  for (const char* line :
       {"\"msg\":\"starting\"", "lower started",
        "upper started\",\"fields\":{\"as\":\"service:upper\"}", "\"msg\":\"serving\"",
        "\"msg\":\"stopping\"", "upper stopped", "lower stopped", "\"msg\":\"stopped\""}) {
    const size_t found = output.find(line, at);
    ASSERT_NE(found, output.npos) << line << " in\n" << output;
    at = found;
  }
  EXPECT_FALSE(std::filesystem::exists(var_ + "/rpc_echo_main.ports"));
}

TEST_F(MainTest, ItServesWithHealthMetricsAndItsOwnKey) {
  auto process = Serve();
  const std::string address = Ports()["grpc"];
  for (const char* name : {"", "lower", "upper", "fangpin.rpc.testdata.v1.EchoService"}) {
    EXPECT_THAT(testing::WaitForHealth(address, name, absl::Seconds(10)), IsOk()) << name;
  }
  EXPECT_THAT(Ports()["metrics"], HasSubstr("127.0.0.1:"));
  struct stat info;
  ASSERT_EQ(stat((var_ + "/keys/token.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto key = TokenKey::LoadOrCreate(var_ + "/keys/token.key");
  ASSERT_THAT(key, IsOk());
  const auto token = MintToken(
      *key, {.subject = "desk-1", .roles = {"COUNTY_DESK"}, .divisions = {"621126000000"}},
      absl::Now(), absl::Hours(1));
  auto stub =
      pb::EchoService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.AddMetadata(kAuthorizationKey, "Bearer " + *token);
  pb::EchoResponse response;
  ASSERT_THAT(FromGrpc(stub->Echo(&context, {}, &response)), IsOk());
  EXPECT_EQ(response.subject(), "desk-1");
  Stop(*process);
}

TEST_F(MainTest, ASecondProcessOnTheSameFolderIsRefused) {
  auto first = Serve();
  auto second = Run(kAnyPort);
  EXPECT_THAT(second->WaitForLine("AUDIT_FILE_LOCKED", absl::Seconds(30)), IsOk());
  const auto exit = second->Wait(absl::Seconds(30));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->code, 1);
  EXPECT_EQ(Ports().size(), 2u) << "the first one's ports stay";
  Stop(*first);
}

TEST_F(MainTest, WhatCannotWorkEndsWithTheReason) {
  const std::pair<const char*, const char*> cases[] = {
      {"lissten: 1", "CONFIG_INVALID"},
      {"listen: \"0.0.0.0:0\" metrics_listen: \"off\"", "LISTEN_WITHOUT_TLS"},
      {"listen: \"127.0.0.1:0\" metrics_listen: \"203.0.113.1:1\"", "METRICS_LISTEN_FAILED"},
      {"roles_file: \"/nowhere\"", "CONFIG_NOT_FOUND"},
  };
  for (const auto& [config, reason] : cases) {
    auto process = Run(config);
    EXPECT_THAT(process->WaitForLine(reason, absl::Seconds(30)), IsOk()) << config;
    const auto exit = process->Wait(absl::Seconds(30));
    ASSERT_THAT(exit, IsOk()) << config;
    EXPECT_EQ(exit->code, 1) << config;
  }
}

TEST_F(MainTest, StartFailureNamesItsFileInReadableText) {
  auto process = Run("token_key_file: \"/proc/nowhere/token.key\"");
  EXPECT_THAT(process->WaitForLine("TOKEN_KEY_UNWRITABLE", absl::Seconds(30)), IsOk());
  const auto exit = process->Wait(absl::Seconds(30));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->code, 1);
  EXPECT_THAT(process->Output(), HasSubstr("\"details\":\"file=/proc/nowhere/token.key\""));
  EXPECT_THAT(process->Output(), Not(HasSubstr("google.rpc")));
}

TEST_F(MainTest, CommandLineThatCannotBeParsedEndsWithTwoAndSaysWhy) {
  auto process = Run(kAnyPort, {"--nope"});
  EXPECT_THAT(
      process->WaitForLine("不认识“--nope”；用法见 rpc_echo_main --help", absl::Seconds(30)),
      IsOk());
  const auto exit = process->Wait(absl::Seconds(30));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->code, 2);
}

TEST_F(MainTest, CheckConfigChecksAndChangesNothing) {
  auto process = Run(kAnyPort, {"--check_config"});
  EXPECT_THAT(process->WaitForLine("配置正确", absl::Seconds(30)), IsOk());
  EXPECT_THAT(process->Wait(absl::Seconds(30)), testing::IsOkAndHolds(Subprocess::Exit{}));
  EXPECT_FALSE(std::filesystem::exists(var_));
}

TEST_F(MainTest, CheckConfigReadsWhatTheModulesWouldRead) {
  auto process = Run("policy_dir: \"/nowhere\"", {"--check_config"});
  EXPECT_THAT(process->WaitForLine("POLICY_FILE_MISSING", absl::Seconds(30)), IsOk());
  const auto exit = process->Wait(absl::Seconds(30));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->code, 1);
}

TEST_F(MainTest, VersionNamesTheBinary) {
  auto process = Run(kAnyPort, {"--version"});
  EXPECT_THAT(process->WaitForLine("rpc_echo_main ", absl::Seconds(30)), IsOk());
  EXPECT_THAT(process->Wait(absl::Seconds(30)), testing::IsOkAndHolds(Subprocess::Exit{}));
}

}  // namespace
}  // namespace fangpin::rpc
