#include "services/elimination/module.h"

#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "libs/outbox/dispatcher.h"
#include "libs/outbox/outbox.h"
#include "libs/policy/load.h"
#include "libs/records/sql_store.h"
#include "libs/rpc/policy.h"
#include "libs/seal/key_ring.h"
#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "services/elimination/api/elimination_handler.h"
#include "services/elimination/clients/assistance_plans.h"
#include "services/elimination/clients/registry_households.h"
#include "services/elimination/core/eliminations.h"

namespace fangpin::elimination {
namespace {

constexpr char kName[] = "elimination";

// Counts a refused approval once for each rule that refused it.
Eliminations::HeldObserver CountHeld(metrics::Registry& metrics) {
  return [&metrics](const std::vector<policy::Finding>& blocking) {
    for (const policy::Finding& finding : blocking) {
      metrics
          .AddCounter("fangpin_elimination_held_total",
                      "Approvals of an elimination that a rule refused, by rule.",
                      {{"rule", finding.rule}})
          .Increment();
    }
  };
}

class EliminationModule final : public rpc::Module {
 public:
  EliminationModule(rpc::ModuleEnv& env, std::shared_ptr<const policy::PolicyData> policy,
                    seal::KeyRing ring, std::unique_ptr<sql::Database> database)
      : policy_(std::move(policy)),
        sealer_(std::move(ring)),
        database_(std::move(database)),
        store_(database_.get(), &sealer_),
        households_(env.Channel(kName, "registry")),
        plans_(env.Channel(kName, "assistance")),
        eliminations_(&store_, &households_, &plans_, &policy_->parameters, &policy_->versions,
                      CountHeld(env.metrics())),
        handler_(env.RuntimeFor(kName), &eliminations_,
                 sealer_.Fingerprint("page-tokens/elimination")),
        dispatcher_(database_.get(),
                    {{std::string(kStateEffect), [this](const outbox::Entry& entry) {
                        // The effect takes place at the time of the decision, however late.
                        base::CallContext ctx;
                        ctx.principal.subject = kName;
                        ctx.request_id = entry.id;
                        ctx.now = entry.created;
                        return households_.Deliver(ctx, entry.payload);
                      }}}) {
    for (const bool refused : {false, true}) {
      env.metrics().AddGaugeReader(
          "fangpin_outbox_entries",
          "Effects that wait to be delivered to another service; of these, refused ones.",
          {{"service", kName}, {"state", refused ? "refused" : "pending"}},
          [database = database_, refused] {
            const auto depth = outbox::ReadDepth(*database);
            if (!depth.ok()) return 0.0;
            return static_cast<double>(refused ? depth->refused : depth->pending);
          });
    }
  }

  std::string_view name() const override { return kName; }
  std::vector<grpc::Service*> services() override { return {&handler_}; }
  absl::Status Start() override {
    dispatcher_.Start();
    return absl::OkStatus();
  }
  void Stop() override { dispatcher_.Stop(); }

 private:
  const std::shared_ptr<const policy::PolicyData> policy_;
  const seal::Sealer sealer_;
  const std::shared_ptr<sql::Database> database_;  // shared with gauges, which outlive the module
  records::SqlStore store_;
  RegistryHouseholds households_;
  AssistancePlans plans_;
  Eliminations eliminations_;
  EliminationHandler handler_;
  outbox::Dispatcher dispatcher_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Module>> MakeEliminationModule(rpc::ModuleEnv& env) {
  FANGPIN_ASSIGN_OR_RETURN(auto policy, rpc::LoadPolicy(env, kName));
  FANGPIN_ASSIGN_OR_RETURN(seal::KeyRing ring, seal::KeyRing::LoadOrCreate(env.seal_key_file()));
  FANGPIN_ASSIGN_OR_RETURN(std::unique_ptr<sql::Database> database,
                           sql::Open({.uri = env.DatabaseUri(kName), .schema = kName}));
  FANGPIN_RETURN_IF_ERROR(records::MigrateSqlStore(*database));
  return std::make_unique<EliminationModule>(env, std::move(policy), std::move(ring),
                                             std::move(database));
}

absl::Status CheckEliminationConfig(const config::v1::Config& config) {
  return policy::LoadPolicy(config.policy_dir()).status();
}

}  // namespace fangpin::elimination
