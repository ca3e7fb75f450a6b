#include "libs/rpc/main.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/error_details.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/log/log.h"
#include "libs/metrics/version.h"
#include "libs/rpc/command_line.h"
#include "libs/rpc/config.h"
#include "libs/rpc/server.h"

namespace fangpin::rpc {
namespace {

using Modules = std::vector<std::unique_ptr<Module>>;

// Exit code for a command line that cannot be parsed.
constexpr int kUsage = 2;

log::Level LogLevel(const std::string& name) {
  if (name == "debug") return log::Level::kDebug;
  if (name == "warning") return log::Level::kWarning;
  if (name == "error") return log::Level::kError;
  return log::Level::kInfo;
}

// Signals that end the process; blocked in every thread and taken by the main one alone.
sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// True when a stop signal came within `wait`.
bool StopRequested(absl::Duration wait) {
  const sigset_t signals = StopSignals();
  const timespec timeout = absl::ToTimespec(wait);
  return sigtimedwait(&signals, nullptr, &timeout) > 0;
}

absl::StatusOr<std::shared_ptr<Authenticator>> MakeAuthenticator(const config::v1::Config& config) {
  FANGPIN_ASSIGN_OR_RETURN(RoleTable roles, RoleTable::Load(config.roles_file()));
  FANGPIN_ASSIGN_OR_RETURN(TokenKey key, TokenKey::LoadOrCreate(config.token_key_file()));
  auto authenticator = std::make_shared<Authenticator>(
      std::move(key), std::make_shared<const RoleTable>(std::move(roles)));
  for (const config::v1::CertificateClient& client : config.tls().clients()) {
    authenticator->AddCertificate(
        client.common_name(),
        base::Principal{.subject = client.common_name(),
                        .roles = {client.roles().begin(), client.roles().end()},
                        .divisions = {client.divisions().begin(), client.divisions().end()},
                        .department = client.department()});
  }
  return authenticator;
}

absl::Status WritePorts(const std::string& file, const std::vector<std::string>& grpc,
                        const std::string& metrics) {
  const std::string draft = file + ".new";
  {
    std::ofstream out(draft);
    for (const std::string& address : grpc) out << "grpc " << address << "\n";
    if (!metrics.empty()) out << "metrics " << metrics << "\n";
  }
  std::error_code error;
  std::filesystem::rename(draft, file, error);
  if (!error) return absl::OkStatus();
  return base::Error(absl::StatusCode::kUnavailable, "VAR_UNWRITABLE", "工作目录无法写入")
      .WithMetadata("file", file);
}

// One running process: its modules, its server, its metrics.
class Process {
 public:
  Process(std::string binary, config::v1::Config config)
      : ports_file_(base::StrCat(config.var_dir(), "/", binary, ".ports")),
        config_(std::move(config)) {}

  absl::Status Start(std::initializer_list<ModuleSpec> specs) {
    std::error_code error;
    std::filesystem::create_directories(config_.var_dir(), error);
    FANGPIN_ASSIGN_OR_RETURN(auto authenticator, MakeAuthenticator(config_));
    env_ = std::make_unique<ModuleEnv>(ModuleEnv::Options{
        .config = config_, .metrics = metrics_, .authenticator = std::move(authenticator)});
    std::vector<grpc::Service*> services;
    for (const ModuleSpec& spec : specs) {
      FANGPIN_ASSIGN_OR_RETURN(std::unique_ptr<Module> module, spec.make(*env_));
      for (grpc::Service* service : module->services()) services.push_back(service);
      modules_.push_back(std::move(module));
    }
    FANGPIN_RETURN_IF_ERROR(env_->startup_status());
    FANGPIN_RETURN_IF_ERROR(StartMetrics());
    std::set<std::string, std::less<>> names;
    for (const auto& [service, runtime] : env_->runtimes()) names.merge(runtime->grpc_services());
    FANGPIN_ASSIGN_OR_RETURN(server_, Server::Start(config_, services, std::move(names)));
    FANGPIN_RETURN_IF_ERROR(Connect());
    for (const std::unique_ptr<Module>& module : modules_) {
      FANGPIN_RETURN_IF_ERROR(module->Start());
      ++started_;
      env_->RuntimeFor(module->name()).Admit(Runtime::Admission::kOpen);
    }
    ShowHealth();
    wrote_ports_ = true;
    return WritePorts(ports_file_, server_->addresses(), metrics_address_);
  }

  // Serves until a stop signal.
  void Serve() {
    for (const std::string& address : server_->addresses()) {
      log::Info("serving", {{"grpc", address}, {"metrics", metrics_address_}});
    }
    while (!StopRequested(absl::Seconds(1))) ShowHealth();
    log::Info("stopping", {{"drain_seconds", config_.limits().drain_seconds()}});
  }

  ~Process() {
    // Another process may have this folder, and then this one never wrote the file.
    std::error_code error;
    if (wrote_ports_) std::filesystem::remove(ports_file_, error);
    if (server_ != nullptr) Drain();
    while (started_ > 0) modules_[--started_]->Stop();
    server_.reset();
    while (!modules_.empty()) modules_.pop_back();
  }

