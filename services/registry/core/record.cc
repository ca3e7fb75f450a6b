#include "services/registry/core/record.h"

#include <utility>

#include "absl/status/status.h"
#include "fangpin/registry/v1/registry_service.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace fangpin::registry {
namespace {

using google::protobuf::internal::WireFormatLite;

constexpr uint32_t kTag = WireFormatLite::MakeTag(pb::GetHouseholdResponse::kHouseholdFieldNumber,
                                                  WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
static_assert(int{pb::GetHouseholdResponse::kHouseholdFieldNumber} ==
              int{pb::BatchGetHouseholdsResponse::kHouseholdsFieldNumber});
// Tag and length take at most this much.
constexpr size_t kMaxHead = 10;

}  // namespace

absl::StatusOr<pb::Household> HouseholdRecord::Parse() const {
  pb::GetHouseholdResponse response;
  if (!response.ParseFromString(answer)) return absl::DataLossError("record does not parse");
  return std::move(*response.mutable_household());
}

RecordPtr MakeRecord(std::string_view id, std::string_view division, std::string_view national_id,
                     std::string_view household) {
  using google::protobuf::io::CodedOutputStream;
  auto record = std::make_shared<HouseholdRecord>();
  record->id = id;
  record->division = division;
  record->national_id = national_id;
  uint8_t head[kMaxHead];
  uint8_t* end = CodedOutputStream::WriteVarint32ToArray(kTag, head);
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(household.size()), end);
  record->answer.reserve(static_cast<size_t>(end - head) + household.size());
  record->answer.append(head, end);
  record->answer.append(household);
  return record;
}

RecordPtr MakeRecord(const pb::Household& household) {
  return MakeRecord(household.id(), household.division(), household.national_id(),
                    household.SerializeAsString());
}

}  // namespace fangpin::registry
