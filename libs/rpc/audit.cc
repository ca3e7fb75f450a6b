#include "libs/rpc/audit.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/escaping.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/utc_text.h"
#include "libs/log/json_text.h"

namespace fangpin::rpc {
namespace {

constexpr size_t kHashSize = 2 * SHA256_DIGEST_LENGTH;
constexpr size_t kUsualText = 384;
// What reads may pile up before they are written at once.
constexpr size_t kFlushBytes = 64 * 1024;
// What is kept while the disk refuses; beyond it entries are refused too.
constexpr size_t kMaxPendingBytes = 1024 * 1024;
constexpr absl::Duration kFlushInterval = absl::Milliseconds(500);

constexpr std::string_view kPrevMember = ",\"prev\":\"";
constexpr std::string_view kHashMember = "\",\"hash\":\"";
constexpr std::string_view kLineEnd = "\"}";

// The head of a chain without lines.
std::string NoHash() { return std::string(kHashSize, '0'); }

std::string Sha256Hex(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
}

void AppendMember(std::string_view key, std::string_view value, std::string* line) {
  base::StrAppend(line, ",\"", key, "\":");
  log::AppendJsonString(value, line);
}

void AppendTime(std::string_view key, absl::Time time, std::string* line) {
  base::StrAppend(line, ",\"", key, "\":\"");
  base::AppendUtcText(time, line);
  line->push_back('"');
}

// What an entry says by itself: its line without number and links.
std::string Describe(const AuditEntry& entry) {
  std::string text;
  text.reserve(kUsualText);
  AppendTime("time", entry.time, &text);
  if (entry.business_time != entry.time) AppendTime("business_time", entry.business_time, &text);
  AppendMember("subject", entry.subject, &text);
  if (!entry.on_behalf_of.empty()) AppendMember("on_behalf_of", entry.on_behalf_of, &text);
  AppendMember("method", entry.method, &text);
  AppendMember("request_id", entry.request_id, &text);
  if (!entry.division.empty()) AppendMember("division", entry.division, &text);
  if (!entry.ids.empty()) {
    text += ",\"ids\":[";
    for (size_t i = 0; i < entry.ids.size(); ++i) {
      if (i > 0) text.push_back(',');
      log::AppendJsonString(entry.ids[i], &text);
    }
    text.push_back(']');
  }
  AppendMember("outcome", entry.outcome, &text);
  if (!entry.reason.empty()) AppendMember("reason", entry.reason, &text);
  return text;
}

// Appends the line to `out` and makes `head` its hash.
void AppendLine(int64_t sequence, std::string_view description, std::string* head,
                std::string* out) {
  const size_t begin = out->size();
  base::StrAppend(out, "{\"seq\":", sequence, description, kPrevMember, *head);
  *head = Sha256Hex(std::string_view(*out).substr(begin));
  base::StrAppend(out, kHashMember, *head, kLineEnd, "\n");
}

struct Link {
  std::string prev;
  std::string hash;
};

// The link that a line (without its end) carries, when its hash is that of its text.
std::optional<Link> ReadLink(std::string_view line) {
  const size_t tail =
      kPrevMember.size() + kHashSize + kHashMember.size() + kHashSize + kLineEnd.size();
  if (line.size() < tail || !line.ends_with(kLineEnd)) return std::nullopt;
  const std::string_view body =
      line.substr(0, line.size() - kLineEnd.size() - kHashSize - kHashMember.size());
  const std::string_view rest = line.substr(body.size());
  const std::string_view hash = rest.substr(kHashMember.size(), kHashSize);
  const std::string_view prev = body.substr(body.size() - kHashSize);
  if (!rest.starts_with(kHashMember) ||
      !body.substr(0, body.size() - kHashSize).ends_with(kPrevMember) || Sha256Hex(body) != hash) {
    return std::nullopt;
  }
  return Link{std::string(prev), std::string(hash)};
}

// The number that the line says it has.
std::optional<int64_t> ReadSequence(std::string_view line) {
  constexpr std::string_view kStart = "{\"seq\":";
  if (!line.starts_with(kStart)) return std::nullopt;
  line.remove_prefix(kStart.size());
  return base::ParseInt(line.substr(0, line.find(',')));
}

absl::Status Unavailable() {
  return base::Error(absl::StatusCode::kUnavailable, "AUDIT_UNAVAILABLE", "审计日志暂时无法写入")
      .Build();
}

absl::Status Broken(int64_t line) {
  return base::Error(absl::StatusCode::kDataLoss, "AUDIT_CHAIN_BROKEN",
                     base::StrCat("审计日志第 ", line, " 行与其校验链不符"))
      .WithMetadata("line", base::StrCat(line));
}

class AuditFile final : public AuditSink {
 public:
  AuditFile(int fd, off_t size, int64_t sequence, std::string head)
      : fd_(fd), size_(size), sequence_(sequence), head_(std::move(head)) {
    flusher_ = std::thread([this] { FlushRegularly(); });
  }

