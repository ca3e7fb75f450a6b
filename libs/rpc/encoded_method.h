#ifndef FANGPIN_RPC_ENCODED_METHOD_H_
#define FANGPIN_RPC_ENCODED_METHOD_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/support/byte_buffer.h"
#include "libs/base/status.h"
#include "libs/rpc/method.h"

namespace fangpin::rpc {

// A response that is bytes already, as a store keeps it.
struct Encoded {
  grpc::ByteBuffer bytes;        // the serialised response
  std::vector<std::string> ids;  // that its fields name, for the audit entry
};

// Method for a body that has the bytes of its response: they are sent as they are, and only parsed
// for callers from whom something has to be masked. The handler derives from the generated
// WithRawCallbackMethod_X of the method.
template <typename Request, typename Response>
class EncodedMethod : public MethodCore {
 public:
  EncodedMethod(Runtime& runtime, std::string_view service, std::string_view method,
                RunMode mode = RunMode::kExecutor)
      : MethodCore(runtime, service, method, Request::descriptor(), Response::descriptor(),
                   Answers::kOne),
        mode_(mode) {}

  // `body` is called at most once, with (ctx, request), returning absl::StatusOr<Encoded>. It is
  // copied or moved.
  template <typename Body>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* server, const grpc::ByteBuffer* bytes,
                                grpc::ByteBuffer* response, Body body) const {
    grpc::ServerUnaryReactor* const reactor = server->DefaultReactor();
    if (mode_ == RunMode::kInline) {
      Request request;
      const CallPtr call = Receive(server, *bytes, &request);
      Serve(*call, reactor, request, response, body);
      return reactor;
    }
    auto request = std::make_unique<Request>();
    CallPtr call = Receive(server, *bytes, request.get());
    if (!call->refusal.ok()) {
      Serve(*call, reactor, *request, response, body);
      return reactor;
    }
    Executor::Task task = [this, call = std::move(call), reactor, request = std::move(request),
                           response, body = std::move(body)](bool run) mutable {
      call->refusal = run ? StillWanted(*call) : QueueFull();
      Serve(*call, reactor, *request, response, body);
    };
    if (!runtime().executor().Submit(std::move(task))) task(false);
    return reactor;
  }

 private:
  // Nothing of the call is touched after it.
  template <typename Body>
  void Serve(Call& call, grpc::ServerUnaryReactor* reactor, const Request& request,
             grpc::ByteBuffer* response, Body& body) const {
    absl::Status status = std::move(call.refusal);
    if (status.ok()) {
      absl::StatusOr<Encoded> encoded = Invoke(body, call, request);
      status = encoded.ok() ? Prepared(call, *encoded, response) : std::move(encoded).status();
    }
    reactor->Finish(Conclude(call, std::move(status), request));
  }

  template <typename Body>
  absl::StatusOr<Encoded> Invoke(Body& body, const Call& call, const Request& request) const {
    try {
      return body(call.context, request);
    } catch (...) {
      return FromException(call);
    }
  }

  CallPtr Receive(grpc::CallbackServerContext* server, const grpc::ByteBuffer& bytes,
                  Request* request) const {
    const absl::Status parsed = ParseBytes(bytes, request);
    CallPtr call = Arrive(server, *request);
    call->refusal.Update(parsed);
    return call;
  }

  absl::Status Prepared(Call& call, Encoded& encoded, grpc::ByteBuffer* response) const {
    if (!MustMask(call)) {
      Prepare(call, std::move(encoded.ids));
      response->Swap(&encoded.bytes);
      return absl::OkStatus();
    }
    Response message;
    FANGPIN_RETURN_IF_ERROR(ParseBytes(encoded.bytes, &message));
    Prepare(call, &message);
    *response = ToBytes(message);
    return absl::OkStatus();
  }

  const RunMode mode_;
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_ENCODED_METHOD_H_
