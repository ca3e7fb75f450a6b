#include "libs/rpc/stream_method.h"

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "fangpin/rpc/testdata/v1/echo.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "libs/base/error_details.h"
#include "libs/base/strings.h"
#include "libs/rpc/status.h"
#include "libs/rpc/test_server.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::rpc {
namespace {

namespace pb = testdata::v1;
using ::testing::ElementsAre;
using testing::ErrorIs;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;
using Step = absl::StatusOr<StreamStep>;
using Source = StreamSource<pb::StreamPersonsResponse>;

constexpr char kMinxian[] = "621126000000";
constexpr char kOtherCounty[] = "621121000000";

// Opens what its members say.
class Handler final : public pb::EchoService::CallbackService {
 public:
  explicit Handler(Runtime& runtime)
      : echo_(runtime, pb::EchoService::service_full_name(), "Echo"),
        stream_(runtime, pb::EchoService::service_full_name(), "StreamPersons"),
        file_(runtime, pb::EchoService::service_full_name(), "StreamFile") {}

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* c, const pb::EchoRequest* q,
                                 pb::EchoResponse* r) override {
    return echo_.Run(c, q, r,
                     [this](const base::CallContext&, const pb::EchoRequest&, pb::EchoResponse&) {
                       if (on_echo) on_echo();
                       return absl::OkStatus();
                     });
  }
  grpc::ServerWriteReactor<pb::StreamPersonsResponse>* StreamPersons(
      grpc::CallbackServerContext* c, const pb::StreamPersonsRequest* q) override {
    return stream_.Run(c, q,
                       [this](const base::CallContext& ctx, const pb::StreamPersonsRequest&,
                              StreamWaker wake) -> absl::StatusOr<Source> {
                         ++opened;
                         return open(ctx, std::move(wake));
                       });
  }

  grpc::ServerWriteReactor<pb::StreamFileResponse>* StreamFile(
      grpc::CallbackServerContext* c, const pb::StreamFileRequest* q) override {
    using Pieces = StreamSource<pb::StreamFileResponse>;
    return file_.Run(
        c, q, [](const base::CallContext&, const pb::StreamFileRequest&) -> absl::StatusOr<Pieces> {
          return [sent = false](pb::StreamFileResponse& piece) mutable -> Step {
            if (std::exchange(sent, true)) return StreamStep::End();
            piece.set_data("王小军");
            return StreamStep::Message();
          };
        });
  }

  std::function<absl::StatusOr<Source>(const base::CallContext&, StreamWaker)> open;
  std::function<void()> on_echo;
  std::atomic<int> opened{0};

 private:
  Method<pb::EchoRequest, pb::EchoResponse> echo_;
  StreamMethod<pb::StreamPersonsRequest, pb::StreamPersonsResponse> stream_;
  StreamMethod<pb::StreamFileRequest, pb::StreamFileResponse> file_;
};

