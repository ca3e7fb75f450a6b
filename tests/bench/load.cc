#include "tests/bench/load.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "libs/rpc/method.h"
#include "libs/rpc/status.h"

namespace fangpin::bench {
namespace {

constexpr int kMaxConnections = 4;
constexpr int kMaxMessageBytes = 64 << 20;

// The numbers of /proc/PID/stat behind the program's name.
std::istringstream ProcessStat(pid_t pid) {
  std::ifstream in(absl::StrCat("/proc/", pid, "/stat"));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return std::istringstream(text.substr(text.rfind(')') + 1));
}

// One caller: always one call in flight, the next one sent when it is answered.
class Caller {
 public:
  Caller(grpc::GenericStub* stub, int number, const Work& work, const std::string& authorization,
         const std::atomic<bool>& running, absl::BlockingCounter& done)
      : stub_(*stub),
        number_(number),
        work_(work),
        authorization_(authorization),
        running_(running),
        done_(done) {}

  void Call() {
    context_.emplace();
    if (!authorization_.empty()) context_->AddMetadata(rpc::kAuthorizationKey, authorization_);
    request_ = work_.requests->Next(number_);
    response_.Clear();
    stub_.UnaryCall(&*context_, work_.method, {}, &request_, &response_,
                    [this](grpc::Status status) {
                      Require(rpc::FromGrpc(status));
                      ++calls_;
                      if (running_.load(std::memory_order_relaxed)) {
                        Call();
                      } else {
                        done_.DecrementCount();
                      }
                    });
  }
  uint64_t calls() const { return calls_; }

 private:
  grpc::GenericStub& stub_;
  const int number_;
  const Work& work_;
  const std::string& authorization_;
  const std::atomic<bool>& running_;
  absl::BlockingCounter& done_;
  std::optional<grpc::ClientContext> context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  uint64_t calls_ = 0;
};

std::string FromBuffer(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  Require(rpc::FromGrpc(buffer.Dump(&slices)));
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// Servers to be ended with this program.
std::vector<pid_t>& Servers() {
  static auto* const servers = new std::vector<pid_t>;
  return *servers;
}

}  // namespace

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::fflush(stdout);
  for (const pid_t pid : Servers()) kill(pid, SIGKILL);
  // Not exit: other threads are in the middle of calls.
  std::_Exit(1);
}

std::string SelfPath() {
  char path[4096];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  return std::string(path, size > 0 ? size : 0);
}

double CpuSeconds(pid_t pid) {
  std::istringstream rest = ProcessStat(pid);
  std::string skipped;
  for (int i = 0; i < 11; ++i) rest >> skipped;
  double user = 0, system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

int64_t MemoryBytes(pid_t pid) {
  std::istringstream rest = ProcessStat(pid);
  std::string skipped;
  for (int i = 0; i < 21; ++i) rest >> skipped;
  int64_t pages = 0;
  rest >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

void Cycle::Add(const google::protobuf::Message& request) {
  requests_.push_back(ToBuffer(request.SerializeAsString()));
}

grpc::ByteBuffer Cycle::Next(int /*caller*/) {
  return requests_[next_.fetch_add(1, std::memory_order_relaxed) % requests_.size()];
}

Target::Target(pid_t pid, const std::string& address, const std::string& token)
    : pid_(pid), authorization_(token.empty() ? "" : "Bearer " + token) {
  Servers().push_back(pid);
  for (int i = 0; i < kMaxConnections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
    channels_.push_back(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }
}

Target::~Target() { std::erase(Servers(), pid_); }

Target::Figures Target::Measure(const Work& work, int callers, absl::Duration time) {
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  for (const auto& channel : channels_)
    stubs.push_back(std::make_unique<grpc::GenericStub>(channel));
  std::atomic<bool> running{true};
  absl::BlockingCounter done(callers);
  std::vector<std::unique_ptr<Caller>> all;
  for (int i = 0; i < callers; ++i) {
    all.push_back(std::make_unique<Caller>(stubs[i % stubs.size()].get(), i, work, authorization_,
                                           running, done));
  }
  const double cpu = CpuSeconds(pid_);
  const absl::Time start = absl::Now();
  for (const auto& caller : all) caller->Call();
  absl::SleepFor(time);
  running = false;
  done.Wait();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const double used = CpuSeconds(pid_) - cpu;
  uint64_t calls = 0;
  for (const auto& caller : all) calls += caller->calls();
  return {static_cast<double>(calls) / seconds, used * 1e6 / static_cast<double>(calls)};
}

std::string Target::Ask(const Work& work) {
  grpc::GenericStub stub(channel());
  grpc::ClientContext context;
  if (!authorization_.empty()) context.AddMetadata(rpc::kAuthorizationKey, authorization_);
  const grpc::ByteBuffer request = work.requests->Next(0);
  grpc::ByteBuffer response;
  absl::Notification answered;
  stub.UnaryCall(&context, work.method, {}, &request, &response, [&](grpc::Status status) {
    Require(rpc::FromGrpc(status));
    answered.Notify();
  });
  answered.WaitForNotification();
  return FromBuffer(response);
}

}  // namespace fangpin::bench
