#ifndef FANGPIN_RECORDS_COLLECTION_H_
#define FANGPIN_RECORDS_COLLECTION_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/status.h"
#include "libs/records/records.h"

namespace fangpin::records {

// The messages of one kind in a store. Message is a protobuf message with a string field etag,
// which these methods set and which is not stored.
template <typename Message>
class Collection {
 public:
  // `header` says what queries see of a message.
  constexpr Collection(std::string_view name, Header (*header)(const Message&))
      : name_(name), header_(header) {}

  std::string_view name() const { return name_; }

  absl::StatusOr<std::optional<Message>> Find(View& view, std::string_view id) const {
    return Parsed(view.Find(name_, id));
  }
  absl::StatusOr<std::optional<Message>> InSlot(View& view, std::string_view slot) const {
    return Parsed(view.InSlot(name_, slot));
  }
  absl::StatusOr<std::vector<Message>> List(View& view, const Query& query) const {
    FANGPIN_ASSIGN_OR_RETURN(const std::vector<Record> records, view.List(name_, query));
    std::vector<Message> messages;
    messages.reserve(records.size());
    for (const Record& record : records) {
      FANGPIN_ASSIGN_OR_RETURN(Message message, Parse(record));
      messages.push_back(std::move(message));
    }
    return messages;
  }

  // Inserts the message and sets its etag.
  absl::Status Insert(Tx& tx, Message& message) const {
    FANGPIN_RETURN_IF_ERROR(tx.Insert(name_, header_(message), Body(message)));
    message.set_etag(EtagOf(1));
    return absl::OkStatus();
  }
  // Replaces the version that the message's etag names and sets the new etag.
  absl::Status Update(Tx& tx, Message& message) const {
    FANGPIN_ASSIGN_OR_RETURN(
        const int64_t revision,
        tx.Update(name_, header_(message), Body(message), RevisionOf(message.etag())));
    message.set_etag(EtagOf(revision));
    return absl::OkStatus();
  }

 private:
  static std::string Body(const Message& message) {
    Message stored = message;
    stored.clear_etag();
    return stored.SerializeAsString();
  }
  static absl::StatusOr<Message> Parse(const Record& record) {
    Message message;
    if (!message.ParseFromString(record.body)) return absl::DataLossError("record does not parse");
    message.set_etag(EtagOf(record.revision));
    return message;
  }
  static absl::StatusOr<std::optional<Message>> Parsed(
      absl::StatusOr<std::optional<Record>> record) {
    FANGPIN_RETURN_IF_ERROR(record.status());
    if (!record->has_value()) return std::nullopt;
    FANGPIN_ASSIGN_OR_RETURN(Message message, Parse(**record));
    return message;
  }

  std::string_view name_;
  Header (*header_)(const Message&);
};

// Runs `decide` in one transaction, once for a request id: a repeat of the request gets the first
// answer, a failed one leaves nothing and may be sent again.
template <typename Response, typename RequestMessage>
absl::StatusOr<Response> WriteOnce(Store& store, const base::CallContext& ctx,
                                   std::string_view method, const RequestMessage& message,
                                   absl::FunctionRef<absl::StatusOr<Response>(Tx&)> decide) {
  FANGPIN_RETURN_IF_ERROR(CheckRequestId(message.request_id()));
  const Request request = {method, message.request_id(), message.SerializeAsString()};
  Response response;
  FANGPIN_RETURN_IF_ERROR(store.Write(ctx, [&](Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<std::string> answer, tx.FindAnswer(request));
    if (answer) {
      if (response.ParseFromString(*answer)) return absl::OkStatus();
      return absl::DataLossError("kept answer does not parse");
    }
    FANGPIN_ASSIGN_OR_RETURN(response, decide(tx));
    return tx.KeepAnswer(request, response.SerializeAsString());
  }));
  return response;
}

}  // namespace fangpin::records

#endif  // FANGPIN_RECORDS_COLLECTION_H_
