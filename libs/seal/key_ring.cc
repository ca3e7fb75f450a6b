#include "libs/seal/key_ring.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"

namespace fangpin::seal {
namespace {

// A ring is a few lines; anything larger is not one.
constexpr size_t kMaxFileBytes = 64 * 1024;

uint64_t NextSerial() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

absl::Status Invalid(int line, std::string_view why) {
  return base::Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_INVALID",
                     base::StrCat("密钥文件第 ", line, " 行不正确：", why))
      .WithMetadata("line", base::StrCat(line));
}

absl::Status Unreadable(int error) {
  return base::Error(absl::StatusCode::kUnavailable, "KEY_FILE_UNREADABLE", "密钥文件无法读写")
      .WithMetadata("errno", strerror(error));
}

absl::Status Exposed() {
  return base::Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_EXPOSED",
                     "密钥文件的权限过宽，只允许属主读写（chmod 600）");
}

// Exactly `digits` hexadecimal digits.
bool IsHex(std::string_view text, size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

std::optional<uint32_t> ParseId(std::string_view text) {
  uint32_t id = 0;
  if (!IsHex(text, 8) || !absl::SimpleHexAtoi(base::ToAbsl(text), &id)) return std::nullopt;
  return id;
}

std::optional<Key> ParseKey(std::string_view text) {
  if (!IsHex(text, 2 * Key::kSize)) return std::nullopt;
  std::string raw = absl::HexStringToBytes(base::ToAbsl(text));
  std::array<uint8_t, Key::kSize> bytes;
  std::memcpy(bytes.data(), raw.data(), bytes.size());
  Key key(bytes);
  OPENSSL_cleanse(raw.data(), raw.size());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

std::optional<std::string> RandomHex(size_t bytes) {
  std::string raw(bytes, '\0');
  if (RAND_priv_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) != 1) {
    return std::nullopt;
  }
  std::string hex = absl::BytesToHexString(raw);
  OPENSSL_cleanse(raw.data(), raw.size());
  return hex;
}

// NOT_FOUND when there is no file.
absl::StatusOr<std::string> ReadPrivateFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? absl::NotFoundError("") : Unreadable(errno);
  absl::Cleanup close_fd = [fd] { close(fd); };
  struct stat info;
  if (fstat(fd, &info) != 0) return Unreadable(errno);
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) return Exposed();
  std::string text(kMaxFileBytes + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = read(fd, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Unreadable(errno);
    if (n == 0) break;
    size += n;
  }
  if (size > kMaxFileBytes) return Invalid(0, "文件过大");
  text.resize(size);
  return text;
}

// Puts `text` at `path` whole or not at all. A file that is already there stays.
absl::Status CreatePrivateFile(const std::string& path, std::string_view text) {
  std::string temporary = base::StrCat(path, ".XXXXXX");
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);  // mode 0600
  if (fd < 0) return Unreadable(errno);
  absl::Cleanup remove = [fd, &temporary] {
    close(fd);
    unlink(temporary.c_str());
  };
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t n = write(fd, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Unreadable(errno);
    rest.remove_prefix(n);
  }
  if (fsync(fd) != 0) return Unreadable(errno);
  // A link never replaces, so of several processes starting at once one wins and all read its keys.
  if (link(temporary.c_str(), path.c_str()) != 0 && errno != EEXIST) return Unreadable(errno);
  // Records sealed under keys that a power cut takes away would be lost with them.
  const size_t slash = path.rfind('/');
  const std::string folder = slash == path.npos ? "." : path.substr(0, slash + 1);
  const int folder_fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_fd < 0) return Unreadable(errno);
  absl::Cleanup close_folder = [folder_fd] { close(folder_fd); };
  if (fsync(folder_fd) != 0) return Unreadable(errno);
  return absl::OkStatus();
}

absl::StatusOr<std::string> NewRing() {
  const auto id = RandomHex(4), seal = RandomHex(Key::kSize), fingerprint = RandomHex(Key::kSize);
  if (!id || !seal || !fingerprint) {
    return base::Error(absl::StatusCode::kInternal, "SEAL_FAILED", "无法产生随机密钥");
  }
  return base::StrCat(
      "# Fangpin keys. Without this file nothing that was sealed can be read: keep a copy apart\n"
      "# from the data, and keep it secret.\n",
      "seal ", *id, " ", *seal, "\nactive ", *id, "\nfingerprint ", *fingerprint, "\n");
}

}  // namespace

Key::Key(const std::array<uint8_t, kSize>& bytes) : bytes_(bytes), serial_(NextSerial()) {}

Key::~Key() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

KeyRing::KeyRing(std::map<uint32_t, Key> seal_keys, uint32_t active_id, const Key& fingerprint)
    : seal_keys_(std::move(seal_keys)), active_id_(active_id), fingerprint_(fingerprint) {}

const Key* KeyRing::Find(uint32_t id) const {
  const auto it = seal_keys_.find(id);
  return it == seal_keys_.end() ? nullptr : &it->second;
}

absl::StatusOr<KeyRing> KeyRing::Parse(std::string_view text) {
  std::map<uint32_t, Key> seal_keys;
  std::optional<uint32_t> active;
  std::optional<Key> fingerprint;
  int number = 0;
  for (const std::string_view line : base::Split(text, '\n')) {
    ++number;
    const std::vector<std::string> words = absl::StrSplit(
        base::ToAbsl(line.substr(0, line.find('#'))), absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.empty()) continue;
    if (words[0] == "seal" && words.size() == 3) {
      const auto id = ParseId(words[1]);
      const auto key = ParseKey(words[2]);
      if (!id || !key) return Invalid(number, "编号应为 8 位、密钥应为 64 位十六进制");
      if (!seal_keys.emplace(*id, *key).second) return Invalid(number, "密钥编号重复");
    } else if (words[0] == "active" && words.size() == 2) {
      if (active) return Invalid(number, "active 重复");
      active = ParseId(words[1]);
      if (!active) return Invalid(number, "编号应为 8 位十六进制");
    } else if (words[0] == "fingerprint" && words.size() == 2) {
      if (fingerprint) return Invalid(number, "fingerprint 重复");
      fingerprint = ParseKey(words[1]);
      if (!fingerprint) return Invalid(number, "密钥应为 64 位十六进制");
    } else {
      return Invalid(number, "不认识的内容");
    }
  }
  if (!active || !seal_keys.contains(*active)) return Invalid(number, "没有指明可用的 active 密钥");
  if (!fingerprint) return Invalid(number, "缺少 fingerprint 密钥");
  return KeyRing(std::move(seal_keys), *active, *fingerprint);
}

absl::StatusOr<KeyRing> KeyRing::LoadOrCreate(const std::string& path) {
  absl::StatusOr<std::string> text = ReadPrivateFile(path);
  if (absl::IsNotFound(text.status())) {
    FANGPIN_ASSIGN_OR_RETURN(std::string fresh, NewRing());
    const absl::Status created = CreatePrivateFile(path, fresh);
    OPENSSL_cleanse(fresh.data(), fresh.size());
    FANGPIN_RETURN_IF_ERROR(created);
    text = ReadPrivateFile(path);
  }
  FANGPIN_RETURN_IF_ERROR(text.status());
  absl::StatusOr<KeyRing> ring = Parse(*text);
  OPENSSL_cleanse(text->data(), text->size());
  return ring;
}

}  // namespace fangpin::seal
