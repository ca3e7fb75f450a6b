#include "tools/fangpinctl/client.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iostream>
#include <sstream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/security/credentials.h"
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
// Pages of whole households are the largest answers.
constexpr int kMaxAnswerBytes = 256 << 20;

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
  for (int i = 0; i < file->service_count(); ++i) {
    for (int j = 0; j < file->service(i)->method_count(); ++j) {
      const MethodDescriptor* method = file->service(i)->method(j);
      if (method->input_type() == request) return *method;
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
  context.AddMetadata(rpc::kAuthorizationKey, "Bearer " + options_.token);
  context.AddMetadata(rpc::kRequestIdKey, absl::BytesToHexString(base::RandomBytes(16)));
  if (options_.at) {
    context.AddMetadata(rpc::kSimulatedTimeKey,
                        absl::FormatTime(absl::RFC3339_full, *options_.at, absl::UTCTimeZone()));
  }
  response->Clear();
  grpc::TemplatedGenericStub<MessageLite, MessageLite> stub(ChannelTo(ServiceOf(method)));
  std::promise<grpc::Status> answer;
  stub.UnaryCall(&context, base::StrCat("/", method.service()->full_name(), "/", method.name()),
                 grpc::StubOptions(), &request, response,
                 [&answer](grpc::Status status) { answer.set_value(std::move(status)); });
  return rpc::FromGrpc(answer.get_future().get());
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
