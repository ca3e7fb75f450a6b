// The suite's unary path (server, wrapper, principal, scope, metrics) around an empty handler
// beside a bare gRPC callback echo of the same message. Each server is a process of its own, both
// alive for the whole run; the client is a third process with callback stubs, so that nothing waits
// in a thread. Rounds take turns.

#include <sys/sysinfo.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "fangpin/rpc/testdata/v1/echo.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/server_builder.h"
#include "libs/rpc/test_server.h"
#include "libs/testing/subprocess.h"
#include "tests/bench/report.h"

namespace fangpin::bench {
namespace {

namespace pb = rpc::testdata::v1;

constexpr int kCallers[] = {1, 16, 64, 256};
constexpr int kMessageBytes = 600;
constexpr int kMaxConnections = 4;
constexpr double kAim = 0.85;
constexpr char kDivision[] = "621126100201";

// The handler with nothing around it.
class BareEcho final : public pb::EchoService::CallbackService {
 public:
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const pb::EchoRequest* request,
                                 pb::EchoResponse* response) override {
    response->set_text(request->text());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// The same handler as a service of the suite has it.
class SuiteEcho final : public pb::EchoService::CallbackService {
 public:
  explicit SuiteEcho(rpc::Runtime& runtime)
      : echo_(runtime, pb::EchoService::service_full_name(), "Echo", rpc::RunMode::kInline) {}

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const pb::EchoRequest* request,
                                 pb::EchoResponse* response) override {
    return echo_.Run(
        context, request, response,
        [](const base::CallContext&, const pb::EchoRequest& request, pb::EchoResponse& response) {
          response.set_text(request.text());
          return absl::OkStatus();
        });
  }

 private:
  rpc::Method<pb::EchoRequest, pb::EchoResponse> echo_;
};

// Serves until killed. Says "serving ADDRESS TOKEN".
[[noreturn]] void Serve(bool bare) {
  BareEcho bare_echo;
  rpc::TestServer suite("echo");
  SuiteEcho suite_echo(suite.runtime());
  std::unique_ptr<grpc::Server> server;
  std::string address;
  if (bare) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&bare_echo);
    server = builder.BuildAndStart();
    address = absl::StrCat("127.0.0.1:", port);
  } else {
    suite.Start({&suite_echo});
    address = suite.address();
  }
  const base::Principal desk = rpc::TestServer::Person("COUNTY_DESK", "621126000000");
  std::printf("serving %s %s\n", address.c_str(), suite.Token(desk).c_str());
  std::fflush(stdout);
  while (true) pause();
}

// One caller: always one call in flight, the next one sent when it is answered.
class Caller {
 public:
  Caller(pb::EchoService::Stub* stub, const pb::EchoRequest* request, const std::string* token)
      : stub_(stub), request_(request), token_(token) {}

  void Start(const std::atomic<bool>* running, absl::BlockingCounter* done) {
    running_ = running;
    done_ = done;
    calls_ = 0;
    Call();
  }
  uint64_t calls() const { return calls_; }

 private:
  void Call() {
    context_.emplace();
    if (!token_->empty()) context_->AddMetadata(rpc::kAuthorizationKey, *token_);
    stub_->async()->Echo(&*context_, request_, &response_, [this](grpc::Status status) {
      if (!status.ok()) {
        std::fprintf(stderr, "call failed: %s\n", status.error_message().c_str());
        std::abort();
      }
      ++calls_;
      if (running_->load(std::memory_order_relaxed)) {
        Call();
      } else {
        done_->DecrementCount();
      }
    });
  }

  pb::EchoService::Stub* const stub_;
  const pb::EchoRequest* const request_;
  const std::string* const token_;
  std::optional<grpc::ClientContext> context_;
  pb::EchoResponse response_;
  const std::atomic<bool>* running_ = nullptr;
  absl::BlockingCounter* done_ = nullptr;
  uint64_t calls_ = 0;
};

