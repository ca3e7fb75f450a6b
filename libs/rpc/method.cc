#include "libs/rpc/method.h"

#include <grpc/grpc_security_constants.h>
#include <grpc/support/time.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/error_details.h"
#include "libs/base/random.h"
#include "libs/base/strings.h"
#include "libs/log/log.h"
#include "libs/rpc/mask.h"
#include "libs/rpc/status.h"

namespace fangpin::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr size_t kMaxRequestId = 64;
constexpr size_t kMaxAuditIds = 20;
// Successful calls are logged only when they took longer than this, or at level debug.
constexpr double kSlowSeconds = 1.0;
// Outcome of an audit entry that is followed by another when the call ends.
constexpr std::string_view kBegun = "Begun";

// Names as dashboards know them, by status code.
constexpr std::string_view kCodeNames[] = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

int64_t MonotonicNanos() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

size_t CodeIndex(const absl::Status& status) { return static_cast<size_t>(status.code()); }

std::string_view View(grpc::string_ref text) { return {text.data(), text.size()}; }

// The metadata that the wrapper reads; views into the server context.
struct Metadata {
  std::string_view authorization, request_id, simulated_time;
};

Metadata ReadMetadata(const grpc::CallbackServerContext& server) {
  Metadata metadata;
  for (const auto& [key, value] : server.client_metadata()) {
    const std::string_view name = View(key);
    if (name == kAuthorizationKey) {
      metadata.authorization = View(value);
    } else if (name == kRequestIdKey) {
      metadata.request_id = View(value);
    } else if (name == kSimulatedTimeKey) {
      metadata.simulated_time = View(value);
    }
  }
  return metadata;
}

bool IsRequestId(std::string_view text) {
  if (text.empty() || text.size() > kMaxRequestId) return false;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.';
    if (!plain) return false;
  }
  return true;
}

// Unique across processes, and cheap: eight random characters for the process, seven that count.
// Fifteen fit into a std::string without an allocation.
std::string NewRequestId() {
  static constexpr char kAlphabet[] = "0123456789abcdefghijklmnopqrstuv";
  static const std::string* const head = [] {
    auto* text = new std::string;
    for (const char byte : base::RandomBytes(8)) text->push_back(kAlphabet[byte & 31]);
    return text;
  }();
  static std::atomic<uint64_t> count{0};
  std::string id = *head + "0000000";
  uint64_t rest = count.fetch_add(1, std::memory_order_relaxed);
  for (size_t i = id.size(); rest > 0 && i > head->size(); rest >>= 5) {
    id[--i] = kAlphabet[rest & 31];
  }
  return id;
}

// What the caller acts for, when the caller is another service that says so.
std::string_view OnBehalfOf(const grpc::CallbackServerContext& server,
                            const base::Principal& principal) {
  if (!principal.Has(kServiceRole)) return {};
  const auto found = server.client_metadata().find(kOnBehalfOfKey);
  return found == server.client_metadata().end() ? std::string_view() : View(found->second);
}

// Most calls a thread keeps for later.
constexpr size_t kPooledCalls = 16;

// A plain read of the deadline: grpc::ServerContextBase::deadline() converts between clocks, and
// IsCancelled() takes a lock.
bool Expired(const grpc::CallbackServerContext& server) {
  const gpr_timespec deadline = server.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return false;
  return gpr_time_cmp(deadline, gpr_now(deadline.clock_type)) < 0;
}

absl::Status DeadlineExceeded() {
  return base::Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED", "调用超时");
}

// An error that a body made without base::Error says nothing that a caller may rely on, and may say
// what he must not see. The log keeps its text.
absl::Status WithReason(const absl::Status& status) {
  if (status.ok() || !base::Reason(status).empty()) return status;
  switch (status.code()) {
    case absl::StatusCode::kCancelled:
      return base::Error(status.code(), "CANCELLED", "调用已取消");
    case absl::StatusCode::kDeadlineExceeded:
      return DeadlineExceeded();
    case absl::StatusCode::kUnavailable:
      return base::Error(status.code(), "UNAVAILABLE", "服务暂时不可用，请稍后重试");
    default:
      return base::Error(status.code(), "INTERNAL", "内部错误，请提供请求编号以便排查");
  }
}

// Says which service made the error, unless it came from a neighbour that already did.
void SetDomain(std::string_view service, absl::Status& status) {
  std::optional<google::rpc::ErrorInfo> info = base::GetErrorInfo(status);
  if (!info || !info->domain().empty()) return;
  info->set_domain(base::StrCat(service, ".fangpin"));
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo",
                    absl::Cord(info->SerializeAsString()));
}

