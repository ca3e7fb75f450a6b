#ifndef FANGPIN_SCREENING_CORE_CORE_TESTING_H_
#define FANGPIN_SCREENING_CORE_CORE_TESTING_H_

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "libs/base/civil.h"
#include "libs/policy/load.h"
#include "libs/testing/people.h"
#include "libs/testing/status_matchers.h"
#include "services/screening/core/alerts.h"
#include "services/screening/core/determination.h"
#include "services/screening/core/fake_alert_store.h"
#include "services/screening/core/fake_households.h"
#include "services/screening/core/screening.h"
#include "services/screening/core/settlement.h"

namespace fangpin::screening {

inline constexpr char kCounty[] = "621126000000";
inline constexpr char kTownship[] = "621126100000";
inline constexpr char kVillage[] = "621126100201";
inline constexpr char kHousehold[] = "621126100201000001";
inline constexpr char kOtherHousehold[] = "621126100201000002";

inline base::CallContext At(std::string_view day, std::string subject, std::string role = {},
                            std::string division = kCounty) {
  base::CallContext ctx;
  ctx.principal.subject = std::move(subject);
  if (!role.empty()) ctx.principal.roles = {std::move(role)};
  ctx.principal.divisions = {std::move(division)};
  ctx.now = base::StartOf(base::ParseDay(day).value()) + absl::Hours(10);
  return ctx;
}

inline base::CallContext Department(std::string_view day, std::string department) {
  base::CallContext ctx = At(day, "feed:" + department, "DEPARTMENT_FEED");
  ctx.principal.department = std::move(department);
  return ctx;
}

inline v1::FeedCatalogue ShippedFeeds() {
  std::ifstream in("deploy/policy/feeds.textproto");
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  v1::FeedCatalogue config;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &config));
  return config;
}

// A cache that remembers what it was told, and can be told lies.
class RecordingCache final : public AlertCache {
 public:
  std::vector<bool> SeenBefore(std::string_view,
                               absl::Span<const SourceVersion> versions) override {
    std::vector<bool> answers;
    for (const SourceVersion& version : versions) {
      answers.push_back(std::find(marked.begin(), marked.end(), version) != marked.end());
    }
    return answers;
  }
  void MarkSeen(std::string_view, absl::Span<const SourceVersion> versions) override {
    marked.insert(marked.end(), versions.begin(), versions.end());
  }
  void Publish(absl::Span<const v1::Alert> alerts) override {
    published.insert(published.end(), alerts.begin(), alerts.end());
  }

  std::vector<SourceVersion> marked;
  std::vector<v1::Alert> published;
};

// The use cases over fakes, with the shipped policy and feeds.
class CoreTest : public ::testing::Test {
 protected:
  CoreTest()
      : policy_(policy::LoadPolicy("deploy/policy").value()),
        feeds_(FeedCatalogue::Create(ShippedFeeds()).value()),
        instruments_(metrics_, feeds_),
        alerts_(&store_, &feeds_, &cache_, &instruments_, [this] { ++wakes_; }),
        settlement_(&store_, &feeds_, &policy_, &households_, &cache_, &instruments_),
        screening_(&store_.records(), &policy_, &households_, &instruments_),
        desk_(&store_.records(), &policy_, &households_, &instruments_) {
    AddHousehold(kHousehold, HouseholdKind::kOrdinary);
    AddHousehold(kOtherHousehold, HouseholdKind::kLiftedOut);
  }

