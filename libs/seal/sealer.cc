#include "libs/seal/sealer.h"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <limits>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/error.h"

namespace fangpin::seal {
namespace {

constexpr char kFormatAes256Gcm = 1;
constexpr size_t kHeaderSize = 1 + 4;
constexpr size_t kNonceSize = 12;
constexpr size_t kTagSize = 16;
// EVP counts in int.
constexpr size_t kMaxTextSize = std::numeric_limits<int>::max() - Sealer::kOverhead;

static_assert(Sealer::kOverhead == kHeaderSize + kNonceSize + kTagSize);

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* p) const {
    kFree(p);
  }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free<EVP_MAC_CTX_free>>;

// Looking an algorithm up costs more than sealing a record: once a process. Never freed, because
// threads may still seal while the process ends.
const EVP_CIPHER* Aes256Gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

const EVP_MAC* Hmac() {
  static const EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return mac;
}

// A context that keeps its expanded key between records of the same key and direction.
class Cipher {
 public:
  // Null when the crypto library refuses.
  EVP_CIPHER_CTX* Start(const Key& key, const unsigned char* nonce, bool encrypt) {
    if (context_ == nullptr) context_.reset(EVP_CIPHER_CTX_new());
    if (context_ == nullptr || Aes256Gcm() == nullptr) return nullptr;
    const bool keyed = serial_ == key.serial();
    serial_ = 0;
    if (EVP_CipherInit_ex2(context_.get(), keyed ? nullptr : Aes256Gcm(),
                           keyed ? nullptr : key.data(), nonce, encrypt, nullptr) != 1) {
      return nullptr;
    }
    serial_ = key.serial();
    return context_.get();
  }

 private:
  CipherContext context_;
  uint64_t serial_ = 0;  // no key has this one
};

// Keyed with one fingerprint key until another is asked for.
class Mac {
 public:
  EVP_MAC_CTX* Start(const Key& key) {
    if (context_ == nullptr && Hmac() != nullptr) {
      context_.reset(EVP_MAC_CTX_new(const_cast<EVP_MAC*>(Hmac())));
    }
    if (context_ == nullptr) return nullptr;
    if (serial_ == key.serial()) {
      return EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1 ? context_.get() : nullptr;
    }
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                 OSSL_PARAM_construct_end()};
    serial_ = 0;
    if (EVP_MAC_init(context_.get(), key.data(), Key::kSize, params) != 1) return nullptr;
    serial_ = key.serial();
    return context_.get();
  }

 private:
  MacContext context_;
  uint64_t serial_ = 0;
};

thread_local Cipher encryptor;
thread_local Cipher decryptor;
thread_local Mac mac;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void PutKeyId(uint32_t id, char* out) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<char>(id >> (24 - 8 * i));
}

uint32_t KeyId(const char* in) {
  uint32_t id = 0;
  for (int i = 0; i < 4; ++i) id = id << 8 | static_cast<unsigned char>(in[i]);
  return id;
}

bool Authenticate(EVP_CIPHER_CTX* context, std::string_view data) {
  int ignored = 0;
  return data.empty() || EVP_CipherUpdate(context, nullptr, &ignored, Bytes(data),
                                          static_cast<int>(data.size())) == 1;
}

absl::Status SealFailed() {
  return base::Error(absl::StatusCode::kInternal, "SEAL_FAILED", "加密失败");
}

absl::Status Tampered() {
  return base::Error(absl::StatusCode::kDataLoss, "SEAL_TAMPERED", "密文被改动或已损坏，无法解开");
}

}  // namespace

Sealer::Sealer(KeyRing ring) : ring_(std::move(ring)) {}

absl::StatusOr<std::string> Sealer::Seal(std::string_view plaintext,
                                         std::string_view associated_data) const {
  if (plaintext.size() > kMaxTextSize || associated_data.size() > kMaxTextSize) return SealFailed();
  std::string sealed(plaintext.size() + kOverhead, '\0');
  sealed[0] = kFormatAes256Gcm;
  PutKeyId(ring_.active_id(), sealed.data() + 1);
  const std::string_view header(sealed.data(), kHeaderSize);
  auto* const nonce = reinterpret_cast<unsigned char*>(sealed.data()) + kHeaderSize;
  auto* const text = nonce + kNonceSize;
  auto* const tag = text + plaintext.size();

  // Drawn one by one and not in advance: a nonce kept over a fork would be used twice.
  if (RAND_bytes(nonce, kNonceSize) != 1) return SealFailed();
  EVP_CIPHER_CTX* const context = encryptor.Start(ring_.active(), nonce, true);
  int size = 0;
  if (context == nullptr || !Authenticate(context, header) ||
      !Authenticate(context, associated_data) ||
      EVP_CipherUpdate(context, text, &size, Bytes(plaintext),
                       static_cast<int>(plaintext.size())) != 1 ||
      EVP_CipherFinal_ex(context, text + size, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagSize, tag) != 1) {
    return SealFailed();
  }
  return sealed;
}

absl::StatusOr<std::string> Sealer::Unseal(std::string_view sealed,
                                           std::string_view associated_data) const {
  if (sealed.size() < kOverhead || sealed.size() > kMaxTextSize ||
      associated_data.size() > kMaxTextSize || sealed[0] != kFormatAes256Gcm) {
    return Tampered();
  }
  const uint32_t key_id = KeyId(sealed.data() + 1);
  const Key* const key = ring_.Find(key_id);
  if (key == nullptr) {
    return base::Error(absl::StatusCode::kDataLoss, "SEAL_KEY_UNKNOWN",
                       "密文所用的密钥不在密钥文件中")
        .WithMetadata("key_id", absl::StrFormat("%08x", key_id));
  }
  const std::string_view header = sealed.substr(0, kHeaderSize);
  const std::string_view nonce = sealed.substr(kHeaderSize, kNonceSize);
  const std::string_view text = sealed.substr(kHeaderSize + kNonceSize, sealed.size() - kOverhead);
  std::string tag(sealed.substr(sealed.size() - kTagSize));

  std::string plaintext(text.size(), '\0');
  auto* const out = reinterpret_cast<unsigned char*>(plaintext.data());
  EVP_CIPHER_CTX* const context = decryptor.Start(*key, Bytes(nonce), false);
  int size = 0;
  if (context == nullptr || !Authenticate(context, header) ||
      !Authenticate(context, associated_data) ||
      EVP_CipherUpdate(context, out, &size, Bytes(text), static_cast<int>(text.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) != 1 ||
      EVP_CipherFinal_ex(context, out + size, &size) != 1) {
    return Tampered();
  }
  return plaintext;
}

std::string Sealer::Fingerprint(std::string_view normalised) const {
  unsigned char digest[EVP_MAX_MD_SIZE];
  size_t size = 0;
  EVP_MAC_CTX* const context = mac.Start(ring_.fingerprint());
  if (context == nullptr || EVP_MAC_update(context, Bytes(normalised), normalised.size()) != 1 ||
      EVP_MAC_final(context, digest, &size, sizeof(digest)) != 1) {
    // HMAC over memory fails only without memory; an answer that is not the fingerprint would send
    // data to the wrong person.
    std::abort();
  }
  return std::string(reinterpret_cast<const char*>(digest), kFingerprintSize);
}

}  // namespace fangpin::seal
