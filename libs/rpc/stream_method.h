#ifndef FANGPIN_RPC_STREAM_METHOD_H_
#define FANGPIN_RPC_STREAM_METHOD_H_

#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/alarm.h"
#include "grpcpp/support/server_callback.h"
#include "libs/base/call_context.h"
#include "libs/rpc/method.h"

namespace fangpin::rpc {

// What a source has done when it returns.
class StreamStep {
 public:
  // The response is to be sent. The source is asked again when there is room for the next one.
  static StreamStep Message() { return StreamStep(Kind::kMessage, absl::ZeroDuration()); }
  // There is nothing to send yet. No thread is held until the waker is called, or until `at_most`
  // has passed; then the source is asked again. It may be asked sooner, for no reason.
  static StreamStep Wait(absl::Duration at_most = absl::InfiniteDuration()) {
    return StreamStep(Kind::kWait, at_most);
  }
  // Everything has been sent.
  static StreamStep End() { return StreamStep(Kind::kEnd, absl::ZeroDuration()); }

  enum class Kind { kMessage, kWait, kEnd };
  Kind kind() const { return kind_; }
  absl::Duration at_most() const { return at_most_; }

 private:
  StreamStep(Kind kind, absl::Duration at_most) : kind_(kind), at_most_(at_most) {}

  Kind kind_;
  absl::Duration at_most_;
};

// Makes the messages of one stream, one a call; `response` is empty at each. It may block: it runs
// on the service's executor, never on two threads at once. An error ends the stream. Destroyed when
// the stream ends, on any thread.
template <typename Response>
using StreamSource = absl::AnyInvocable<absl::StatusOr<StreamStep>(Response& response)>;

// Asks a waiting source again. Quick and thread-safe; may be called under a lock, at any time, and
// after the stream has ended.
using StreamWaker = std::function<void()>;

// What all streams share; use StreamMethod.
class StreamCore : public MethodCore {
 protected:
  StreamCore(Runtime& runtime, std::string_view service, std::string_view method,
             const google::protobuf::Descriptor* request,
             const google::protobuf::Descriptor* response)
      : MethodCore(runtime, service, method, request, response, Answers::kStream) {}

  // One stream. At any time one thread owns it: the one that makes or sends a message, or, while
  // the stream rests, the first that wakes, stops or cancels it. The owner passes it on or ends it.
  class Stream : public OpenStream, public std::enable_shared_from_this<Stream> {
   public:
    void Wake() ABSL_LOCKS_EXCLUDED(mutex_);
    void Stop(absl::Status reason) override ABSL_LOCKS_EXCLUDED(mutex_);

   protected:
    Stream(const StreamCore& method, grpc::CallbackServerContext* server,
           const google::protobuf::Message& request);

    void Begin();
    // What gRPC reports: the message is on its way, or never will be; the caller has gone.
    void Written(bool ok);
    void Cancelled();

    const base::CallContext& context() const { return call_->context; }
    StreamWaker waker();

   private:
    enum class Phase { kOwned, kResting, kEnded };

    // Fills in the next message; the first call also makes the source.
    virtual absl::StatusOr<StreamStep> Next() = 0;
    virtual google::protobuf::Message* message() = 0;
    virtual void Send() = 0;
    virtual void DropSource() = 0;
    virtual void Finish(const grpc::Status& status) = 0;

    // For the owner.
    absl::Status StillWanted();
    void Schedule();
    void Step();
    void Rest(absl::Time until);
    void SleepUntil(absl::Time until) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
    void End(absl::Status status);

    const StreamCore& method_;
    const google::protobuf::Message& request_;
    const CallPtr call_;
    bool stepped_ = false;
    absl::Mutex mutex_;
    Phase phase_ ABSL_GUARDED_BY(mutex_) = Phase::kOwned;
    bool woken_ ABSL_GUARDED_BY(mutex_) = false;  // since the last step began
    absl::Status stop_ ABSL_GUARDED_BY(mutex_);
    std::unique_ptr<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mutex_);
  };
};

