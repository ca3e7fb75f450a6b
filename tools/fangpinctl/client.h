#ifndef FANGPIN_TOOLS_FANGPINCTL_CLIENT_H_
#define FANGPIN_TOOLS_FANGPINCTL_CLIENT_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"

namespace fangpin::ctl {

// The method that takes `request`, by buf's rule that a request type has one method and stands in
// the file of its service. Ends the program when there is none.
const google::protobuf::MethodDescriptor& MethodTaking(const google::protobuf::Descriptor* request);

// "registry" of a method of fangpin.registry.v1.
std::string_view ServiceOf(const google::protobuf::MethodDescriptor& method);

// The suite's public API as one caller sees it. Calls any method by its descriptor. Not
// thread-safe.
class Client {
 public:
  struct Options {
    std::map<std::string, std::string, std::less<>> addresses;  // by service
    std::string token;
    std::optional<absl::Time> at;                // simulated time
    absl::Duration timeout = absl::Seconds(30);  // of one attempt
    std::string ca_file;                         // empty: plain text, to loopback only
  };
  // Usage errors: CA_UNREADABLE, PLAIN_TEXT_BEYOND_LOOPBACK. Connects with the first call.
  static absl::StatusOr<std::unique_ptr<Client>> Create(Options options);

  // How long an idempotent call is tried again while the service is UNAVAILABLE.
  static constexpr absl::Duration kShortPatience = absl::Seconds(1);
  // For long work: a service may restart meanwhile.
  static constexpr absl::Duration kLongPatience = absl::Minutes(1);

  // Calls the method that takes the request. Statuses come with their details; those without any
  // are given a reason: SERVER_UNREACHABLE, NO_ANSWER_IN_TIME, METHOD_NOT_SERVED.
  absl::Status Call(const google::protobuf::Message& request, google::protobuf::Message* response,
                    absl::Duration patience = kShortPatience);

  // Calls the streaming method that takes the request, and visit() for each message once it stands
  // in `response`. A stream that breaks because the service is UNAVAILABLE is begun again with what
  // go_on() has made of the request, for kLongPatience without a message. Without a time limit. An
  // error of visit ends the call and is returned.
  absl::Status Stream(const google::protobuf::Message* request, google::protobuf::Message* response,
                      absl::FunctionRef<void()> go_on, absl::FunctionRef<absl::Status()> visit);

  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const Request& request, absl::Duration patience = kShortPatience) {
    Response response;
    absl::Status status = Call(request, &response, patience);
    if (!status.ok()) return status;
    return response;
  }

 private:
  explicit Client(Options options) : options_(std::move(options)) {}

  const std::shared_ptr<grpc::Channel>& ChannelTo(std::string_view service);
  absl::Status Attempt(const google::protobuf::MethodDescriptor& method,
                       const google::protobuf::Message& request,
                       google::protobuf::Message* response);
  absl::Status Receive(const google::protobuf::MethodDescriptor& method,
                       const google::protobuf::Message& request,
                       google::protobuf::Message* response,
                       absl::FunctionRef<absl::Status()> visit);
  void AddMetadata(grpc::ClientContext* context) const;
  absl::Status Explain(absl::Status status, const google::protobuf::MethodDescriptor& method) const;

  const Options options_;
  std::string root_certificates_;
  std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>> channels_;  // by address
};

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_CLIENT_H_
