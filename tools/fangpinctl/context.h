#ifndef FANGPIN_TOOLS_FANGPINCTL_CONTEXT_H_
#define FANGPIN_TOOLS_FANGPINCTL_CONTEXT_H_

#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/fangpinctl/client.h"
#include "tools/fangpinctl/exit_code.h"
#include "tools/fangpinctl/output.h"

namespace fangpin::ctl {

// The services that have addresses of their own when they run as separate processes.
inline constexpr std::string_view kServices[] = {"registry", "screening", "assistance",
                                                 "elimination"};

// Flags that every command takes, before or after its name.
struct GlobalFlags {
  std::string server = "127.0.0.1:7100";
  std::map<std::string, std::string, std::less<>> servers;  // by service; empty: `server`
  std::string ca_file;
  std::string token;
  std::string token_key = "var/keys/token.key";
  std::string subject;
  std::vector<std::string> roles;
  std::string department;
  std::string output = "table";
  std::string at;
  std::string timeout = "30s";

  // The address of a service.
  const std::string& AddressOf(std::string_view service) const;
  // Nothing without --at; checked by the parser.
  std::optional<absl::Time> At() const;
  absl::Duration Timeout() const;
};

// One run of the program: what its flags say, where its output goes, how it ends.
class Context {
 public:
  // The streams must outlive it. `progress` allows progress lines on `err`.
  Context(std::ostream& out, std::ostream& err, bool progress)
      : out_(out), err_(err), progress_(progress) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  GlobalFlags& flags() { return flags_; }
  const GlobalFlags& flags() const { return flags_; }
  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }
  bool progress() const { return progress_; }
  Format format() const;

  // The suite as the flags say, with the caller's token. Usage error when there is no token and
  // none can be made.
  absl::StatusOr<Client*> client();

  // Ends the command: an error is printed and decides the exit code.
  void Finish(const absl::StatusOr<ExitCode>& outcome);
  ExitCode exit_code() const { return exit_code_; }

 private:
  GlobalFlags flags_;
  std::ostream& out_;
  std::ostream& err_;
  const bool progress_;
  std::unique_ptr<Client> client_;
  ExitCode exit_code_ = ExitCode::kOk;
};

void AddGlobalFlags(CLI::App& app, Context& context);

// The bearer token that the flags stand for: --token, then FANGPIN_TOKEN unless flags ask for a
// minted one, then one minted with the key file for --subject and --role.
absl::StatusOr<std::string> TokenFor(const GlobalFlags& flags, absl::Time now);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_CONTEXT_H_
