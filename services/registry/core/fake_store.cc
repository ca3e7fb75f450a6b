#include "services/registry/core/fake_store.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "libs/base/household_id.h"
#include "libs/base/status.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household.h"
#include "services/registry/core/household_filter.h"

namespace fangpin::registry {
namespace {

constexpr absl::Duration kAnswerLife = absl::Hours(24 * 7);

struct FakeChanges final : public PreparedChanges {
  std::vector<std::pair<std::optional<pb::Household>, pb::Revision>> changes;  // before, after
};

void AppendPositioned(std::vector<FeedRow> rows, std::vector<FeedRow>* feed) {
  for (FeedRow& row : rows) {
    row.position = static_cast<int64_t>(feed->size()) + 1;
    feed->push_back(std::move(row));
  }
}

}  // namespace

std::string FakeStore::FingerprintOf(std::string_view id_number) {
  // FNV-1a, twice with different seeds.
  std::string fingerprint;
  for (uint64_t hash : {uint64_t{0xcbf29ce484222325}, uint64_t{0x9e3779b97f4a7c15}}) {
    for (const char c : id_number) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
    fingerprint.append(reinterpret_cast<const char*>(&hash), sizeof(hash));
  }
  return fingerprint;
}

class FakeStore::Tx final : public RegistryWriter {
 public:
  explicit Tx(Data* data) : data_(*data) {}

  absl::StatusOr<std::vector<std::optional<pb::Household>>> Households(
      absl::Span<const std::string> ids) override {
    std::vector<std::optional<pb::Household>> found;
    for (const std::string& id : ids) {
      const auto at = data_.households.find(id);
      found.push_back(at == data_.households.end()
                          ? std::nullopt
                          : std::optional<pb::Household>(at->second.back().household()));
    }
    return found;
  }

  absl::StatusOr<std::optional<pb::Revision>> RevisionAt(std::string_view household_id,
                                                         int64_t number) override {
    const auto at = data_.households.find(std::string(household_id));
    if (at == data_.households.end() || number < 1 ||
        number > static_cast<int64_t>(at->second.size())) {
      return std::nullopt;
    }
    return at->second[static_cast<size_t>(number - 1)];
  }

  absl::StatusOr<std::vector<pb::Revision>> Revisions(std::string_view household_id, int64_t after,
                                                      int limit) override {
    std::vector<pb::Revision> found;
    const auto at = data_.households.find(std::string(household_id));
    if (at == data_.households.end()) return found;
    for (const pb::Revision& revision : at->second) {
      if (revision.number() > after && static_cast<int>(found.size()) < limit) {
        found.push_back(revision);
      }
    }
    return found;
  }

  absl::StatusOr<int64_t> FeedHead() override { return static_cast<int64_t>(data_.feed.size()); }
  absl::StatusOr<std::vector<FeedRow>> Feed(int64_t after, int limit) override {
    const size_t begin = std::min(static_cast<size_t>(after), data_.feed.size());
    const size_t end = std::min(begin + static_cast<size_t>(limit), data_.feed.size());
    return std::vector<FeedRow>(data_.feed.begin() + static_cast<std::ptrdiff_t>(begin),
                                data_.feed.begin() + static_cast<std::ptrdiff_t>(end));
  }
  absl::StatusOr<std::vector<FeedRow>> FeedPending() override { return data_.feed_pending; }
  absl::StatusOr<std::vector<std::optional<pb::Revision>>> RevisionsAt(
      absl::Span<const RevisionKey> keys) override {
    std::vector<std::optional<pb::Revision>> found;
    for (const RevisionKey& key : keys) {
      FANGPIN_ASSIGN_OR_RETURN(std::optional<pb::Revision> revision,
                               RevisionAt(key.household_id, key.number));
      found.push_back(std::move(revision));
    }
    return found;
  }