// Whose fault decides how loud: our own are errors, the caller's are not.
log::Level LevelOf(const absl::Status& status, double seconds) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return seconds > kSlowSeconds ? log::Level::kWarning : log::Level::kDebug;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return log::Level::kError;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return log::Level::kWarning;
    default:
      return log::Level::kInfo;
  }
}

absl::Status AuditUnavailable() {
  return base::Error(absl::StatusCode::kUnavailable, "AUDIT_UNAVAILABLE",
                     "审计日志暂时无法写入，操作未执行");
}

absl::Status StartupError(std::string_view method, std::string_view what) {
  return base::Error(absl::StatusCode::kFailedPrecondition, "METHOD_INVALID", what)
      .WithMetadata("method", method);
}

}  // namespace

absl::Status ParseBytes(const grpc::ByteBuffer& bytes, Message* message) {
  grpc::Slice slice;
  const bool whole = bytes.TrySingleSlice(&slice).ok() || bytes.DumpToSingleSlice(&slice).ok();
  if (whole && message->ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return absl::OkStatus();
  }
  return base::Error(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED", "消息无法解析");
}

grpc::ByteBuffer ToBytes(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

MethodCore::MethodCore(Runtime& runtime, std::string_view service, std::string_view method,
                       const google::protobuf::Descriptor* request,
                       const google::protobuf::Descriptor* response, Answers answers)
    : runtime_(runtime),
      service_(service),
      method_(method),
      full_name_(base::StrCat(service, "/", method)) {
  runtime_.AddGrpcService(service);
  if (absl::Status status = Resolve(request, response, answers); !status.ok()) {
    runtime_.AddStartupError(std::move(status));
  }
  AddMetrics(answers);
}

absl::Status MethodCore::Resolve(const google::protobuf::Descriptor* request,
                                 const google::protobuf::Descriptor* response, Answers answers) {
  const MethodDescriptor* descriptor =
      DescriptorPool::generated_pool()->FindMethodByName(service_ + "." + method_);
  if (descriptor == nullptr) return StartupError(full_name_, "方法不存在");
  if (descriptor->input_type() != request || descriptor->output_type() != response) {
    return StartupError(full_name_, "消息类型与方法不符");
  }
  if (descriptor->client_streaming() ||
      descriptor->server_streaming() != (answers == Answers::kStream)) {
    return StartupError(full_name_, "方法的流式方式与声明不符");
  }
  policy_ = descriptor->options().GetExtension(v1::policy);
  if (policy_.permission().empty() || policy_.scope().kind_case() == v1::Scope::KIND_NOT_SET ||
      policy_.audit() == v1::AUDIT_UNSPECIFIED) {
    return StartupError(full_name_, "方法缺少权限、范围或审计选项");
  }
  if (policy_.audit() != v1::AUDIT_NONE && runtime_.audit() == nullptr) {
    return StartupError(full_name_, "方法要求审计而没有审计日志");
  }
  if (policy_.scope().kind_case() == v1::Scope::kDivisionField) {
    absl::StatusOr<FieldPath> path = FieldPath::Resolve(request, policy_.scope().division_field());
    if (!path.ok()) return path.status();
    division_ = *std::move(path);
  }
  request_ids_ = IdPaths(request);
  response_ids_ = IdPaths(response);
  response_is_personal_ = HoldsPersonalFields(response);
  streams_raw_file_ = answers == Answers::kStream && IsRawPiece(response);
  return absl::OkStatus();
}

void MethodCore::AddMetrics(Answers answers) {
  metrics::Labels labels = {{"grpc_type", answers == Answers::kStream ? "server_stream" : "unary"},
                            {"grpc_service", service_},
                            {"grpc_method", method_}};
  metrics::Registry& metrics = runtime_.metrics();
  if (answers == Answers::kStream) {
    sent_ = &metrics.AddCounter("grpc_server_msg_sent_total",
                                "Total number of stream messages sent by the server.", labels);
  }
  started_ = &metrics.AddCounter("grpc_server_started_total",
                                 "Total number of RPCs started on the server.", labels);
  seconds_ = &metrics.AddHistogram(
      "grpc_server_handling_seconds",
      "Time in seconds from the arrival of a call to its answer, waiting included.",
      metrics::LatencyBuckets(), labels);
  for (size_t i = 0; i < handled_.size(); ++i) {
    labels["grpc_code"] = kCodeNames[i];
    handled_[i] = &metrics.AddCounter(
        "grpc_server_handled_total",
        "Total number of RPCs completed on the server, regardless of success or failure.", labels);
  }
  runtime_.AddCounters(started_, {handled_.begin(), handled_.end()});
}

void MethodCore::Recycle::operator()(Call* call) const {
  call->caller = nullptr;
  call->refusal = absl::OkStatus();
  call->messages = 0;
  call->answered_ids.clear();
  std::vector<std::unique_ptr<Call>>& pool = ThreadCalls();
  if (pool.size() < kPooledCalls) {
    pool.emplace_back(call);
  } else {
    delete call;
  }
}

std::vector<std::unique_ptr<MethodCore::Call>>& MethodCore::ThreadCalls() {
  thread_local std::vector<std::unique_ptr<Call>> calls;
  return calls;
}

MethodCore::CallPtr MethodCore::Arrive(grpc::CallbackServerContext* server,
                                       const Message& request) const {
  std::vector<std::unique_ptr<Call>>& pool = ThreadCalls();
  CallPtr call(pool.empty() ? new Call : pool.back().release());
  if (!pool.empty()) pool.pop_back();
  call->server = server;
  call->start_ns = MonotonicNanos();
  started_->Increment();
  const absl::Time now = absl::Now();
  const Metadata metadata = ReadMetadata(*server);
  call->context.now = now;
  if (IsRequestId(metadata.request_id)) {
    call->context.request_id = metadata.request_id;
  } else {
    call->context.request_id = NewRequestId();
  }
  call->refusal = Admit(*call, metadata.authorization, metadata.simulated_time, now, request);
  return call;
}

absl::Status MethodCore::Admit(Call& call, std::string_view authorization,
                               std::string_view simulated_time, absl::Time now,
                               const Message& request) const {
  const Runtime::Admission admission = runtime_.admission();
  if (admission == Runtime::Admission::kStarting) {
    return base::Error(absl::StatusCode::kUnavailable, "SERVICE_STARTING",
                       "服务正在启动，请稍后重试");
  }
  if (Expired(*call.server)) return DeadlineExceeded();

  if (runtime_.authenticator().knows_certificates() && authorization.empty()) {
    call.caller = CertificateCaller(*call.server);
  }
  if (call.caller == nullptr) {
    auto caller = runtime_.authenticator().Authenticate(authorization, now);
    if (!caller.ok()) return std::move(caller).status();
    call.caller = *std::move(caller);
  }
  if (call.copied != call.caller) {
    call.context.principal = call.caller->principal;
    call.copied = call.caller;
  }
  if (admission == Runtime::Admission::kStopping && !call.context.principal.Has(kServiceRole)) {
    return ServiceStopping();
  }

  if (!simulated_time.empty()) {
    if (!runtime_.simulated_time()) {
      return base::Error(absl::StatusCode::kFailedPrecondition, "SIMULATED_TIME_OFF",
                         "本服务未开启模拟时间");
    }
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, base::ToAbsl(simulated_time), &call.context.now,
                         &error)) {
      return base::Error(absl::StatusCode::kInvalidArgument, "SIMULATED_TIME_INVALID",
                         "模拟时间须为 RFC 3339 格式");
    }
  }
  return Authorize(call, request);
}

