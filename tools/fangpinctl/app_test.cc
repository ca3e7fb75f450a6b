// The whole program but for the process: command lines against gRPC servers that answer as told.
#include "tools/fangpinctl/app.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "fangpin/registry/v1/division_service.grpc.pb.h"
#include "fangpin/registry/v1/registry_service.grpc.pb.h"
#include "fangpin/screening/v1/alert_service.grpc.pb.h"
#include "fangpin/screening/v1/determination_service.grpc.pb.h"
#include "fangpin/screening/v1/screening_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "libs/rpc/audit.h"
#include "libs/rpc/method.h"
#include "libs/rpc/principal.h"
#include "libs/rpc/status.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"
#include "nlohmann/json.hpp"
#include "tools/fangpinctl/commands/commands.h"

namespace fangpin::ctl {
namespace {

namespace registry_pb = registry::v1;
namespace screening_pb = screening::v1;
using grpc::ServerContext;
using nlohmann::json;
using ::testing::ElementsAre;
using testing::EqualsProto;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr AddCommands kCommands[] = {
    &AddTokenCommand,      &AddImportCommand,      &AddPushCommand,   &AddRegistryCommands,
    &AddScreeningCommands, &AddAssistanceCommands, &AddAuditCommands, &AddEliminationCommands,
};

struct Done {
  int code;
  std::string out;
  std::string err;
};

Done Ctl(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv = {"fangpinctl"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const int code =
      Run(kCommands, static_cast<int>(argv.size()), argv.data(), out, err, /*progress=*/false);
  return {code, out.str(), err.str()};
}

std::string Metadata(const ServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  return found == context.client_metadata().end()
             ? ""
             : std::string(found->second.data(), found->second.size());
}

// Holds 250 households and one import.
class FakeRegistry final : public registry_pb::RegistryService::Service {
 public:
  grpc::Status ListHouseholds(ServerContext* context,
                              const registry_pb::ListHouseholdsRequest* request,
                              registry_pb::ListHouseholdsResponse* response) override {
    list_requests.push_back(*request);
    authorization = Metadata(*context, rpc::kAuthorizationKey);
    simulated_time = Metadata(*context, rpc::kSimulatedTimeKey);
    const int first = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    const int end = std::min(250, first + std::min(100, request->page_size()));
    for (int i = first; i < end; ++i) response->add_households()->set_id(std::to_string(i));
    if (end < 250) response->set_next_page_token(std::to_string(end));
    return grpc::Status::OK;
  }

  grpc::Status CountHouseholds(ServerContext*, const registry_pb::CountHouseholdsRequest* request,
                               registry_pb::CountHouseholdsResponse* response) override {
    count_request = *request;
    registry_pb::HouseholdCount& count = *response->add_counts();
    count.set_state(policy::v1::MONITORING_STATE_MONITORED);
    count.set_households(12);
    count.set_persons(34);
    return grpc::Status::OK;
  }

  grpc::Status GetHousehold(ServerContext*, const registry_pb::GetHouseholdRequest* request,
                            registry_pb::GetHouseholdResponse* response) override {
    if (++get_calls <= unavailable_for) return {grpc::StatusCode::UNAVAILABLE, "later"};
    if (request->household_id() == "0") {
      return rpc::ToGrpc(
          base::Error(absl::StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND", "农户不存在")
              .WithResource("household", request->household_id()));
    }
    response->mutable_household()->set_id(request->household_id());
    return grpc::Status::OK;
  }

  // One household a message; a token is the number of the next one. Breaks once before each of
  // `breaks`.
  grpc::Status ExportHouseholds(
      ServerContext*, const registry_pb::ExportHouseholdsRequest* request,
      grpc::ServerWriter<registry_pb::ExportHouseholdsResponse>* writer) override {
    export_requests.push_back(*request);
    const std::string& token = request->resume_token();
    for (int i = token.empty() ? 0 : std::stoi(token); i < 5; ++i) {
      if (const auto at = breaks.find(i); at != breaks.end()) {
        const grpc::Status status = at->second;
        breaks.erase(at);
        return status;
      }
      registry_pb::ExportHouseholdsResponse part;
      part.add_households()->set_id(std::to_string(i));
      part.set_resume_token(std::to_string(i + 1));
      part.set_watch_token("w-7");
      part.set_complete(i == 4);
      writer->Write(part);
    }
    return grpc::Status::OK;
  }

  // One event a message, as above.
  grpc::Status WatchHouseholds(
      ServerContext*, const registry_pb::WatchHouseholdsRequest* request,
      grpc::ServerWriter<registry_pb::WatchHouseholdsResponse>* writer) override {
    watch_requests.push_back(*request);
    const std::string& token = request->token();
    for (int i = token.empty() ? 0 : std::stoi(token); i < 5; ++i) {
      if (const auto at = breaks.find(i); at != breaks.end()) {
        const grpc::Status status = at->second;
        breaks.erase(at);
        return status;
      }
      registry_pb::WatchHouseholdsResponse part;
      part.add_events()->mutable_revision()->set_household_id(std::to_string(i));
      part.set_token(std::to_string(i + 1));
      writer->Write(part);
    }
    return grpc::Status::OK;
  }

  grpc::Status CreateImport(ServerContext*, const registry_pb::CreateImportRequest* request,
                            registry_pb::CreateImportResponse* response) override {
    import = request->import();
    import.set_id("621126-I1");
    import.set_state(registry_pb::IMPORT_STATE_UPLOADING);
    content.clear();
    *response->mutable_import() = import;
    return grpc::Status::OK;
  }

  grpc::Status UploadImportChunk(ServerContext*,
                                 const registry_pb::UploadImportChunkRequest* request,
                                 registry_pb::UploadImportChunkResponse* response) override {
    if (request->offset() != static_cast<int64_t>(content.size())) {
      return {grpc::StatusCode::INVALID_ARGUMENT, "offset"};
    }
    content += request->data();
    response->set_received_bytes(static_cast<int64_t>(content.size()));
    return grpc::Status::OK;
  }

  grpc::Status RunImport(ServerContext*, const registry_pb::RunImportRequest*,
                         registry_pb::RunImportResponse* response) override {
    if (content.empty()) {
      return rpc::ToGrpc(
          base::Error(absl::StatusCode::kInvalidArgument, "SHEET_EMPTY", "文件为空").Build());
    }
    import.set_state(registry_pb::IMPORT_STATE_RUNNING);
    *response->mutable_import() = import;
    return grpc::Status::OK;
  }

  grpc::Status GetImport(ServerContext*, const registry_pb::GetImportRequest*,
                         registry_pb::GetImportResponse* response) override {
    const int bad = static_cast<int>(std::count(content.begin(), content.end(), '!'));
    import.set_rows_bad(bad);
    import.set_state(bad > 0 && import.mode() == registry_pb::IMPORT_MODE_ALL_OR_NOTHING
                         ? registry_pb::IMPORT_STATE_FAILED
                         : registry_pb::IMPORT_STATE_SUCCEEDED);
    *response->mutable_import() = import;
    return grpc::Status::OK;
  }

  grpc::Status ListImportErrors(ServerContext*, const registry_pb::ListImportErrorsRequest* request,
                                registry_pb::ListImportErrorsResponse* response) override {
    // One a page.
    const int page = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    if (page >= import.rows_bad()) return grpc::Status::OK;
    registry_pb::RowError& error = *response->add_errors();
    error.set_row(4 + page);
    error.set_column("证件号码");
    error.set_reason("ID_NUMBER_CHECK_DIGIT");
    error.set_message("校验码不符");
    if (page + 1 < import.rows_bad()) response->set_next_page_token(std::to_string(page + 1));
    return grpc::Status::OK;
  }

  std::vector<registry_pb::ListHouseholdsRequest> list_requests;
  registry_pb::CountHouseholdsRequest count_request;
  std::vector<registry_pb::ExportHouseholdsRequest> export_requests;
  std::vector<registry_pb::WatchHouseholdsRequest> watch_requests;
  std::map<int, grpc::Status> breaks;
  std::string authorization;
  std::string simulated_time;
  int get_calls = 0;
  int unavailable_for = 0;
  registry_pb::Import import;
  std::string content;
};

class FakeDivisions final : public registry_pb::DivisionService::Service {
 public:
  grpc::Status GetDivision(ServerContext*, const registry_pb::GetDivisionRequest* request,
                           registry_pb::GetDivisionResponse*) override {
    get_request = *request;
    return grpc::Status::OK;
  }
  grpc::Status ListDivisions(ServerContext*, const registry_pb::ListDivisionsRequest* request,
                             registry_pb::ListDivisionsResponse*) override {
    list_request = *request;
    return grpc::Status::OK;
  }
  grpc::Status MapDivision(ServerContext*, const registry_pb::MapDivisionRequest* request,
                           registry_pb::MapDivisionResponse* response) override {
    map_request = *request;
    response->add_divisions()->set_code("620881000000");
    return grpc::Status::OK;
  }

  registry_pb::GetDivisionRequest get_request;
  registry_pb::ListDivisionsRequest list_request;
  registry_pb::MapDivisionRequest map_request;
};

// Rejects records whose first value is "bad"; a source id seen before is a duplicate.
class FakeAlerts final : public screening_pb::AlertService::Service {
 public:
  grpc::Status PushAlerts(ServerContext*, const screening_pb::PushAlertsRequest* request,
                          screening_pb::PushAlertsResponse* response) override {
    batches.push_back(*request);
    for (const auto& record : request->records()) {
      screening_pb::AlertResult& result = *response->add_results();
      if (record.values(0) == "bad") {
        result.set_answer(screening_pb::ALERT_ANSWER_REJECTED);
        result.set_field(request->columns(0));
        result.set_reason("SOURCE_ID_FORMAT");
        result.set_message("编号不符");
      } else {
        result.set_answer(seen.insert(record.values(0)).second
                              ? screening_pb::ALERT_ANSWER_ACCEPTED
                              : screening_pb::ALERT_ANSWER_DUPLICATE);
      }
    }
    return grpc::Status::OK;
  }

  std::vector<screening_pb::PushAlertsRequest> batches;
  std::set<std::string> seen;
};

class FakeDetermination final : public screening_pb::DeterminationService::Service {
 public:
  grpc::Status GetCase(ServerContext*, const screening_pb::GetCaseRequest* request,
                       screening_pb::GetCaseResponse* response) override {
    response->mutable_case_()->set_id(request->case_id());
    response->mutable_case_()->set_etag("etag-now");
    return grpc::Status::OK;
  }
  grpc::Status DecideCase(ServerContext*, const screening_pb::DecideCaseRequest* request,
                          screening_pb::DecideCaseResponse* response) override {
    decided = *request;
    response->mutable_case_()->set_id(request->case_id());
    response->mutable_case_()->set_state(request->approve() ? screening_pb::CASE_STATE_APPROVED
                                                            : screening_pb::CASE_STATE_REFUSED);
    return grpc::Status::OK;
  }
  grpc::Status EvaluateCase(ServerContext*, const screening_pb::EvaluateCaseRequest* request,
                            screening_pb::EvaluateCaseResponse* response) override {
    if (request->case_id() == "good") {
      response->set_approvable(true);
      return grpc::Status::OK;
    }
    policy::v1::Finding& finding = *response->add_findings();
    finding.set_rule("CASE_STEPS_COMPLETE");
    finding.set_verdict(policy::v1::VERDICT_HOLD);
    finding.set_message("步骤未完成");
    response->set_line_fen(780000);
    return grpc::Status::OK;
  }
  screening_pb::DecideCaseRequest decided;
};

class FakeScreening final : public screening_pb::ScreeningService::Service {
 public:
  grpc::Status RecordVisit(ServerContext*, const screening_pb::RecordVisitRequest* request,
                           screening_pb::RecordVisitResponse* response) override {
    visit = request->visit();
    *response->mutable_visit() = visit;
    return grpc::Status::OK;
  }
  grpc::Status AssessClue(ServerContext*, const screening_pb::AssessClueRequest* request,
                          screening_pb::AssessClueResponse*) override {
    assessed = *request;
    return grpc::Status::OK;
  }
  screening_pb::Visit visit;
  screening_pb::AssessClueRequest assessed;
};

class AppTest : public ::testing::Test {
 protected:
  AppTest() : key_file_(dir_.File("token.key")) {
    unsetenv("FANGPIN_TOKEN");
    key_ = std::make_unique<rpc::TokenKey>(rpc::TokenKey::LoadOrCreate(key_file_).value());
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    for (grpc::Service* service : std::initializer_list<grpc::Service*>{
             &registry_, &divisions_, &alerts_, &determination_, &screening_}) {
      builder.RegisterService(service);
    }
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }

  // With the server's address and key after the command, as the suite's tests have them.
  Done CtlHere(std::vector<std::string> arguments) {
    for (const char* argument : {"--token-key", key_file_.c_str(), "--server", address_.c_str()}) {
      arguments.emplace_back(argument);
    }
    return Ctl(arguments);
  }

  std::string Write(const std::string& name, const std::string& content) {
    std::ofstream(dir_.File(name), std::ios::binary) << content;
    return dir_.File(name);
  }

  static std::string Content(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  testing::TempDir dir_;
  const std::string key_file_;
  std::unique_ptr<rpc::TokenKey> key_;
  FakeRegistry registry_;
  FakeDivisions divisions_;
  FakeAlerts alerts_;
  FakeDetermination determination_;
  FakeScreening screening_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

TEST_F(AppTest, TokenSaysWhatTheFlagsSay) {
  const Done done = Ctl({"token", "--token-key", key_file_, "--subject", "desk-1", "--role",
                         "COUNTY_DESK", "--role", "DATA_COLLECTOR", "--division", "621126000000",
                         "--department", "health", "--lifetime", "1h"});
  ASSERT_EQ(done.code, 0) << done.err;
  const std::string token = done.out.substr(0, done.out.size() - 1);
  FASSERT_OK_AND_ASSIGN(const rpc::TokenClaims claims, rpc::VerifyToken(*key_, token, absl::Now()));
  EXPECT_EQ(claims.principal.subject, "desk-1");
  EXPECT_THAT(claims.principal.roles, ElementsAre("COUNTY_DESK", "DATA_COLLECTOR"));
  EXPECT_THAT(claims.principal.divisions, ElementsAre("621126000000"));
  EXPECT_EQ(claims.principal.department, "health");
  EXPECT_EQ(claims.expires - claims.issued, absl::Hours(1));
}

TEST_F(AppTest, TokenIsForTheWholeProvinceUnlessToldOtherwise) {
  const Done done =
      Ctl({"--token-key", key_file_, "token", "--subject", "s", "--role", "OPERATOR"});
  ASSERT_EQ(done.code, 0) << done.err;
  FASSERT_OK_AND_ASSIGN(
      const rpc::TokenClaims claims,
      rpc::VerifyToken(*key_, done.out.substr(0, done.out.size() - 1), absl::Now()));
  EXPECT_THAT(claims.principal.divisions, ElementsAre("620000000000"));
}

TEST_F(AppTest, TokenWithoutSubjectRoleOrKeyIsAUsageError) {
  EXPECT_EQ(Ctl({"token", "--token-key", key_file_, "--role", "OPERATOR"}).code, 2);
  EXPECT_EQ(Ctl({"token", "--token-key", key_file_, "--subject", "s"}).code, 2);
  const std::string absent = dir_.File("absent.key");
  EXPECT_EQ(Ctl({"token", "--token-key", absent, "--subject", "s", "--role", "OPERATOR"}).code, 2);
  EXPECT_FALSE(std::ifstream(absent).is_open()) << "no key is made that no server knows";
}

TEST_F(AppTest, TokensWithAnUnknownRoleOrForLongerThanAYearAreNotMade) {
  const auto token = [this](const std::string& role, const std::string& lifetime) {
    return Ctl({"token", "--token-key", key_file_, "--subject", "s", "--role", "OPERATOR", "--role",
                role, "--lifetime", lifetime});
  };
  Done done = token("NOPE", "1h");
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("ROLE_UNKNOWN"));
  EXPECT_THAT(done.err, HasSubstr("NOPE"));
  EXPECT_EQ(token("COUNTY_DESK", "8784h").code, 0);
  EXPECT_EQ(token("COUNTY_DESK", "8784h1s").code, 2);
}

TEST_F(AppTest, WrongCommandLinesEndWithTwo) {
  EXPECT_EQ(Ctl({}).code, 2);
  EXPECT_EQ(Ctl({"household"}).code, 2);
  EXPECT_EQ(Ctl({"nonsense"}).code, 2);
  EXPECT_EQ(CtlHere({"household", "get"}).code, 2);
  EXPECT_EQ(CtlHere({"household", "list", "--state", "SOMETHING"}).code, 2);
  EXPECT_EQ(CtlHere({"household", "list", "--output", "xml"}).code, 2);
  EXPECT_EQ(CtlHere({"household", "list", "--at", "yesterday"}).code, 2);
  EXPECT_EQ(CtlHere({"import", "/no/such/file", "--division", "621126000000"}).code, 2);
  EXPECT_EQ(CtlHere({"case", "decide", "C1"}).code, 2);
  EXPECT_EQ(CtlHere({"case", "decide", "C1", "--approve", "--refuse"}).code, 2);
  EXPECT_EQ(Ctl({"household", "list", "--server", "10.1.2.3:7100", "--token", "t"}).code, 2)
      << "a token never leaves the machine in plain text";
}

// Every command that is an RPC, with each of its flags once and each positional: what is wrong with
// a row of the tables shows in the parser, before any server is asked.
TEST_F(AppTest, EveryRpcCommandTakesItsWholeLine) {
  std::ostringstream ignored;
  Context context(ignored, ignored, /*progress=*/false);
  CLI::App app;
  for (const AddCommands add : kCommands) add(app, context);
  const std::string request = Write("empty.json", "{}");
  int checked = 0;
  for (CLI::App* group : app.get_subcommands([](CLI::App*) { return true; })) {
    if (group->get_name() == "audit") continue;
    for (CLI::App* command : group->get_subcommands([](CLI::App*) { return true; })) {
      std::vector<std::string> line = {group->get_name(), command->get_name()};
      for (const CLI::Option* option : command->get_options()) {
        const std::string name = option->get_name();
        if (name == "--help" || name == "--json-template" || !option->get_excludes().empty()) {
          continue;
        }
        if (!option->get_positional()) line.push_back(name);
        if (option->get_expected_min() == 0) continue;  // a flag
        const std::string help = option->get_description();
        const size_t choices = help.find("：") + sizeof("：") - 1;
        line.push_back(option->get_type_name() == "ENUM"
                           ? help.substr(choices, help.find_first_of(",", choices) - choices)
                       : name == "--json" ? request
                                          : "1");
      }
      const Done done = CtlHere(line);
      EXPECT_NE(done.code, 2) << ::testing::PrintToString(line) << "\n" << done.err;
      ++checked;
    }
  }
  EXPECT_GT(checked, 35);
}

TEST_F(AppTest, WrongCommandLinesAreExplainedInChinese) {
  Done done = Ctl({"household", "nonsense"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("不认识“nonsense”，可用的命令：get、list"));
  EXPECT_THAT(done.err, HasSubstr("用法见 fangpinctl household --help"));
  done = CtlHere({"household", "list", "--limit", "x"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("--limit：应为不小于 0 的整数"));
  done = CtlHere({"--output", "json", "household", "get"});
  EXPECT_EQ(done.code, 2);
  EXPECT_EQ(json::parse(done.err)["details"][0]["reason"], "COMMAND_LINE_INVALID");
}

TEST_F(AppTest, OutputThatCannotBeWrittenIsNoSuccess) {
  std::ofstream full("/dev/full");
  std::ostringstream err;
  const char* argv[] = {"fangpinctl",  "household",       "list",     "--limit",       "0",
                        "--token-key", key_file_.c_str(), "--server", address_.c_str()};
  EXPECT_EQ(ctl::Run(kCommands, std::size(argv), argv, full, err, /*progress=*/false), 2);
  EXPECT_THAT(err.str(), HasSubstr("OUTPUT_UNWRITABLE"));
}

TEST_F(AppTest, FileWithoutCertificateIsAUsageError) {
  const Done done = CtlHere({"household", "list", "--ca", Write("ca.pem", "# README\n")});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("CA_INVALID"));
}

TEST_F(AppTest, PlanUpdateWithoutJsonWouldEmptyThePlan) {
  const Done done = CtlHere({"plan", "update", "P1"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("缺少 --json"));
}

TEST_F(AppTest, JsonTemplateNeedsNeitherServerNorPositionals) {
  const Done done = Ctl({"case", "step", "--json-template"});
  EXPECT_EQ(done.code, 0) << done.err;
  const json request = json::parse(done.out);
  EXPECT_TRUE(request["step"].contains("doneOn"));
  EXPECT_THAT(request["step"]["step"].get<std::string>(), HasSubstr("|"));
}

TEST_F(AppTest, HelpAndVersionEndWithZero) {
  EXPECT_THAT(Ctl({"--help"}).out, HasSubstr("退出码：0 成功"));
  EXPECT_EQ(Ctl({"household", "list", "--help"}).code, 0);
  EXPECT_EQ(Ctl({"--version"}).code, 0);
}

TEST_F(AppTest, NobodyListeningEndsWithThree) {
  const Done done =
      Ctl({"household", "get", "1", "--server", "127.0.0.1:1", "--token", "t", "--output", "json"});
  EXPECT_EQ(done.code, 3);
  EXPECT_EQ(json::parse(done.err)["details"][0]["reason"], "SERVER_UNREACHABLE");
}

TEST_F(AppTest, ServiceThatIsNotThereIsNamed) {
  const Done done = CtlHere({"plan", "get", "P1"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("METHOD_NOT_SERVED"));
}

TEST_F(AppTest, RefusalEndsWithOneAndItsReason) {
  const Done done = CtlHere({"household", "get", "0"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("农户不存在（HOUSEHOLD_NOT_FOUND，NOT_FOUND）"));
  EXPECT_THAT(done.out, IsEmpty());
}

TEST_F(AppTest, UnavailableIsTriedAgain) {
  registry_.unavailable_for = 2;
  EXPECT_EQ(CtlHere({"household", "get", "7"}).code, 0);
  EXPECT_EQ(registry_.get_calls, 3);
}

TEST_F(AppTest, GlobalFlagsStandBeforeOrAfterTheCommand) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--registry", address_, "--token", "t", "household", "get", "7"},
           {"household", "--token", "t", "get", "7", "--registry", address_},
           {"household", "get", "--token", "t", "--registry", address_, "7"}}) {
    const Done done = Ctl(arguments);
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_EQ(done.out, "id：7\n");
  }
}

TEST_F(AppTest, CallsCarryTheTokenAndTheSimulatedTime) {
  setenv("FANGPIN_TOKEN", "from-environment", 1);
  EXPECT_EQ(
      Ctl({"household", "list", "--server", address_, "--at", "2023-09-05T09:00:00+08:00"}).code,
      0);
  EXPECT_EQ(registry_.authorization, "Bearer from-environment");
  EXPECT_EQ(registry_.simulated_time, "2023-09-05T01:00:00+00:00");
  EXPECT_EQ(Ctl({"household", "list", "--server", address_, "--token", "given"}).code, 0);
  EXPECT_EQ(registry_.authorization, "Bearer given");
  EXPECT_EQ(registry_.simulated_time, "");
  // Flags about minting are not for the environment to overrule.
  EXPECT_EQ(CtlHere({"household", "list", "--role", "VIEWER"}).code, 0);
  unsetenv("FANGPIN_TOKEN");
  FASSERT_OK_AND_ASSIGN(
      const rpc::TokenClaims claims,
      rpc::VerifyToken(*key_, registry_.authorization.substr(sizeof("Bearer ") - 1), absl::Now()));
  EXPECT_THAT(claims.principal.roles, ElementsAre("VIEWER"));
}

TEST_F(AppTest, ListsPageUpToTheLimit) {
  Done done = CtlHere({"household", "list", "--limit", "120", "--output", "json", "--division",
                       "621126000000", "--state", "MONITORED,ELIMINATED"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(json::parse(done.out)["households"].size(), 120u);
  EXPECT_THAT(done.err, HasSubstr("120"));
  ASSERT_EQ(registry_.list_requests.size(), 2u);
  EXPECT_THAT(registry_.list_requests[1], EqualsProto(R"pb(filter {
                                                             division: "621126000000"
                                                             states: MONITORING_STATE_MONITORED
                                                             states: MONITORING_STATE_ELIMINATED
                                                           }
                                                           page_size: 20
                                                           page_token: "100")pb"));
  done = CtlHere({"household", "list", "--limit", "0", "--output", "csv"});
  EXPECT_EQ(std::count(done.out.begin(), done.out.end(), '\n'), 251);
  EXPECT_THAT(done.err, IsEmpty());
}

TEST_F(AppTest, SearchesAndCountsTakeTheSameFilter) {
  const std::vector<std::string> filter = {
      "--division", "621126000000", "--category",      "marginal_poverty_prone",
      "--kind",     "ORDINARY",     "--risk",          "ILLNESS,SCHOOLING",
      "--flag",     "DIBAO",        "--changed-since", "2024-06-01",
      "--name",     "测试甲",       "--include-closed"};
  const auto with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), filter.begin(), filter.end());
    return arguments;
  };
  Done done = CtlHere(with({"household", "list", "--limit", "1"}));
  EXPECT_EQ(done.code, 0) << done.err;
  const auto expected = EqualsProto(R"pb(division: "621126000000"
                                         categories: MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE
                                         kinds: HOUSEHOLD_KIND_ORDINARY
                                         risk_types: RISK_TYPE_ILLNESS
                                         risk_types: RISK_TYPE_SCHOOLING
                                         flags: HOUSEHOLD_FLAG_DIBAO
                                         changed_since { seconds: 1717171200 }
                                         member_name: "测试甲"
                                         include_closed: true)pb");
  ASSERT_EQ(registry_.list_requests.size(), 1u);
  EXPECT_THAT(registry_.list_requests[0].filter(), expected);
  done = CtlHere(with({"household", "count", "--by", "STATE", "--output", "csv"}));
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(registry_.count_request.filter(), expected);
  EXPECT_THAT(registry_.count_request.group_by(), ElementsAre(registry_pb::COUNT_BY_STATE));
  EXPECT_THAT(done.out, HasSubstr("MONITORED,,,12,34"));
  EXPECT_EQ(CtlHere({"household", "list", "--changed-since", "gestern"}).code, 2);
  EXPECT_EQ(CtlHere({"household", "count", "--by", "NOTHING"}).code, 2);
}

TEST_F(AppTest, TimesAreDaysOrInstants) {
  CtlHere({"household", "count", "--changed-since", "2024-06-01T08:00:00.5+08:00"});
  EXPECT_THAT(registry_.count_request.filter().changed_since(),
              EqualsProto("seconds: 1717200000 nanos: 500000000"));
}

TEST_F(AppTest, DivisionsAreOfADay) {
  EXPECT_EQ(CtlHere({"division", "list", "--parent", "620800000000", "--as-of", "2018-07-01"}).code,
            0);
  EXPECT_THAT(divisions_.list_request, EqualsProto(R"pb(parent_code: "620800000000"
                                                        page_size: 1000
                                                        as_of: "2018-07-01")pb"));
  EXPECT_EQ(CtlHere({"division", "get", "620824000000", "--as-of", "2018-07-01"}).code, 0);
  EXPECT_EQ(divisions_.get_request.as_of(), "2018-07-01");
  const Done done =
      CtlHere({"division", "map", "620824000000", "--from", "2018-01-01", "--to", "2024-01-01"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(divisions_.map_request,
              EqualsProto("code: '620824000000' from_day: '2018-01-01' to_day: '2024-01-01'"));
  EXPECT_THAT(done.out, HasSubstr("620881000000"));
}

TEST_F(AppTest, ImportPrintsEveryErrorAndEndsWithFourWhenPartly) {
  const std::string good = Write("好.csv", std::string(3 << 20, 'x'));
  const std::string bad = Write("坏.csv", "a!b!");
  const std::string errors = dir_.File("errors.csv");
  Done done = CtlHere({"import", good, "--division", "621126000000", "--encoding", "gb18030"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(registry_.content.size(), size_t{3} << 20);
  EXPECT_EQ(registry_.import.encoding(), "GB18030");
  EXPECT_EQ(registry_.import.file_name(), "好.csv");

  done = CtlHere(
      {"import", good, bad, "--division", "621126000000", "--output", "json", "--errors", errors});
  EXPECT_EQ(done.code, 4) << done.err;
  const json files = json::parse(done.out)["files"];
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0]["import"]["state"], "IMPORT_STATE_SUCCEEDED");
  EXPECT_TRUE(files[0]["errors"].empty());
  ASSERT_EQ(files[1]["errors"].size(), 2u);
  EXPECT_EQ(files[1]["errors"][1]["row"], "5");
  EXPECT_EQ(files[1]["errors"][1]["reason"], "ID_NUMBER_CHECK_DIGIT");
  std::stringstream text;
  text << std::ifstream(errors).rdbuf();
  EXPECT_THAT(text.str(), HasSubstr(bad + ",4,证件号码,ID_NUMBER_CHECK_DIGIT,,校验码不符\r\n"));

  done = CtlHere({"import", bad, "--division", "621126000000", "--all-or-nothing"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("ID_NUMBER_CHECK_DIGIT"));
}

TEST_F(AppTest, FileThatTheRegistryRefusesIsPartOfTheAnswer) {
  const Done done =
      CtlHere({"import", Write("空.csv", ""), "--division", "621126000000", "--output", "json"});
  EXPECT_EQ(done.code, 1);
  const json file = json::parse(done.out)["files"][0];
  EXPECT_EQ(file["import"]["failureReason"], "SHEET_EMPTY");
  EXPECT_EQ(file["import"]["state"], "IMPORT_STATE_FAILED");
}

TEST_F(AppTest, PushSendsBatchesAndNamesRejectedRows) {
  std::string text = "bgkbh,sfzh\n";
  for (int i = 0; i < 1100; ++i) text += (i == 700 ? "bad" : std::to_string(i)) + ",x\n";
  const std::string file = Write("大病.csv", text);
  Done done = CtlHere({"push", "--feed", "severe_illness", file, "--output", "json"});
  EXPECT_EQ(done.code, 4) << done.err;
  ASSERT_EQ(alerts_.batches.size(), 3u);
  EXPECT_EQ(alerts_.batches[0].records_size(), 500);
  EXPECT_EQ(alerts_.batches[2].records_size(), 100);
  EXPECT_THAT(alerts_.batches[2].columns(), ElementsAre("bgkbh", "sfzh"));
  json answer = json::parse(done.out)["files"][0];
  EXPECT_EQ(answer["accepted"], 1099);
  EXPECT_EQ(answer["duplicates"], 0);
  ASSERT_EQ(answer["rejected"].size(), 1u);
  EXPECT_EQ(answer["rejected"][0]["row"], 702);
  EXPECT_EQ(answer["rejected"][0]["reason"], "SOURCE_ID_FORMAT");

  done = CtlHere({"push", "--feed", "severe_illness", file, "--output", "json"});
  answer = json::parse(done.out)["files"][0];
  EXPECT_EQ(answer["accepted"], 0);
  EXPECT_EQ(answer["duplicates"], 1099);

  done = CtlHere({"push", "--feed", "f", Write("坏.csv", "bgkbh\nbad\n")});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("SOURCE_ID_FORMAT"));
  EXPECT_EQ(CtlHere({"push", "--feed", "f", Write("空.csv", "")}).code, 1);
}

TEST_F(AppTest, DecisionReadsTheEtagUnlessGiven) {
  Done done = CtlHere({"case", "decide", "C1", "--refuse", "--opinion", "收入未核实"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("REFUSED"));
  EXPECT_EQ(determination_.decided.etag(), "etag-now");
  EXPECT_FALSE(determination_.decided.approve());
  EXPECT_EQ(determination_.decided.opinion(), "收入未核实");
  EXPECT_THAT(determination_.decided.request_id(), Not(IsEmpty()));

  done = CtlHere({"case", "decide", "C1", "--approve", "--etag", "e", "--request-id", "r"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(determination_.decided,
              EqualsProto(R"pb(case_id: "C1" approve: true etag: "e" request_id: "r")pb"));
}

TEST_F(AppTest, EvaluationShowsFindingsAndWhatFollows) {
  Done done = CtlHere({"case", "evaluate", "C1"});
  EXPECT_EQ(done.code, 1) << "not approvable";
  EXPECT_THAT(done.out, HasSubstr("CASE_STEPS_COMPLETE"));
  EXPECT_THAT(done.out, HasSubstr("approvable：否\n"));
  EXPECT_THAT(done.out, HasSubstr("line（元）：7800.00\n"));
  done = CtlHere({"case", "evaluate", "C1", "--output", "json"});
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(json::parse(done.out)["approvable"], false);
  done = CtlHere({"case", "evaluate", "good", "--output", "json"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(json::parse(done.out)["approvable"], true);
  EXPECT_FALSE(json::parse(done.out).contains("lineFen")) << "what is not known is not 0";
}

TEST_F(AppTest, VisitIsNamedByTheClient) {
  Done done = CtlHere({"visit", "record", "--household", "H1", "--task", "T1", "--on", "2023-09-05",
                       "--method", "on_site", "--visitor", "测试乙", "--visitor", "测试丙",
                       "--findings", "住院", "--signed"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(screening_.visit.id(), Not(IsEmpty()));
  screening_.visit.clear_id();
  EXPECT_THAT(screening_.visit, EqualsProto(R"pb(household_id: "H1"
                                                 task_id: "T1"
                                                 visited_on: "2023-09-05"
                                                 method: VISIT_METHOD_ON_SITE
                                                 visitors: "测试乙"
                                                 visitors: "测试丙"
                                                 findings: "住院"
                                                 household_signed: true)pb"));
}

TEST_F(AppTest, JsonGivesTheRequestAndFlagsGoBeforeIt) {
  const std::string file = Write("a.json", R"({"clueId": "other", "outcome": "CLUE_OUTCOME_NO_RISK",
      "assessment": {"judgements": [{"level": "RISK_LEVEL_NONE", "basis": "无"}]}, "etag": "e",
      "requestId": "r"})");
  Done done = CtlHere({"clue", "assess", "L1", "--json", file});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(screening_.assessed,
              EqualsProto(R"pb(clue_id: "L1"
                               outcome: CLUE_OUTCOME_NO_RISK
                               assessment { judgements { level: RISK_LEVEL_NONE basis: "无" } }
                               etag: "e"
                               request_id: "r")pb"));
  done = CtlHere({"clue", "assess", "L1", "--json", Write("b.json", R"({"clue": 1})")});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("JSON_INVALID"));
}

TEST_F(AppTest, AuditVerifyTellsAFileThatWasNotWrittenAsOne) {
  EXPECT_EQ(Ctl({"audit", "verify", dir_.File("absent")}).code, 2);
  EXPECT_EQ(Ctl({"audit", "verify", Write("audit.jsonl", "{}\n")}).code, 1);
  const Done done = Ctl({"audit", "verify", Write("empty.jsonl", ""), "--output", "json"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(json::parse(done.out)["lines"], 0);
}

TEST_F(AppTest, AuditVerifyComparesWithANotedHead) {
  const std::string file = dir_.File("cut.jsonl");
  {
    auto log = rpc::OpenAuditFile(file);
    ASSERT_TRUE(log.ok());
    for (int i = 0; i < 3; ++i) {
      FASSERT_OK((*log)->Append({.time = absl::Now(), .subject = "desk-1", .write = true}));
    }
  }
  const auto verify = [&](std::vector<std::string> flags) {
    std::vector<std::string> arguments = {"audit", "verify", file, "--output", "json"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return Ctl(arguments);
  };
  const std::string head = json::parse(verify({}).out)["head"];
  EXPECT_EQ(verify({"--head", head, "--lines", "3"}).code, 0);
  EXPECT_EQ(verify({"--head", head}).code, 0);
  EXPECT_EQ(verify({"--lines", "2"}).code, 0) << "it has grown since";
  EXPECT_EQ(verify({"--head", head, "--lines", "2"}).code, 1) << "another line stood there";
  EXPECT_EQ(verify({"--head", "12ab"}).code, 2);
  // Whole lines taken off the end leave a chain that fits.
  std::ifstream in(file);
  std::string first;
  std::getline(in, first);
  std::ofstream(file, std::ios::trunc) << first << "\n";
  EXPECT_EQ(verify({}).code, 0);
  Done done = verify({"--lines", "3"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("AUDIT_HEAD_MISSING"));
  EXPECT_EQ(verify({"--head", head}).code, 1);
}

constexpr char kFiveHouseholds[] =
    "{\"id\":\"0\"}\n{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n{\"id\":\"4\"}\n";

TEST_F(AppTest, ExportGoesOnByItselfWhenTheServiceRestarts) {
  registry_.breaks[2] = grpc::Status(grpc::StatusCode::UNAVAILABLE, "later");
  registry_.breaks[3] = grpc::Status(grpc::StatusCode::UNAVAILABLE, "later");
  const std::string file = dir_.File("out.jsonl");
  const Done done = CtlHere({"household", "export", file, "--state", "MONITORED", "--division",
                             "621126000000", "--output", "json"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(Content(file), kFiveHouseholds);
  EXPECT_FALSE(std::filesystem::exists(file + ".resume"));
  EXPECT_EQ(json::parse(done.out),
            (json{{"file", file}, {"households", 5}, {"watchToken", "w-7"}}));
  ASSERT_EQ(registry_.export_requests.size(), 3u);
  EXPECT_THAT(registry_.export_requests[2], EqualsProto(R"pb(
                filter { division: "621126000000" states: MONITORING_STATE_MONITORED }
                resume_token: "3"
              )pb"));
}

TEST_F(AppTest, ExportThatFailedIsTakenUpAgain) {
  registry_.breaks[3] = grpc::Status(grpc::StatusCode::INTERNAL, "bug");
  const std::string file = dir_.File("out.jsonl");
  EXPECT_EQ(CtlHere({"household", "export", file, "--resume"}).code, 2);
  EXPECT_EQ(CtlHere({"household", "export", file}).code, 1);
  // Torn by a kill: what stands behind the mark is written again.
  std::ofstream(file, std::ios::app) << "{\"id\":\"3";
  EXPECT_EQ(CtlHere({"household", "export", file}).code, 2) << "would write over the first part";
  const Done done = CtlHere({"household", "export", file, "--resume"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(Content(file), kFiveHouseholds);
  EXPECT_THAT(done.out, HasSubstr("户数：5"));
}

TEST_F(AppTest, WatchKeepsItsTokenAndGoesOnByIt) {
  const std::string file = dir_.File("token");
  registry_.breaks[1] = grpc::Status(grpc::StatusCode::UNAVAILABLE, "later");
  registry_.breaks[3] = grpc::Status(grpc::StatusCode::INTERNAL, "bug");
  const std::vector<std::string> watch = {"household", "watch",      "--token-file",
                                          file,        "--division", "621126000000",
                                          "--token",   "0",          "--until-now"};
  const Done first = CtlHere(watch);
  EXPECT_EQ(first.code, 1);
  EXPECT_EQ(first.out,
            "{\"revision\":{\"householdId\":\"0\"}}\n{\"revision\":{\"householdId\":\"1\"}}\n"
            "{\"revision\":{\"householdId\":\"2\"}}\n");
  EXPECT_EQ(Content(file), "3");
  const Done second = CtlHere(watch);
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_EQ(second.out,
            "{\"revision\":{\"householdId\":\"3\"}}\n{\"revision\":{\"householdId\":\"4\"}}\n");
  EXPECT_THAT(registry_.watch_requests.back(),
              EqualsProto(R"pb(
                division: "621126000000" token: "3" until_now: true
              )pb"));
}

}  // namespace
}  // namespace fangpin::ctl