// A source of persons that others put in: waits while there is none, ends after Close.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  Source Open(StreamWaker wake) {
    absl::MutexLock lock(&mutex_);
    wakers_.push_back(std::move(wake));
    ++readers_;
    auto self = shared_from_this();
    const std::shared_ptr<void> gone(nullptr, [self](void*) {
      absl::MutexLock lock(&self->mutex_);
      --self->readers_;
    });
    return [self, gone, next = size_t{0}](pb::StreamPersonsResponse& response) mutable -> Step {
      absl::MutexLock lock(&self->mutex_);
      if (next < self->persons_.size()) {
        response.mutable_person()->set_id(self->persons_[next++]);
        response.mutable_person()->set_name("王小军");
        return StreamStep::Message();
      }
      if (self->closed_) return StreamStep::End();
      ++self->waits_;
      return StreamStep::Wait();
    };
  }
  void Put(const std::string& id) {
    absl::MutexLock lock(&mutex_);
    persons_.push_back(id);
    // Under the lock, as a store that publishes does.
    for (const StreamWaker& wake : wakers_) wake();
  }
  void Close() {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
    for (const StreamWaker& wake : wakers_) wake();
  }
  // Until this many steps have ended in waiting.
  void AwaitWaits(int waits) {
    absl::MutexLock lock(&mutex_);
    const auto reached = [&] {
      mutex_.AssertHeld();
      return waits_ >= waits;
    };
    mutex_.Await(absl::Condition(&reached));
  }
  void AwaitReaders(int readers) {
    absl::MutexLock lock(&mutex_);
    const auto reached = [&] {
      mutex_.AssertHeld();
      return readers_ == readers;
    };
    mutex_.Await(absl::Condition(&reached));
  }
  int readers() {
    absl::MutexLock lock(&mutex_);
    return readers_;
  }

 private:
  absl::Mutex mutex_;
  std::vector<StreamWaker> wakers_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> persons_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int readers_ ABSL_GUARDED_BY(mutex_) = 0;
  int waits_ ABSL_GUARDED_BY(mutex_) = 0;
};

class StreamMethodTest : public ::testing::Test {
 protected:
  struct Call {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientReader<pb::StreamPersonsResponse>> reader;
  };

  void Start(TestServer::Options options = {}) {
    server_ = std::make_unique<TestServer>("echo", options);
    handler_ = std::make_unique<Handler>(server_->runtime());
    handler_->open = [this](const base::CallContext&, StreamWaker wake) {
      return mailbox_->Open(std::move(wake));
    };
    server_->Start({handler_.get()});
    stub_ = pb::EchoService::NewStub(server_->channel());
  }
  void TearDown() override {
    stub_.reset();
    if (server_ != nullptr) server_->Stop(absl::Seconds(5));
  }

  std::unique_ptr<grpc::ClientContext> Desk() const {
    return server_->Context(TestServer::Person("COUNTY_DESK", kMinxian));
  }
  Call Open(std::unique_ptr<grpc::ClientContext> context, const std::string& division = "") {
    pb::StreamPersonsRequest request;
    request.set_division(division);
    Call call{std::move(context), nullptr};
    call.reader = stub_->StreamPersons(call.context.get(), request);
    return call;
  }
  // The next person's id; empty at the end.
  static std::string Next(const Call& call) {
    pb::StreamPersonsResponse response;
    return call.reader->Read(&response) ? response.person().id() : "";
  }
  static absl::Status Finish(const Call& call) { return FromGrpc(call.reader->Finish()); }
  // What a stream that is refused or fails at once ends with.
  absl::Status Status(std::unique_ptr<grpc::ClientContext> context,
                      const std::string& division = "") {
    const Call call = Open(std::move(context), division);
    EXPECT_EQ(Next(call), "");
    return Finish(call);
  }
  absl::Status Echo() {
    pb::EchoResponse response;
    return FromGrpc(stub_->Echo(Desk().get(), {}, &response));
  }

  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<Handler> handler_;
  std::unique_ptr<pb::EchoService::Stub> stub_;
};

TEST_F(StreamMethodTest, MessagesArriveInOrderAndTheStreamEndsWithItsSource) {
  Start();
  mailbox_->Put("p1");
  const Call call = Open(Desk());
  EXPECT_EQ(Next(call), "p1");
  mailbox_->Put("p2");
  mailbox_->Put("p3");
  EXPECT_EQ(Next(call), "p2");
  EXPECT_EQ(Next(call), "p3");
  mailbox_->Close();
  EXPECT_EQ(Next(call), "");
  EXPECT_THAT(Finish(call), IsOk());
  EXPECT_EQ(mailbox_->readers(), 0) << "the source outlived the stream";
}

