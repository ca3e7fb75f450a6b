#include "libs/feedcache/redis_feed_cache.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <cstdint>
#include <system_error>
#include <utility>

#include "libs/base/status.h"
#include "libs/base/strings.h"

namespace fangpin::feedcache {
namespace {

// The server looks only ten times a second whether a wait is over.
constexpr absl::Duration kWaitSlack = absl::Milliseconds(500);

// Fields of a stream's entries.
constexpr char kEventField[] = "e";
constexpr char kGapField[] = "g";

// The id of a stream entry: milliseconds and a number within them.
struct StreamId {
  uint64_t time = 0;
  uint64_t number = 0;

  auto operator<=>(const StreamId&) const = default;
};

constexpr char kBeforeAll[] = "0-0";

std::optional<StreamId> ParseStreamId(std::string_view text) {
  StreamId id;
  const char* const end = text.data() + text.size();
  const auto time = std::from_chars(text.data(), end, id.time);
  if (time.ec != std::errc() || time.ptr == end || *time.ptr != '-') return std::nullopt;
  const auto number = std::from_chars(time.ptr + 1, end, id.number);
  if (number.ec != std::errc() || number.ptr != end) return std::nullopt;
  return id;
}

std::string_view Text(const redisReply& reply) { return {reply.str, reply.len}; }

const redisReply* Element(const redisReply& reply, size_t index) {
  return reply.type == REDIS_REPLY_ARRAY && index < reply.elements ? reply.element[index] : nullptr;
}

// What XINFO STREAM says: the id given out last, and that of the oldest entry kept, if any.
struct StreamInfo {
  StreamId last;
  std::optional<StreamId> first;
};

// Nothing when there is no such stream.
std::optional<StreamInfo> ParseStreamInfo(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY) return std::nullopt;
  StreamInfo info;
  for (size_t i = 0; i + 1 < reply.elements; i += 2) {
    const std::string_view name = Text(*reply.element[i]);
    const redisReply& value = *reply.element[i + 1];
    if (name == "last-generated-id") {
      info.last = ParseStreamId(Text(value)).value_or(StreamId{});
    } else if (const redisReply* id = Element(value, 0); name == "first-entry" && id != nullptr) {
      info.first = ParseStreamId(Text(*id));
    }
  }
  return info;
}

// Whether entries after `token` may be missing from what was read before `info` was taken.
bool MayMiss(const StreamId& token, const std::optional<StreamInfo>& info) {
  if (!info) return token != StreamId{};
  // Beyond the last: the stream began anew.
  if (token >= info->last) return token > info->last;
  return !info->first || *info->first > token;
}

// Adds the entries of an XREAD reply for one stream: [[key, [[id, [field, value, …]], …]]].
void AddEntries(const redisReply& reply, EventBatch& batch) {
  const redisReply* const stream = Element(reply, 0);
  const redisReply* const entries = stream == nullptr ? nullptr : Element(*stream, 1);
  for (size_t i = 0; entries != nullptr && i < entries->elements; ++i) {
    const redisReply* const id = Element(*entries->element[i], 0);
    const redisReply* const fields = Element(*entries->element[i], 1);
    if (id == nullptr || fields == nullptr || fields->elements < 2) continue;
    batch.next_token = Text(*id);
    if (Text(*fields->element[0]) == kEventField) {
      batch.events.push_back({batch.next_token, std::string(Text(*fields->element[1]))});
    } else {
      batch.gap = true;
    }
  }
}

// Strings, each after its length in four bytes.
void PutString(std::string_view text, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(text.size() >> shift));
  }
  out.append(text);
}

std::optional<std::string_view> TakeString(std::string_view& in) {
  if (in.size() < 4) return std::nullopt;
  size_t size = 0;
  for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(in[i]);
  in.remove_prefix(4);
  if (size > in.size()) return std::nullopt;
  const std::string_view text = in.substr(0, size);
  in.remove_prefix(size);
  return text;
}

