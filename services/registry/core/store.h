#ifndef FANGPIN_REGISTRY_CORE_STORE_H_
#define FANGPIN_REGISTRY_CORE_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "fangpin/registry/v1/division_service.pb.h"
#include "fangpin/registry/v1/household.pb.h"
#include "fangpin/registry/v1/import.pb.h"
#include "fangpin/registry/v1/query.pb.h"
#include "fangpin/registry/v1/registry_service.pb.h"
#include "libs/base/id_key.h"
#include "services/registry/core/feed_store.h"
#include "services/registry/core/person_place.h"
#include "services/registry/core/record.h"

namespace fangpin::registry {

namespace pb = ::fangpin::registry::v1;

// Codes c with begin <= c < end: the subtree of a division, or a part of one.
struct DivisionRange {
  std::string begin;
  std::string end;

  friend bool operator==(const DivisionRange&, const DivisionRange&) = default;
};

// A part of the households of a range by (division, id).
struct HouseholdQuery {
  DivisionRange range;
  pb::HouseholdFilter filter;  // as CheckFilter gives it; `range` stands for its division
  std::string after_division;
  std::string after_id;  // strictly after this pair; both empty from the start
  int limit = 0;
  // The search ends after looking at this many households, taken or not; one by name needs no end.
  int window = 20'000;
};

// What a HouseholdQuery finds.
struct HouseholdPart {
  std::vector<pb::Household> households;
  // Nothing in the range is behind them. Otherwise the search stands behind this pair.
  bool complete = false;
  std::string last_division;
  std::string last_id;
};

// Households that agree in what is counted by.
struct HouseholdGroup {
  std::string division;
  int state = 0;
  int category = 0;
  int kind = 0;
  int64_t households = 0;
  int64_t persons = 0;  // active members
};
// The group of one household.
HouseholdGroup GroupOf(const pb::Household& household);

// One change: the new state is change.revision.household(); `before` is null for a new household.
struct HouseholdChange {
  const pb::Household* before = nullptr;
  pb::Revision revision;
};

// Where a person is; answer of the person index.
struct PersonEntry {
  pb::PersonMatch match;
  bool active = false;  // false: has left that household and is in no other
};

// A write that a client may repeat: a repeat has the same body and gets the first answer.
struct RequestKey {
  std::string principal;
  std::string method;
  std::string request_id;
  std::string body;
};

// An import with what its messages do not show.
struct ImportRecord {
  pb::Import import;
  int64_t received_bytes = 0;
  absl::Time run_time;  // the instant of RunImport: the day of all it writes
  int attempts = 0;     // how often a run was begun
};

// Changes with everything done that needs no transaction. Made by RegistryStore::Prepare, written
// by that store's writers, as often as a transaction runs.
class PreparedChanges {
 public:
  virtual ~PreparedChanges() = default;
};

// Reads inside one consistent snapshot.
class RegistryReader : public FeedReader {
 public:
  // One entry an id, in order; nullopt for an unknown one.
  virtual absl::StatusOr<std::vector<std::optional<pb::Household>>> Households(
      absl::Span<const std::string> ids) = 0;
  // The revision with its household; nullopt when there is none.
  virtual absl::StatusOr<std::optional<pb::Revision>> RevisionAt(std::string_view household_id,
                                                                 int64_t number) = 0;
  // Up to `limit` revisions with number > after, oldest first, with their households.
  virtual absl::StatusOr<std::vector<pb::Revision>> Revisions(std::string_view household_id,
                                                              int64_t after, int limit) = 0;
  virtual absl::StatusOr<HouseholdPart> ListHouseholds(const HouseholdQuery& query) = 0;
  // By village, in no order, a group in one entry or several. The filter has no name. Looks at
  // every household of the range, or at every monitored one when the filter takes no others.
  virtual absl::StatusOr<std::vector<HouseholdGroup>> CountHouseholds(
      const DivisionRange& range, const pb::HouseholdFilter& filter) = 0;
  // The id of the household with each 户编号, in order; nullopt for an unknown one.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> HouseholdIdsByNationalId(
      absl::Span<const std::string> national_ids) = 0;
  // By normalised ID number, or by its fingerprint of 16 bytes: one entry each, in order.
  virtual absl::StatusOr<std::vector<std::optional<PersonEntry>>> PersonsByIdNumber(
      absl::Span<const std::string> id_numbers) = 0;
  virtual absl::StatusOr<std::vector<std::optional<PersonEntry>>> PersonsByFingerprint(
      absl::Span<const std::string> fingerprints) = 0;
  // The first answer's bytes; nullopt when the request is new. INVALID_ARGUMENT REQUEST_ID_REUSED
  // when the id was used with another body.
  virtual absl::StatusOr<std::optional<std::string>> FindAnswer(const RequestKey& key) = 0;
  // Whether the decision has already moved the household to the state.
  virtual absl::StatusOr<bool> WasDecided(std::string_view household_id,
                                          std::string_view decided_by, int to_state) = 0;