TEST_F(StreamMethodTest, EveryStepSeesAnEmptyResponse) {
  Start();
  handler_->open = [](const base::CallContext&, StreamWaker) -> absl::StatusOr<Source> {
    return [step = 0](pb::StreamPersonsResponse& response) mutable -> Step {
      if (++step > 2) return StreamStep::End();
      response.mutable_person()->mutable_id()->append("p");
      return StreamStep::Message();
    };
  };
  const Call call = Open(Desk());
  EXPECT_EQ(Next(call), "p");
  EXPECT_EQ(Next(call), "p");
  EXPECT_EQ(Next(call), "");
  EXPECT_THAT(Finish(call), IsOk());
}

TEST_F(StreamMethodTest, WhoIsRefusedOpensNothing) {
  Start();
  mailbox_->Close();
  EXPECT_THAT(Status(std::make_unique<grpc::ClientContext>()),
              ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING"));
  EXPECT_THAT(Status(server_->Context(TestServer::Person("DEPARTMENT_FEED", kMinxian))),
              ErrorIs(absl::StatusCode::kPermissionDenied, "PERMISSION_MISSING"));
  EXPECT_THAT(Status(Desk(), kOtherCounty),
              ErrorIs(absl::StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  const absl::Status malformed = Status(Desk(), "62112");
  EXPECT_THAT(malformed, ErrorIs(absl::StatusCode::kInvalidArgument, "DIVISION_LENGTH"));
  EXPECT_EQ(base::GetBadRequest(malformed)->field_violations(0).field(), "division");
  auto late = Desk();
  late->set_deadline(std::chrono::system_clock::now() - std::chrono::seconds(1));
  EXPECT_THAT(Status(std::move(late)), StatusIs(absl::StatusCode::kDeadlineExceeded));
  server_->set_audit_healthy(false);
  EXPECT_THAT(Status(Desk()), ErrorIs(absl::StatusCode::kUnavailable, "AUDIT_UNAVAILABLE"));
  server_->set_audit_healthy(true);
  server_->runtime().Admit(Runtime::Admission::kStarting);
  EXPECT_THAT(Status(Desk()), ErrorIs(absl::StatusCode::kUnavailable, "SERVICE_STARTING"));
  server_->runtime().Admit(Runtime::Admission::kOpen);
  EXPECT_EQ(handler_->opened, 0);
  EXPECT_THAT(Status(Desk()), IsOk());
  EXPECT_EQ(handler_->opened, 1);
}

TEST_F(StreamMethodTest, AFileThatCannotBeMaskedIsForThoseWhoMaySeeIt) {
  Start();
  const auto read = [&](std::unique_ptr<grpc::ClientContext> context, std::string* data) {
    const auto reader = stub_->StreamFile(context.get(), {});
    pb::StreamFileResponse piece;
    while (reader->Read(&piece)) *data += piece.data();
    return FromGrpc(reader->Finish());
  };
  std::string data;
  EXPECT_THAT(read(Desk(), &data), IsOk());
  EXPECT_EQ(data, "王小军");
  data.clear();
  EXPECT_THAT(read(server_->Context(TestServer::Person("PREFECTURE_VIEWER", kMinxian)), &data),
              ErrorIs(absl::StatusCode::kPermissionDenied, "PERSONAL_DATA_DENIED"));
  EXPECT_EQ(data, "");
}

TEST_F(StreamMethodTest, ErrorsKeepTheirDetailsWhetherOpeningOrMidway) {
  Start();
  const auto held = []() -> absl::Status {
    return base::Error(absl::StatusCode::kInvalidArgument, "TOKEN_WRONG", "标记无效")
        .WithMetadata("field", "token");
  };
  handler_->open = [&](const base::CallContext&, StreamWaker) -> absl::StatusOr<Source> {
    return held();
  };
  auto context = Desk();
  context->AddMetadata(kRequestIdKey, "r-7");
  const Call refused = Open(std::move(context));
  EXPECT_EQ(Next(refused), "");
  const absl::Status status = Finish(refused);
  EXPECT_THAT(status, ErrorIs(absl::StatusCode::kInvalidArgument, "TOKEN_WRONG"));
  EXPECT_EQ(base::GetErrorInfo(status)->domain(), "echo.fangpin");
  EXPECT_EQ(base::GetErrorInfo(status)->metadata().at("field"), "token");
  EXPECT_EQ(refused.context->GetServerTrailingMetadata().find(kRequestIdKey)->second, "r-7");

  handler_->open = [&](const base::CallContext&, StreamWaker) -> absl::StatusOr<Source> {
    return [&held, sent = false](pb::StreamPersonsResponse& response) mutable -> Step {
      if (std::exchange(sent, true)) return held();
      response.mutable_person()->set_id("p1");
      return StreamStep::Message();
    };
  };
  const Call broken = Open(Desk());
  EXPECT_EQ(Next(broken), "p1");
  EXPECT_EQ(Next(broken), "");
  EXPECT_THAT(Finish(broken), ErrorIs(absl::StatusCode::kInvalidArgument, "TOKEN_WRONG"));
}

TEST_F(StreamMethodTest, AnExceptionBecomesInternalWithoutItsText) {
  Start();
  handler_->open = [](const base::CallContext&, StreamWaker) -> absl::StatusOr<Source> {
    throw std::runtime_error("table households");
  };
  absl::Status status = Status(Desk());
  EXPECT_THAT(status, ErrorIs(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("households")));
  handler_->open = [](const base::CallContext&, StreamWaker) -> absl::StatusOr<Source> {
    return [](pb::StreamPersonsResponse&) -> Step { throw std::runtime_error("table households"); };
  };
  status = Status(Desk());
  EXPECT_THAT(status, ErrorIs(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("households")));
}

TEST_F(StreamMethodTest, EveryMessageIsMaskedForWhoMayNotSeeIt) {
  Start();
  mailbox_->Put("p1");
  mailbox_->Put("p2");
  mailbox_->Close();
  const auto names = [&](std::unique_ptr<grpc::ClientContext> context) {
    const Call call = Open(std::move(context));
    std::vector<std::string> names;
    for (pb::StreamPersonsResponse response; call.reader->Read(&response);) {
      names.push_back(response.person().name());
    }
    EXPECT_THAT(Finish(call), IsOk());
    return names;
  };
  EXPECT_THAT(names(Desk()), ElementsAre("王小军", "王小军"));
  EXPECT_THAT(names(server_->Context(TestServer::Person("MASKED_READER", kMinxian))),
              ElementsAre("王*军", "王*军"));
}

TEST_F(StreamMethodTest, AStreamIsAuditedWhenItBeginsAndWhenItEnds) {
  Start();
  mailbox_->Put("p1");
  const Call call = Open(Desk());
  EXPECT_EQ(Next(call), "p1");
  const std::string line = "test-COUNTY_DESK fangpin.rpc.testdata.v1.EchoService/StreamPersons ";
  EXPECT_THAT(server_->audit(), ElementsAre(line + "Begun"));
  mailbox_->Put("p2");
  mailbox_->Close();
  EXPECT_EQ(Next(call), "p2");
  EXPECT_EQ(Next(call), "");
  EXPECT_THAT(Finish(call), IsOk());
  EXPECT_THAT(server_->audit(), ElementsAre(line + "Begun", line + "OK p1 p2"));
}

TEST_F(StreamMethodTest, StreamsAreCountedWithTheirMessages) {
  Start();
  mailbox_->Put("p1");
  mailbox_->Put("p2");
  mailbox_->Close();
  const Call call = Open(Desk());
  while (!Next(call).empty()) {
  }
  ASSERT_THAT(Finish(call), IsOk());
  EXPECT_THAT(Status(std::make_unique<grpc::ClientContext>()),
              StatusIs(absl::StatusCode::kUnauthenticated));
  const std::string text = server_->runtime().metrics().Render();
  const std::string labels =
      "grpc_method=\"StreamPersons\",grpc_service=\"fangpin.rpc.testdata.v1.EchoService\","
      "grpc_type=\"server_stream\"} ";
  EXPECT_THAT(text, HasSubstr("grpc_server_started_total{" + labels + "2\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_msg_sent_total{" + labels + "2\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{grpc_code=\"OK\"," + labels + "1\n"));
  EXPECT_THAT(
      text, HasSubstr("grpc_server_handled_total{grpc_code=\"Unauthenticated\"," + labels + "1\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handling_seconds_count{" + labels + "2\n"));
}

// One thread serves forty waiting streams and everything else.
TEST_F(StreamMethodTest, AWaitingStreamHoldsNoThread) {
  constexpr int kStreams = 40;
  Start({.executor_threads = 1});
  std::vector<Call> calls;
  for (int i = 0; i < kStreams; ++i) calls.push_back(Open(Desk()));
  mailbox_->AwaitWaits(kStreams);
  EXPECT_THAT(Echo(), IsOk());
  mailbox_->Put("p1");
  for (const Call& call : calls) EXPECT_EQ(Next(call), "p1");
  EXPECT_THAT(Echo(), IsOk());
  mailbox_->Close();
  for (const Call& call : calls) {
    EXPECT_EQ(Next(call), "");
    EXPECT_THAT(Finish(call), IsOk());
  }
}

TEST_F(StreamMethodTest, AWakeUpDuringAStepIsNotLost) {
  Start();
  handler_->open = [](const base::CallContext&, StreamWaker wake) -> absl::StatusOr<Source> {
    return [wake, step = 0](pb::StreamPersonsResponse& response) mutable -> Step {
      if (++step > 20) return StreamStep::End();
      response.mutable_person()->set_id(base::StrCat(step));
      if (step % 2 == 0) return StreamStep::Message();
      wake();
      return StreamStep::Wait();
    };
  };
  const Call call = Open(Desk());
  for (int step = 2; step <= 20; step += 2) EXPECT_EQ(Next(call), base::StrCat(step));
  EXPECT_EQ(Next(call), "");
  EXPECT_THAT(Finish(call), IsOk());
}

TEST_F(StreamMethodTest, ATimerAsksAgain) {
  Start();
  handler_->open = [](const base::CallContext&, StreamWaker) -> absl::StatusOr<Source> {
    return [step = 0](pb::StreamPersonsResponse&) mutable -> Step {
      return ++step > 3 ? StreamStep::End() : StreamStep::Wait(absl::Milliseconds(1));
    };
  };
  EXPECT_THAT(Status(Desk()), IsOk());
}

TEST_F(StreamMethodTest, ACallerWhoGoesEndsAWaitingStream) {
  Start();
  const Call call = Open(Desk());
  mailbox_->AwaitWaits(1);
  call.context->TryCancel();
  EXPECT_EQ(Next(call), "");
  EXPECT_THAT(Finish(call), StatusIs(absl::StatusCode::kCancelled));
  mailbox_->AwaitReaders(0);
  mailbox_->Put("p1");  // wakes nobody
}

TEST_F(StreamMethodTest, ACallerWhoGoesEndsABusyStreamAfterItsStep) {
  Start();
  absl::Notification entered, leave, gone;
  std::shared_ptr<void> source(nullptr, [&](void*) { gone.Notify(); });
  std::atomic<int> steps{0};
  handler_->open = [&, source = std::move(source)](const base::CallContext&,
                                                   StreamWaker) mutable -> absl::StatusOr<Source> {
    return [&, source = std::move(source)](pb::StreamPersonsResponse&) -> Step {
      if (++steps > 1) return StreamStep::Message();
      entered.Notify();
      leave.WaitForNotification();
      return StreamStep::Wait();
    };
  };
  const Call call = Open(Desk());
  entered.WaitForNotification();
  call.context->TryCancel();
  EXPECT_THAT(Finish(call), StatusIs(absl::StatusCode::kCancelled));
  leave.Notify();
  gone.WaitForNotification();
  EXPECT_EQ(steps, 1);
}

TEST_F(StreamMethodTest, AWaitingStreamEndsAtItsDeadline) {
  Start();
  auto context = Desk();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  const Call call = Open(std::move(context));
  EXPECT_EQ(Next(call), "");
  EXPECT_THAT(Finish(call), StatusIs(absl::StatusCode::kDeadlineExceeded));
  mailbox_->AwaitReaders(0);
}

TEST_F(StreamMethodTest, AWaitingStreamEndsWhenItsTokenExpires) {
  Start();
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata(
      kAuthorizationKey,
      "Bearer " + server_->Token(TestServer::Person("COUNTY_DESK", kMinxian),
                                 absl::Now() - absl::Seconds(8), absl::Seconds(10)));
  const Call call = Open(std::move(context));
  mailbox_->Put("p1");
  EXPECT_EQ(Next(call), "p1");
  EXPECT_EQ(Next(call), "");
  EXPECT_THAT(Finish(call), ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED"));
}

TEST_F(StreamMethodTest, DrainEndsWaitingAndBusyStreamsAndRefusesNewOnes) {
  Start();
  std::vector<Call> waiting;
  for (int i = 0; i < 5; ++i) waiting.push_back(Open(Desk()));
  mailbox_->AwaitWaits(5);
  absl::Notification entered, leave;
  handler_->open = [&](const base::CallContext&, StreamWaker) -> absl::StatusOr<Source> {
    return [&, steps = 0](pb::StreamPersonsResponse& response) mutable -> Step {
      if (steps++ == 0) {
        entered.Notify();
        leave.WaitForNotification();
      }
      response.mutable_person()->set_id("p1");
      return StreamStep::Message();
    };
  };
  const Call busy = Open(Desk());
  entered.WaitForNotification();

  absl::Notification drained;
  std::thread stopper([&] {
    server_->runtime().Drain(absl::InfiniteFuture());
    drained.Notify();
  });
  for (const Call& call : waiting) {
    EXPECT_EQ(Next(call), "");
    EXPECT_THAT(Finish(call), ErrorIs(absl::StatusCode::kUnavailable, "SERVICE_STOPPING"));
  }
  EXPECT_EQ(mailbox_->readers(), 0);
  // Another service may finish its calls, but nobody begins a stream.
  EXPECT_THAT(Status(server_->Context(TestServer::Person("SERVICE", kMinxian))),
              ErrorIs(absl::StatusCode::kUnavailable, "SERVICE_STOPPING"));
  EXPECT_FALSE(drained.HasBeenNotified()) << "a step was under way";
  leave.Notify();
  EXPECT_EQ(Next(busy), "p1");
  EXPECT_EQ(Next(busy), "");
  EXPECT_THAT(Finish(busy), ErrorIs(absl::StatusCode::kUnavailable, "SERVICE_STOPPING"));
  stopper.join();
}

TEST_F(StreamMethodTest, AStoppingServerLeavesNoStream) {
  Start();
  const Call call = Open(Desk());
  mailbox_->AwaitWaits(1);
  stub_.reset();
  server_->Stop(absl::ZeroDuration());
  EXPECT_EQ(Next(call), "");
  EXPECT_FALSE(Finish(call).ok());
  EXPECT_EQ(mailbox_->readers(), 0);
}

// The only thread is held and the queue's only place taken: a stream that begins is refused, one
// under way waits for its turn.
TEST_F(StreamMethodTest, AFullQueueRefusesNewStreamsAndDelaysOpenOnes) {
  Start({.executor_threads = 1, .executor_queue = 1});
  const Call open = Open(Desk());
  mailbox_->AwaitWaits(1);
  absl::Notification entered, leave;
  std::atomic<int> echoes{0};
  handler_->on_echo = [&] {
    if (echoes++ > 0) return;
    entered.Notify();
    leave.WaitForNotification();
  };
  std::thread holder([&] { EXPECT_THAT(Echo(), IsOk()); });
  entered.WaitForNotification();
  std::thread queued([&] { EXPECT_THAT(Echo(), IsOk()); });
  while (server_->runtime().executor().queued() == 0) std::this_thread::yield();

  EXPECT_THAT(Status(Desk()), ErrorIs(absl::StatusCode::kResourceExhausted, "QUEUE_FULL"));
  mailbox_->Put("p1");
  leave.Notify();
  holder.join();
  queued.join();
  EXPECT_EQ(Next(open), "p1");
  mailbox_->Close();
  EXPECT_EQ(Next(open), "");
  EXPECT_THAT(Finish(open), IsOk());
}

TEST(StreamLimitTest, AServiceBoundsItsStreams) {
  class Nothing final : public OpenStream {
    void Stop(absl::Status) override {}
  };
  Runtime runtime(
      {.service = "echo", .metrics = std::make_shared<metrics::Registry>(), .max_streams = 1});
  const auto first = std::make_shared<Nothing>(), second = std::make_shared<Nothing>();
  EXPECT_THAT(runtime.AddStream(first), IsOk());
  EXPECT_THAT(runtime.AddStream(second),
              ErrorIs(absl::StatusCode::kResourceExhausted, "STREAMS_EXHAUSTED"));
  runtime.RemoveStream(first.get());
  EXPECT_THAT(runtime.AddStream(second), IsOk());
}

// Wakes, messages, cancellations and a drain from many threads at once; every stream sees a prefix
// of what was put in, in order, and nothing is left behind.
TEST_F(StreamMethodTest, ManyStreamsUnderManyThreads) {
  constexpr int kStreams = 24;
  constexpr int kPersons = 200;
  Start({.executor_threads = 3, .executor_queue = 8});
  std::atomic<int> complete{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < kStreams; ++i) {
    readers.emplace_back([&, goes = i % 4 == 0] {
      while (true) {
        const Call call = Open(Desk());
        int seen = 0;
        for (std::string id = Next(call); !id.empty(); id = Next(call)) {
          EXPECT_EQ(id, base::StrCat(seen));
          if (++seen == kPersons / 2 && goes) call.context->TryCancel();
          if (seen == kPersons) ++complete;
        }
        const absl::Status status = Finish(call);
        if (base::Reason(status) == "QUEUE_FULL") continue;
        if (goes) {
          EXPECT_THAT(status, StatusIs(absl::StatusCode::kCancelled));
        } else {
          EXPECT_THAT(status, ErrorIs(absl::StatusCode::kUnavailable, "SERVICE_STOPPING"));
          EXPECT_EQ(seen, kPersons);
        }
        return;
      }
    });
  }
  for (int i = 0; i < kPersons; ++i) mailbox_->Put(base::StrCat(i));
  while (complete < kStreams * 3 / 4) std::this_thread::yield();
  server_->runtime().Drain(absl::InfiniteFuture());
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(mailbox_->readers(), 0);
}

TEST(StreamStartupTest, AMethodOfTheOtherShapeIsAStartupError) {
  {
    TestServer server("echo");
    Method<pb::StreamPersonsRequest, pb::StreamPersonsResponse> method(
        server.runtime(), pb::EchoService::service_full_name(), "StreamPersons");
    EXPECT_THAT(server.runtime().startup_status(),
                ErrorIs(absl::StatusCode::kFailedPrecondition, "METHOD_INVALID"));
  }
  TestServer server("echo");
  StreamMethod<pb::EchoRequest, pb::EchoResponse> method(
      server.runtime(), pb::EchoService::service_full_name(), "Echo");
  EXPECT_THAT(server.runtime().startup_status(),
              ErrorIs(absl::StatusCode::kFailedPrecondition, "METHOD_INVALID"));
}

}  // namespace
}  // namespace fangpin::rpc