// Seconds of CPU that a process has used.
double CpuSeconds(pid_t pid) {
  std::ifstream in(absl::StrCat("/proc/", pid, "/stat"));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::istringstream rest(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) rest >> skipped;
  double user = 0, system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// One server and the client side of it.
class Side {
 public:
  explicit Side(const std::string& kind) {
    char self[4096];
    const ssize_t size = readlink("/proc/self/exe", self, sizeof(self));
    auto process = testing::Subprocess::Start({.argv = {std::string(self, size), "--serve", kind}});
    if (!process.ok()) Fail(process.status());
    process_ = *std::move(process);
    const auto line = process_->WaitForLine("serving ", absl::Seconds(30));
    if (!line.ok()) Fail(line.status());
    const std::vector<std::string> words = absl::StrSplit(*line, ' ');
    if (kind == "suite") authorization_ = "Bearer " + words[2];
    for (int i = 0; i < kMaxConnections; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      stubs_.push_back(pb::EchoService::NewStub(
          grpc::CreateCustomChannel(words[1], grpc::InsecureChannelCredentials(), arguments)));
    }
    request_.mutable_filter()->set_division(kDivision);
    request_.set_text(std::string(kMessageBytes - request_.ByteSizeLong() - 3, 'x'));
    for (int i = 0; i < kCallers[std::size(kCallers) - 1]; ++i) {
      callers_.push_back(
          std::make_unique<Caller>(stubs_[i % kMaxConnections].get(), &request_, &authorization_));
    }
  }

  struct Figures {
    double calls_per_second;
    double server_cpu_us;  // a call
  };
  Figures Measure(int callers, absl::Duration time) {
    std::atomic<bool> running{true};
    absl::BlockingCounter done(callers);
    const double cpu = CpuSeconds(process_->pid());
    const absl::Time start = absl::Now();
    for (int i = 0; i < callers; ++i) callers_[i]->Start(&running, &done);
    absl::SleepFor(time);
    running = false;
    done.Wait();
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    const double used = CpuSeconds(process_->pid()) - cpu;
    uint64_t calls = 0;
    for (int i = 0; i < callers; ++i) calls += callers_[i]->calls();
    return {calls / seconds, used * 1e6 / calls};
  }

 private:
  [[noreturn]] static void Fail(const absl::Status& status) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    std::exit(1);
  }

  std::unique_ptr<testing::Subprocess> process_;
  std::string authorization_;
  std::vector<std::unique_ptr<pb::EchoService::Stub>> stubs_;
  pb::EchoRequest request_;
  std::vector<std::unique_ptr<Caller>> callers_;
};

int Run(const std::string& out, int rounds, absl::Duration time) {
  Side bare("bare"), suite("suite");
  std::printf(
      "client: callback stubs, up to %d connections; servers: two processes; %d cores; "
      "%d rounds of %s a side\n",
      kMaxConnections, get_nprocs(), rounds, absl::FormatDuration(time).c_str());
  Report report;
  for (const int callers : kCallers) {
    bare.Measure(callers, time / 2);
    suite.Measure(callers, time / 2);
    std::vector<double> bare_rate, suite_rate, bare_cpu, suite_cpu;
    const auto measure = [&](Side& side, std::vector<double>& rate, std::vector<double>& cpu) {
      const Side::Figures figures = side.Measure(callers, time);
      rate.push_back(figures.calls_per_second);
      cpu.push_back(figures.server_cpu_us);
    };
    for (int round = 0; round < rounds; ++round) {
      if (round % 2 == 0) measure(bare, bare_rate, bare_cpu);
      measure(suite, suite_rate, suite_cpu);
      if (round % 2 == 1) measure(bare, bare_rate, bare_cpu);
    }
    report.Add({.name = absl::StrCat("unary path, ", callers, " callers"),
                .value = Median(suite_rate),
                .unit = "calls/s",
                .baseline = Median(bare_rate),
                .aim = kAim});
    report.Add({.name = absl::StrCat("server CPU, ", callers, " callers"),
                .value = Median(suite_cpu),
                .unit = "us/call",
                .baseline = Median(bare_cpu)});
  }
  report.Print();
  return report.Write(out) ? 0 : 1;
}

}  // namespace
}  // namespace fangpin::bench

int main(int argc, char** argv) {
  // As the suite's servers do it; it is as good for the bare one and for the callers.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 2 && arguments[0] == "--serve") {
    fangpin::bench::Serve(arguments[1] == "bare");
  }
  if (arguments.size() != 3) {
    std::fprintf(stderr, "usage: rpc_bench OUT.json ROUNDS SECONDS\n");
    return 2;
  }
  return fangpin::bench::Run(arguments[0], std::stoi(arguments[1]),
                             absl::Seconds(std::stod(arguments[2])));
}
