#include "libs/testing/subprocess.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "absl/time/clock.h"
#include "libs/base/strings.h"

extern char** environ;

namespace fangpin::testing {
namespace {

constexpr absl::Duration kRetryEvery = absl::Milliseconds(10);

std::vector<std::string> Environment(const std::map<std::string, std::string>& added) {
  std::map<std::string, std::string> all = added;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  std::vector<std::string> out;
  out.reserve(all.size());
  for (const auto& [name, value] : all) out.push_back(base::StrCat(name, "=", value));
  return out;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (std::string& s : strings) out.push_back(s.data());
  out.push_back(nullptr);
  return out;
}

// The complete line of `output` that contains `text`; empty when there is none yet.
std::string FindLine(std::string_view output, std::string_view text) {
  const size_t end_of_lines = output.rfind('\n');
  if (end_of_lines == std::string_view::npos) return "";
  for (std::string_view line : base::Split(output.substr(0, end_of_lines), '\n')) {
    if (line.find(text) != std::string_view::npos) return std::string(line);
  }
  return "";
}

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

// One grpc.health.v1.Health/Check. Encoded by hand: the base packages bring no health proto.
bool IsServing(const std::shared_ptr<grpc::Channel>& channel, std::string_view service,
               absl::Time deadline) {
  std::string request;
  if (!service.empty()) {
    request = base::StrCat("\x0a", std::string(1, static_cast<char>(service.size())), service);
  }
  constexpr std::string_view kServing = "\x08\x01";
  const grpc::Slice slice(request);
  const grpc::ByteBuffer request_buffer(&slice, 1);
  grpc::ByteBuffer response_buffer;
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  grpc::CompletionQueue queue;
  const auto call =
      stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request_buffer, &queue);
  grpc::Status status;
  call->StartCall();
  call->Finish(&response_buffer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  grpc::Slice response;
  return status.ok() && response_buffer.DumpToSingleSlice(&response).ok() &&
         std::string_view(reinterpret_cast<const char*>(response.begin()), response.size()) ==
             kServing;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Subprocess>> Subprocess::Start(const Options& options) {
  std::array<int, 2> pipe_fds;
  if (pipe2(pipe_fds.data(), O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe2");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDERR_FILENO);
  if (!options.working_directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, options.working_directory.c_str());
  }
  std::vector<std::string> argv = options.argv;
  std::vector<std::string> env = Environment(options.env);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, argv[0].c_str(), &actions, nullptr, Pointers(argv).data(),
                                 Pointers(env).data());
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_fds[1]);
  if (error != 0) {
    close(pipe_fds[0]);
    return absl::ErrnoToStatus(error, argv[0]);
  }
  return std::unique_ptr<Subprocess>(new Subprocess(pid, pipe_fds[0]));
}

Subprocess::Subprocess(pid_t pid, int output_fd)
    : pid_(pid), collector_([this, output_fd] { Collect(output_fd); }) {}

Subprocess::~Subprocess() {
  Signal(SIGKILL);
  Wait(absl::InfiniteDuration()).IgnoreError();
  collector_.join();
}

void Subprocess::Collect(int fd) {
  std::array<char, 4096> buffer;
  ssize_t count;
  while ((count = read(fd, buffer.data(), buffer.size())) > 0 || (count < 0 && errno == EINTR)) {
    absl::MutexLock lock(&mutex_);
    if (count > 0) output_.append(buffer.data(), count);
  }
  close(fd);
  absl::MutexLock lock(&mutex_);
  output_ended_ = true;
}

absl::StatusOr<std::string> Subprocess::WaitForLine(std::string_view text, absl::Duration timeout) {
  std::string line;
  const auto found_or_ended = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    line = FindLine(output_, text);
    return !line.empty() || output_ended_;
  };
  absl::MutexLock lock(&mutex_);
  const bool settled = mutex_.AwaitWithTimeout(absl::Condition(&found_or_ended), timeout);
  if (!line.empty()) return line;
  const std::string message = base::StrCat("no line with \"", text, "\" in: ", output_);
  return settled ? absl::UnavailableError(message) : absl::DeadlineExceededError(message);
}

void Subprocess::Signal(int signal) {
  if (!reaped_) kill(pid_, signal);
}

absl::StatusOr<Subprocess::Exit> Subprocess::Wait(absl::Duration timeout) {
  if (reaped_) return exit_;
  // A pid file descriptor becomes readable when the process ends.
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (fd < 0) return absl::ErrnoToStatus(errno, "pidfd_open");
  pollfd waiting = {.fd = fd, .events = POLLIN, .revents = 0};
  const int milliseconds = timeout == absl::InfiniteDuration()
                               ? -1
                               : static_cast<int>(absl::ToInt64Milliseconds(timeout));
  const int ready = poll(&waiting, 1, milliseconds);
  close(fd);
  if (ready <= 0) return absl::DeadlineExceededError("the process still runs");
  int status = 0;
  if (waitpid(pid_, &status, 0) != pid_) return absl::ErrnoToStatus(errno, "waitpid");
  reaped_ = true;
  exit_ = WIFSIGNALED(status) ? Exit{.code = 0, .signal = WTERMSIG(status)}
                              : Exit{.code = WEXITSTATUS(status), .signal = 0};
  return exit_;
}

std::string Subprocess::Output() const {
  absl::MutexLock lock(&mutex_);
  return output_;
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof(address);
  const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  close(fd);
  return bound ? ntohs(address.sin_port) : 0;
}

absl::Status WaitForPort(int port, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  do {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = Loopback(port);
    const int result = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    close(fd);
    if (result == 0) return absl::OkStatus();
    absl::SleepFor(kRetryEvery);
  } while (absl::Now() < deadline);
  return absl::DeadlineExceededError(base::StrCat("nothing listens on port ", port));
}

absl::Status WaitForHealth(const std::string& address, std::string_view service,
                           absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  while (absl::Now() < deadline) {
    channel->WaitForConnected(absl::ToChronoTime(deadline));
    if (IsServing(channel, service, deadline)) return absl::OkStatus();
    absl::SleepFor(kRetryEvery);
  }
  return absl::DeadlineExceededError(base::StrCat(address, " is not serving ", service));
}

}  // namespace fangpin::testing
