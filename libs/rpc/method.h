#ifndef FANGPIN_RPC_METHOD_H_
#define FANGPIN_RPC_METHOD_H_

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fangpin/rpc/v1/options.pb.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "libs/base/call_context.h"
#include "libs/rpc/field_path.h"
#include "libs/rpc/runtime.h"

namespace fangpin::rpc {

// Metadata that travels with a call.
inline constexpr char kAuthorizationKey[] = "authorization";
inline constexpr char kRequestIdKey[] = "fangpin-request-id";
inline constexpr char kSimulatedTimeKey[] = "fangpin-simulated-time";
inline constexpr char kOnBehalfOfKey[] = "fangpin-on-behalf-of";

// Where a handler's body runs.
enum class RunMode {
  // On the service's executor: for bodies that touch a store, a file or a neighbour. The default.
  kExecutor,
  // On the thread that received the call: for bodies under 50 µs that wait for nothing.
  kInline,
};

// How many messages a method answers with.
enum class Answers { kOne, kStream };

// INVALID_ARGUMENT, MESSAGE_MALFORMED when the bytes are no such message.
absl::Status ParseBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);
grpc::ByteBuffer ToBytes(const google::protobuf::Message& message);

// What all methods share; use Method, EncodedMethod or StreamMethod.
class MethodCore {
 public:
  MethodCore(const MethodCore&) = delete;
  MethodCore& operator=(const MethodCore&) = delete;

 protected:
  MethodCore(Runtime& runtime, std::string_view service, std::string_view method,
             const google::protobuf::Descriptor* request,
             const google::protobuf::Descriptor* response, Answers answers);

  // One call from arrival to answer. Calls are used again by the thread that ends them, so that a
  // caller who calls often costs no copy of his principal.
  struct Call {
    grpc::CallbackServerContext* server = nullptr;
    int64_t start_ns = 0;                  // monotonic
    std::shared_ptr<const Caller> caller;  // null until known
    std::shared_ptr<const Caller> copied;  // whose principal the context holds
    base::CallContext context;
    absl::Status refusal;                   // why the body does not run
    uint64_t messages = 0;                  // answered with
    std::vector<std::string> answered_ids;  // that the messages name, for the audit entry
  };
  struct Recycle {
    void operator()(Call* call) const;
  };
  using CallPtr = std::unique_ptr<Call, Recycle>;

  CallPtr Arrive(grpc::CallbackServerContext* server,
                 const google::protobuf::Message& request) const;
  // OK while somebody still waits for the answer.
  absl::Status StillWanted(const Call& call) const;
  absl::Status QueueFull() const;
  // The status a stray exception becomes; its text goes to the log only.
  absl::Status FromException(const Call& call) const;
  // Whether personal fields of the response are not for this caller.
  bool MustMask(const Call& call) const;
  // Makes a message ready to be sent: masks it, and remembers which ids it names.
  void Prepare(Call& call, google::protobuf::Message* response) const;
  // The same for bytes in which nothing has to be masked.
  void Prepare(Call& call, std::vector<std::string> ids) const;
  // Logs, audits and measures a call that ends with `status`; returns the status to finish it with.
  grpc::Status Conclude(Call& call, absl::Status status,
                        const google::protobuf::Message& request) const;
  // Leaves an entry that a call which answers for long has begun; OK when the method asks for none.
  absl::Status AuditBegin(Call& call, const google::protobuf::Message& request) const;

  Runtime& runtime() const { return runtime_; }

 private:
  absl::Status Resolve(const google::protobuf::Descriptor* request,
                       const google::protobuf::Descriptor* response, Answers answers);
  void AddMetrics(Answers answers);
  static std::vector<std::unique_ptr<Call>>& ThreadCalls();
  // Everything before the body; fills in caller, principal and now.
  absl::Status Admit(Call& call, std::string_view authorization, std::string_view simulated_time,
                     absl::Time now, const google::protobuf::Message& request) const;
  std::shared_ptr<const Caller> CertificateCaller(const grpc::CallbackServerContext& server) const;
  absl::Status Authorize(const Call& call, const google::protobuf::Message& request) const;
  absl::Status Audit(Call& call, std::string_view outcome, std::string_view reason,
                     const google::protobuf::Message& request) const;

