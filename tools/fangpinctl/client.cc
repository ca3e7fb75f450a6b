#include "tools/fangpinctl/client.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iostream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/client_callback.h"
#include "libs/base/error.h"
#include "libs/base/random.h"
#include "libs/base/strings.h"
#include "libs/rpc/method.h"
#include "libs/rpc/server.h"
#include "libs/rpc/status.h"
#include "tools/fangpinctl/errors.h"

namespace fangpin::ctl {

using google::protobuf::Message;
using google::protobuf::MessageLite;
using google::protobuf::MethodDescriptor;

namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);
// Services whose requests stand in several files.
constexpr const char* kServicesOfManyFiles[] = {"fangpin.registry.v1.RegistryService"};
// Pages of whole households are the largest answers.
constexpr int kMaxAnswerBytes = 256 << 20;

using Stub = grpc::TemplatedGenericStub<MessageLite, MessageLite>;

std::string PathOf(const MethodDescriptor& method) {
  return base::StrCat("/", method.service()->full_name(), "/", method.name());
}

// A stream from the server, read by one thread as the messages come.
class Receiver final : public grpc::ClientBidiReactor<MessageLite, MessageLite> {
 public:
  void Begin(const MessageLite* request) {
    StartWriteLast(request, grpc::WriteOptions());
    // Until Finish, so that the call does not end under a read that is still to come.
    AddHold();
    StartCall();
  }
  // False at the end of the stream.
  bool Read(MessageLite* response) {
    read_ = {};
    StartRead(response);
    return read_.get_future().get();
  }
  grpc::Status Finish() {
    RemoveHold();
    return ended_.get_future().get();
  }

 private:
  void OnReadDone(bool ok) override { read_.set_value(ok); }
  void OnDone(const grpc::Status& status) override { ended_.set_value(status); }

  std::promise<bool> read_;
  std::promise<grpc::Status> ended_;
};

absl::StatusOr<std::string> ReadAll(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || text.str().empty()) {
    return UsageError("CA_UNREADABLE", base::StrCat("证书文件无法读取：", file));
  }
  return text.str();
}

}  // namespace

const MethodDescriptor& MethodTaking(const google::protobuf::Descriptor* request) {
  const google::protobuf::FileDescriptor* file = request->file();
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (int i = 0; i < file->service_count(); ++i) services.push_back(file->service(i));
  for (const char* name : kServicesOfManyFiles) {
    services.push_back(file->pool()->FindServiceByName(name));
  }
  for (const google::protobuf::ServiceDescriptor* service : services) {
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      if (service->method(i)->input_type() == request) return *service->method(i);
    }
  }
  std::cerr << "fangpinctl: no method takes " << request->full_name() << "\n";
  std::abort();
}

std::string_view ServiceOf(const MethodDescriptor& method) {
  return base::Split(method.file()->package(), '.')[1];
}

absl::StatusOr<std::unique_ptr<Client>> Client::Create(Options options) {
  std::unique_ptr<Client> client(new Client(std::move(options)));
  if (!client->options_.ca_file.empty()) {
    absl::StatusOr<std::string> certificates = ReadAll(client->options_.ca_file);
    if (!certificates.ok()) return std::move(certificates).status();
    if (!rpc::HoldsCertificate(*certificates)) {
      return UsageError("CA_INVALID",
                        base::StrCat("文件中没有 PEM 格式的证书：", client->options_.ca_file));
    }
    client->root_certificates_ = *std::move(certificates);
    return client;
  }
  for (const auto& [service, address] : client->options_.addresses) {
    if (!rpc::IsLoopback(address)) {
      return UsageError("PLAIN_TEXT_BEYOND_LOOPBACK",
                        base::StrCat(address, " 不是本机地址：须以 --ca 指明证书，用 TLS 连接"));
    }
  }
  return client;
}

const std::shared_ptr<grpc::Channel>& Client::ChannelTo(std::string_view service) {
  const std::string& address = options_.addresses.find(service)->second;
  std::shared_ptr<grpc::Channel>& channel = channels_[address];
  if (channel == nullptr) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
    // A stream has no time limit: a service that vanished is noticed by this.
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
    // A service that restarts is found again soon.
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = root_certificates_;
    channel = grpc::CreateCustomChannel(
        address,
        root_certificates_.empty() ? grpc::InsecureChannelCredentials() : grpc::SslCredentials(tls),
        arguments);
  }
  return channel;
}

