// The reads of SqlRegistryStore that answer for single records, from memory where they are hot.

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/store/sealed_revision.h"
#include "services/registry/store/sql_registry_store.h"
#include "sql/registry_sql.h"

namespace fangpin::registry {
namespace {

namespace q = ::fangpin::registry_sql;
using sql::Row;
using sql::Value;

constexpr size_t kIdDigits = 18;

// The id as a number; nullopt for what cannot be one.
std::optional<uint64_t> KeyOf(std::string_view id) {
  const std::optional<int64_t> number = id.size() == kIdDigits ? base::ParseInt(id) : std::nullopt;
  return number && *number >= 0 ? std::optional<uint64_t>(*number) : std::nullopt;
}

// From a row (id, revision, sealed, division, national_id).
absl::StatusOr<RecordPtr> ReadRecord(const Row& row, const seal::Sealer& sealer) {
  FANGPIN_ASSIGN_OR_RETURN(const std::string revision,
                           sealer.Unseal(row.Bytes(2), RevisionPlace(row.Text(0), row.Int(1))));
  FANGPIN_ASSIGN_OR_RETURN(const std::string_view household, HouseholdBytes(revision));
  return MakeRecord(row.Text(0), row.Text(3), row.Text(4), household);
}

}  // namespace

absl::StatusOr<RecordPtr> SqlRegistryStore::Record(std::string_view id) {
  const std::optional<uint64_t> key = cache_ == nullptr ? std::nullopt : KeyOf(id);
  HotCache<RecordPtr>::Ticket ticket = 0;
  if (key.has_value()) {
    if (std::optional<RecordPtr> hot = cache_->households.Find(*key, &ticket)) {
      return *std::move(hot);
    }
  }
  RecordPtr record;
  const Value args[] = {id};
  FANGPIN_RETURN_IF_ERROR(database_->ReadOnce([&](sql::Tx& tx) {
    record = nullptr;
    return tx.ForEach(q::kGetHousehold, args, [&](const Row& row) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(record, ReadRecord(row, *sealer_));
      return absl::OkStatus();
    });
  }));
  if (key.has_value() && record != nullptr) {
    cache_->households.Fill(*key, ticket, record, record->size());
  }
  return record;
}

absl::StatusOr<std::vector<RecordPtr>> SqlRegistryStore::Records(
    absl::Span<const std::string> ids) {
  struct Miss {
    std::optional<uint64_t> key;
    HotCache<RecordPtr>::Ticket ticket = 0;
    size_t at = 0;
  };
  std::vector<RecordPtr> records(ids.size());
  std::vector<Miss> misses;
  for (size_t i = 0; i < ids.size(); ++i) {
    Miss miss{cache_ == nullptr ? std::nullopt : KeyOf(ids[i]), 0, i};
    std::optional<RecordPtr> hot;
    if (miss.key.has_value()) hot = cache_->households.Find(*miss.key, &miss.ticket);
    if (hot.has_value()) {
      records[i] = *std::move(hot);
    } else {
      misses.push_back(miss);
    }
  }
  if (misses.empty()) return records;
  absl::flat_hash_map<std::string, RecordPtr> found;
  FANGPIN_RETURN_IF_ERROR(database_->Read([&](sql::Tx& tx) -> absl::Status {
    found.clear();
    for (size_t begin = 0; begin < misses.size(); begin += kKeysAtOnce) {
      // The last id fills up the rest.
      std::vector<Value> args;
      for (size_t i = begin; i < begin + kKeysAtOnce; ++i) {
        args.emplace_back(ids[misses[std::min(i, misses.size() - 1)].at]);
      }
      FANGPIN_RETURN_IF_ERROR(
          tx.ForEach(q::kGetHouseholds, args, [&](const Row& row) -> absl::Status {
            FANGPIN_ASSIGN_OR_RETURN(RecordPtr record, ReadRecord(row, *sealer_));
            found[record->id] = std::move(record);
            return absl::OkStatus();
          }));
    }
    return absl::OkStatus();
  }));
  for (const Miss& miss : misses) {
    const auto at = found.find(ids[miss.at]);
    if (at == found.end()) continue;
    records[miss.at] = at->second;
    if (miss.key.has_value()) {
      cache_->households.Fill(*miss.key, miss.ticket, at->second, at->second->size());
    }
  }
  return records;
}

absl::StatusOr<std::vector<PersonPlace>> SqlRegistryStore::Persons(
    absl::Span<const base::IdKey> keys) {
  struct Miss {
    HotCache<PersonPlace>::Ticket ticket = 0;
    size_t at = 0;
  };
  std::vector<PersonPlace> places(keys.size());
  std::vector<Miss> misses;
  for (size_t i = 0; i < keys.size(); ++i) {
    Miss miss{0, i};
    std::optional<PersonPlace> hot;
    if (cache_ != nullptr) hot = cache_->persons.Find(keys[i], &miss.ticket);
    if (hot.has_value()) {
      places[i] = *hot;
    } else {
      misses.push_back(miss);
    }
  }
  if (misses.empty()) return places;
  std::vector<std::string> numbers;
  numbers.reserve(misses.size());
  for (const Miss& miss : misses) numbers.push_back(base::IdNumberOf(keys[miss.at]));
  std::vector<std::optional<PersonEntry>> entries;
  const auto read = [&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(entries, reader.PersonsByIdNumber(numbers));
    return absl::OkStatus();
  };
  FANGPIN_RETURN_IF_ERROR(numbers.size() <= kKeysAtOnce ? ReadOnce(read) : Read(read));
  for (size_t i = 0; i < misses.size(); ++i) {
    PersonPlace& place = places[misses[i].at];
    if (entries[i].has_value()) {
      FANGPIN_ASSIGN_OR_RETURN(place, PersonPlace::Of(entries[i]->match, entries[i]->active));
    }
    // Also that nobody has the number: most people are in no household on file.
    if (cache_ != nullptr) {
      cache_->persons.Fill(keys[misses[i].at], misses[i].ticket, place, 0);
    }
  }
  return places;
}

}  // namespace fangpin::registry
