#include "services/registry/core/registry_metrics.h"

#include "fangpin/policy/v1/vocabulary.pb.h"

namespace fangpin::registry {
namespace {

constexpr char kHouseholds[] = "fangpin_registry_households_written_total";
constexpr char kHouseholdsHelp[] = "Household records written.";
constexpr char kLookups[] = "fangpin_registry_person_lookups_total";
constexpr char kLookupsHelp[] = "Persons looked up by ID number or fingerprint.";
constexpr char kConflicts[] = "fangpin_registry_person_conflicts_total";
constexpr char kConflictsHelp[] = "Persons whom a second household claims.";
constexpr char kRows[] = "fangpin_registry_import_rows_total";
constexpr char kRowsHelp[] = "Rows of imported files.";
constexpr char kImports[] = "fangpin_registry_imports_total";
constexpr char kImportsHelp[] = "Imports that ended.";

std::array<metrics::Counter*, 6> Transitions(metrics::Registry& registry) {
  std::array<metrics::Counter*, 6> counters{};
  for (int state = policy::v1::MONITORING_STATE_NOT_MONITORED;
       state <= policy::v1::MONITORING_STATE_ELIMINATED; ++state) {
    const auto name =
        policy::v1::MonitoringState_Name(static_cast<policy::v1::MonitoringState>(state));
    counters[static_cast<size_t>(state)] = &registry.AddCounter(
        "fangpin_registry_monitoring_transitions_total", "Households moved to a monitoring state.",
        {{"to", name.substr(sizeof("MONITORING_STATE_") - 1)}});
  }
  return counters;
}

std::array<metrics::Counter*, 7> LifeEvents(metrics::Registry& registry) {
  constexpr const char* kEvents[] = {"JOIN",  "LEAVE", "CHANGE_HEAD",       "TRANSFER_MEMBER",
                                     "SPLIT", "MERGE", "TRANSFER_HOUSEHOLD"};
  std::array<metrics::Counter*, 7> counters{};
  for (size_t i = 0; i < counters.size(); ++i) {
    counters[i] =
        &registry.AddCounter("fangpin_registry_life_events_total",
                             "Events in the life of households.", {{"event", kEvents[i]}});
  }
  return counters;
}

}  // namespace

RegistryMetrics::RegistryMetrics(metrics::Registry& registry)
    : households_created(
          registry.AddCounter(kHouseholds, kHouseholdsHelp, {{"change", "created"}})),
      households_updated(
          registry.AddCounter(kHouseholds, kHouseholdsHelp, {{"change", "updated"}})),
      lookups_found(registry.AddCounter(kLookups, kLookupsHelp, {{"result", "found"}})),
      lookups_not_found(registry.AddCounter(kLookups, kLookupsHelp, {{"result", "not_found"}})),
      transitions(Transitions(registry)),
      life_events(LifeEvents(registry)),
      conflicts_recorded(registry.AddCounter(kConflicts, kConflictsHelp, {{"change", "recorded"}})),
      conflicts_settled(registry.AddCounter(kConflicts, kConflictsHelp, {{"change", "settled"}})),
      import_rows_good(registry.AddCounter(kRows, kRowsHelp, {{"result", "good"}})),
      import_rows_bad(registry.AddCounter(kRows, kRowsHelp, {{"result", "bad"}})),
      imports_succeeded(registry.AddCounter(kImports, kImportsHelp, {{"result", "succeeded"}})),
      imports_failed(registry.AddCounter(kImports, kImportsHelp, {{"result", "failed"}})),
      import_seconds(registry.AddHistogram("fangpin_registry_import_seconds",
                                           "Time from start to end of an import.",
                                           {0.1, 0.5, 1, 5, 15, 60, 300, 900})) {}

}  // namespace fangpin::registry
