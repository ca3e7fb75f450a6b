#include "libs/rpc/page_token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/escaping.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"

namespace fangpin::rpc {
namespace {

// A token is base64url(version, HMAC, (length, bytes)…).
constexpr char kVersion = 1;
constexpr size_t kMacSize = 16;
constexpr size_t kMaxTokenSize = 4096;

std::string Mac(const std::string& secret, std::string_view filter, std::string_view key) {
  // The filter's length in front keeps filter and key apart.
  const std::string data = base::StrCat(filter.size(), ":", filter, key);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), mac, &size);
  return std::string(reinterpret_cast<const char*>(mac), kMacSize);
}

std::string EncodeKey(const std::vector<std::string>& key) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  for (const std::string& part : key) {
    out.WriteVarint32(static_cast<uint32_t>(part.size()));
    out.WriteString(part);
  }
  out.Trim();
  return bytes;
}

std::optional<std::vector<std::string>> DecodeKey(std::string_view bytes) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  std::vector<std::string> key;
  while (in.CurrentPosition() < static_cast<int>(bytes.size())) {
    uint32_t size = 0;
    std::string part;
    if (!in.ReadVarint32(&size) || !in.ReadString(&part, static_cast<int>(size))) {
      return std::nullopt;
    }
    key.push_back(std::move(part));
  }
  return key;
}

}  // namespace

absl::StatusOr<int32_t> ClampPageSize(int32_t requested, int32_t default_size, int32_t max_size) {
  if (requested < 0) {
    return base::InvalidField("page_size", "PAGE_SIZE_INVALID", "每页条数不能为负数").Build();
  }
  return requested == 0 ? default_size : std::min(requested, max_size);
}

std::string PageFilter(const google::protobuf::Message& request) {
  std::unique_ptr<google::protobuf::Message> filter(request.New());
  filter->CopyFrom(request);
  for (const char* name : {"page_size", "page_token"}) {
    if (const auto* field = filter->GetDescriptor()->FindFieldByName(name)) {
      filter->GetReflection()->ClearField(filter.get(), field);
    }
  }
  std::string bytes = filter->GetDescriptor()->full_name();
  bytes.push_back('\0');
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  filter->SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

std::string PageTokens::Encode(std::string_view filter, const std::vector<std::string>& key) const {
  const std::string encoded = EncodeKey(key);
  return absl::WebSafeBase64Escape(
      absl::StrCat(std::string(1, kVersion), Mac(secret_, filter, encoded), encoded));
}

absl::StatusOr<std::vector<std::string>> PageTokens::Decode(std::string_view filter,
                                                            std::string_view token) const {
  std::vector<std::string> key;
  if (token.empty()) return key;
  std::string bytes;
  if (token.size() <= kMaxTokenSize && absl::WebSafeBase64Unescape(base::ToAbsl(token), &bytes) &&
      bytes.size() >= 1 + kMacSize && bytes[0] == kVersion) {
    const std::string_view encoded = std::string_view(bytes).substr(1 + kMacSize);
    const std::string mac = Mac(secret_, filter, encoded);
    if (CRYPTO_memcmp(mac.data(), bytes.data() + 1, kMacSize) == 0) {
      if (auto decoded = DecodeKey(encoded)) return *std::move(decoded);
    }
  }
  return base::InvalidField("page_token", "PAGE_TOKEN_INVALID",
                            "翻页标记无效：须原样传回，且查询条件不能改变")
      .Build();
}

}  // namespace fangpin::rpc
