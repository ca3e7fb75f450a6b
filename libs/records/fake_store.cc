#include "libs/records/fake_store.h"

#include <algorithm>

#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/records/errors.h"

namespace fangpin::records {

class FakeStore::FakeTx final : public Tx {
 public:
  FakeTx(Data& data, const base::CallContext* ctx) : data_(data), ctx_(ctx) {}

  absl::StatusOr<std::optional<Record>> Find(std::string_view collection,
                                             std::string_view id) override {
    const auto it = data_.records.find({std::string(collection), std::string(id)});
    if (it == data_.records.end()) return std::nullopt;
    return ToRecord(it->second);
  }

  absl::StatusOr<std::optional<Record>> InSlot(std::string_view collection,
                                               std::string_view slot) override {
    for (const auto& [key, stored] : data_.records) {
      if (key.first == collection && stored.header.slot == slot && !slot.empty()) {
        return ToRecord(stored);
      }
    }
    return std::nullopt;
  }

  absl::StatusOr<std::vector<Record>> List(std::string_view collection,
                                           const Query& query) override {
    std::vector<Record> found;
    for (const auto& [key, stored] : data_.records) {
      if (found.size() == static_cast<size_t>(query.limit)) break;
      if (key.first == collection && Matches(stored.header, query)) {
        found.push_back(ToRecord(stored));
      }
    }
    return found;
  }

  absl::StatusOr<std::vector<Revision>> History(std::string_view collection,
                                                std::string_view id) override {
    const auto it = data_.records.find({std::string(collection), std::string(id)});
    return it == data_.records.end() ? std::vector<Revision>() : it->second.revisions;
  }

  absl::StatusOr<std::map<int64_t, int64_t>> CountByState(std::string_view collection) override {
    std::map<int64_t, int64_t> counts;
    for (const auto& [key, stored] : data_.records) {
      if (key.first == collection) ++counts[stored.header.state];
    }
    return counts;
  }

  absl::Status Insert(std::string_view collection, const Header& header,
                      std::string_view body) override {
    if (SlotHeldByOther(collection, header)) return SlotTaken(collection);
    const auto [it, inserted] = data_.records.try_emplace({std::string(collection), header.id});
    if (!inserted) return RecordExists(collection, header.id);
    it->second.header = header;
    AddRevision(it->second, body);
    return absl::OkStatus();
  }

  absl::StatusOr<int64_t> Update(std::string_view collection, const Header& header,
                                 std::string_view body, int64_t revision) override {
    const auto it = data_.records.find({std::string(collection), header.id});
    if (it == data_.records.end() || it->second.revisions.back().number != revision) {
      return EtagMismatch();
    }
    if (SlotHeldByOther(collection, header)) return SlotTaken(collection);
    it->second.header.state = header.state;
    it->second.header.slot = header.slot;
    AddRevision(it->second, body);
    return revision + 1;
  }

  absl::Status Enqueue(const Effect& effect) override {
    for (const Effect& waiting : data_.effects) {
      if (waiting.id == effect.id) {
        return base::Error(absl::StatusCode::kAlreadyExists, "OUTBOX_ENTRY_EXISTS",
                           "待办事项已存在");
      }
    }
    data_.effects.push_back(effect);
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<std::string>> FindAnswer(const Request& request) override {
    const auto it = data_.answers.find(AnswerKey(request));
    if (request.id.empty() || it == data_.answers.end() || it->second.expires < ctx_->now) {
      return std::nullopt;
    }
    if (it->second.request != request.body) return RequestIdReused();
    return it->second.answer;
  }

  absl::Status KeepAnswer(const Request& request, std::string_view answer) override {
    if (request.id.empty()) return absl::OkStatus();
    data_.answers[AnswerKey(request)] = {request.body, std::string(answer),
                                         ctx_->now + kAnswerLife};
    return absl::OkStatus();
  }

 private:
  static Record ToRecord(const Stored& stored) {
    return {.header = stored.header,
            .revision = stored.revisions.back().number,
            .body = stored.revisions.back().body};
  }

  static bool Matches(const Header& header, const Query& query) {
    const bool visible = std::any_of(
        query.divisions.begin(), query.divisions.end(),
        [&](const std::string& root) { return base::DivisionWithin(header.division, root); });
    const bool state = query.states.empty() || std::find(query.states.begin(), query.states.end(),
                                                         header.state) != query.states.end();
    return visible && state && header.id > query.after &&
           (query.household_id.empty() || query.household_id == header.household_id);
  }

  bool SlotHeldByOther(std::string_view collection, const Header& header) const {
    return !header.slot.empty() &&
           std::any_of(data_.records.begin(), data_.records.end(), [&](const auto& entry) {
             return entry.first.first == collection && entry.first.second != header.id &&
                    entry.second.header.slot == header.slot;
           });
  }

  void AddRevision(Stored& stored, std::string_view body) {
    stored.revisions.push_back({.number = static_cast<int64_t>(stored.revisions.size()) + 1,
                                .actor = ctx_->principal.subject,
                                .time = ctx_->now,
                                .body = std::string(body)});
  }

  std::tuple<std::string, std::string, std::string> AnswerKey(const Request& request) const {
    return {std::string(request.method), ctx_->principal.subject, std::string(request.id)};
  }

  Data& data_;
  const base::CallContext* const ctx_;
};

absl::Status FakeStore::Read(absl::FunctionRef<absl::Status(View&)> fn) {
  absl::MutexLock lock(&mutex_);
  FakeTx view(data_, nullptr);
  return fn(view);
}

absl::Status FakeStore::Write(const base::CallContext& ctx,
                              absl::FunctionRef<absl::Status(Tx&)> fn) {
  absl::MutexLock lock(&mutex_);
  Data changed = data_;
  FakeTx tx(changed, &ctx);
  FANGPIN_RETURN_IF_ERROR(fn(tx));
  data_ = std::move(changed);
  return absl::OkStatus();
}

std::vector<Effect> FakeStore::effects() const {
  absl::MutexLock lock(&mutex_);
  return data_.effects;
}

}  // namespace fangpin::records