std::shared_ptr<const Caller> MethodCore::CertificateCaller(
    const grpc::CallbackServerContext& server) const {
  const auto auth = server.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return nullptr;
  for (const grpc::string_ref& name : auth->FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME)) {
    if (auto caller = runtime_.authenticator().ByCertificate(View(name))) return caller;
  }
  return nullptr;
}

absl::Status MethodCore::Authorize(const Call& call, const Message& request) const {
  if (!call.caller->grants.Allow(policy_.permission())) {
    return base::Error(absl::StatusCode::kPermissionDenied, "PERMISSION_MISSING",
                       "没有此项操作的权限")
        .WithMetadata("permission", policy_.permission())
        .WithMetadata("roles", absl::StrJoin(call.context.principal.roles, ","));
  }
  if (streams_raw_file_ && !call.caller->grants.see_personal) {
    return base::Error(absl::StatusCode::kPermissionDenied, "PERSONAL_DATA_DENIED",
                       "文件中的个人信息无法脱敏，您的角色不能查看");
  }
  absl::Status scope;
  division_.ForEach(request, [&](const std::string& division) {
    if (call.context.principal.MayAccess(division)) return true;
    if (absl::Status shape = base::CheckDivision(division); !shape.ok()) {
      scope = base::InvalidField(policy_.scope().division_field(), base::Reason(shape),
                                 base::ToStd(shape.message()));
    } else {
      scope = base::Error(absl::StatusCode::kPermissionDenied, "SCOPE_DENIED",
                          "超出了您所负责的行政区划范围")
                  .WithMetadata("division", division);
    }
    return false;
  });
  if (!scope.ok()) return scope;
  if (policy_.audit() != v1::AUDIT_NONE && !runtime_.audit()->Healthy()) {
    return AuditUnavailable();
  }
  return absl::OkStatus();
}