  ~AuditFile() override {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    flusher_.join();
    close(fd_);
  }

  absl::Status Append(const AuditEntry& entry) override {
    const std::string description = Describe(entry);
    absl::MutexLock lock(&mutex_);
    if (pending_.size() > kMaxPendingBytes) return Unavailable();
    AppendLine(++sequence_, description, &head_, &pending_);
    if (entry.write || pending_.size() >= kFlushBytes) return WritePending();
    return absl::OkStatus();
  }

  bool Healthy() const override { return healthy_.load(std::memory_order_relaxed); }

  absl::Status Flush() override {
    absl::MutexLock lock(&mutex_);
    return WritePending();
  }

 private:
  absl::Status WritePending() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    size_t done = 0;
    while (done < pending_.size()) {
      const ssize_t n = write(fd_, pending_.data() + done, pending_.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        // A line cut in the middle would break the chain: back to where the last whole write ended.
        const bool undone = ftruncate(fd_, size_) == 0;
        if (!undone) pending_.erase(0, done);
        healthy_.store(false, std::memory_order_relaxed);
        return Unavailable();
      }
      done += n;
    }
    size_ += static_cast<off_t>(pending_.size());
    unsynced_ |= !pending_.empty();
    pending_.clear();
    healthy_.store(true, std::memory_order_relaxed);
    return absl::OkStatus();
  }

  // Writes what reads left behind, and hands all of it to the disk, off the callers' path.
  void FlushRegularly() {
    bool stopping = false;
    while (!stopping) {
      {
        absl::MutexLock lock(&mutex_);
        stopping = mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kFlushInterval);
        (void)WritePending();  // Healthy() tells.
        if (!std::exchange(unsynced_, false)) continue;
      }
      fdatasync(fd_);
    }
  }

  const int fd_;
  std::thread flusher_;
  absl::Mutex mutex_;
  off_t size_ ABSL_GUARDED_BY(mutex_);
  int64_t sequence_ ABSL_GUARDED_BY(mutex_);
  std::string head_ ABSL_GUARDED_BY(mutex_);
  std::string pending_ ABSL_GUARDED_BY(mutex_);
  bool unsynced_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<bool> healthy_{true};
};

// The last bytes of the file, at least the whole last line of any entry.
std::string ReadTail(int fd, off_t size) {
  constexpr off_t kTail = 256 * 1024;
  const off_t from = size > kTail ? size - kTail : 0;
  std::string tail(size - from, '\0');
  size_t done = 0;
  while (done < tail.size()) {
    const ssize_t n = pread(fd, tail.data() + done, tail.size() - done, from + done);
    if (n <= 0) break;
    done += n;
  }
  tail.resize(done);
  return tail;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AuditSink>> OpenAuditFile(const std::string& path) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  const int fd = open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Unavailable();
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    close(fd);
    return base::Error(absl::StatusCode::kFailedPrecondition, "AUDIT_FILE_LOCKED",
                       "审计日志正由另一个进程写入")
        .Build();
  }
  struct stat info;
  if (fstat(fd, &info) != 0) {
    close(fd);
    return Unavailable();
  }
  std::string tail = ReadTail(fd, info.st_size);
  const size_t whole = tail.rfind('\n') == std::string::npos ? 0 : tail.rfind('\n') + 1;
  const off_t size = info.st_size - static_cast<off_t>(tail.size() - whole);
  tail.resize(whole);
  if (size != info.st_size && ftruncate(fd, size) != 0) {
    close(fd);
    return Unavailable();
  }
  int64_t sequence = 0;
  std::string head = NoHash();
  if (!tail.empty()) {
    const size_t begin = tail.size() < 2 ? std::string::npos : tail.rfind('\n', tail.size() - 2);
    std::string_view line =
        std::string_view(tail).substr(begin == std::string::npos ? 0 : begin + 1);
    line.remove_suffix(1);
    const auto link = ReadLink(line);
    const auto number = ReadSequence(line);
    if (!link.has_value() || !number.has_value()) {
      close(fd);
      return base::Error(absl::StatusCode::kDataLoss, "AUDIT_CHAIN_BROKEN",
                         "审计日志的最后一行与其校验链不符")
          .Build();
    }
    sequence = *number;
    head = link->hash;
  }
  return std::make_unique<AuditFile>(fd, size, sequence, std::move(head));
}

absl::StatusOr<AuditSummary> VerifyAuditFile(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    return base::Error(absl::StatusCode::kNotFound, "AUDIT_FILE_NOT_FOUND", "审计日志不存在")
        .Build();
  }
  AuditSummary summary{.head = NoHash()};
  for (std::string line; std::getline(in, line);) {
    const auto link = ReadLink(line);
    if (!link.has_value() || link->prev != summary.head ||
        ReadSequence(line) != summary.lines + 1) {
      return Broken(summary.lines + 1);
    }
    ++summary.lines;
    summary.head = link->hash;
  }
  return summary;
}

}  // namespace fangpin::rpc
