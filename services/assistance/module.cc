#include "services/assistance/module.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "libs/metrics/metrics.h"
#include "libs/outbox/dispatcher.h"
#include "libs/outbox/outbox.h"
#include "libs/policy/load.h"
#include "libs/records/sql_store.h"
#include "libs/rpc/policy.h"
#include "libs/seal/key_ring.h"
#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "services/assistance/api/assistance_handler.h"
#include "services/assistance/clients/registry_households.h"
#include "services/assistance/core/plans.h"
#include "services/assistance/policy/plan_rules.h"

namespace fangpin::assistance {
namespace {

constexpr char kName[] = "assistance";

// What the service keeps. Shared with gauges, which outlive the module.
struct Keeping {
  Keeping(seal::KeyRing ring, std::unique_ptr<sql::Database> opened)
      : sealer(std::move(ring)), database(std::move(opened)), store(database.get(), &sealer) {}

  const seal::Sealer sealer;
  const std::unique_ptr<sql::Database> database;
  records::SqlStore store;
};

void AddGauges(metrics::Registry& metrics, const std::shared_ptr<Keeping>& keeping) {
  for (int number = v1::PLAN_STATE_DRAFT; number <= v1::PLAN_STATE_SUPERSEDED; ++number) {
    const auto state = static_cast<v1::PlanState>(number);
    metrics.AddGaugeReader("fangpin_assistance_plans", "Plans of all versions, by state.",
                           {{"state", v1::PlanState_Name(state)}}, [keeping, state] {
                             auto counts = CountPlans(keeping->store);
                             return counts.ok() ? static_cast<double>((*counts)[state]) : 0.0;
                           });
  }
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

// Counts a refused submission or review once for each rule that refused it.
Plans::DefectObserver CountDefects(metrics::Registry& metrics) {
  std::map<std::string, metrics::Counter*> counters;
  for (const policy::Rule<PlanCase>& rule : kPlanRules) {
    if (rule.severity != policy::Severity::kBlock) continue;
    const std::string id(rule.id);
    counters[id] =
        &metrics.AddCounter("fangpin_assistance_plan_defects_total",
                            "Submissions and reviews of a plan refused, by rule.", {{"rule", id}});
  }
  return [counters = std::move(counters)](const std::vector<policy::Finding>& blocking) {
    for (const policy::Finding& finding : blocking) counters.at(finding.rule)->Increment();
  };
}

class AssistanceModule final : public rpc::Module {
 public:
  AssistanceModule(rpc::ModuleEnv& env, std::shared_ptr<const policy::PolicyData> policy,
                   std::shared_ptr<Keeping> keeping)
      : policy_(std::move(policy)),
        keeping_(std::move(keeping)),
        households_(env.Channel(kName, "registry")),
        plans_(&keeping_->store, &households_, &policy_->parameters, CountDefects(env.metrics())),
        handler_(env.RuntimeFor(kName), &plans_,
                 keeping_->sealer.Fingerprint("page-tokens/assistance")),
        dispatcher_(keeping_->database.get(),
                    {{std::string(kInForceEffect), [this](const outbox::Entry& entry) {
                        return plans_.DeliverInForce(entry.payload);
                      }}}) {
    AddGauges(env.metrics(), keeping_);
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
  const std::shared_ptr<Keeping> keeping_;
  RegistryHouseholds households_;
  Plans plans_;
  AssistanceHandler handler_;
  outbox::Dispatcher dispatcher_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Module>> MakeAssistanceModule(rpc::ModuleEnv& env) {
  FANGPIN_ASSIGN_OR_RETURN(auto policy, rpc::LoadPolicy(env, kName));
  FANGPIN_ASSIGN_OR_RETURN(seal::KeyRing ring, seal::KeyRing::LoadOrCreate(env.seal_key_file()));
  FANGPIN_ASSIGN_OR_RETURN(std::unique_ptr<sql::Database> database,
                           sql::Open({.uri = env.DatabaseUri(kName), .schema = kName}));
  FANGPIN_RETURN_IF_ERROR(records::MigrateSqlStore(*database));
  return std::make_unique<AssistanceModule>(
      env, std::move(policy), std::make_shared<Keeping>(std::move(ring), std::move(database)));
}

absl::Status CheckAssistanceConfig(const config::v1::Config& config) {
  return policy::LoadPolicy(config.policy_dir()).status();
}

}  // namespace fangpin::assistance