 private:
  absl::Status StartMetrics() {
    if (config_.metrics_listen() == "off") return absl::OkStatus();
    FANGPIN_ASSIGN_OR_RETURN(exposer_,
                             metrics::Exposer::Start(*metrics_, config_.metrics_listen()));
    const std::string& asked = config_.metrics_listen();
    metrics_address_ = base::StrCat(asked.substr(0, asked.rfind(':') + 1), exposer_->port());
    return absl::OkStatus();
  }

  absl::Status Connect() {
    std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>> in_process;
    for (const std::unique_ptr<Module>& module : modules_) {
      in_process.emplace(module->name(), server_->InProcessChannel());
    }
    env_->Connect(in_process);
    return env_->startup_status();
  }

  // Callers go first, highest module first, so that what it still asks of the others is answered.
  void Drain() {
    const absl::Time deadline = absl::Now() + absl::Seconds(config_.limits().drain_seconds());
    server_->TurnHealthOff();
    for (auto module = modules_.rbegin(); module != modules_.rend(); ++module) {
      env_->RuntimeFor((*module)->name()).Drain(deadline);
    }
    server_->Drain(std::max(absl::ZeroDuration(), deadline - absl::Now()));
  }

  void ShowHealth() {
    bool all = true;
    for (const std::unique_ptr<Module>& module : modules_) {
      const bool ready = module->Ready();
      all &= ready;
      server_->SetHealth(std::string(module->name()), ready);
      for (const std::string& service : env_->RuntimeFor(module->name()).grpc_services()) {
        server_->SetHealth(service, ready);
      }
    }
    server_->SetHealth("", all);
  }

  const std::string ports_file_;
  const config::v1::Config config_;
  const std::shared_ptr<metrics::Registry> metrics_ = std::make_shared<metrics::Registry>();
  std::unique_ptr<metrics::Exposer> exposer_;
  std::string metrics_address_;
  std::unique_ptr<ModuleEnv> env_;
  Modules modules_;
  size_t started_ = 0;
  bool wrote_ports_ = false;
  std::unique_ptr<Server> server_;
};

// What the process would read when started.
absl::Status CheckFiles(const config::v1::Config& config,
                        std::initializer_list<ModuleSpec> modules) {
  FANGPIN_RETURN_IF_ERROR(RoleTable::Load(config.roles_file()).status());
  for (const ModuleSpec& module : modules) {
    if (module.check != nullptr) FANGPIN_RETURN_IF_ERROR(module.check(config));
  }
  return absl::OkStatus();
}

int Fail(const absl::Status& status) {
  std::map<std::string, std::string> metadata;
  if (const auto info = base::GetErrorInfo(status)) {
    metadata.insert(info->metadata().begin(), info->metadata().end());
  }
  std::string details;
  for (const auto& [key, value] : metadata) {
    base::StrAppend(&details, std::string_view(details.empty() ? "" : " "), key, "=", value);
  }
  const std::string reason = base::Reason(status);
  log::Error("cannot start",
             {{"reason", reason.empty() ? absl::StatusCodeToString(status.code()) : reason},
              {"message", base::ToStd(status.message())},
              {"details", details}});
  log::Flush();
  return 1;
}

}  // namespace

int Main(int argc, char** argv, std::initializer_list<ModuleSpec> modules) {
  const std::string binary = std::filesystem::path(argv[0]).filename();
  std::string config_file, var_dir;
  bool check_config = false;
  CLI::App app(base::StrCat("防贫服务 ", binary, " ", metrics::kVersion), binary);
  SpeakChinese(app);
  app.add_option("--config", config_file, "配置文件（textproto）；不填则全部取默认值");
  app.add_option("--var", var_dir, "工作目录，优先于配置文件");
  app.add_flag("--check_config", check_config, "检查配置后退出");
  app.set_version_flag("--version", base::StrCat(binary, " ", metrics::kVersion), "显示版本");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come this way too.
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << CommandLineError(app, error) << "\n";
    return kUsage;
  }

  // Debian builds Abseil with its checks for deadlocks: every lock of the process, gRPC's own
  // included, would go through one graph. Tests keep them.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Before any thread, so that all inherit it.
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  absl::StatusOr<config::v1::Config> config = LoadConfig(config_file, var_dir);
  if (!config.ok()) return Fail(config.status());
  if (check_config) {
    if (const absl::Status checked = CheckFiles(*config, modules); !checked.ok()) {
      return Fail(checked);
    }
    std::cout << "配置正确\n" << config->DebugString();
    return 0;
  }
  const absl::Status logging = log::Init(
      {.level = LogLevel(config->log().level()), .file = config->log().file(), .service = binary});
  if (!logging.ok()) return Fail(logging);
  log::Info("starting", {{"version", metrics::kVersion}, {"var", config->var_dir()}});
  int result = 0;
  {
    Process process(binary, *std::move(config));
    if (absl::Status started = process.Start(modules); started.ok()) {
      process.Serve();
    } else {
      result = Fail(started);
    }
  }
  log::Info("stopped");
  log::Flush();
  return result;
}

}  // namespace fangpin::rpc