absl::Status MethodCore::StillWanted(const Call& call) const {
  if (Expired(*call.server)) return DeadlineExceeded();
  if (call.server->IsCancelled()) {
    return base::Error(absl::StatusCode::kCancelled, "CANCELLED", "调用已取消");
  }
  return absl::OkStatus();
}

absl::Status MethodCore::QueueFull() const {
  return base::Error(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "服务繁忙，请稍后重试");
}

absl::Status MethodCore::FromException(const Call& call) const {
  std::string what = "unknown";
  try {
    throw;
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
  }
  log::Error("exception in handler",
             {{"request_id", call.context.request_id}, {"method", full_name_}, {"what", what}});
  return base::Error(absl::StatusCode::kInternal, "INTERNAL", "内部错误，请提供请求编号以便排查");
}

bool MethodCore::MustMask(const Call& call) const {
  return response_is_personal_ && !call.caller->grants.see_personal;
}

void MethodCore::Prepare(Call& call, std::vector<std::string> ids) const {
  ++call.messages;
  if (policy_.audit() == v1::AUDIT_NONE) return;
  call.answered_ids = std::move(ids);
  if (call.answered_ids.size() > kMaxAuditIds) call.answered_ids.resize(kMaxAuditIds);
}

void MethodCore::Prepare(Call& call, Message* response) const {
  if (MustMask(call)) MaskPersonalFields(response);
  ++call.messages;
  if (sent_ != nullptr) sent_->Increment();
  if (policy_.audit() == v1::AUDIT_NONE) return;
  for (const FieldPath& path : response_ids_) {
    path.ForEach(*response, [&call](const std::string& id) {
      if (call.answered_ids.size() >= kMaxAuditIds) return false;
      call.answered_ids.push_back(id);
      return true;
    });
  }
}

grpc::Status MethodCore::Conclude(Call& call, absl::Status status, const Message& request) const {
  const double seconds = static_cast<double>(MonotonicNanos() - call.start_ns) * 1e-9;
  // A stream is meant to last.
  const double waited = sent_ != nullptr ? 0 : seconds;
  if (const log::Level level = LevelOf(status, waited); log::Enabled(level)) {
    log::Write(level, "call",
               {{"request_id", call.context.request_id},
                {"method", full_name_},
                {"code", kCodeNames[CodeIndex(status)]},
                {"reason", base::Reason(status)},
                {"message", base::ToStd(status.message())},
                {"subject", call.caller == nullptr ? "" : call.caller->principal.subject},
                {"messages", call.messages},
                {"seconds", seconds}});
  }
  if (!status.ok()) {
    status = WithReason(status);
    SetDomain(runtime_.service(), status);
  }
  if (policy_.audit() != v1::AUDIT_NONE && call.caller != nullptr) {
    // The change is made and cannot be unmade; the next ones are refused until the log is well.
    Audit(call, kCodeNames[CodeIndex(status)], base::Reason(status), request).IgnoreError();
  }
  seconds_->Observe(seconds);
  handled_[CodeIndex(status)]->Increment();
  if (!status.ok()) call.server->AddTrailingMetadata(kRequestIdKey, call.context.request_id);
  return ToGrpc(status);
}

absl::Status MethodCore::AuditBegin(Call& call, const Message& request) const {
  if (policy_.audit() == v1::AUDIT_NONE) return absl::OkStatus();
  if (!Audit(call, kBegun, "", request).ok()) return AuditUnavailable();
  return absl::OkStatus();
}

absl::Status MethodCore::Audit(Call& call, std::string_view outcome, std::string_view reason,
                               const Message& request) const {
  AuditEntry entry{.time = absl::Now(),
                   .business_time = call.context.now,
                   .subject = call.context.principal.subject,
                   .on_behalf_of = OnBehalfOf(*call.server, call.context.principal),
                   .method = full_name_,
                   .request_id = call.context.request_id,
                   .outcome = outcome,
                   .reason = reason,
                   .write = policy_.audit() == v1::AUDIT_WRITE};
  std::string division;
  division_.ForEach(request, [&](const std::string& value) {
    division = value;
    return false;
  });
  entry.division = division;
  const auto add = [&entry](std::string id) {
    if (entry.ids.size() >= kMaxAuditIds) return false;
    entry.ids.push_back(std::move(id));
    return true;
  };
  for (const FieldPath& path : request_ids_) path.ForEach(request, add);
  for (std::string& id : std::exchange(call.answered_ids, {})) add(std::move(id));
  absl::Status written = runtime_.audit()->Append(entry);
  if (!written.ok()) {
    log::Error("audit entry not written", {{"request_id", call.context.request_id},
                                           {"method", full_name_},
                                           {"reason", base::Reason(written)}});
  }
  return written;
}

}  // namespace fangpin::rpc
