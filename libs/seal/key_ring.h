#ifndef FANGPIN_SEAL_KEY_RING_H_
#define FANGPIN_SEAL_KEY_RING_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fangpin::seal {

// 256 secret bits, wiped when destroyed.
class Key {
 public:
  static constexpr size_t kSize = 32;

  explicit Key(const std::array<uint8_t, kSize>& bytes);
  ~Key();
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;

  const uint8_t* data() const { return bytes_.data(); }
  // Differs between any two keys loaded by this process; lets cached cipher contexts be matched
  // without comparing secrets.
  uint64_t serial() const { return serial_; }

 private:
  std::array<uint8_t, kSize> bytes_;
  uint64_t serial_;
};

// The keys of one installation: several sealing keys by id, one of them active, and one fingerprint
// key. Old sealing keys stay, so that what they sealed can be read; the fingerprint key never
// changes, because stored fingerprints must keep matching.
//
// The file is text, one entry a line, '#' starts a comment:
//   seal <id: 8 hex digits> <64 hex digits>
//   active <id>
//   fingerprint <64 hex digits>
// To rotate: append a `seal` line made with `openssl rand -hex 4` and `openssl rand -hex 32`, point
// `active` at it, restart.
class KeyRing {
 public:
  // Reads the ring, or creates one with fresh random keys, mode 0600, when there is no file. Safe
  // when several processes start at once: all end up with the same keys.
  // FAILED_PRECONDITION, KEY_FILE_EXPOSED: group or others may read or write the file.
  // FAILED_PRECONDITION, KEY_FILE_INVALID: not a ring; metadata: line.
  // UNAVAILABLE, KEY_FILE_UNREADABLE: the file system refuses; metadata: errno.
  static absl::StatusOr<KeyRing> LoadOrCreate(const std::string& path);

  // A ring out of the text form above.
  static absl::StatusOr<KeyRing> Parse(std::string_view text);

  uint32_t active_id() const { return active_id_; }
  const Key& active() const { return seal_keys_.at(active_id_); }
  // Null when the ring has no such key.
  const Key* Find(uint32_t id) const;
  const Key& fingerprint() const { return fingerprint_; }

 private:
  KeyRing(std::map<uint32_t, Key> seal_keys, uint32_t active_id, const Key& fingerprint);

  std::map<uint32_t, Key> seal_keys_;
  uint32_t active_id_;
  Key fingerprint_;
};

}  // namespace fangpin::seal

#endif  // FANGPIN_SEAL_KEY_RING_H_