  void AddHousehold(std::string id, HouseholdKind kind) {
    households_.Add({.id = std::move(id),
                     .division = kVillage,
                     .kind = kind,
                     .safeguards_secured = true,
                     .net_income_fen = 2'400'000,
                     .per_capita_net_fen = 600'000,
                     .previous_per_capita_net_fen = 620'000});
  }

  // An ID number; with a household, of somebody on file there.
  std::string Person(int sequence, std::string_view household = {},
                     HouseholdKind kind = HouseholdKind::kOrdinary) {
    const std::string id = testing::MakeIdNumber("621126", absl::CivilDay(1970, 3, 4), sequence);
    if (!household.empty()) {
      households_.AddPerson(FakeAlertStore::FingerprintOf(id),
                            {.person_id = std::string(household) + "-" + std::to_string(sequence),
                             .household_id = std::string(household),
                             .division = kVillage,
                             .household_kind = kind});
    }
    return id;
  }

  static v1::PushAlertsRequest Batch(std::string feed, std::vector<std::string> columns,
                                     std::vector<std::vector<std::string>> records) {
    v1::PushAlertsRequest request;
    request.set_feed_id(std::move(feed));
    for (std::string& column : columns) request.add_columns(std::move(column));
    for (const std::vector<std::string>& record : records) {
      v1::AlertRecord& added = *request.add_records();
      for (const std::string& value : record) added.add_values(value);
    }
    return request;
  }
  static v1::PushAlertsRequest Illness(std::vector<std::vector<std::string>> records) {
    return Batch("severe_illness", {"bgkbh", "bbh", "sfzh", "qzrq", "jbfl"}, std::move(records));
  }
  static v1::PushAlertsRequest Bills(std::vector<std::vector<std::string>> records) {
    return Batch("medical_settlement",
                 {"setl_id", "certno", "setl_time", "med_type", "psn_pay", "fund_pay_sumamt",
                  "medfee_sumamt"},
                 std::move(records));
  }

  v1::PushAlertsResponse Push(const base::CallContext& ctx, const v1::PushAlertsRequest& request) {
    const auto response = alerts_.PushAlerts(ctx, request);
    EXPECT_THAT(response, testing::IsOk());
    return response.value_or(v1::PushAlertsResponse());
  }

  SettleResult Settle(SettlePass pass = SettlePass::kPending) {
    const auto result = settlement_.Run(pass, "", 1000);
    EXPECT_THAT(result, testing::IsOk());
    return result.value_or(SettleResult());
  }

  std::vector<v1::Alert> AllAlerts() {
    v1::ListAlertsRequest request;
    request.set_page_size(1000);
    const auto response = alerts_.ListAlerts(At("2024-12-31", "desk", "COUNTY_DESK"), request);
    EXPECT_THAT(response, testing::IsOk());
    return {response->alerts().begin(), response->alerts().end()};
  }

  std::vector<v1::RiskClue> AllClues() {
    const auto response =
        screening_.ListClues(At("2024-12-31", "desk", "COUNTY_DESK"), v1::ListCluesRequest());
    EXPECT_THAT(response, testing::IsOk());
    return {response->clues().begin(), response->clues().end()};
  }

  std::vector<v1::VisitTask> AllTasks() {
    const auto response = screening_.ListVisitTasks(At("2024-12-31", "desk", "COUNTY_DESK"),
                                                    v1::ListVisitTasksRequest());
    EXPECT_THAT(response, testing::IsOk());
    return {response->tasks().begin(), response->tasks().end()};
  }

  // A clue of kHousehold reported on `day` and visited.
  v1::RiskClue VisitedClue(std::string_view day,
                           policy::v1::RiskType risk = policy::v1::RISK_TYPE_ILLNESS) {
    v1::ReportRiskRequest report;
    report.set_household_id(kHousehold);
    report.set_channel(v1::DISCOVERY_CHANNEL_FARMER_APPLICATION);
    report.set_risk(risk);
    const auto reported = screening_.ReportRisk(At(day, "cadre"), report);
    EXPECT_THAT(reported, testing::IsOk());
    v1::RecordVisitRequest visit;
    visit.mutable_visit()->set_id("visit-" + reported->clue().id());
    visit.mutable_visit()->set_household_id(kHousehold);
    visit.mutable_visit()->set_task_id(reported->clue().visit_task_id());
    visit.mutable_visit()->set_visited_on(std::string(day));
    visit.mutable_visit()->set_method(v1::VISIT_METHOD_ON_SITE);
    visit.mutable_visit()->add_visitors("甲");
    visit.mutable_visit()->set_findings("住房饮水良好，一人住院");
    EXPECT_THAT(screening_.RecordVisit(At(day, "cadre"), visit), testing::IsOk());
    v1::GetClueRequest get;
    get.set_clue_id(reported->clue().id());
    return screening_.GetClue(At(day, "cadre"), get)->clue();
  }

  // All nine dimensions; the expenditure is a present difficulty.
  static v1::Assessment SoundAssessment(policy::v1::RiskType risk = policy::v1::RISK_TYPE_ILLNESS) {
    v1::Assessment assessment;
    for (int i = 1; i <= v1::AssessmentDimension_MAX; ++i) {
      v1::DimensionJudgement& judgement = *assessment.add_judgements();
      judgement.set_dimension(static_cast<v1::AssessmentDimension>(i));
      judgement.set_level(i == v1::ASSESSMENT_DIMENSION_MAJOR_RIGID_EXPENDITURE
                              ? v1::RISK_LEVEL_PRESENT
                              : v1::RISK_LEVEL_NONE);
      judgement.set_basis("入户了解");
    }
    assessment.add_risks()->set_type(risk);
    return assessment;
  }

  v1::AssessClueRequest AssessTo(const v1::RiskClue& clue, v1::ClueOutcome outcome) {
    v1::AssessClueRequest request;
    request.set_clue_id(clue.id());
    request.set_etag(clue.etag());
    request.set_outcome(outcome);
    *request.mutable_assessment() = SoundAssessment();
    return request;
  }

  // A case opened on `day` by "cadre" from a clue found that day.
  v1::DeterminationCase OpenedCase(std::string_view day) {
    const v1::RiskClue clue = VisitedClue(day);
    EXPECT_THAT(
        screening_.AssessClue(At(day, "cadre"), AssessTo(clue, v1::CLUE_OUTCOME_TO_IDENTIFY)),
        testing::IsOk());
    v1::OpenCaseRequest open;
    open.set_clue_id(clue.id());
    const auto opened = desk_.OpenCase(At(day, "cadre"), open);
    EXPECT_THAT(opened, testing::IsOk());
    return opened->case_();
  }

  static v1::IdentificationStepRecord Step(v1::IdentificationStep step, std::string done_on) {
    v1::IdentificationStepRecord record;
    record.set_step(step);
    record.set_done_on(std::move(done_on));
    switch (step) {
      case v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED:
        record.mutable_household_check()->add_checkers("甲");
        record.mutable_household_check()->add_checkers("乙");
        record.mutable_household_check()->set_per_capita_reference_fen(500'000);
        record.mutable_household_check()->set_rigid_expenditure_fen(3'000'000);
        record.mutable_household_check()->set_basic_life_difficult(true);
        break;
      case v1::IDENTIFICATION_STEP_AUTHORISED:
        record.mutable_authorisation()->set_signed_(true);
        break;
      case v1::IDENTIFICATION_STEP_COMPARED:
        record.mutable_comparison()->add_departments("民政局");
        break;
      case v1::IDENTIFICATION_STEP_REVIEWED:
        record.mutable_review()->set_attendance(30);
        record.mutable_review()->set_votes_for(28);
        break;
      case v1::IDENTIFICATION_STEP_PUBLICISED:
        record.mutable_publicity()->set_from("2024-03-13");
        record.mutable_publicity()->set_to("2024-03-17");
        break;
      default:
        break;
    }
    return record;
  }

  // Records the step as "cadre".
  absl::StatusOr<v1::DeterminationCase> Record(const v1::DeterminationCase& c,
                                               const v1::IdentificationStepRecord& step,
                                               std::string_view day = "2024-03-20") {
    v1::RecordCaseStepRequest request;
    request.set_case_id(c.id());
    *request.mutable_step() = step;
    auto response = desk_.RecordCaseStep(At(day, "cadre"), request);
    if (!response.ok()) return response.status();
    return response->case_();
  }

  static v1::ReviewCaseRequest Review(const v1::DeterminationCase& c) {
    v1::ReviewCaseRequest request;
    request.set_case_id(c.id());
    request.set_reviewed_on("2024-03-19");
    request.mutable_review()->set_agreed(true);
    return request;
  }

  // A case with all steps before the township's review, opened 2024-03-11.
  v1::DeterminationCase PublicisedCase() {
    v1::DeterminationCase c = OpenedCase("2024-03-11");
    const std::pair<v1::IdentificationStep, const char*> steps[] = {
        {v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED, "2024-03-11"},
        {v1::IDENTIFICATION_STEP_AUTHORISED, "2024-03-11"},
        {v1::IDENTIFICATION_STEP_COMPARED, "2024-03-12"},
        {v1::IDENTIFICATION_STEP_REVIEWED, "2024-03-13"},
        {v1::IDENTIFICATION_STEP_PUBLICISED, "2024-03-18"},
    };
    for (const auto& [step, day] : steps) {
      const auto recorded = Record(c, Step(step, day));
      EXPECT_THAT(recorded, testing::IsOk());
      c = *recorded;
    }
    return c;
  }

  // The same, reviewed by "township".
  v1::DeterminationCase ReadyCase() {
    const auto reviewed =
        desk_.ReviewCase(At("2024-03-20", "township", "", kTownship), Review(PublicisedCase()));
    EXPECT_THAT(reviewed, testing::IsOk());
    return reviewed->case_();
  }

  static v1::DecideCaseRequest Decide(const v1::DeterminationCase& c, bool approve) {
    v1::DecideCaseRequest request;
    request.set_case_id(c.id());
    request.set_etag(c.etag());
    request.set_approve(approve);
    if (!approve) request.set_opinion("收入稳定，暂无风险");
    return request;
  }

  policy::PolicyData policy_;
  FeedCatalogue feeds_;
  metrics::Registry metrics_;
  Instruments instruments_;
  FakeAlertStore store_;
  FakeHouseholds households_;
  RecordingCache cache_;
  int wakes_ = 0;
  Alerts alerts_;
  Settlement settlement_;
  Screening screening_;
  DeterminationDesk desk_;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_CORE_TESTING_H_
