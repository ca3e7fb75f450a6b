#include "tools/fangpinctl/gen/generate.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "fangpin/sample/v1/field_notes.pb.h"
#include "google/protobuf/util/json_util.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/gen/divisions.h"
#include "tools/fangpinctl/gen/feeds.h"
#include "tools/fangpinctl/gen/identity.h"
#include "tools/fangpinctl/gen/notes.h"
#include "tools/fangpinctl/gen/population.h"
#include "tools/fangpinctl/gen/sheets.h"
#include "tools/fangpinctl/gen/stories.h"

namespace fangpin::sample {
namespace {

// Single households that only exist to be wrong in 监测对象信息.
constexpr int kMonitoredFaultHouseholds = 6;

// Income of a household that is or was monitored.
Income MonitoredIncome(const Household& household, int64_t per_head_yuan, Random& random) {
  const auto people = static_cast<int64_t>(household.members.size());
  const auto share = [&](int64_t per_cent) {
    return per_head_yuan * people * per_cent * random.Between(93, 107) / 100;  // fen
  };
  Income income;
  const bool works = household.labourers() > 0;
  income.wage = share(works ? 70 : 0);
  income.business = share(works ? 28 : 0);
  income.property = share(2);
  income.transfer = share(works ? 12 : 98);
  income.expenditure = share(works ? 12 : 0);
  income.self_paid = share(6);
  return income;
}

// Determined between 2021 and the spring of 2023: the months of a household's time in monitoring.
void FillMonitoring(policy::v1::RiskType risk, bool eliminated, Random& random, Entry& entry) {
  entry.monitored = true;
  Monitored& m = entry.monitoring;
  m.risk = risk;
  const bool rigid = risk == policy::v1::RISK_TYPE_ILLNESS;
  m.category = rigid ? policy::v1::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY
               : entry.household.lifted_out ? policy::v1::MONITORED_CATEGORY_UNSTABLE_POVERTY_EXIT
                                            : policy::v1::MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE;
  const absl::CivilMonth determined = absl::CivilMonth(2021, 5) + random.Below(18);
  m.determined = absl::StrFormat("%04d%02d", determined.year(), determined.month());
  m.no_labour = entry.household.labourers() == 0;
  m.income = MonitoredIncome(entry.household, random.Between(4600, 5900), random);
  m.income_after = m.income;
  m.eliminated = eliminated;
  if (eliminated) {
    const absl::CivilMonth month =
        std::min(determined + random.Between(7, 14), absl::CivilMonth(2023, 7));
    m.eliminated_on = absl::StrFormat("%04d%02d", month.year(), month.month());
    m.by_assistance = random.Chance(0.95);
    m.income_after = MonitoredIncome(entry.household, random.Between(9500, 14'000), random);
  }
  m.helper = random.Pick(CadreNames());
}

std::string ToJson(const google::protobuf::Message& message, bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = pretty;
  std::string json;
  // Fails only for messages that hold Any of unknown types.
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  return json;
}

absl::Status WriteText(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (out.fail()) {
    return base::Error(absl::StatusCode::kUnavailable, "FOLDER_UNWRITABLE", "无法写入输出目录");
  }
  return absl::OkStatus();
}

// Every name and number that a store must not show, one a line.
std::string Personal(const std::vector<Entry>& entries, const std::vector<Person>& strangers) {
  std::set<std::string> strings(CadreNames().begin(), CadreNames().end());
  const auto add = [&strings](const Person& person) {
    strings.insert(person.name);
    strings.insert(person.id_number);
    if (!person.disability_number.empty()) strings.insert(person.disability_number);
    if (!person.phone.empty()) strings.insert(person.phone);
  };
  for (const Entry& entry : entries) {
    strings.insert(entry.household.phone);
    for (const Person& person : entry.household.members) add(person);
  }
  for (const Person& person : strangers) add(person);
  std::string text;
  for (const std::string& line : strings) base::StrAppend(&text, line, "\n");
  return text;
}

// Places stories and the special single households among all households of the county.
struct Casting {
  std::vector<const Story*> story;    // by household; null for most
  std::vector<bool> monitored_fault;  // by household
};

Casting CastCounty(const Options& options) {
  const auto households = static_cast<size_t>(options.households);
  Casting casting{std::vector<const Story*>(households), std::vector<bool>(households)};
  std::vector<size_t> places(households);
  for (size_t i = 0; i < households; ++i) places[i] = i;
  Random random(options.seed, Purpose::kCasting, 0);
  random.Shuffle(places);
  size_t next = 0;
  for (const Story* story : Cast(options.households)) casting.story[places[next++]] = story;
  for (int i = 0; i < kMonitoredFaultHouseholds && next < households; ++i) {
    casting.monitored_fault[places[next++]] = true;
  }
  return casting;
}

}  // namespace

absl::StatusOr<v1::Manifest> Generate(const Options& options) {
  if (options.households < 20 || options.households > 200'000) {
    return base::InvalidField("households", "HOUSEHOLDS_RANGE", "户数应在20至200000之间");
  }
  FANGPIN_ASSIGN_OR_RETURN(const County county, ReadCounty(options.divisions_file, options.county));
  std::error_code problem;
  std::filesystem::create_directories(options.folder, problem);
  if (problem) {
    return base::Error(absl::StatusCode::kUnavailable, "FOLDER_UNWRITABLE", "无法创建输出目录");
  }

  const Casting casting = CastCounty(options);
  IdentityIssuer identities;
  std::vector<Entry> entries(static_cast<size_t>(options.households));
  std::vector<size_t> quiet, quiet_monitored;
  for (size_t i = 0; i < entries.size(); ++i) {
    Entry& entry = entries[i];
    Random random(options.seed, Purpose::kHousehold, i);
    const Story* story = casting.story[i];
    const Shape shape = casting.monitored_fault[i] ? Shape::kOldAlone
                        : story != nullptr         ? story->shape
                                                   : Shape::kAny;
    // Villages are filled in code order, as exports list them.
    const Village& village = county.villages[i * county.villages.size() / entries.size()];
    entry.household =
        MakeHousehold(county, village, static_cast<int>(i) + 1, shape, random, identities);
    if (story != nullptr && story->kind != Kind::kEither) {
      entry.household.lifted_out = story->kind == Kind::kLiftedOut;
    }
    if (casting.monitored_fault[i]) {
      FillMonitoring(policy::v1::RISK_TYPE_LABOUR_SHORTAGE, false, random, entry);
      quiet_monitored.push_back(i);
    } else if (story == nullptr) {
      quiet.push_back(i);
    } else if (IsImported(*story)) {
      FillMonitoring(story->risk, story->source == Source::kImportedEliminated, random, entry);
    }
  }
  Random(options.seed, Purpose::kFaults, 0).Shuffle(quiet);
  PlantFaults(entries, quiet, quiet_monitored);

  v1::Manifest manifest;
  manifest.set_county(county.code);
  manifest.set_households(options.households);
  manifest.set_seed(options.seed);
  FANGPIN_RETURN_IF_ERROR(WriteSheets(options.folder, county, entries, options.seed, manifest));

  Feeds feeds(county);
  std::string notes_text;
  std::vector<const Household*> undisturbed;
  for (size_t i = 0; i < entries.size(); ++i) {
    Entry& entry = entries[i];
    manifest.set_persons(manifest.persons() + static_cast<int>(entry.household.members.size()));
    const Story* story = casting.story[i];
    if (story == nullptr) {
      Random random(options.seed, Purpose::kEveryday, i);
      const bool on_file = entry.fault.reason.empty();
      feeds.AddEveryday(entry.household, on_file, random);
      if (on_file && !entry.monitored) undisturbed.push_back(&entry.household);
      continue;
    }
    Random random(options.seed, Purpose::kStory, i);
    v1::HouseholdTruth& truth = *manifest.add_truths();
    v1::ClueTruth clue;
    feeds.Plant(*story, entry.household, random, clue);
    if (clue.channels_size() > 0) *truth.mutable_clue() = clue;
    v1::HouseholdNotes notes;
    WriteNotes(*story, entry, random, notes, truth);
    base::StrAppend(&notes_text, ToJson(notes, false), "\n");
  }
  Random dirt(options.seed, Purpose::kDirt, 0);
  dirt.Shuffle(undisturbed);
  undisturbed.resize(std::min(undisturbed.size(), 20 + entries.size() / 100));
  feeds.AddDirt(undisturbed, dirt, identities);
  FANGPIN_RETURN_IF_ERROR(feeds.Write(options.folder, options.seed, manifest));

  FANGPIN_RETURN_IF_ERROR(WriteText(options.folder + "/manifest.json", ToJson(manifest, true)));
  FANGPIN_RETURN_IF_ERROR(WriteText(options.folder + "/field_notes.jsonl", notes_text));
  FANGPIN_RETURN_IF_ERROR(
      WriteText(options.folder + "/planted_personal.txt", Personal(entries, feeds.strangers())));
  return manifest;
}

}  // namespace fangpin::sample