std::optional<RecentAlerts> ParseRecentAlerts(std::string_view bytes) {
  const auto version = TakeString(bytes);
  if (!version) return std::nullopt;
  RecentAlerts recent{.version = std::string(*version)};
  while (!bytes.empty()) {
    const auto alert = TakeString(bytes);
    if (!alert) return std::nullopt;
    recent.alerts.emplace_back(*alert);
  }
  return recent;
}

std::string Milliseconds(absl::Time time) { return base::StrCat(absl::ToUnixMillis(time)); }

std::string Seconds(absl::Duration duration) {
  return base::StrCat(std::max<int64_t>(absl::ToInt64Seconds(duration), 1));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RedisFeedCache>> RedisFeedCache::Create(const RedisOptions& options,
                                                                       const base::Clock& clock) {
  FANGPIN_ASSIGN_OR_RETURN(RedisAddress address, RedisAddress::Parse(options.address));
  return std::unique_ptr<RedisFeedCache>(new RedisFeedCache(options, std::move(address), clock));
}

RedisFeedCache::RedisFeedCache(const RedisOptions& options, RedisAddress address,
                               const base::Clock& clock)
    : options_(options),
      clock_(clock),
      prefix_(base::StrCat("fangpin:", options.service, ":", options.store_id, ":")),
      pool_(address, options.login, options.connect_timeout, options.connections),
      waiting_pool_(address, options.login, options.connect_timeout, options.waiting_connections) {}

std::string RedisFeedCache::Key(std::string_view kind, std::string_view id) const {
  return base::StrCat(prefix_, kind, ":", id);
}

absl::StatusOr<std::vector<RedisReply>> RedisFeedCache::Run(
    absl::Span<const RedisCommand> commands) {
  FANGPIN_ASSIGN_OR_RETURN(auto replies, pool_.Run(commands, options_.operation_timeout));
  for (const RedisReply& reply : replies) FANGPIN_RETURN_IF_ERROR(ReplyStatus(*reply));
  return replies;
}

// Seen keys are members of one sorted set a feed, scored by the time of their last mark, so that
// both size and age can be bounded.
absl::StatusOr<std::vector<bool>> RedisFeedCache::SeenBefore(std::string_view feed,
                                                             absl::Span<const std::string> keys) {
  std::vector<bool> seen(keys.size());
  if (keys.empty()) return seen;
  RedisCommand command = {"ZMSCORE", Key("seen", feed)};
  command.insert(command.end(), keys.begin(), keys.end());
  FANGPIN_ASSIGN_OR_RETURN(const auto replies, Run({command}));
  const int64_t oldest = absl::ToUnixMillis(clock_.Now() - options_.retention.seen_age);
  for (size_t i = 0; i < keys.size(); ++i) {
    const redisReply* const score = Element(*replies[0], i);
    if (score == nullptr || score->type != REDIS_REPLY_STRING) continue;
    seen[i] = base::ParseInt(Text(*score)).value_or(0) >= oldest;
  }
  return seen;
}

absl::Status RedisFeedCache::MarkSeen(std::string_view feed, absl::Span<const std::string> keys) {
  if (keys.empty()) return absl::OkStatus();
  const Retention& retention = options_.retention;
  const std::string set = Key("seen", feed);
  const absl::Time now = clock_.Now();
  RedisCommand add = {"ZADD", set};
  for (const std::string& key : keys) {
    add.push_back(Milliseconds(now));
    add.push_back(key);
  }
  return Run({std::move(add),
              {"ZREMRANGEBYSCORE", set, "-inf", "(" + Milliseconds(now - retention.seen_age)},
              {"ZREMRANGEBYRANK", set, "0",
               base::StrCat(-static_cast<int64_t>(retention.seen_keys) - 1)},
              {"EXPIRE", set, Seconds(retention.seen_age)}})
      .status();
}

absl::Status RedisFeedCache::Publish(std::string_view county,
                                     absl::Span<const std::string> events) {
  return Append(county, kEventField, events);
}

absl::Status RedisFeedCache::PublishGap(std::string_view county) {
  return Append(county, kGapField, {"1"});
}

absl::Status RedisFeedCache::Append(std::string_view county, const std::string& field,
                                    absl::Span<const std::string> values) {
  if (values.empty()) return absl::OkStatus();
  const Retention& retention = options_.retention;
  const std::string stream = Key("stream", county);
  const std::string length = base::StrCat(retention.stream_events);
  std::vector<RedisCommand> commands;
  for (const std::string& value : values) {
    commands.push_back({"XADD", stream, "MAXLEN", length, "*", field, value});
  }
  commands.push_back({"XTRIM", stream, "MINID", Milliseconds(clock_.Now() - retention.stream_age)});
  commands.push_back({"EXPIRE", stream, Seconds(retention.stream_age)});
  return Run(commands).status();
}

absl::StatusOr<EventBatch> RedisFeedCache::ReadSince(std::string_view county,
                                                     std::string_view token, size_t max,
                                                     absl::Duration wait) {
  const std::string stream = Key("stream", county);
  if (token == kFromNow) return Tail(stream);
  max = std::clamp<size_t>(max, 1, kMaxEvents);
  FANGPIN_ASSIGN_OR_RETURN(EventBatch batch, ReadOnce(stream, token, max, absl::ZeroDuration()));
  // Look before waiting: a stream that began anew has nothing beyond an old token to wait for.
  wait = std::min(wait, kMaxWait);
  if (batch.gap || !batch.events.empty() || wait < absl::Milliseconds(1)) return batch;
  return ReadOnce(stream, token, max, wait);
}

absl::StatusOr<EventBatch> RedisFeedCache::Tail(const std::string& stream) {
  const RedisCommand command = {"XINFO", "STREAM", stream};
  FANGPIN_ASSIGN_OR_RETURN(const auto replies, pool_.Run({command}, options_.operation_timeout));
  const auto info = ParseStreamInfo(*replies[0]);
  if (!info) return EventBatch{.next_token = kBeforeAll};
  return EventBatch{.next_token = base::StrCat(info->last.time, "-", info->last.number)};
}

absl::StatusOr<EventBatch> RedisFeedCache::ReadOnce(const std::string& stream,
                                                    std::string_view token, size_t max,
                                                    absl::Duration wait) {
  const bool waiting = wait > absl::ZeroDuration();
  const std::optional<StreamId> known = ParseStreamId(token);
  EventBatch batch{.next_token = known ? std::string(token) : kBeforeAll};
  RedisCommand read = {"XREAD", "COUNT", base::StrCat(max)};
  if (waiting) {
    read.insert(read.end(), {"BLOCK", base::StrCat(absl::ToInt64Milliseconds(wait))});
  }
  read.insert(read.end(), {"STREAMS", stream, batch.next_token});
  const absl::Duration extra = waiting ? wait + kWaitSlack : absl::ZeroDuration();
  // The state is taken after the reading: entries cut off between the two then show as a gap.
  FANGPIN_ASSIGN_OR_RETURN(
      const auto replies,
      (waiting ? waiting_pool_ : pool_)
          .Run({std::move(read), {"XINFO", "STREAM", stream}}, extra + options_.operation_timeout));
  FANGPIN_RETURN_IF_ERROR(ReplyStatus(*replies[0]));
  AddEntries(*replies[0], batch);
  const auto info = ParseStreamInfo(*replies[1]);
  const bool missing = known ? MayMiss(*known, info) : token != kFromOldest;
  if (missing) batch.gap = true;
  if (missing && batch.events.empty()) batch.next_token = kBeforeAll;
  return batch;
}

absl::Status RedisFeedCache::PutRecentAlerts(std::string_view household,
                                             const RecentAlerts& recent) {
  std::string value;
  PutString(recent.version, value);
  for (const std::string& alert : recent.alerts) PutString(alert, value);
  return Run({{"SET", Key("recent", household), std::move(value), "EX",
               Seconds(options_.retention.recent_age)}})
      .status();
}

absl::StatusOr<std::optional<RecentAlerts>> RedisFeedCache::GetRecentAlerts(
    std::string_view household) {
  FANGPIN_ASSIGN_OR_RETURN(const auto replies, Run({{"GET", Key("recent", household)}}));
  if (replies[0]->type != REDIS_REPLY_STRING) return std::nullopt;
  return ParseRecentAlerts(Text(*replies[0]));
}

}  // namespace fangpin::feedcache
