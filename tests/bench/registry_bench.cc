// The registry with a million households beside what bounds it: a bare gRPC echo of the same sizes,
// and the storage engine alone with the same bytes. Servers are the suite's own binary, one with
// all households and one with few; every server is a process of its own and the client another one.
// Rounds take turns. Figures of the large registry stand beside those of the small one per item.

#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "fangpin/registry/v1/registry_service.grpc.pb.h"
#include "fangpin/rpc/testdata/v1/echo.grpc.pb.h"
#include "grpcpp/server_builder.h"
#include "libs/log/log.h"
#include "libs/rpc/config.h"
#include "libs/rpc/method.h"
#include "libs/rpc/principal.h"
#include "libs/rpc/status.h"
#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "libs/testing/subprocess.h"
#include "services/registry/core/import_worker.h"
#include "services/registry/store/sql_registry_store.h"
#include "tests/bench/load.h"
#include "tests/bench/registry_raw.h"
#include "tests/bench/registry_world.h"
#include "tests/bench/report.h"

namespace fangpin::bench {
namespace {

namespace echo_pb = rpc::testdata::v1;
namespace fs = std::filesystem;

constexpr int kCallers = 64;
constexpr int kBatch = 1000;    // ids a batch look-up
constexpr int kBatchGet = 100;  // households a batch get
constexpr int kHot = 10'000;    // households that are asked for again and again
constexpr int kImportRounds = 5;
constexpr int kImportHouseholds = 4000;
constexpr char kProvince[] = "620000000000";
constexpr char kService[] = "/fangpin.registry.v1.RegistryService/";
constexpr char kEcho[] = "/fangpin.rpc.testdata.v1.EchoService/Echo";

struct Options {
  std::string out;
  int rounds = 41;
  double seconds = 0.1;
  int households = 1'000'000;
  int small = 50'000;
  std::string folder = "build/bench/registry";
  std::string engine = "both";
  std::string only;                   // what to measure; empty for everything
  std::vector<std::string> postgres;  // databases for the large and for the small registry
};

// ---- servers

// Answers with as many bytes as the text begins with.
class BareEcho final : public echo_pb::EchoService::CallbackService {
 public:
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const echo_pb::EchoRequest* request,
                                 echo_pb::EchoResponse* response) override {
    response->mutable_text()->assign(std::strtoul(request->text().c_str(), nullptr, 10), 'x');
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// Serves until killed. Says "serving ADDRESS".
[[noreturn]] void ServeEcho() {
  BareEcho echo;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::printf("serving 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  while (true) pause();
}

// The bare server in a process of its own.
class Bare {
 public:
  Bare() : process_(Require(testing::Subprocess::Start({.argv = {SelfPath(), "--serve-echo"}}))) {
    const std::string line = Require(process_->WaitForLine("serving ", absl::Seconds(30)));
    target_ = std::make_unique<Target>(process_->pid(), line.substr(line.rfind(' ') + 1), "");
  }
  Target& target() { return *target_; }

 private:
  const std::unique_ptr<testing::Subprocess> process_;
  std::unique_ptr<Target> target_;
};

// A request of the same size that is answered with as many bytes.
std::unique_ptr<Cycle> EchoRequests(size_t request_bytes, size_t response_bytes) {
  echo_pb::EchoRequest request;
  request.set_text(absl::StrCat(response_bytes, " "));
  if (request.ByteSizeLong() < request_bytes) {
    request.mutable_text()->append(request_bytes - request.ByteSizeLong(), '.');
  }
  auto requests = std::make_unique<Cycle>();
  requests->Add(request);
  return requests;
}

// One registry: its folder, its database, its process.
class Registry {
 public:
  Registry(std::string folder, sql::Options database)
      : folder_(std::move(folder)), database_(std::move(database)) {
    fs::create_directories(folder_ + "/keys");
  }

  // Fills the empty database. Returns the seconds that it took.
  double Fill(const World& world) {
    const absl::Time start = absl::Now();
    const std::unique_ptr<sql::Database> database = Open();
    Require(registry::MigrateRegistry(*database));
    const seal::Sealer sealer(Require(seal::KeyRing::LoadOrCreate(folder_ + "/keys/seal.key")));
    registry::SqlRegistryStore store(database.get(), &sealer);
    world.Fill(store);
    if (database->engine() == sql::Engine::kPostgres) {
      Require(database->Write([](sql::Tx& tx) { return tx.Script("ANALYZE"); }));
    }
    return absl::ToDoubleSeconds(absl::Now() - start);
  }

  void Start(bool cache) {
    const std::string config = folder_ + "/config.textproto";
    std::ofstream(config) << "listen: \"127.0.0.1:0\" metrics_listen: \"off\"\n"
                          << "log { file: \"" << folder_ << "/log\" }\n"
                          << "databases { service: \"registry\" uri: \"" << database_.uri
                          << "\" }\n"
                          << (cache ? "" : "limits { cache_mebibytes: -1 }\n");
    const std::string ports = folder_ + "/fangpin-registry.ports";
    fs::remove(ports);
    const std::string binary = fs::path(SelfPath()).parent_path() / "fangpin-registry";
    process_ = Require(
        testing::Subprocess::Start({.argv = {binary, "--config", config, "--var", folder_}}));
    std::string address;
    for (int i = 0; i < 300 && address.empty(); ++i) {
      absl::SleepFor(absl::Milliseconds(100));
      std::string word;
      std::ifstream(ports) >> word >> address;
    }
    Require(testing::WaitForHealth(address, "registry", absl::Seconds(30)));
    const rpc::TokenKey key = Require(rpc::TokenKey::LoadOrCreate(folder_ + "/keys/token.key"));
    const base::Principal desk{
        .subject = "bench", .roles = {"COUNTY_DESK"}, .divisions = {kProvince}};
    target_ = std::make_unique<Target>(
        process_->pid(), address, Require(rpc::MintToken(key, desk, absl::Now(), absl::Hours(12))));
  }
  void Stop() {
    if (process_ == nullptr) return;
    target_.reset();
    process_->Signal(SIGTERM);
    Require(process_->Wait(absl::Seconds(60)));
    process_.reset();
  }

  std::unique_ptr<sql::Database> Open() const { return Require(sql::Open(database_)); }
  Target& target() { return *target_; }
  int64_t Stored() const {
    return StoredBytes(*Open(), database_.uri.substr(database_.uri.find(':') + 1));
  }

 private:
  const std::string folder_;
  const sql::Options database_;
  std::unique_ptr<testing::Subprocess> process_;
  std::unique_ptr<Target> target_;
};

// ---- requests

std::vector<int> Shuffled(int count, uint64_t seed) {
  std::vector<int> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(seed));
  return order;
}

// Gets of `count` households chosen at random.
std::unique_ptr<Cycle> Gets(const World& world, int count, uint64_t seed) {
  auto requests = std::make_unique<Cycle>();
  for (const int index : Shuffled(world.size(), seed)) {
    if (static_cast<int>(requests->size()) == count) break;
    registry_pb::GetHouseholdRequest request;
    request.set_household_id(world.Id(index));
    requests->Add(request);
  }
  return requests;
}

std::unique_ptr<Cycle> BatchGets(const World& world, int batches, uint64_t seed) {
  auto requests = std::make_unique<Cycle>();
  const std::vector<int> order = Shuffled(world.size(), seed);
  for (int b = 0; b < batches; ++b) {
    registry_pb::BatchGetHouseholdsRequest request;
    for (int i = 0; i < kBatchGet; ++i) {
      request.add_household_ids(
          world.Id(order[static_cast<size_t>(b * kBatchGet + i) % order.size()]));
    }
    requests->Add(request);
  }
  return requests;
}

std::unique_ptr<Cycle> LookUps(const World& world, int count, uint64_t seed) {
  auto requests = std::make_unique<Cycle>();
  for (const int index : Shuffled(world.size(), seed)) {
    if (static_cast<int>(requests->size()) == count) break;
    registry_pb::LookUpPersonRequest request;
    request.set_id_number(world.IdNumber(index, index % world.Members(index)));
    request.set_purpose("核对");
    requests->Add(request);
  }
  return requests;
}

std::unique_ptr<Cycle> BatchLookUps(const World& world, int batches, uint64_t seed) {
  auto requests = std::make_unique<Cycle>();
  const std::vector<int> order = Shuffled(world.size(), seed);
  for (int b = 0; b < batches; ++b) {
    registry_pb::BatchLookUpPersonsRequest request;
    for (int i = 0; i < kBatch; ++i) {
      const int index = order[static_cast<size_t>(b * kBatch + i) % order.size()];
      request.add_id_numbers(world.IdNumber(index, index % world.Members(index)));
    }
    request.set_purpose("核对");
    requests->Add(request);
  }
  return requests;
}

// Each caller changes households of his own, one after the other: their etags follow.
class Updates final : public Requests {
 public:
  Updates(const World& world, int callers) : state_(static_cast<size_t>(callers)) {
    const std::vector<int> order = Shuffled(world.size(), 77);
    for (size_t i = 0; i < order.size() && i < state_.size() * kEach; ++i) {
      state_[i % state_.size()].ids.push_back(world.Id(order[i]));
    }
  }

  grpc::ByteBuffer Next(int caller) override {
    State& state = state_[static_cast<size_t>(caller)];
    const int64_t at = state.done++;
    const auto count = static_cast<int64_t>(state.ids.size());
    registry_pb::UpdateHouseholdRequest request;
    request.mutable_household()->set_id(state.ids[static_cast<size_t>(at % count)]);
    request.mutable_household()->set_phone(absl::StrCat(13900000000 + at));
    request.mutable_update_mask()->add_paths("phone");
    request.set_etag(absl::StrCat("r", 1 + at / count));
    request.set_request_id(absl::StrCat("bench-", caller, "-", at));
    request.set_reason("电话变更");
    return ToBuffer(request.SerializeAsString());
  }

 private:
  static constexpr size_t kEach = 200;
  struct State {
    std::vector<std::string> ids;
    int64_t done = 0;
  };
  std::vector<State> state_;
};

// ---- measuring

class Bench {
 public:
  Bench(const Options& options, const World& large_world, const World* small_world)
      : options_(options), large_world_(large_world), small_world_(small_world) {}

  void Run(const std::string& name, Registry& large, Registry* small) {
    engine_ = name;
    large_ = &large;
    small_ = small;
    FillAll();
    large.Start(/*cache=*/true);
    if (small != nullptr) small->Start(/*cache=*/true);

    using registry_pb::BatchGetHouseholdsResponse;
    using registry_pb::BatchLookUpPersonsResponse;
    using registry_pb::GetHouseholdResponse;
    using registry_pb::LookUpPersonResponse;
    const std::optional<double> hot_aim =
        engine_ == "sqlite" ? std::optional<double>(0.85) : std::nullopt;
    const std::optional<double> store_aim =
        engine_ == "sqlite" ? std::optional<double>(0.6) : std::nullopt;
    Compare<GetHouseholdResponse>("get, hot", "GetHousehold", 1, Warm::kYes, hot_aim,
                                  [](const World& w) { return Gets(w, kHot, 1); });
    Compare<GetHouseholdResponse>("get, cold", "GetHousehold", 1, Warm::kNo, std::nullopt,
                                  [](const World& w) { return Gets(w, w.size(), 2); });
    Compare<LookUpPersonResponse>("look-up", "LookUpPerson", 1, Warm::kYes, std::nullopt,
                                  [](const World& w) { return LookUps(w, kHot, 3); });
    const double ids = Compare<BatchLookUpPersonsResponse>(
        "batch look-up, hot", "BatchLookUpPersons", kBatch, Warm::kYes, std::nullopt,
        [](const World& w) { return BatchLookUps(w, kHot / kBatch, 4); });
    if (engine_ == "sqlite" && ids > 0) {
      report_.Add({.name = engine_ + ": batch look-up, hot, as asked",
                   .value = ids,
                   .unit = "ids/s",
                   .baseline = 500'000,
                   .aim = 1});
    }
    Compare<BatchLookUpPersonsResponse>(
        "batch look-up, cold", "BatchLookUpPersons", kBatch, Warm::kNo, std::nullopt,
        [](const World& w) { return BatchLookUps(w, w.size() / kBatch, 5); });
    Compare<BatchGetHouseholdsResponse>(
        "batch get", "BatchGetHouseholds", kBatchGet, Warm::kYes, std::nullopt,
        [](const World& w) { return BatchGets(w, kHot / kBatchGet, 6); });
    CompareExports();
    Memory();
    CompareUpdates();
    CompareImports();
    if (engine_ == "sqlite") {
      large.Stop();
      large.Start(/*cache=*/false);
      if (small != nullptr) {
        small->Stop();
        small->Start(/*cache=*/false);
      }
      Compare<GetHouseholdResponse>("get, without cache", "GetHousehold", 1, Warm::kYes, store_aim,
                                    [](const World& w) { return Gets(w, w.size(), 7); });
    }
    large.Stop();
    if (small != nullptr) small->Stop();
  }

  const Report& report() const { return report_; }

 private:
  enum class Warm { kNo, kYes };

  std::string Name(const std::string& what) const { return engine_ + ": " + what; }
  bool Wanted(const std::string& what) const {
    return options_.only.empty() || what.find(options_.only) != std::string::npos;
  }
  absl::Duration time() const { return absl::Seconds(options_.seconds); }

  void FillAll() {
    const double seconds = large_->Fill(large_world_);
    report_.Add(
        {.name = Name("fill"), .value = large_world_.size() / seconds, .unit = "households/s"});
    report_.Add({.name = Name("bytes on disk"),
                 .value = static_cast<double>(large_->Stored()) / large_world_.size(),
                 .unit = "B/household"});
    if (small_ != nullptr) small_->Fill(*small_world_);
    Say("filled");
  }

  void Say(const std::string& what) const {
    std::printf("%s %s: %s\n",
                absl::FormatTime("%H:%M:%S", absl::Now(), absl::LocalTimeZone()).c_str(),
                engine_.c_str(), what.c_str());
    std::fflush(stdout);
  }

  // Measures one method on the bare server, the small registry and the large one, in turns. Returns
  // items a second of the large one.
  template <typename Response, typename MakeRequests>
  double Compare(const std::string& what, const std::string& method, int items, Warm warm,
                 std::optional<double> aim, MakeRequests make) {
    if (!Wanted(what)) return 0;
    const auto large_requests = make(large_world_);
    const auto small_requests = small_ == nullptr ? nullptr : make(*small_world_);
    const Work large{kService + method, large_requests.get()};
    const Work small{kService + method, small_requests.get()};
    Response response;
    constexpr size_t kProbes = 50;
    size_t response_bytes = 0;
    for (size_t i = 0; i < kProbes; ++i) {
      response_bytes += large_->target().Probe(large, &response) / kProbes;
    }
    const size_t request_bytes = large_requests->Next(0).Length();
    const auto echo = EchoRequests(request_bytes, response_bytes);
    const Work bare{kEcho, echo.get()};
    if (warm == Warm::kYes) {
      const absl::Duration enough = absl::Seconds(2);
      large_->target().Measure(large, kCallers, enough);
      if (small_ != nullptr) small_->target().Measure(small, kCallers, enough);
    }
    bare_.target().Measure(bare, kCallers, time());

    std::vector<double> rates[3], cpu[3];
    for (int round = 0; round < options_.rounds; ++round) {
      for (int i = 0; i < 3; ++i) {
        const int side = (round + i) % 3;
        if (side == 2 && small_ == nullptr) continue;
        Target& target = side == 0   ? bare_.target()
                         : side == 1 ? large_->target()
                                     : small_->target();
        const Target::Figures figures = target.Measure(side == 0   ? bare
                                                       : side == 1 ? large
                                                                   : small,
                                                       kCallers, time());
        rates[side].push_back(figures.calls_per_second * items);
        cpu[side].push_back(figures.server_cpu_us / items);
      }
    }
    const double rate = Median(rates[1]);
    report_.Add({.name = Name(what),
                 .value = rate,
                 .unit = items == 1 ? "calls/s" : "items/s",
                 .baseline = Median(rates[0]),
                 .aim = aim});
    report_.Add({.name = Name(what + ", server CPU"),
                 .value = Median(cpu[1]),
                 .unit = items == 1 ? "us/call" : "us/item",
                 .baseline = Median(cpu[0])});
    AddSizes(what, 1e6 / rate, rates[2].empty() ? 0 : 1e6 / Median(rates[2]), "us");
    Say(absl::StrFormat("%s: %.0f/s, bare %.0f/s, answer %d B", what, rate, Median(rates[0]),
                        response_bytes));
    return rate;
  }

  // What an item costs in the large registry beside the small one.
  void AddSizes(const std::string& what, double large, double small, const std::string& unit) {
    if (small_ == nullptr) return;
    report_.Add(
        {.name = Name(absl::StrCat(what, ", ", large_world_.size(), " : ", small_world_->size())),
         .value = large,
         .unit = unit,
         .baseline = small,
         .aim = 1.3,
         .at_most = true});
  }

  void Memory() {
    const auto bytes = static_cast<double>(MemoryBytes(large_->target().pid()));
    report_.Add({.name = Name("server memory"), .value = bytes / (1 << 20), .unit = "MiB"});
    report_.Add({.name = Name("server memory a household"),
                 .value = bytes / large_world_.size(),
                 .unit = "B/household"});
  }

  // Households that the export of one county sends, and in how many seconds and messages.
  struct Exported {
    double households = 0, messages = 0, seconds = 0;
    size_t message_bytes = 0;
  };
  static Exported Export(Target& target, const std::string& county) {
    const auto stub = registry_pb::RegistryService::NewStub(target.channel());
    grpc::ClientContext context;
    context.AddMetadata(rpc::kAuthorizationKey, target.authorization());
    registry_pb::ExportHouseholdsRequest request;
    request.mutable_filter()->set_division(county);
    Exported exported;
    const absl::Time start = absl::Now();
    const auto stream = stub->ExportHouseholds(&context, request);
    for (registry_pb::ExportHouseholdsResponse part; stream->Read(&part);) {
      exported.households += part.households_size();
      exported.messages += 1;
      exported.message_bytes = std::max(exported.message_bytes, part.ByteSizeLong());
    }
    Require(rpc::FromGrpc(stream->Finish()));
    exported.seconds = absl::ToDoubleSeconds(absl::Now() - start);
    return exported;
  }

  void CompareExports() {
    if (!Wanted("export")) return;
    const std::string large_county =
        large_world_.Id(large_world_.size() / 2).substr(0, 6) + "000000";
    const Exported first = Export(large_->target(), large_county);
    const double a_message = first.households / first.messages;
    const auto echo = EchoRequests(0, first.message_bytes);
    std::vector<double> rates[3];
    for (int round = 0; round < kImportRounds; ++round) {
      const Exported large = Export(large_->target(), large_county);
      rates[0].push_back(large.households / large.seconds);
      rates[1].push_back(bare_.target().Measure({kEcho, echo.get()}, 1, time()).calls_per_second *
                         a_message);
      if (small_ == nullptr) continue;
      const Exported small = Export(small_->target(), kProvince);
      rates[2].push_back(small.households / small.seconds);
    }
    const double rate = Median(rates[0]);
    report_.Add({.name = Name("export, one reader"),
                 .value = rate,
                 .unit = "rows/s",
                 .baseline = Median(rates[1])});
    AddSizes("export", 1e6 / rate, rates[2].empty() ? 0 : 1e6 / Median(rates[2]), "us");
    Say(absl::StrFormat("export: %.0f rows/s of %.0f, bare %.0f", rate, first.households,
                        Median(rates[1])));
  }

  void CompareUpdates() {
    if (!Wanted("update")) return;
    Updates large_updates(large_world_, kCallers);
    const Work large{absl::StrCat(kService, "UpdateHousehold"), &large_updates};
    registry_pb::UpdateHouseholdResponse response;
    const size_t bytes = large_->target().Probe(large, &response);
    std::unique_ptr<Updates> small_updates;
    if (small_ != nullptr) small_updates = std::make_unique<Updates>(*small_world_, kCallers);
    const Work small{large.method, small_updates.get()};
    RawRecords raw(RawDatabase());
    raw.InsertsPerSecond(kCallers, bytes, time());
    large_->target().Measure(large, kCallers, time());
    const auto echo = EchoRequests(Updates(large_world_, 1).Next(0).Length(), bytes);
    std::vector<double> rates[4];
    for (int round = 0; round < options_.rounds; ++round) {
      rates[0].push_back(raw.InsertsPerSecond(kCallers, bytes, time()));
      rates[1].push_back(large_->target().Measure(large, kCallers, time()).calls_per_second);
      if (small_ != nullptr) {
        rates[2].push_back(small_->target().Measure(small, kCallers, time()).calls_per_second);
      }
      rates[3].push_back(
          bare_.target().Measure({kEcho, echo.get()}, kCallers, time()).calls_per_second);
    }
    const double rate = Median(rates[1]);
    report_.Add({.name = Name("update : raw group commit"),
                 .value = rate,
                 .unit = "calls/s",
                 .baseline = Median(rates[0]),
                 .aim = 0.4});
    report_.Add({.name = Name("update : echo"),
                 .value = rate,
                 .unit = "calls/s",
                 .baseline = Median(rates[3])});
    AddSizes("update", 1e6 / rate, rates[2].empty() ? 0 : 1e6 / Median(rates[2]), "us");
    Say(absl::StrFormat("update: %.0f/s, raw %.0f/s", rate, Median(rates[0])));
  }

  sql::Options RawDatabase() const {
    if (engine_ == "sqlite") return {.uri = absl::StrCat("sqlite:", options_.folder, "/raw.db")};
    return {.uri = options_.postgres[0], .schema = "raw"};
  }

  // Seconds from RunImport to the end of the import.
  double Import(Target& target, const FormWriter::Form& form) {
    const auto stub = registry_pb::RegistryService::NewStub(target.channel());
    const auto call = [&](auto method, const auto& request, auto* response) {
      grpc::ClientContext context;
      context.AddMetadata(rpc::kAuthorizationKey, target.authorization());
      Require(rpc::FromGrpc((*stub.*method)(&context, request, response)));
    };
    using Stub = registry_pb::RegistryService::Stub;
    registry_pb::CreateImportRequest create;
    create.mutable_import()->set_division(forms_->county());
    create.mutable_import()->set_file_name(form.file);
    create.mutable_import()->set_mode(registry_pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS);
    registry_pb::CreateImportResponse created;
    call(&Stub::CreateImport, create, &created);
    constexpr size_t kPiece = 4 << 20;
    for (size_t at = 0; at < form.content.size(); at += kPiece) {
      registry_pb::UploadImportChunkRequest piece;
      piece.set_import_id(created.import().id());
      piece.set_offset(static_cast<int64_t>(at));
      piece.set_data(form.content.substr(at, kPiece));
      registry_pb::UploadImportChunkResponse received;
      call(&Stub::UploadImportChunk, piece, &received);
    }
    registry_pb::RunImportRequest run;
    run.set_import_id(created.import().id());
    registry_pb::RunImportResponse running;
    registry_pb::GetImportRequest get;
    get.set_import_id(created.import().id());
    registry_pb::GetImportResponse state;
    const absl::Time start = absl::Now();
    call(&Stub::RunImport, run, &running);
    do {
      absl::SleepFor(absl::Milliseconds(5));
      call(&Stub::GetImport, get, &state);
    } while (state.import().state() == registry_pb::IMPORT_STATE_RUNNING);
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    if (state.import().households_created() != form.households) {
      Require(absl::InternalError(state.import().ShortDebugString()));
    }
    return seconds;
  }

  void CompareImports() {
    if (!Wanted("import")) return;
    forms_ = std::make_unique<FormWriter>(options_.folder);
    std::vector<double> ours, raw, ours_small;
    for (int round = 0; round < kImportRounds; ++round) {
      const FormWriter::Form form = forms_->Write(kImportHouseholds);
      const auto rows = static_cast<double>(form.rows);
      ours.push_back(rows / Import(large_->target(), form));
      const std::unique_ptr<sql::Database> database = large_->Open();
      const RawRows written(*database, form);
      raw.push_back(rows / written.Insert(*database, registry::ImportWorker::kBatch));
      if (small_ != nullptr) ours_small.push_back(rows / Import(small_->target(), form));
    }
    report_.Add({.name = Name("import : raw inserts"),
                 .value = Median(ours),
                 .unit = "rows/s",
                 .baseline = Median(raw),
                 .aim = 0.5});
    AddSizes("import", 1e6 / Median(ours), ours_small.empty() ? 0 : 1e6 / Median(ours_small), "us");
    Say(absl::StrFormat("import: %.0f rows/s, raw %.0f rows/s", Median(ours), Median(raw)));
  }

  const Options& options_;
  const World& large_world_;
  const World* const small_world_;
  Bare bare_;
  std::string engine_;
  Registry* large_ = nullptr;
  Registry* small_ = nullptr;
  std::unique_ptr<FormWriter> forms_;
  Report report_;
};

int Run(const Options& options) {
  fs::remove_all(options.folder);
  fs::create_directories(options.folder);
  (void)log::Init({.level = log::Level::kWarning});
  const registry::DivisionTree tree =
      Require(registry::DivisionTree::Load(rpc::FindDeployed("deploy/data/gansu_divisions.csv")));
  const World large(tree, options.households, options.folder);
  std::optional<World> small;
  if (options.small < options.households) small.emplace(tree, options.small, options.folder);
  std::printf(
      "client: 4 connections, %d callers, messages as bytes; %d cores; %d rounds of %g s a side\n",
      kCallers, get_nprocs(), options.rounds, options.seconds);
  Bench bench(options, large, small ? &*small : nullptr);
  const auto run = [&](const std::string& engine, sql::Options large_db, sql::Options small_db) {
    Registry all(absl::StrCat(options.folder, "/", engine, "_large"), std::move(large_db));
    Registry few(absl::StrCat(options.folder, "/", engine, "_small"), std::move(small_db));
    bench.Run(engine, all, small ? &few : nullptr);
  };
  if (options.engine != "postgres") {
    run("sqlite", {.uri = absl::StrCat("sqlite:", options.folder, "/large.db")},
        {.uri = absl::StrCat("sqlite:", options.folder, "/small.db")});
  }
  if (options.engine != "sqlite" && options.postgres.size() == 2) {
    run("postgres", {.uri = options.postgres[0], .schema = "registry"},
        {.uri = options.postgres[1], .schema = "registry"});
  }
  bench.report().Print();
  fs::remove_all(options.folder);
  return bench.report().Write(options.out) ? 0 : 1;
}

}  // namespace
}  // namespace fangpin::bench

int main(int argc, char** argv) {
  // As the suite's servers do it; it is as good for the bare one and for the callers.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  if (argc == 2 && std::string(argv[1]) == "--serve-echo") fangpin::bench::ServeEcho();
  fangpin::bench::Options options;
  CLI::App app("registry_bench");
  app.add_option("out", options.out, "JSON file")->required();
  app.add_option("rounds", options.rounds);
  app.add_option("seconds", options.seconds, "of one side of a round");
  app.add_option("--households", options.households, "in the large registry");
  app.add_option("--small", options.small, "households in the small one");
  app.add_option("--engine", options.engine)->check(CLI::IsMember({"sqlite", "postgres", "both"}));
  app.add_option("--postgres", options.postgres, "databases for the large and the small registry")
      ->expected(2);
  app.add_option("--only", options.only, "measure only what has this in its name");
  app.add_option("--folder", options.folder, "emptied before and after");
  CLI11_PARSE(app, argc, argv);
  return fangpin::bench::Run(options);
}