absl::Status Client::Call(const Message& request, Message* response, absl::Duration patience) {
  const MethodDescriptor& method = MethodTaking(request.GetDescriptor());
  const bool idempotent =
      method.options().idempotency_level() != google::protobuf::MethodOptions::IDEMPOTENCY_UNKNOWN;
  const absl::Time give_up = absl::Now() + patience;
  absl::Duration pause = kFirstPause;
  while (true) {
    absl::Status status = Attempt(method, request, response);
    if (!idempotent || !absl::IsUnavailable(status) || absl::Now() + pause > give_up) {
      return Explain(std::move(status), method);
    }
    absl::SleepFor(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

absl::Status Client::Attempt(const MethodDescriptor& method, const Message& request,
                             Message* response) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + options_.timeout));
  AddMetadata(&context);
  response->Clear();
  Stub stub(ChannelTo(ServiceOf(method)));
  std::promise<grpc::Status> answer;
  stub.UnaryCall(&context, PathOf(method), grpc::StubOptions(), &request, response,
                 [&answer](grpc::Status status) { answer.set_value(std::move(status)); });
  return rpc::FromGrpc(answer.get_future().get());
}

void Client::AddMetadata(grpc::ClientContext* context) const {
  context->AddMetadata(rpc::kAuthorizationKey, "Bearer " + options_.token);
  context->AddMetadata(rpc::kRequestIdKey, absl::BytesToHexString(base::RandomBytes(16)));
  if (options_.at) {
    context->AddMetadata(rpc::kSimulatedTimeKey,
                         absl::FormatTime(absl::RFC3339_full, *options_.at, absl::UTCTimeZone()));
  }
}

absl::Status Client::Stream(const Message* request, Message* response,
                            absl::FunctionRef<void()> go_on,
                            absl::FunctionRef<absl::Status()> visit) {
  const MethodDescriptor& method = MethodTaking(request->GetDescriptor());
  absl::Time give_up = absl::Now() + kShortPatience;
  absl::Duration pause = kFirstPause;
  const auto counted = [&] {
    // Who has got something knows that the service is there, and waits longer for it.
    give_up = absl::Now() + kLongPatience;
    pause = kFirstPause;
    return visit();
  };
  while (true) {
    absl::Status status = Receive(method, *request, response, counted);
    if (!absl::IsUnavailable(status) || absl::Now() + pause > give_up) {
      return Explain(std::move(status), method);
    }
    absl::SleepFor(pause);
    pause = std::min(2 * pause, kLongestPause);
    go_on();
  }
}

absl::Status Client::Receive(const MethodDescriptor& method, const Message& request,
                             Message* response, absl::FunctionRef<absl::Status()> visit) {
  grpc::ClientContext context;
  AddMetadata(&context);
  Stub stub(ChannelTo(ServiceOf(method)));
  Receiver receiver;
  stub.PrepareBidiStreamingCall(&context, PathOf(method), grpc::StubOptions(), &receiver);
  receiver.Begin(&request);
  absl::Status visited;
  while (visited.ok() && receiver.Read(response)) visited = visit();
  if (!visited.ok()) context.TryCancel();
  const absl::Status status = rpc::FromGrpc(receiver.Finish());
  return visited.ok() ? status : visited;
}

absl::Status Client::Explain(absl::Status status, const MethodDescriptor& method) const {
  if (status.ok() || !base::Reason(status).empty()) return status;
  const std::string_view service = ServiceOf(method);
  const std::string& address = options_.addresses.find(service)->second;
  const auto explained = [&](std::string_view reason, const std::string& message) {
    return base::Error(status.code(), reason, message)
        .WithMetadata("address", address)
        .WithMetadata("cause", base::ToStd(status.message()))
        .Build();
  };
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      return explained("SERVER_UNREACHABLE", base::StrCat("无法连接 ", service, " 服务"));
    case absl::StatusCode::kDeadlineExceeded:
      return explained(
          "NO_ANSWER_IN_TIME",
          base::StrCat(service, " 服务在 ", absl::FormatDuration(options_.timeout), " 内没有答复"));
    case absl::StatusCode::kUnimplemented:
      return explained("METHOD_NOT_SERVED",
                       base::StrCat("该地址没有提供 ", method.service()->full_name()));
    default:
      return status;
  }
}

}  // namespace fangpin::ctl
