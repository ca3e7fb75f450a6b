#include "services/screening/module.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/feedcache/metrics_observer.h"
#include "libs/feedcache/open.h"
#include "libs/outbox/dispatcher.h"
#include "libs/outbox/outbox.h"
#include "libs/policy/load.h"
#include "libs/records/sql_store.h"
#include "libs/rpc/config.h"
#include "libs/rpc/policy.h"
#include "libs/seal/key_ring.h"
#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "services/screening/api/alert_handler.h"
#include "services/screening/api/determination_handler.h"
#include "services/screening/api/screening_handler.h"
#include "services/screening/clients/registry_households.h"
#include "services/screening/core/alerts.h"
#include "services/screening/core/collections.h"
#include "services/screening/core/determination.h"
#include "services/screening/core/instruments.h"
#include "services/screening/core/screening.h"
#include "services/screening/core/settlement.h"
#include "services/screening/settlement_worker.h"
#include "services/screening/store/feed_alert_cache.h"
#include "services/screening/store/sql_alert_store.h"

namespace fangpin::screening {
namespace {

constexpr char kName[] = "screening";
constexpr char kFeedFile[] = "feeds.textproto";

// What the service keeps. Shared with gauges, which outlive the module.
struct Keeping {
  Keeping(seal::KeyRing ring, std::unique_ptr<sql::Database> opened)
      : sealer(std::move(ring)),
        database(std::move(opened)),
        records(database.get(), &sealer),
        alerts(database.get(), &records, &sealer) {}

  const seal::Sealer sealer;
  const std::unique_ptr<sql::Database> database;
  records::SqlStore records;
  SqlAlertStore alerts;
};

void AddOutboxGauges(metrics::Registry& metrics, const std::shared_ptr<Keeping>& keeping) {
  for (const bool refused : {false, true}) {
    metrics.AddGaugeReader(
        "fangpin_outbox_entries",
        "Effects that wait to be delivered to another service; of these, refused ones.",
        {{"service", kName}, {"state", refused ? "refused" : "pending"}}, [keeping, refused] {
          const auto depth = outbox::ReadDepth(*keeping->database);
          if (!depth.ok()) return 0.0;
          return static_cast<double>(refused ? depth->refused : depth->pending);
        });
  }
}

// Built once at start: what the module owns before its layers are wired.
struct Parts {
  std::shared_ptr<const policy::PolicyData> policy;
  FeedCatalogue feeds;
  std::shared_ptr<Keeping> keeping;
  std::unique_ptr<feedcache::MetricsObserver> observer;
  std::unique_ptr<base::SystemClock> clock;
  std::unique_ptr<feedcache::ResilientFeedCache> cache;
};

class ScreeningModule final : public rpc::Module {
 public:
  ScreeningModule(rpc::ModuleEnv& env, Parts parts)
      : parts_(std::move(parts)),
        households_(env.Channel(kName, "registry")),
        instruments_(env.metrics(), parts_.feeds),
        cache_(parts_.cache.get(), &keeping().sealer),
        settlement_(&keeping().alerts, &parts_.feeds, parts_.policy.get(), &households_, &cache_,
                    &instruments_),
        worker_(&settlement_, &keeping().alerts, &keeping().records, &instruments_,
                parts_.clock.get(), {}),
        alerts_(&keeping().alerts, &parts_.feeds, &cache_, &instruments_,
                [this] { worker_.Wake(); }),
        screening_(&keeping().records, parts_.policy.get(), &households_, &instruments_),
        desk_(&keeping().records, parts_.policy.get(), &households_, &instruments_),
        alert_handler_(env.RuntimeFor(kName), &alerts_, PageSecret()),
        screening_handler_(env.RuntimeFor(kName), &screening_, PageSecret()),
        determination_handler_(env.RuntimeFor(kName), &desk_, PageSecret()),
        dispatcher_(keeping().database.get(),
                    {{std::string(kInclusionEffect),
                      [this](const outbox::Entry& entry) { return Deliver(entry); }}}) {
    AddOutboxGauges(env.metrics(), parts_.keeping);
  }

  std::string_view name() const override { return kName; }
  std::vector<grpc::Service*> services() override {
    return {&alert_handler_, &screening_handler_, &determination_handler_};
  }
  absl::Status Start() override {
    dispatcher_.Start();
    worker_.Start();
    return absl::OkStatus();
  }
  void Stop() override {
    worker_.Stop();
    dispatcher_.Stop();
  }

 private:
  Keeping& keeping() { return *parts_.keeping; }
  std::string PageSecret() { return keeping().sealer.Fingerprint("page-tokens/screening"); }

  // The time of the decision is the time of its effect, however late it is delivered.
  absl::Status Deliver(const outbox::Entry& entry) {
    base::CallContext ctx;
    ctx.principal.subject = "service:screening";
    ctx.principal.divisions = {"620000000000"};
    ctx.request_id = entry.id;
    ctx.now = entry.created;
    return desk_.DeliverInclusion(ctx, entry.payload);
  }

  Parts parts_;
  RegistryHouseholds households_;
  Instruments instruments_;
  FeedAlertCache cache_;
  Settlement settlement_;
  SettlementWorker worker_;
  Alerts alerts_;
  Screening screening_;
  DeterminationDesk desk_;
  AlertHandler alert_handler_;
  ScreeningHandler screening_handler_;
  DeterminationHandler determination_handler_;
  outbox::Dispatcher dispatcher_;
};

absl::StatusOr<FeedCatalogue> LoadFeeds(const std::string& policy_dir) {
  v1::FeedCatalogue config;
  FANGPIN_RETURN_IF_ERROR(
      rpc::LoadTextProto((std::filesystem::path(policy_dir) / kFeedFile).string(), &config));
  return FeedCatalogue::Create(config);
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Module>> MakeScreeningModule(rpc::ModuleEnv& env) {
  Parts parts;
  FANGPIN_ASSIGN_OR_RETURN(parts.policy, rpc::LoadPolicy(env, kName));
  FANGPIN_ASSIGN_OR_RETURN(parts.feeds, LoadFeeds(env.policy_dir()));
  FANGPIN_ASSIGN_OR_RETURN(seal::KeyRing ring, seal::KeyRing::LoadOrCreate(env.seal_key_file()));
  FANGPIN_ASSIGN_OR_RETURN(std::unique_ptr<sql::Database> database,
                           sql::Open({.uri = env.DatabaseUri(kName), .schema = kName}));
  FANGPIN_RETURN_IF_ERROR(MigrateScreening(*database));
  FANGPIN_ASSIGN_OR_RETURN(const std::string identity, StoreIdentity(*database));
  parts.keeping = std::make_shared<Keeping>(std::move(ring), std::move(database));
  parts.observer = std::make_unique<feedcache::MetricsObserver>(env.metrics());
  parts.clock = std::make_unique<base::SystemClock>();
  feedcache::RedisOptions redis;
  redis.address = env.redis_address();
  redis.service = kName;
  redis.store_id = identity;
  FANGPIN_ASSIGN_OR_RETURN(parts.cache,
                           feedcache::Open(redis, {}, *parts.clock, parts.observer.get()));
  return std::make_unique<ScreeningModule>(env, std::move(parts));
}

absl::Status CheckScreeningConfig(const config::v1::Config& config) {
  FANGPIN_RETURN_IF_ERROR(policy::LoadPolicy(config.policy_dir()).status());
  return LoadFeeds(config.policy_dir()).status();
}

}  // namespace fangpin::screening