// One RPC that streams from the server; the counterpart of Method, with the same promises:
//
//   grpc::ServerWriteReactor<pb::WatchResponse>* Watch(grpc::CallbackServerContext* c,
//                                                      const pb::WatchRequest* q) override {
//     return watch_.Run(c, q,
//                       [this](const base::CallContext& ctx, const pb::WatchRequest& request,
//                              rpc::StreamWaker wake)
//                           -> absl::StatusOr<rpc::StreamSource<pb::WatchResponse>> {
//       …
//       return [state = std::move(state)](pb::WatchResponse& response)
//                  -> absl::StatusOr<rpc::StreamStep> { … };
//     });
//   }
//   rpc::StreamMethod<pb::WatchRequest, pb::WatchResponse> watch_{runtime_, …, "Watch"};
//
// Permission, scope, audit, metrics, log line and error details are those of Method; every message
// is masked, and a stream of pieces of a file, which cannot be, is PERMISSION_DENIED
// PERSONAL_DATA_DENIED for callers who may not see personal data; where the method asks for audit
// there is an entry at the begin and one at the end. A message is made when the one before has room
// on the wire, on the service's executor; a busy executor slows a stream and does not break it. A
// stream ends with its source, with its caller, at its deadline, when the caller's token expires,
// and with UNAVAILABLE SERVICE_STOPPING when the service stops.
template <typename Request, typename Response>
class StreamMethod : public StreamCore {
 public:
  StreamMethod(Runtime& runtime, std::string_view service, std::string_view method)
      : StreamCore(runtime, service, method, Request::descriptor(), Response::descriptor()) {}

  // `open` is called at most once, on the executor, with (ctx, request, waker) or (ctx, request),
  // and returns absl::StatusOr<StreamSource<Response>>. It is copied or moved. The request outlives
  // the source, the context does not.
  template <typename Open>
  grpc::ServerWriteReactor<Response>* Run(grpc::CallbackServerContext* server,
                                          const Request* request, Open open) const {
    auto stream = std::make_shared<Reactor<Open>>(*this, server, *request, std::move(open));
    stream->Start();
    // gRPC ends its use of the stream by OnDone, for which it waits until this returns.
    return stream.get();
  }

 private:
  template <typename Open>
  class Reactor final : public grpc::ServerWriteReactor<Response>, public StreamCore::Stream {
   public:
    Reactor(const StreamMethod& method, grpc::CallbackServerContext* server, const Request& request,
            Open open)
        : Stream(method, server, request), request_(request), open_(std::move(open)) {}

    void Start() {
      self_ = std::static_pointer_cast<Reactor>(this->shared_from_this());
      this->Begin();
    }
    void OnWriteDone(bool ok) override { this->Written(ok); }
    void OnCancel() override { this->Cancelled(); }
    void OnDone() override { self_.reset(); }

   private:
    absl::StatusOr<StreamStep> Next() override {
      if (source_ == nullptr) {
        absl::StatusOr<StreamSource<Response>> source = Opened();
        if (!source.ok()) return std::move(source).status();
        source_ = *std::move(source);
      }
      response_.Clear();
      absl::StatusOr<StreamStep> step = source_(response_);
      // Cleared messages keep their memory, which one that rests has no use for.
      if (step.ok() && step->kind() == StreamStep::Kind::kWait) response_ = Response();
      return step;
    }
    absl::StatusOr<StreamSource<Response>> Opened() {
      if constexpr (std::is_invocable_v<Open&, const base::CallContext&, const Request&,
                                        StreamWaker>) {
        return open_(this->context(), request_, this->waker());
      } else {
        return open_(this->context(), request_);
      }
    }
    google::protobuf::Message* message() override { return &response_; }
    void Send() override { this->StartWrite(&response_); }
    void DropSource() override { source_ = nullptr; }
    void Finish(const grpc::Status& status) override {
      grpc::ServerWriteReactor<Response>::Finish(status);
    }

    const Request& request_;
    Open open_;
    StreamSource<Response> source_;
    Response response_;
    std::shared_ptr<Reactor> self_;  // until gRPC is done with it
  };
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_STREAM_METHOD_H_
