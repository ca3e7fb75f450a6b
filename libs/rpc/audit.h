#ifndef FANGPIN_RPC_AUDIT_H_
#define FANGPIN_RPC_AUDIT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

// Who did what: an append-only file of JSON lines. Each line carries the SHA-256 of its own text
// and of the line before, so that a line that was changed, moved or taken out shows.
namespace fangpin::rpc {

struct AuditEntry {
  absl::Time time;           // wall clock
  absl::Time business_time;  // the call's own now; differs only under simulated time
  std::string_view subject;
  std::string_view on_behalf_of;  // subject that the calling service acts for; empty for people
  std::string_view method;        // "fangpin.registry.v1.RegistryService/GetHousehold"
  std::string_view request_id;
  std::string_view division;     // value of the method's scope field
  std::vector<std::string> ids;  // ids that the request and the response name
  std::string_view outcome;      // "OK" or the status code's name
  std::string_view reason;       // ErrorInfo reason when refused
  bool write = false;
};

// Where audit entries go. Implementations are thread-safe.
class AuditSink {
 public:
  virtual ~AuditSink() = default;

  // Records the entry. With `entry.write` it has left the process when this returns; a read may
  // wait in memory for up to a second. UNAVAILABLE when it cannot be written.
  virtual absl::Status Append(const AuditEntry& entry) = 0;

  // False after a failed write until one succeeds again: calls that must leave a trace are then
  // refused before they do anything.
  virtual bool Healthy() const = 0;

  virtual absl::Status Flush() = 0;
};

// Opens `path` for appending (0600), continuing its chain, as its only writer. A last line torn by
// a crash was never answered for and is cut off. FAILED_PRECONDITION when another process writes
// it, DATA_LOSS when its last line does not verify.
absl::StatusOr<std::unique_ptr<AuditSink>> OpenAuditFile(const std::string& path);

struct AuditSummary {
  int64_t lines = 0;
  std::string head;  // hash of the last line, hex
};

// Checks every line of the file. DATA_LOSS names the first line that does not fit, NOT_FOUND.
absl::StatusOr<AuditSummary> VerifyAuditFile(const std::string& path);

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_AUDIT_H_