  absl::StatusOr<HouseholdPart> ListHouseholds(const HouseholdQuery& query) override {
    const std::pair<std::string, std::string> after(query.after_division, query.after_id);
    const bool named = !query.filter.member_name().empty();
    HouseholdPart part;
    int seen = 0;
    for (const pb::Household* h : Within(query.range)) {
      if (std::pair(h->division(), h->id()) <= after) continue;
      if (static_cast<int>(part.households.size()) == query.limit ||
          (!named && seen == query.window)) {
        return part;
      }
      ++seen;
      part.last_division = h->division();
      part.last_id = h->id();
      if (Takes(query.filter, *h)) part.households.push_back(*h);
    }
    part.complete = true;
    return part;
  }

  absl::StatusOr<std::vector<HouseholdGroup>> CountHouseholds(
      const DivisionRange& range, const pb::HouseholdFilter& filter) override {
    std::vector<HouseholdGroup> groups;
    for (const pb::Household* h : Within(range)) {
      if (Takes(filter, *h)) groups.push_back(GroupOf(*h));
    }
    return groups;
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> HouseholdIdsByNationalId(
      absl::Span<const std::string> national_ids) override {
    std::vector<std::optional<std::string>> found;
    for (const std::string& id : national_ids) {
      const auto at = data_.by_national_id.find(id);
      found.push_back(at == data_.by_national_id.end() ? std::nullopt : std::optional(at->second));
    }
    return found;
  }

  absl::StatusOr<std::vector<std::optional<PersonEntry>>> PersonsByIdNumber(
      absl::Span<const std::string> id_numbers) override {
    std::vector<std::string> fingerprints;
    for (const std::string& number : id_numbers) fingerprints.push_back(FingerprintOf(number));
    return PersonsByFingerprint(fingerprints);
  }

  absl::StatusOr<std::vector<std::optional<PersonEntry>>> PersonsByFingerprint(
      absl::Span<const std::string> fingerprints) override {
    std::vector<std::optional<PersonEntry>> found;
    for (const std::string& fingerprint : fingerprints) {
      const auto at = data_.persons.find(fingerprint);
      if (at == data_.persons.end()) {
        found.emplace_back();
        continue;
      }
      const pb::Household& h = data_.households[at->second.household_id].back().household();
      PersonEntry entry;
      entry.active = at->second.active;
      entry.match.set_person_id(at->second.person_id);
      entry.match.set_household_id(h.id());
      entry.match.set_division(h.division());
      entry.match.set_household_kind(h.kind());
      entry.match.set_monitoring_state(h.monitoring().state());
      entry.match.set_category(h.monitoring().category());
      found.emplace_back(std::move(entry));
    }
    return found;
  }

  absl::StatusOr<std::optional<std::string>> FindAnswer(const RequestKey& key) override {
    const auto at = data_.answers.find({key.principal, key.method, key.request_id});
    if (at == data_.answers.end()) return std::nullopt;
    if (at->second.body != key.body) return RequestIdReused();
    return at->second.answer;
  }

  absl::StatusOr<bool> WasDecided(std::string_view household_id, std::string_view decided_by,
                                  int to_state) override {
    return data_.decisions.contains({std::string(household_id), std::string(decided_by), to_state});
  }

  absl::StatusOr<std::optional<ImportRecord>> FindImport(std::string_view id) override {
    const auto at = data_.imports.find(std::string(id));
    return at == data_.imports.end() ? std::nullopt : std::optional(at->second);
  }

  absl::StatusOr<std::vector<std::string>> ImportsInState(pb::ImportState state) override {
    std::vector<std::pair<absl::Time, std::string>> found;
    for (const auto& [id, record] : data_.imports) {
      if (record.import.state() == state) found.emplace_back(record.run_time, id);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> ids;
    for (auto& [time, id] : found) ids.push_back(std::move(id));
    return ids;
  }

  absl::StatusOr<std::optional<std::string>> Chunk(std::string_view import_id,
                                                   int64_t offset) override {
    const auto at = data_.chunks.find({std::string(import_id), offset});
    return at == data_.chunks.end() ? std::nullopt : std::optional(at->second);
  }

  absl::StatusOr<std::string> Content(std::string_view import_id) override {
    std::string content;
    for (const auto& [key, data] : data_.chunks) {
      if (key.first == import_id) content += data;
    }
    return content;
  }

  absl::StatusOr<std::vector<std::pair<int64_t, pb::RowError>>> ImportErrors(
      std::string_view import_id, int64_t after, int limit) override {
    std::vector<std::pair<int64_t, pb::RowError>> found;
    const auto& errors = data_.errors[std::string(import_id)];
    for (size_t i = static_cast<size_t>(after);
         i < errors.size() && static_cast<int>(found.size()) < limit; ++i) {
      found.emplace_back(static_cast<int64_t>(i + 1), errors[i]);
    }
    return found;
  }

  absl::StatusOr<std::string> ErrorsWorkbookPiece(std::string_view import_id, int piece) override {
    const auto at = data_.workbooks.find(std::string(import_id));
    const size_t begin = static_cast<size_t>(piece) * kWorkbookPiece;
    if (at == data_.workbooks.end() || begin >= at->second.size()) return std::string();
    return at->second.substr(begin, kWorkbookPiece);
  }

  absl::StatusOr<std::vector<std::optional<v1::VillageProfile>>> VillageProfiles(
      absl::Span<const std::string> villages) override {
    std::vector<std::optional<v1::VillageProfile>> found;
    for (const std::string& village : villages) {
      const auto at = data_.villages.find(village);
      found.push_back(at == data_.villages.end() ? std::nullopt : std::optional(at->second));
    }
    return found;
  }

  absl::StatusOr<std::vector<v1::VillageProfile>> ListVillageProfiles(const DivisionRange& range,
                                                                      std::string_view after,
                                                                      int limit) override {
    std::vector<v1::VillageProfile> found;
    for (const auto& [code, profile] : data_.villages) {
      if (code >= range.begin && code < range.end && code > after &&
          static_cast<int>(found.size()) < limit) {
        found.push_back(profile);
      }
    }
    return found;
  }

  absl::StatusOr<int> ReserveSerials(std::string_view village, int count) override {
    int& last = data_.serials[std::string(village)];
    if (last + count > base::kMaxHouseholdSerial) return HouseholdSerialsUsedUp(village);
    last += count;
    return last - count + 1;
  }

  absl::Status PutPrepared(const PreparedChanges& changes) override {
    const auto& prepared = static_cast<const FakeChanges&>(changes);
    std::vector<HouseholdChange> all;
    for (const auto& [before, revision] : prepared.changes) {
      all.push_back({before.has_value() ? &*before : nullptr, revision});
    }
    return Put(all);
  }

  absl::Status Put(absl::Span<const HouseholdChange> changes) override {
    std::vector<PersonIndexChange> persons;
    for (const HouseholdChange& change : changes) {
      const auto known = data_.households.find(change.revision.household_id());
      if (change.before != nullptr &&
          (known == data_.households.end() ||
           known->second.back().number() != change.before->revision())) {
        return HouseholdChanged();
      }
      const pb::Household& after = change.revision.household();
      if (change.before != nullptr) data_.by_national_id.erase(change.before->national_id());
      if (!after.national_id().empty() &&
          !data_.by_national_id.emplace(after.national_id(), after.id()).second) {
        return HouseholdNumberExists();
      }
      data_.households[after.id()].push_back(change.revision);
      data_.feed_pending.push_back(FeedRowOf(change));
      persons.push_back(DiffPersons(change.before, after));
    }
    for (size_t i = 0; i < changes.size(); ++i) {
      const std::string& id = changes[i].revision.household_id();
      for (const std::string& number : persons[i].dropped) {
        const auto at = data_.persons.find(FingerprintOf(number));
        if (at != data_.persons.end() && at->second.household_id == id) data_.persons.erase(at);
      }
      for (const auto& released : persons[i].released) {
        const auto [at, fresh] = data_.persons.try_emplace(
            FingerprintOf(released.id_number), IndexedPerson{id, released.person_id, false});
        if (!fresh && at->second.household_id == id) at->second.active = false;
      }
    }
    for (size_t i = 0; i < changes.size(); ++i) {
      const std::string& id = changes[i].revision.household_id();
      for (const auto& claim : persons[i].claimed) {
        IndexedPerson& person = data_.persons[FingerprintOf(claim.id_number)];
        if (person.active && person.household_id != id) return PersonInOtherHousehold();
        person = {id, claim.person_id, true};
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> RememberAnswer(const RequestKey& key, std::string_view answer,
                                      absl::Time now) override {
    std::erase_if(data_.answers,
                  [&](const auto& kept) { return kept.second.time < now - kAnswerLife; });
    return data_.answers
        .try_emplace({key.principal, key.method, key.request_id},
                     KeptAnswer{key.body, std::string(answer), now})
        .second;
  }

  absl::Status RememberDecision(std::string_view household_id, std::string_view decided_by,
                                int to_state) override {
    data_.decisions[{std::string(household_id), std::string(decided_by), to_state}] = true;
    return absl::OkStatus();
  }

  absl::Status PutImport(const ImportRecord& record) override {
    data_.imports[record.import.id()] = record;
    return absl::OkStatus();
  }
  absl::Status PutChunk(std::string_view import_id, int64_t offset,
                        std::string_view data) override {
    data_.chunks[{std::string(import_id), offset}] = std::string(data);
    return absl::OkStatus();
  }
  absl::Status DropChunks(std::string_view import_id) override {
    std::erase_if(data_.chunks, [&](const auto& chunk) { return chunk.first.first == import_id; });
    return absl::OkStatus();
  }
  absl::Status PutImportErrors(std::string_view import_id,
                               absl::Span<const pb::RowError> errors) override {
    data_.errors[std::string(import_id)].assign(errors.begin(), errors.end());
    return absl::OkStatus();
  }
  absl::Status PutErrorsWorkbook(std::string_view import_id, std::string_view workbook) override {
    data_.workbooks[std::string(import_id)] = std::string(workbook);
    return absl::OkStatus();
  }

  absl::Status PutVillageProfiles(absl::Span<const v1::VillageProfile> profiles) override {
    for (const v1::VillageProfile& profile : profiles) {
      data_.villages[profile.division()] = profile;
    }
    return absl::OkStatus();
  }

 private:
  // By division, then id.
  std::vector<const pb::Household*> Within(const DivisionRange& range) const {
    std::vector<const pb::Household*> found;
    for (const auto& [id, revisions] : data_.households) {
      const pb::Household& h = revisions.back().household();
      if (h.division() >= range.begin && h.division() < range.end) found.push_back(&h);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto* a, const auto* b) { return a->division() < b->division(); });
    return found;
  }

  Data& data_;
};

absl::Status FakeStore::Read(absl::FunctionRef<absl::Status(RegistryReader&)> fn) {
  Data copy;
  {
    absl::MutexLock lock(&mutex_);
    copy = data_;
  }
  Tx tx(&copy);
  return fn(tx);
}

absl::Status FakeStore::Write(absl::FunctionRef<absl::Status(RegistryWriter&)> fn) {
  FANGPIN_RETURN_IF_ERROR(WriteLocked(fn));
  TellOfFeed();
  return absl::OkStatus();
}

absl::Status FakeStore::WriteLocked(absl::FunctionRef<absl::Status(RegistryWriter&)> fn) {
  absl::MutexLock lock(&mutex_);
  if (fail_in_ > 0 && --fail_in_ == 0) return failure_;
  Data copy = data_;
  Tx tx(&copy);
  FANGPIN_RETURN_IF_ERROR(fn(tx));
  if (!delay_feed_) AppendPositioned(std::exchange(copy.feed_pending, {}), &copy.feed);
  data_ = std::move(copy);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<const PreparedChanges>> FakeStore::Prepare(
    absl::Span<const HouseholdChange> changes) const {
  auto prepared = std::make_unique<FakeChanges>();
  for (const HouseholdChange& change : changes) {
    prepared->changes.emplace_back(
        change.before == nullptr ? std::nullopt : std::optional<pb::Household>(*change.before),
        change.revision);
  }
  return prepared;
}

absl::Status FakeStore::PositionFeed() {
  {
    absl::MutexLock lock(&mutex_);
    AppendPositioned(std::exchange(data_.feed_pending, {}), &data_.feed);
  }
  TellOfFeed();
  return absl::OkStatus();
}

void FakeStore::DelayFeed(bool delay) {
  absl::MutexLock lock(&mutex_);
  delay_feed_ = delay;
}

class FakeStore::FeedListener final : public FeedStore::Listener {
 public:
  FeedListener(FakeStore* store, std::function<void(int64_t)> fn)
      : store_(store), fn_(std::move(fn)) {}
  ~FeedListener() override {
    absl::MutexLock lock(&store_->listeners_mutex_);
    std::erase(store_->listeners_, this);
  }
  void Call(int64_t head) const { fn_(head); }

 private:
  FakeStore* const store_;
  const std::function<void(int64_t)> fn_;
};

std::unique_ptr<FeedStore::Listener> FakeStore::ListenToFeed(std::function<void(int64_t)> fn) {
  auto listener = std::make_unique<FeedListener>(this, std::move(fn));
  {
    absl::MutexLock lock(&listeners_mutex_);
    listeners_.push_back(listener.get());
    told_ = -1;
  }
  TellOfFeed();
  return listener;
}

void FakeStore::TellOfFeed() {
  int64_t head;
  {
    absl::MutexLock lock(&mutex_);
    head = static_cast<int64_t>(data_.feed.size());
  }
  absl::MutexLock lock(&listeners_mutex_);
  if (std::exchange(told_, std::max(told_, head)) >= head) return;
  for (const FeedListener* listener : listeners_) listener->Call(head);
}

absl::Status FakeStore::Exclusively(std::string_view /*name*/,
                                    absl::FunctionRef<absl::Status()> fn) {
  absl::MutexLock lock(&exclusive_);
  return fn();
}

absl::StatusOr<RecordPtr> FakeStore::Record(std::string_view id) {
  FANGPIN_ASSIGN_OR_RETURN(std::vector<RecordPtr> records, Records({std::string(id)}));
  return records[0];
}

absl::StatusOr<std::vector<RecordPtr>> FakeStore::Records(absl::Span<const std::string> ids) {
  std::vector<RecordPtr> records;
  FANGPIN_RETURN_IF_ERROR(Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto households, reader.Households(ids));
    for (const auto& household : households) {
      records.push_back(household.has_value() ? MakeRecord(*household) : nullptr);
    }
    return absl::OkStatus();
  }));
  return records;
}

absl::StatusOr<std::vector<PersonPlace>> FakeStore::Persons(absl::Span<const base::IdKey> keys) {
  std::vector<std::string> numbers;
  for (const base::IdKey key : keys) numbers.push_back(base::IdNumberOf(key));
  std::vector<PersonPlace> places;
  FANGPIN_RETURN_IF_ERROR(Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto entries, reader.PersonsByIdNumber(numbers));
    for (const auto& entry : entries) {
      places.emplace_back();
      if (!entry.has_value()) continue;
      FANGPIN_ASSIGN_OR_RETURN(places.back(), PersonPlace::Of(entry->match, entry->active));
    }
    return absl::OkStatus();
  }));
  return places;
}

void FakeStore::FailWrite(int nth, absl::Status status) {
  absl::MutexLock lock(&mutex_);
  fail_in_ = nth;
  failure_ = std::move(status);
}

}  // namespace fangpin::registry
