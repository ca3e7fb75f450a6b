#ifndef FANGPIN_SEAL_SEALER_H_
#define FANGPIN_SEAL_SEALER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/seal/key_ring.h"

namespace fangpin::seal {

// Seals records and makes fingerprints of identity numbers. Thread safe; cipher contexts are kept
// per thread.
//
// A sealed record is: one byte of format (1 = AES-256-GCM), the key id (4 bytes, big-endian), a
// random nonce (12), the ciphertext, the tag (16). Format and key id are authenticated together
// with the associated data. One key is good for 2^32 records; rotate long before that.
class Sealer {
 public:
  // What sealing adds to the length of a record.
  static constexpr size_t kOverhead = 1 + 4 + 12 + 16;
  static constexpr size_t kFingerprintSize = 16;

  explicit Sealer(KeyRing ring);

  // Seals under the active key. `associated_data` names where the record belongs, such as
  // "household/621126001001000001": a sealed record moved elsewhere does not open. Two seals of the
  // same text differ.
  // INTERNAL, SEAL_FAILED: the crypto library refuses, for example for want of entropy.
  absl::StatusOr<std::string> Seal(std::string_view plaintext,
                                   std::string_view associated_data) const;

  // DATA_LOSS, SEAL_KEY_UNKNOWN: sealed under a key that is not in the ring; metadata: key_id.
  // DATA_LOSS, SEAL_TAMPERED: changed, cut short, moved from its place, or never sealed.
  absl::StatusOr<std::string> Unseal(std::string_view sealed,
                                     std::string_view associated_data) const;

  // A keyed fingerprint of 16 bytes, equal for equal input, by which a person is found without the
  // number being stored. The caller normalises first.
  std::string Fingerprint(std::string_view normalised) const;

 private:
  const KeyRing ring_;
};

}  // namespace fangpin::seal

#endif  // FANGPIN_SEAL_SEALER_H_