  virtual absl::StatusOr<std::optional<ImportRecord>> FindImport(std::string_view id) = 0;
  // Ids of imports in the state, oldest first, at most 100.
  virtual absl::StatusOr<std::vector<std::string>> ImportsInState(pb::ImportState state) = 0;
  // The piece that begins at the offset; nullopt when there is none.
  virtual absl::StatusOr<std::optional<std::string>> Chunk(std::string_view import_id,
                                                           int64_t offset) = 0;
  // All pieces in order as one.
  virtual absl::StatusOr<std::string> Content(std::string_view import_id) = 0;
  // Up to `limit` errors with sequence > after, with their sequence numbers from 1.
  virtual absl::StatusOr<std::vector<std::pair<int64_t, pb::RowError>>> ImportErrors(
      std::string_view import_id, int64_t after, int limit) = 0;
  // Piece of the import's errors workbook, from 0; empty behind the last, and without a workbook.
  virtual absl::StatusOr<std::string> ErrorsWorkbookPiece(std::string_view import_id,
                                                          int piece) = 0;

  // One entry a village, in order; nullopt for one without a profile.
  virtual absl::StatusOr<std::vector<std::optional<v1::VillageProfile>>> VillageProfiles(
      absl::Span<const std::string> villages) = 0;
  // Up to `limit` profiles in the range with a code above `after`, in code order.
  virtual absl::StatusOr<std::vector<v1::VillageProfile>> ListVillageProfiles(
      const DivisionRange& range, std::string_view after, int limit) = 0;
};

// Writes inside one serialisable transaction; reads see what it wrote.
class RegistryWriter : public RegistryReader {
 public:
  // Reserves `count` serials of the village and returns the first. RESOURCE_EXHAUSTED
  // HOUSEHOLD_SERIALS_USED_UP.
  virtual absl::StatusOr<int> ReserveSerials(std::string_view village, int count) = 0;
  // Stores each change with its revision, adds it to the feed, and keeps the person index: members
  // who left are given free before others are claimed. ALREADY_EXISTS PERSON_IN_OTHER_HOUSEHOLD,
  // HOUSEHOLD_NUMBER_EXISTS.
  virtual absl::Status Put(absl::Span<const HouseholdChange> changes) = 0;
  // The same. ABORTED HOUSEHOLD_CHANGED when a household is at another revision than its `before`.
  virtual absl::Status PutPrepared(const PreparedChanges& changes) = 0;
  // Remembers the answer unless the request has one; false when it has. Forgets now and then those
  // of more than seven days before `now`.
  virtual absl::StatusOr<bool> RememberAnswer(const RequestKey& key, std::string_view answer,
                                              absl::Time now) = 0;
  virtual absl::Status RememberDecision(std::string_view household_id, std::string_view decided_by,
                                        int to_state) = 0;

  virtual absl::Status PutImport(const ImportRecord& record) = 0;
  virtual absl::Status PutChunk(std::string_view import_id, int64_t offset,
                                std::string_view data) = 0;
  virtual absl::Status DropChunks(std::string_view import_id) = 0;
  // Numbers the errors from 1 and replaces those that are there.
  virtual absl::Status PutImportErrors(std::string_view import_id,
                                       absl::Span<const pb::RowError> errors) = 0;
  // Keeps the workbook in pieces of at most 1 MiB in place of the one that is there; an empty one
  // is none.
  virtual absl::Status PutErrorsWorkbook(std::string_view import_id, std::string_view workbook) = 0;
  static constexpr size_t kWorkbookPiece = size_t{1} << 20;

  virtual absl::Status PutVillageProfiles(absl::Span<const v1::VillageProfile> profiles) = 0;
};

// The registry's records. Thread-safe. Errors are those of libs/sql unless named.
class RegistryStore : public FeedStore {
 public:
  virtual absl::Status Read(absl::FunctionRef<absl::Status(RegistryReader&)> fn) = 0;
  // fn may run again after a conflict, on another thread; it assigns its results anew each time.
  // When it fails nothing is kept and its status is returned.
  virtual absl::Status Write(absl::FunctionRef<absl::Status(RegistryWriter&)> fn) = 0;
  // Seals and indexes the changes, so that a transaction only writes them.
  virtual absl::StatusOr<std::unique_ptr<const PreparedChanges>> Prepare(
      absl::Span<const HouseholdChange> changes) const = 0;
  // Runs fn while no other process runs one on this store under that name.
  virtual absl::Status Exclusively(std::string_view name, absl::FunctionRef<absl::Status()> fn) = 0;

  // Reads of single records, from memory where it can. Each answer includes every write that was
  // answered before the call; two of them need not be of one snapshot.
  //
  // The household as it is; null for an unknown id.
  virtual absl::StatusOr<RecordPtr> Record(std::string_view id) = 0;
  // One an id, in order.
  virtual absl::StatusOr<std::vector<RecordPtr>> Records(absl::Span<const std::string> ids) = 0;
  // Where the persons with these ID numbers are, in order.
  virtual absl::StatusOr<std::vector<PersonPlace>> Persons(absl::Span<const base::IdKey> keys) = 0;
};

// What a change does to the person index. Applied in this order.
struct PersonIndexChange {
  struct Claim {
    std::string id_number;
    std::string person_id;
    std::string name;
    bool active = true;
  };
  std::vector<std::string> dropped;  // ID numbers that stand in the household no more
  std::vector<Claim> released;       // members who left
  // Members who are new, came back or were not indexed, changed their name or moved.
  std::vector<Claim> claimed;
};
PersonIndexChange DiffPersons(const pb::Household* before, const pb::Household& after);

// The change in the feed, still without a position.
FeedRow FeedRowOf(const HouseholdChange& change);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_STORE_H_
