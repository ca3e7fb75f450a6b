#include "libs/records/errors.h"

#include "libs/base/error.h"

namespace fangpin::records {

absl::Status EtagMismatch() {
  return base::Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                     "记录已被他人修改，请重新读取后再试");
}

absl::Status RecordExists(std::string_view collection, std::string_view id) {
  return base::Error(absl::StatusCode::kAlreadyExists, "RECORD_EXISTS", "记录已存在")
      .WithResource(collection, id);
}

absl::Status SlotTaken(std::string_view collection) {
  return base::Error(absl::StatusCode::kAlreadyExists, "RECORD_SLOT_TAKEN",
                     "该户已有一条办理中的同类记录")
      .WithMetadata("collection", collection);
}

absl::Status RequestIdReused() {
  return base::InvalidField("request_id", "REQUEST_ID_REUSED",
                            "请求编号已用于另一项内容不同的请求");
}

}  // namespace fangpin::records
