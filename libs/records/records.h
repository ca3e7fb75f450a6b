#ifndef FANGPIN_RECORDS_RECORDS_H_
#define FANGPIN_RECORDS_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/call_context.h"

// Records of a household: versioned documents that a use case reads, decides on and writes in one
// transaction together with the effects they have in other services and the answer to the request
// that caused them. This header knows no SQL, so core may include it; SqlStore keeps the records
// sealed, FakeStore keeps them in memory.
namespace fangpin::records {

// What queries see of a record, in the clear: nothing personal.
struct Header {
  std::string id;            // Made by base::NewId, so that it begins with the county.
  std::string division;      // 12 digits; fixed when the record is inserted.
  std::string household_id;  // Fixed when the record is inserted.
  int64_t state = 0;         // 0 to 62.
  std::string slot;          // At most one record of a collection holds a slot; empty: none.
};

struct Record {
  Header header;
  int64_t revision = 0;  // From 1.
  std::string body;
};

// One change of a record.
struct Revision {
  int64_t number = 0;
  std::string actor;  // Principal::subject
  absl::Time time;
  std::string body;  // After the change.
};

struct Query {
  std::vector<std::string> divisions;  // Roots of the subtrees to look in; none: no records.
  std::string household_id;            // Only this one; empty for all.
  std::vector<int64_t> states;         // Only these; empty for all.
  std::string after;                   // Ids beyond this one; empty for the first page.
  int limit = 0;                       // At most so many records.
};

// Something to be done in another service, at least once, in the order in which the effects of one
// household were written.
struct Effect {
  std::string id;   // Unique; by it a second delivery is recognised.
  std::string key;  // Household id.
  std::string kind;
  std::string payload;  // Nothing personal.
};

// One call that a client may repeat. `body` is the request; a repeat has the same one.
struct Request {
  std::string_view method;
  std::string_view id;  // The client's request_id; empty: never recognised as a repeat.
  std::string body;
};

// One consistent view of the records.
class View {
 public:
  virtual ~View() = default;

  virtual absl::StatusOr<std::optional<Record>> Find(std::string_view collection,
                                                     std::string_view id) = 0;
  virtual absl::StatusOr<std::optional<Record>> InSlot(std::string_view collection,
                                                       std::string_view slot) = 0;
  // In id order: by county, then by time of creation.
  virtual absl::StatusOr<std::vector<Record>> List(std::string_view collection,
                                                   const Query& query) = 0;
  // Every version of a record, oldest first.
  virtual absl::StatusOr<std::vector<Revision>> History(std::string_view collection,
                                                        std::string_view id) = 0;
  // How many records are in each state that occurs.
  virtual absl::StatusOr<std::map<int64_t, int64_t>> CountByState(std::string_view collection) = 0;
};

// One transaction: all of it is kept, or nothing.
class Tx : public View {
 public:
  // Inserts revision 1. ALREADY_EXISTS, RECORD_SLOT_TAKEN or RECORD_EXISTS.
  virtual absl::Status Insert(std::string_view collection, const Header& header,
                              std::string_view body) = 0;
  // Replaces state, slot and body of the record whose revision is `revision`; returns the new
  // revision. ABORTED, ETAG_MISMATCH, when it has another one; ALREADY_EXISTS, RECORD_SLOT_TAKEN.
  virtual absl::StatusOr<int64_t> Update(std::string_view collection, const Header& header,
                                         std::string_view body, int64_t revision) = 0;

  virtual absl::Status Enqueue(const Effect& effect) = 0;

  // The answer kept for this request of the caller; nullopt for a new one. INVALID_ARGUMENT,
  // REQUEST_ID_REUSED, when the id was used with another body.
  virtual absl::StatusOr<std::optional<std::string>> FindAnswer(const Request& request) = 0;
  // Keeps the answer for kAnswerLife.
  virtual absl::Status KeepAnswer(const Request& request, std::string_view answer) = 0;
};

inline constexpr absl::Duration kAnswerLife = absl::Hours(24 * 7);
inline constexpr size_t kMaxRequestId = 64;

// The records of one service. Thread-safe.
class Store {
 public:
  virtual ~Store() = default;

  virtual absl::Status Read(absl::FunctionRef<absl::Status(View&)> fn) = 0;

  // Runs fn on behalf of ctx and commits. fn may run again after a conflict, on another thread; it
  // has no effect but through its Tx and assigns its results anew each time. When it fails, nothing
  // is kept and its status is returned.
  virtual absl::Status Write(const base::CallContext& ctx,
                             absl::FunctionRef<absl::Status(Tx&)> fn) = 0;
};

// The etag of a revision, and back; 0 for text that is no etag.
std::string EtagOf(int64_t revision);
int64_t RevisionOf(std::string_view etag);

// INVALID_ARGUMENT, REQUEST_ID_TOO_LONG.
absl::Status CheckRequestId(std::string_view request_id);

// The subtree roots to look in for what `principal` may see of `division` (empty: of everything).
std::vector<std::string> Visible(const base::Principal& principal, std::string_view division);

}  // namespace fangpin::records

#endif  // FANGPIN_RECORDS_RECORDS_H_
