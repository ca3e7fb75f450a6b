#ifndef FANGPIN_RPC_TEST_SERVER_H_
#define FANGPIN_RPC_TEST_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "libs/rpc/method.h"
#include "libs/rpc/neighbour.h"
#include "libs/rpc/server.h"

namespace fangpin::rpc {

// Real gRPC in process around handlers under test, with the roles of
// deploy/config/roles.textproto and MASKED_READER (registry.*, sees no personal field), a key in
// memory, audit in memory, and simulated time allowed:
//
//   rpc::TestServer server("registry");
//   RegistryHandler handler(server.runtime(), use_case);
//   server.Start({&handler});
//   auto stub = pb::RegistryService::NewStub(server.channel());
//   auto context = server.Context(rpc::TestServer::Person("COUNTY_DESK", "621126000000"));
//   grpc::Status status = stub->GetHousehold(context.get(), request, &response);
//   EXPECT_THAT(rpc::FromGrpc(status), …);
class TestServer {
 public:
  struct Options {
    bool simulated_time = true;
    int executor_threads = 4;
    int executor_queue = 64;
  };
  TestServer(std::string service, Options options);
  explicit TestServer(std::string service) : TestServer(std::move(service), Options()) {}
  ~TestServer();

  Runtime& runtime() { return *runtime_; }
  // Aborts on a startup error: a test cannot go on.
  void Start(const std::vector<grpc::Service*>& services);
  // Drains as a process does on SIGTERM. The destructor stops without grace.
  void Stop(absl::Duration grace);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // The same server over TCP, "127.0.0.1:port".
  const std::string& address() const;
  // The server as a neighbour of a service with this name; valid after Start.
  std::shared_ptr<Neighbour> NeighbourFor(std::string caller) const;

  // A principal with one role and one division.
  static base::Principal Person(std::string role, std::string division);

  // A context with the principal's token, a deadline of ten seconds and, when given, the call's
  // now.
  std::unique_ptr<grpc::ClientContext> Context(const base::Principal& principal,
                                               absl::Time now = absl::InfinitePast()) const;
  std::string Token(const base::Principal& principal) const;
  std::string Token(const base::Principal& principal, absl::Time issued,
                    absl::Duration lifetime) const;

  // Audit lines so far: "subject [for subject] method outcome id…".
  std::vector<std::string> audit() const;
  // Whether the audit log claims that it can be written.
  void set_audit_healthy(bool healthy);

 private:
  class MemoryAudit;
  TokenKey key_;
  std::shared_ptr<MemoryAudit> audit_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_TEST_SERVER_H_