  Runtime& runtime_;
  const std::string service_;
  const std::string method_;
  const std::string full_name_;  // service/method
  v1::MethodPolicy policy_;
  bool response_is_personal_ = false;
  bool streams_raw_file_ = false;  // for callers who may see personal data only
  FieldPath division_;
  std::vector<FieldPath> request_ids_;
  std::vector<FieldPath> response_ids_;
  metrics::Counter* started_ = nullptr;
  std::array<metrics::Counter*, 17> handled_{};
  metrics::Histogram* seconds_ = nullptr;
  metrics::Counter* sent_ = nullptr;  // of streams only
};

// One RPC of one service. A member of the handler class, made once at start:
//
//   grpc::ServerUnaryReactor* GetHousehold(grpc::CallbackServerContext* c,
//                                          const pb::GetHouseholdRequest* q,
//                                          pb::GetHouseholdResponse* r) override {
//     return get_household_.Run(c, q, r, [this](const base::CallContext& ctx, const auto& request)
//     {
//       return registry_.GetHousehold(ctx, request);
//     });
//   }
//   rpc::Method<pb::GetHouseholdRequest, pb::GetHouseholdResponse> get_household_{
//       runtime_, "fangpin.registry.v1.RegistryService", "GetHousehold"};
//
// An unknown method, other message types or a missing policy is a startup error of the runtime.
// Run does, in this order: cancelled or past its deadline; request id and principal; permission and
// scope; the body; exceptions; masking; metric, log line and audit entry; the gRPC status.
template <typename Request, typename Response>
class Method : public MethodCore {
 public:
  Method(Runtime& runtime, std::string_view service, std::string_view method,
         RunMode mode = RunMode::kExecutor)
      : MethodCore(runtime, service, method, Request::descriptor(), Response::descriptor(),
                   Answers::kOne),
        mode_(mode) {}

  // `body` is called at most once, with (ctx, request), returning absl::StatusOr<Response>, or with
  // (ctx, request, response), returning absl::Status. It is copied or moved.
  template <typename Body>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* server, const Request* request,
                                Response* response, Body body) const {
    CallPtr call = Arrive(server, *request);
    grpc::ServerUnaryReactor* const reactor = server->DefaultReactor();
    if (!call->refusal.ok()) {
      Answer(*call, reactor, std::move(call->refusal), *request, response);
    } else if (mode_ == RunMode::kInline) {
      absl::Status status = Invoke(body, *call, *request, response);
      Answer(*call, reactor, std::move(status), *request, response);
    } else {
      // A task that is not taken comes back whole, so the call is answered here.
      Executor::Task task = [this, call = std::move(call), reactor, request, response,
                             body = std::move(body)](bool run) mutable {
        absl::Status status = run ? StillWanted(*call) : QueueFull();
        if (status.ok()) status = Invoke(body, *call, *request, response);
        Answer(*call, reactor, std::move(status), *request, response);
      };
      if (!runtime().executor().Submit(std::move(task))) task(false);
    }
    return reactor;
  }

 private:
  template <typename Body>
  absl::Status Invoke(Body& body, const Call& call, const Request& request,
                      Response* response) const {
    try {
      if constexpr (std::is_invocable_v<Body&, const base::CallContext&, const Request&,
                                        Response&>) {
        return body(call.context, request, *response);
      } else {
        absl::StatusOr<Response> result = body(call.context, request);
        if (!result.ok()) return std::move(result).status();
        *response = *std::move(result);
        return absl::OkStatus();
      }
    } catch (...) {
      return FromException(call);
    }
  }

  // Nothing of the call is touched after it.
  void Answer(Call& call, grpc::ServerUnaryReactor* reactor, absl::Status status,
              const Request& request, Response* response) const {
    if (status.ok()) Prepare(call, response);
    reactor->Finish(Conclude(call, std::move(status), request));
  }

  const RunMode mode_;
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_METHOD_H_
