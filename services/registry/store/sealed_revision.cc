#include "services/registry/store/sealed_revision.h"

#include <optional>

#include "absl/status/status.h"
#include "fangpin/registry/v1/household.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "libs/base/strings.h"

namespace fangpin::registry {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

std::string RevisionPlace(std::string_view household_id, int64_t number) {
  return base::StrCat("revision/", household_id, "/", number);
}

absl::StatusOr<std::string_view> HouseholdBytes(std::string_view revision) {
  constexpr uint32_t kTag = WireFormatLite::MakeTag(v1::Revision::kHouseholdFieldNumber,
                                                    WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  CodedInputStream in(reinterpret_cast<const uint8_t*>(revision.data()),
                      static_cast<int>(revision.size()));
  std::optional<std::string_view> household;
  while (const uint32_t tag = in.ReadTag()) {
    if (tag != kTag) {
      if (!WireFormatLite::SkipField(&in, tag)) break;
      continue;
    }
    uint32_t size = 0;
    if (!in.ReadVarint32(&size)) break;
    const auto begin = static_cast<size_t>(in.CurrentPosition());
    if (!in.Skip(static_cast<int>(size))) break;
    household = revision.substr(begin, size);
  }
  if (!household.has_value() || !in.ConsumedEntireMessage()) {
    return absl::DataLossError("revision does not parse");
  }
  return *household;
}

}  // namespace fangpin::registry
