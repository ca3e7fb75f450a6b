#include "tools/fangpinctl/gen/notes.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "libs/base/civil.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/gen/identity.h"

namespace fangpin::sample {
namespace {

namespace vocab = ::fangpin::policy::v1;
namespace sc = ::fangpin::screening::v1;
namespace as = ::fangpin::assistance::v1;
namespace el = ::fangpin::elimination::v1;
namespace re = ::fangpin::registry::v1;

constexpr int64_t kFenPerYuan = 100;

std::string Day(int year, int month, int day) {
  return base::FormatDay(absl::CivilDay(year, month, day));
}

bool IsRigid(vocab::RiskType risk) {
  return risk == vocab::RISK_TYPE_ILLNESS || risk == vocab::RISK_TYPE_DISABILITY ||
         risk == vocab::RISK_TYPE_SCHOOLING || risk == vocab::RISK_TYPE_NATURAL_DISASTER ||
         risk == vocab::RISK_TYPE_ACCIDENT;
}

// What cadres write about a household with this risk.
struct RiskTexts {
  std::string_view report;
  std::string_view analysis;
  std::string_view need;
};

RiskTexts TextsOf(vocab::RiskType risk) {
  switch (risk) {
    case vocab::RISK_TYPE_ILLNESS:
      return {"家中有人患病，医药费负担重", "患病成员需长期治疗，自付费用较高，近期难以减轻",
              "减轻医药费负担"};
    case vocab::RISK_TYPE_DISABILITY:
      return {"家中有人致残，需要照料", "残疾成员需人照料，劳动力减少，护理支出增加",
              "落实残疾人补贴"};
    case vocab::RISK_TYPE_SCHOOLING:
      return {"孩子上大学，学费生活费高", "学制还有两年以上，学费和生活费是家庭最大支出",
              "解决学费和生活费"};
    case vocab::RISK_TYPE_NATURAL_DISASTER:
      return {"暴雨冲毁农田", "洪涝冲毁当季药材，恢复生产需要投入", "恢复生产的资金"};
    case vocab::RISK_TYPE_ACCIDENT:
      return {"交通事故受伤", "伤者半年内不能劳动，治疗和护理支出大", "治疗期间的生活保障"};
    case vocab::RISK_TYPE_INDUSTRY_FAILURE:
      return {"药材价格下跌，种植亏损", "产业单一，价格下跌后难以回本，贷款将到期",
              "周转资金和销路"};
    case vocab::RISK_TYPE_LABOUR_SHORTAGE:
      return {"家中缺少劳力", "主要劳动力长期患病，收入来源少", "稳定的生活来源"};
    case vocab::RISK_TYPE_HOUSING_UNSAFE:
      return {"住房墙体开裂", "土木结构房屋鉴定为危房，雨季有倒塌危险", "改造住房"};
    case vocab::RISK_TYPE_WATER_UNSAFE:
      return {"水窖干涸，吃水困难", "自来水管网未入户，旱季取水困难", "接通自来水"};
    default:
      return {"务工中断，收入下降", "用工企业停工，返乡后没有稳定收入来源", "稳定的务工岗位"};
  }
}

// A measure that answers the risk, policy handbook 2.8b.
std::pair<vocab::MeasureCategory, std::string_view> AnswerTo(vocab::RiskType risk) {
  switch (risk) {
    case vocab::RISK_TYPE_ILLNESS:
      return {vocab::MEASURE_CATEGORY_HEALTH, "医疗救助"};
    case vocab::RISK_TYPE_DISABILITY:
      return {vocab::MEASURE_CATEGORY_SOCIAL_SAFETY_NET, "残疾人补贴"};
    case vocab::RISK_TYPE_SCHOOLING:
      return {vocab::MEASURE_CATEGORY_OTHER_EDUCATION, "助学贷款"};
    case vocab::RISK_TYPE_NATURAL_DISASTER:
    case vocab::RISK_TYPE_ACCIDENT:
      return {vocab::MEASURE_CATEGORY_SOCIAL_SAFETY_NET, "临时救助"};
    case vocab::RISK_TYPE_INDUSTRY_FAILURE:
      return {vocab::MEASURE_CATEGORY_FINANCE, "小额信贷"};
    case vocab::RISK_TYPE_LABOUR_SHORTAGE:
      return {vocab::MEASURE_CATEGORY_SOCIAL_SAFETY_NET, "低保"};
    case vocab::RISK_TYPE_HOUSING_UNSAFE:
      return {vocab::MEASURE_CATEGORY_HOUSING, "危房改造"};
    case vocab::RISK_TYPE_WATER_UNSAFE:
      return {vocab::MEASURE_CATEGORY_WATER, "自来水入户"};
    default:
      return {vocab::MEASURE_CATEGORY_EMPLOYMENT, "劳务输出"};
  }
}

class Writer {
 public:
  Writer(const Story& story, const Entry& entry, Random& random, v1::HouseholdNotes& notes,
         v1::HouseholdTruth& truth)
      : story_(story), entry_(entry), random_(random), notes_(notes), truth_(truth) {}

  void Write() {
    notes_.set_national_household_id(entry_.household.national_id);
    notes_.set_head_id_number(entry_.household.head().id_number);
    truth_.set_national_household_id(entry_.household.national_id);
    truth_.set_story(std::string(story_.name));
    Report();
    if (story_.outcome != sc::CLUE_OUTCOME_UNSPECIFIED) {
      truth_.mutable_clue()->set_outcome(story_.outcome);
      Visit();
      Assess();
    }
    if (story_.case_end != CaseEnd::kNone || story_.draft != Draft::kNoPlan ||
        story_.ending != Ending::kNone) {
      Survey();
    }
    if (story_.case_end != CaseEnd::kNone) Identify();
    if (story_.draft != Draft::kNoPlan) {
      Plan();
      CarryOut();
    }
    if (story_.ending != Ending::kNone) {
      Update();
      Eliminate();
    }
    Conclude();
  }

 private:
  int64_t population() const { return static_cast<int64_t>(entry_.household.members.size()); }
  bool eliminated_by_story() const {
    return story_.ending == Ending::kApproved || story_.ending == Ending::kNatural;
  }
  // Two of the cadres who made up teams.
  std::pair<std::string, std::string> Visitors() {
    const auto& names = CadreNames();
    const size_t first = static_cast<size_t>(random_.Below(static_cast<int>(names.size())));
    return {names[first], names[(first + 1) % names.size()]};
  }

  void Report() {
    sc::DiscoveryChannel channel;
    switch (story_.source) {
      case Source::kFarmer:
      case Source::kHouseAndFarmer:
        channel = sc::DISCOVERY_CHANNEL_FARMER_APPLICATION;
        break;
      case Source::kCadre:
        channel = sc::DISCOVERY_CHANNEL_CADRE_VISIT;
        break;
      case Source::kComplaint:
        channel = sc::DISCOVERY_CHANNEL_SOCIAL_SUPERVISION;
        break;
      default:
        return;
    }
    sc::ReportRiskRequest& report = *notes_.add_reports();
    report.set_channel(channel);
    report.set_risk(story_.risk);
    report.set_text(
        base::StrCat(entry_.household.head().name, "户：", TextsOf(story_.risk).report));
    v1::ClueTruth& clue = *truth_.mutable_clue();
    clue.add_channels(channel);
    clue.add_risks(story_.risk);
    clue.add_feed_ids("");
    clue.add_source_ids("");
  }

  void Visit() {
    sc::Visit& visit = *notes_.mutable_visit()->mutable_visit();
    visit.set_id(absl::StrFormat("%08x-%04x-4%03x-8%03x-%012x", random_.Next() >> 32,
                                 random_.Next() >> 48, random_.Next() >> 52, random_.Next() >> 52,
                                 random_.Next() >> 16));
    visit.set_visited_on(base::FormatDay(days::kVisit));
    visit.set_method(sc::VISIT_METHOD_ON_SITE);
    const auto [first, second] = Visitors();
    visit.add_visitors(first);
    visit.add_visitors(second);
    visit.set_findings(base::StrCat("到", entry_.household.head().name,
                                    "家中查看住房、饮水和收支情况。", TextsOf(story_.risk).analysis,
                                    "。"));
    visit.set_household_signed(true);
  }

  // Levels by dimension, index 0 unused.
  using Levels = std::array<sc::RiskLevel, 10>;

  Levels JudgeDimensions() const {
    Levels levels;
    levels.fill(sc::RISK_LEVEL_NONE);
    if (story_.outcome != sc::CLUE_OUTCOME_TO_IDENTIFY) return levels;
    if (story_.case_end == CaseEnd::kNoGround) {
      levels[sc::ASSESSMENT_DIMENSION_INCOME_SOURCE_STABILITY] = sc::RISK_LEVEL_PRESENT;
      return levels;
    }
    levels[sc::ASSESSMENT_DIMENSION_LIVELIHOOD_TREND] = sc::RISK_LEVEL_POTENTIAL;
    switch (story_.risk) {
      case vocab::RISK_TYPE_ILLNESS:
        levels[sc::ASSESSMENT_DIMENSION_BASIC_MEDICAL_RISK] = sc::RISK_LEVEL_POTENTIAL;
        levels[sc::ASSESSMENT_DIMENSION_MAJOR_RIGID_EXPENDITURE] = sc::RISK_LEVEL_PRESENT;
        break;
      case vocab::RISK_TYPE_SCHOOLING:
      case vocab::RISK_TYPE_ACCIDENT:
        levels[sc::ASSESSMENT_DIMENSION_MAJOR_RIGID_EXPENDITURE] = sc::RISK_LEVEL_PRESENT;
        break;
      case vocab::RISK_TYPE_DISABILITY:
      case vocab::RISK_TYPE_LABOUR_SHORTAGE:
        levels[sc::ASSESSMENT_DIMENSION_SELF_COPING_CAPACITY] = sc::RISK_LEVEL_PRESENT;
        break;
      case vocab::RISK_TYPE_HOUSING_UNSAFE:
        levels[sc::ASSESSMENT_DIMENSION_HOUSING_SAFETY_RISK] = sc::RISK_LEVEL_PRESENT;
        break;
      case vocab::RISK_TYPE_WATER_UNSAFE:
        levels[sc::ASSESSMENT_DIMENSION_DRINKING_WATER_RISK] = sc::RISK_LEVEL_PRESENT;
        break;
      default:
        levels[sc::ASSESSMENT_DIMENSION_INCOME_SOURCE_STABILITY] = sc::RISK_LEVEL_PRESENT;
        levels[sc::ASSESSMENT_DIMENSION_INCOME_LEVEL_CHANGE] = sc::RISK_LEVEL_PRESENT;
    }
    return levels;
  }

  static void AddRisk(vocab::RiskType type,
                      google::protobuf::RepeatedPtrField<vocab::Risk>& risks) {
    vocab::Risk& risk = *risks.Add();
    risk.set_type(type);
    if (type == vocab::RISK_TYPE_NATURAL_DISASTER) risk.set_disaster(vocab::DISASTER_KIND_FLOOD);
  }

  void FillAssessment(const Levels& levels, vocab::RiskType risk, sc::AssessClueRequest& request) {
    request.set_outcome(story_.outcome);
    for (int dimension = 1; dimension < static_cast<int>(levels.size()); ++dimension) {
      const sc::RiskLevel level = levels[static_cast<size_t>(dimension)];
      if (level == sc::RISK_LEVEL_UNSPECIFIED) continue;
      sc::DimensionJudgement& judgement = *request.mutable_assessment()->add_judgements();
      judgement.set_dimension(static_cast<sc::AssessmentDimension>(dimension));
      judgement.set_level(level);
      judgement.set_basis(level == sc::RISK_LEVEL_NONE
                              ? "入户查看并核对凭证，未见异常"
                              : std::string(TextsOf(story_.risk).analysis));
    }
    if (story_.outcome == sc::CLUE_OUTCOME_TO_IDENTIFY) {
      AddRisk(risk, *request.mutable_assessment()->mutable_risks());
    }
  }

  void Assess() {
    const Levels levels = JudgeDimensions();
    FillAssessment(levels, story_.risk, *notes_.mutable_assessment());
    if (story_.fault == Fault::kNone) return;

    const bool identify = story_.outcome == sc::CLUE_OUTCOME_TO_IDENTIFY;
    Levels faulty = levels;
    vocab::RiskType risk = story_.risk;
    v1::ClueTruth& clue = *truth_.mutable_clue();
    switch (story_.fault) {
      case Fault::kIncomeOnly:
        for (size_t d = 3; d < faulty.size(); ++d) faulty[d] = sc::RISK_LEVEL_UNSPECIFIED;
        clue.add_assessment_faults("FAULT_INCOME_ONLY");
        clue.add_assessment_faults("FAULT_PRESENT_ONLY");
        break;
      case Fault::kNoStability:
        faulty[sc::ASSESSMENT_DIMENSION_INCOME_SOURCE_STABILITY] = sc::RISK_LEVEL_UNSPECIFIED;
        clue.add_assessment_faults("FAULT_NO_STABILITY_ANALYSIS");
        break;
      case Fault::kPresentOnly:
        faulty[sc::ASSESSMENT_DIMENSION_LIVELIHOOD_TREND] = sc::RISK_LEVEL_UNSPECIFIED;
        clue.add_assessment_faults("FAULT_PRESENT_ONLY");
        break;
      case Fault::kRiskTypeWrong:
        risk = vocab::RISK_TYPE_ILLNESS;
        clue.add_assessment_faults("FAULT_RISK_TYPE_WRONG");
        break;
      case Fault::kNone:
        break;
    }
    if (identify && story_.fault != Fault::kRiskTypeWrong) {
      clue.add_assessment_faults("ASSESSMENT_INCOMPLETE");
    }
    FillAssessment(faulty, risk, *notes_.mutable_faulty_assessment());
  }

  // An income account of which a head has `net_yuan` net and `self_paid_yuan` compliant self-paid,
  // give or take a few per cent.
  void FillIncome(std::string_view first, std::string_view last, int64_t net_yuan,
                  int64_t self_paid_yuan, re::IncomeAccount& income) {
    const int64_t per_cent = random_.Between(97, 103);
    const auto share = [&](int64_t part) {
      return net_yuan * part * per_cent / 10'000 * population() * kFenPerYuan;
    };
    income.set_period_start(std::string(first));
    income.set_period_end(std::string(last));
    const bool works = entry_.household.labourers() > 0;
    income.set_wage_fen(share(works ? 78 : 0));
    income.set_business_fen(share(works ? 24 : 0));
    income.set_property_fen(share(2));
    income.set_transfer_fen(share(works ? 8 : 98));
    income.set_business_expenditure_fen(share(works ? 12 : 0));
    income.set_claim_fen(0);
    income.set_compliant_self_paid_fen(self_paid_yuan * population() * kFenPerYuan);
  }

  static int64_t PerCapitaReference(const re::IncomeAccount& income, int64_t population) {
    const int64_t net = income.wage_fen() + income.business_fen() + income.property_fen() +
                        income.transfer_fen() - income.business_expenditure_fen();
    return (net + income.claim_fen() - income.compliant_self_paid_fen()) / population;
  }

  void FillSafeguards(std::string_view since, re::Household& household) {
    for (int s = vocab::SAFEGUARD_COMPULSORY_EDUCATION; s <= vocab::SAFEGUARD_DRINKING_WATER_SAFETY;
         ++s) {
      re::SafeguardStatus& status = *household.add_safeguards();
      status.set_safeguard(static_cast<vocab::Safeguard>(s));
      status.set_state(vocab::SAFEGUARD_STATE_SECURED);
      status.set_since(std::string(since));
    }
  }

  re::SafeguardStatus& SafeguardOf(vocab::Safeguard safeguard, re::Household& household) {
    return *household.mutable_safeguards(safeguard - 1);
  }

  bool unsafe_house() const { return story_.risk == vocab::RISK_TYPE_HOUSING_UNSAFE; }
  bool unsafe_water() const { return story_.risk == vocab::RISK_TYPE_WATER_UNSAFE; }
  bool large_expenditure() const {
    return story_.risk == vocab::RISK_TYPE_ILLNESS || story_.risk == vocab::RISK_TYPE_SCHOOLING;
  }

  void AddExpenditure(std::string_view resolved_on, re::Household& household) {
    re::RigidExpenditure& expenditure = *household.add_rigid_expenditures();
    const bool schooling = story_.risk == vocab::RISK_TYPE_SCHOOLING;
    expenditure.set_kind(schooling ? "SCHOOLING" : "MEDICAL");
    expenditure.set_yearly_fen((schooling ? 16'500 : 24'000) * kFenPerYuan);
    expenditure.set_since("2023-07-01");
    expenditure.set_resolved_on(std::string(resolved_on));
  }

  // 再排摸、再核实: what the file must know before anybody can judge.
  void Survey() {
    re::UpdateHouseholdRequest& request = *notes_.mutable_survey();
    request.set_reason("入户核实，更新收支和三保障情况");
    re::Household& household = *request.mutable_household();
    FillSafeguards("2022-06-01", household);
    if (unsafe_house()) {
      re::SafeguardStatus& status = SafeguardOf(vocab::SAFEGUARD_HOUSING_SAFETY, household);
      status.set_state(vocab::SAFEGUARD_STATE_NOT_SECURED);
      status.set_since("2023-08-25");
    }
    if (unsafe_water()) {
      re::SafeguardStatus& status = SafeguardOf(vocab::SAFEGUARD_DRINKING_WATER_SAFETY, household);
      status.set_state(vocab::SAFEGUARD_STATE_NOT_SECURED);
      status.set_since("2023-07-10");
    }
    const bool no_ground = story_.case_end == CaseEnd::kNoGround;
    FillIncome("2022-09", "2023-08", no_ground ? 12'000 : 6800, no_ground ? 200 : 300,
               *household.mutable_income());
    household.mutable_income()->set_previous_per_capita_net_fen((no_ground ? 12'600 : 11'500) *
                                                                kFenPerYuan);
    request.mutable_update_mask()->add_paths("safeguards");
    request.mutable_update_mask()->add_paths("income");
    if (large_expenditure()) {
      AddExpenditure("", household);
      request.mutable_update_mask()->add_paths("rigid_expenditures");
    }
  }

  sc::IdentificationStepRecord& AddStep(sc::IdentificationStep step, absl::CivilDay day) {
    sc::IdentificationStepRecord& record = *notes_.add_case_steps()->mutable_step();
    record.set_step(step);
    record.set_done_on(base::FormatDay(day));
    return record;
  }

  void Identify() {
    const CaseEnd end = story_.case_end;
    v1::CaseTruth& truth = *truth_.mutable_case_();
    const auto refuse = [&truth](std::string_view rule) {
      truth.add_refused_by(std::string(rule));
    };
    const re::IncomeAccount& income = notes_.survey().household().income();

    sc::HouseholdCheck& check =
        *AddStep(sc::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED, absl::CivilDay{2023, 9, 9})
             .mutable_household_check();
    const auto [first, second] = Visitors();
    check.add_checkers(first);
    check.add_checkers(second);
    check.set_per_capita_reference_fen(PerCapitaReference(income, population()));
    check.set_rigid_expenditure_fen((large_expenditure() ? 20'000 : 3000) * kFenPerYuan);
    check.set_basic_life_difficult(IsRigid(story_.risk));
    if (end == CaseEnd::kNoGround) refuse("NO_RISK_GROUND");

    AddStep(sc::IDENTIFICATION_STEP_AUTHORISED, absl::CivilDay{2023, 9, 9})
        .mutable_authorisation()
        ->set_signed_(end != CaseEnd::kNotAuthorised);
    if (end == CaseEnd::kNotAuthorised) {
      // Nothing may be compared without the authorisation, so nothing that follows is there either.
      for (const std::string_view rule :
           {"ASSET_STANDARD", "STEPS_INCOMPLETE", "NOT_AUTHORISED", "REVIEW_NOT_PASSED",
            "PUBLICITY_TOO_SHORT", "OBJECTIONS_OPEN", "TOWNSHIP_NOT_AGREED"}) {
        refuse(rule);
      }
      notes_.set_case_refusal("农户未签署承诺授权书，不予纳入，已告知农户");
      return;
    }

    sc::Comparison& comparison =
        *AddStep(sc::IDENTIFICATION_STEP_COMPARED, absl::CivilDay{2023, 9, 10})
             .mutable_comparison();
    for (const char* department : {"自然资源局", "市场监管局", "公安局", "人社局", "民政局"}) {
      comparison.add_departments(department);
    }
    if (end == CaseEnd::kAsset || end == CaseEnd::kAssetAndTownship) {
      sc::AssetHit& hit = *comparison.add_hits();
      hit.set_exclusion("COMMERCIAL_PROPERTY");
      hit.set_source("自然资源局");
      hit.set_outcome(sc::ASSET_CHECK_OUTCOME_EXCLUDED_IN_PRINCIPLE);
      hit.set_reason("县城有商品房一套，用于出租");
      refuse("ASSET_STANDARD");
    } else if (random_.Chance(0.1)) {
      sc::AssetHit& hit = *comparison.add_hits();
      hit.set_exclusion("VEHICLE_OR_MACHINERY");
      hit.set_source("公安局");
      hit.set_outcome(sc::ASSET_CHECK_OUTCOME_EXCEPTION_APPROVED);
      hit.set_reason("低值农用三轮车，用于生产");
    }
    if (end == CaseEnd::kStepsMissing) refuse("STEPS_INCOMPLETE");

    sc::DemocraticReview& review =
        *AddStep(sc::IDENTIFICATION_STEP_REVIEWED, absl::CivilDay{2023, 9, 11}).mutable_review();
    const int present = random_.Between(31, 46);
    const int against = end == CaseEnd::kReviewLost ? present - 12 : random_.Between(0, 3);
    review.set_attendance(present);
    review.set_votes_for(present - against);
    review.set_votes_against(against);
    if (end == CaseEnd::kReviewLost) refuse("REVIEW_NOT_PASSED");

    sc::Publicity& publicity =
        *AddStep(sc::IDENTIFICATION_STEP_PUBLICISED, absl::CivilDay{2023, 9, 16})
             .mutable_publicity();
    const bool hurried = end == CaseEnd::kPublicityShort;
    publicity.set_from(Day(2023, 9, hurried ? 13 : 11));
    publicity.set_to(Day(2023, 9, hurried ? 15 : 16));
    if (hurried) refuse("PUBLICITY_TOO_SHORT");
    if (end == CaseEnd::kObjections) {
      publicity.set_objections(2);
      publicity.set_objections_settled(1);
      refuse("OBJECTIONS_OPEN");
    }

    const bool disagreed = end == CaseEnd::kTownship || end == CaseEnd::kAssetAndTownship;
    if (end != CaseEnd::kStepsMissing) {
      sc::TownshipReview& township =
          *AddStep(sc::IDENTIFICATION_STEP_TOWNSHIP_REVIEWED, absl::CivilDay{2023, 9, 17})
               .mutable_township_review();
      township.set_agreed(!disagreed);
      township.set_opinion(disagreed ? "抽查发现情况不属实，不同意" : "抽查属实，同意");
    }
    // A review that was not held is not an agreed one.
    if (disagreed || end == CaseEnd::kStepsMissing) refuse("TOWNSHIP_NOT_AGREED");

    truth.set_approved(end == CaseEnd::kApproved);
    if (truth.approved()) {
      truth.set_category(IsRigid(story_.risk) ? vocab::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY
                         : entry_.household.lifted_out
                             ? vocab::MONITORED_CATEGORY_UNSTABLE_POVERTY_EXIT
                             : vocab::MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE);
    } else {
      notes_.set_case_refusal("不符合认定条件，不予纳入，已告知农户");
    }
  }

  as::Measure MakeMeasure(vocab::MeasureCategory category, std::string_view item, int need) {
    as::Measure measure;
    measure.set_category(category);
    measure.set_item(std::string(item));
    measure.add_need_numbers(need);
    measure.set_responsible_person(Visitors().first);
    measure.set_responsible_unit(base::StrCat(entry_.household.village->township, "人民政府"));
    measure.set_due_on("2023-12-31");
    return measure;
  }

  // A plan without defects: every risk analysed and answered, every need met.
  as::UpdatePlanRequest SoundPlan() {
    const bool works = entry_.household.labourers() > 0;
    as::UpdatePlanRequest plan;
    as::RiskAnalysis& analysis = *plan.add_risk_analyses();
    analysis.set_risk(story_.risk);
    analysis.set_analysis(std::string(TextsOf(story_.risk).analysis));
    as::Need& first = *plan.add_needs();
    first.set_number(1);
    first.set_text(std::string(TextsOf(story_.risk).need));
    as::Need& second = *plan.add_needs();
    second.set_number(2);
    second.set_text(works ? "发展药材种植，增加收入" : "防范再次患病的支出");
    const auto [category, item] = AnswerTo(story_.risk);
    *plan.add_measures() = MakeMeasure(category, item, 1);
    plan.mutable_measures(0)->add_risks(story_.risk);
    plan.mutable_measures(0)->set_amount_fen(random_.Between(8, 60) * 100 * kFenPerYuan);
    *plan.add_measures() =
        works ? MakeMeasure(vocab::MEASURE_CATEGORY_INDUSTRY, "中药材种植", 2)
              : MakeMeasure(vocab::MEASURE_CATEGORY_SOCIAL_ASSISTANCE, "防贫保险", 2);
    plan.mutable_measures(1)->set_amount_fen(random_.Between(8, 30) * 100 * kFenPerYuan);
    return plan;
  }

  void Plan() {
    *notes_.mutable_plan() = SoundPlan();
    v1::PlanTruth& truth = *truth_.mutable_plan();
    if (story_.draft == Draft::kSound) return;

    as::UpdatePlanRequest& draft = *notes_.mutable_defective_plan();
    draft = notes_.plan();
    const auto drop_second = [&draft] {
      draft.mutable_measures()->RemoveLast();
      draft.mutable_needs()->RemoveLast();
    };
    switch (story_.draft) {
      case Draft::kNoAnalysis:
        draft.clear_risk_analyses();
        truth.add_first_defects("RISK_ANALYSIS_INADEQUATE");
        break;
      case Draft::kNoNeeds:
        drop_second();
        draft.clear_needs();
        draft.mutable_measures(0)->clear_need_numbers();
        truth.add_first_defects("NEEDS_UNKNOWN");
        break;
      case Draft::kRiskUnanswered:
        draft.mutable_measures(1)->add_need_numbers(1);
        draft.mutable_measures()->DeleteSubrange(0, 1);
        truth.add_first_defects("MEASURES_INCOMPLETE");
        break;
      case Draft::kNoResponsibility:
        draft.mutable_measures(0)->clear_responsible_unit();
        truth.add_first_defects("RESPONSIBILITY_UNCLEAR");
        break;
      case Draft::kNotTargeted:
        *draft.add_measures() = MakeMeasure(vocab::MEASURE_CATEGORY_RELOCATION, "易地搬迁", 1);
        draft.mutable_measures(2)->add_risks(story_.risk);
        truth.add_first_defects("MEASURE_NOT_TARGETED");
        break;
      case Draft::kSafetyNetOnly:
        drop_second();
        truth.add_first_defects("SAFETY_NET_ONLY");
        break;
      case Draft::kAnalysisAndResponsibility:
        draft.clear_risk_analyses();
        draft.mutable_measures(1)->clear_responsible_person();
        truth.add_first_defects("RISK_ANALYSIS_INADEQUATE");
        truth.add_first_defects("RESPONSIBILITY_UNCLEAR");
        break;
      case Draft::kNoPlan:
      case Draft::kSound:
        break;
    }
  }

  void AddMeasure(int number, std::string carried_out_on, std::string evaluated_on,
                  as::EffectResult result) {
    as::RecordMeasureRequest& measure = *notes_.add_measures();
    measure.set_measure_id(base::StrCat("m", number));
    measure.set_carried_out_on(std::move(carried_out_on));
    measure.set_amount_fen(notes_.plan().measures(number - 1).amount_fen());
    as::RecordEffectRequest& effect = *notes_.add_effects();
    effect.set_measure_id(measure.measure_id());
    effect.mutable_effect()->set_evaluated_on(std::move(evaluated_on));
    effect.mutable_effect()->set_result(result);
    effect.mutable_effect()->set_basis("核对资金流水和家庭账本，入户询问农户");
  }

  void CarryOut() {
    if (story_.ending == Ending::kNothingCarriedOut) return;
    const bool unclear =
        story_.ending == Ending::kEffectUnclear || story_.ending == Ending::kSeveral;
    AddMeasure(1, Day(2023, 10, random_.Between(8, 20)), base::FormatDay(days::kEffects),
               unclear ? as::EFFECT_RESULT_UNCLEAR : as::EFFECT_RESULT_CLEAR);
    if (story_.ending == Ending::kJustCarriedOut) {
      AddMeasure(2, "2024-06-18", "2024-07-01", as::EFFECT_RESULT_PARTIAL);
    } else {
      AddMeasure(2, Day(2023, 11, random_.Between(1, 20)), base::FormatDay(days::kEffects),
                 random_.Chance(0.7) ? as::EFFECT_RESULT_CLEAR : as::EFFECT_RESULT_PARTIAL);
    }
  }

  void Update() {
    re::UpdateHouseholdRequest& request = *notes_.mutable_registry_update();
    request.set_reason("风险消除前更新户档");
    re::Household& household = *request.mutable_household();
    FillSafeguards("2022-06-01", household);
    if (unsafe_house()) {
      re::SafeguardStatus& status = SafeguardOf(vocab::SAFEGUARD_HOUSING_SAFETY, household);
      const bool still = story_.ending == Ending::kHousingUnsafe;
      status.set_state(still ? vocab::SAFEGUARD_STATE_NOT_SECURED : vocab::SAFEGUARD_STATE_SECURED);
      status.set_since(still ? "2023-08-25" : "2023-11-20");
    }
    if (unsafe_water()) {
      SafeguardOf(vocab::SAFEGUARD_DRINKING_WATER_SAFETY, household)
          .set_since(story_.ending == Ending::kWaterTooNew ? "2024-03-15" : "2023-11-20");
    }
    FillIncome("2023-06", "2024-05", story_.ending == Ending::kIncomeLow ? 7400 : 11'600, 250,
               *household.mutable_income());
    request.mutable_update_mask()->add_paths("safeguards");
    request.mutable_update_mask()->add_paths("income");
    if (large_expenditure()) {
      AddExpenditure(story_.ending == Ending::kExpenditureOpen ? "" : "2024-03-20", household);
      request.mutable_update_mask()->add_paths("rigid_expenditures");
    }
  }

  el::EliminationStepRecord& AddElimination(el::EliminationStep step, absl::CivilDay day) {
    el::EliminationStepRecord& record = *notes_.add_elimination_steps()->mutable_step();
    record.set_step(step);
    record.set_done_on(base::FormatDay(day));
    return record;
  }

  void Eliminate() {
    const Ending ending = story_.ending;
    el::ProposeEliminationRequest& proposal = *notes_.mutable_elimination();
    proposal.set_mode(ending == Ending::kNatural ? vocab::ELIMINATION_MODE_NATURAL
                                                 : vocab::ELIMINATION_MODE_BY_ASSISTANCE);
    if (ending == Ending::kNatural) {
      proposal.set_natural_cause("返岗务工，收入恢复，风险自然消失");
    }

    el::SiteVisit& visit =
        *AddElimination(el::ELIMINATION_STEP_SEE, absl::CivilDay{2024, 6, 21}).mutable_site_visit();
    const auto [first, second] = Visitors();
    visit.add_visitors(first);
    visit.add_visitors(second);
    visit.set_findings("住房、饮水、家电和生产情况与档案一致");

    el::AccountSettlement& account =
        *AddElimination(el::ELIMINATION_STEP_CALCULATE, absl::CivilDay{2024, 6, 22})
             .mutable_account();
    account.set_per_capita_reference_fen(
        PerCapitaReference(notes_.registry_update().household().income(), population()));
    account.set_income_stable_since(ending == Ending::kIncomeTooNew ? "2024-03" : "2023-11");
    account.set_rigid_expenditure_resolved(ending != Ending::kExpenditureOpen);
    account.set_household_signed(true);

    el::CrossCheck& check =
        *AddElimination(el::ELIMINATION_STEP_VERIFY, absl::CivilDay{2024, 6, 24})
             .mutable_cross_check();
    for (const char* department : {"医保局", "民政局", "人社局", "住建局", "教育局"}) {
      check.add_departments(department);
    }
    check.set_contradictions(ending == Ending::kContradiction ? 1 : 0);
    check.set_new_risk(ending == Ending::kNewRisk);

    el::VillageReview& review =
        *AddElimination(el::ELIMINATION_STEP_REVIEW, absl::CivilDay{2024, 6, 26}).mutable_review();
    const int present = random_.Between(31, 46);
    const int against = ending == Ending::kReviewLost ? present - 13 : random_.Between(0, 2);
    review.set_attendance(present);
    review.set_votes_for(present - against);
    review.set_votes_against(against);

    if (ending != Ending::kNoPublicity && ending != Ending::kSeveral) {
      el::VillagePublicity& publicity =
          *AddElimination(el::ELIMINATION_STEP_PUBLICISE, absl::CivilDay{2024, 7, 5})
               .mutable_publicity();
      publicity.set_from(ending == Ending::kPublicityShort ? "2024-07-02" : "2024-06-27");
      publicity.set_to("2024-07-05");
      publicity.set_household_acknowledged(ending != Ending::kNotAcknowledged);
    }

    v1::EliminationTruth& truth = *truth_.mutable_elimination();
    truth.set_mode(proposal.mode());
    truth.set_approved(eliminated_by_story());
    for (const std::string_view rule : Holds(ending)) truth.add_held_by(std::string(rule));
    if (!truth.approved()) notes_.set_elimination_refusal("不符合消除条件，继续监测帮扶");
  }

  static std::vector<std::string_view> Holds(Ending ending) {
    switch (ending) {
      case Ending::kHousingUnsafe:
      case Ending::kWaterTooNew:
        return {"HOLD_SAFEGUARDS_NOT_STABLE"};
      case Ending::kIncomeLow:
      case Ending::kIncomeTooNew:
      case Ending::kExpenditureOpen:
        return {"HOLD_INCOME_OR_EXPENDITURE_UNRESOLVED"};
      case Ending::kNothingCarriedOut:
        return {"HOLD_NO_PLAN_IMPLEMENTED"};
      case Ending::kEffectUnclear:
      case Ending::kJustCarriedOut:
        return {"HOLD_EFFECT_NOT_SEEN"};
      case Ending::kNoLabour:
        return {"HOLD_WHOLE_HOUSEHOLD_NO_LABOUR"};
      case Ending::kSevereIllness:
      case Ending::kSevereDisability:
        return {"HOLD_SPECIAL_DIFFICULTY_MEMBER"};
      case Ending::kNoPublicity:
        return {"HOLD_PROCEDURE_INCOMPLETE"};
      case Ending::kPublicityShort:
        return {"PUBLICITY_TOO_SHORT"};
      case Ending::kReviewLost:
        return {"REVIEW_NOT_PASSED"};
      case Ending::kNotAcknowledged:
        return {"HOUSEHOLD_NOT_ACKNOWLEDGED"};
      case Ending::kContradiction:
        return {"CROSS_CHECK_CONTRADICTED"};
      case Ending::kNewRisk:
        return {"NEW_RISK_FOUND"};
      case Ending::kSeveral:
        return {"HOLD_EFFECT_NOT_SEEN", "HOLD_SPECIAL_DIFFICULTY_MEMBER",
                "HOLD_PROCEDURE_INCOMPLETE"};
      case Ending::kNone:
      case Ending::kApproved:
      case Ending::kNatural:
        break;
    }
    return {};
  }

  void Conclude() {
    truth_.set_final_state(vocab::MONITORING_STATE_NOT_MONITORED);
    if (!IsMonitored(story_)) return;
    truth_.set_final_category(entry_.monitored ? entry_.monitoring.category
                                               : truth_.case_().category());
    if (story_.source == Source::kImportedEliminated || eliminated_by_story()) {
      truth_.set_final_state(vocab::MONITORING_STATE_ELIMINATED);
    } else if (story_.draft != Draft::kNoPlan) {
      truth_.set_final_state(vocab::MONITORING_STATE_UNDER_ASSISTANCE);
    } else {
      truth_.set_final_state(vocab::MONITORING_STATE_MONITORED);
    }
  }

  const Story& story_;
  const Entry& entry_;
  Random& random_;
  v1::HouseholdNotes& notes_;
  v1::HouseholdTruth& truth_;
};

}  // namespace

void WriteNotes(const Story& story, const Entry& entry, Random& random, v1::HouseholdNotes& notes,
                v1::HouseholdTruth& truth) {
  Writer(story, entry, random, notes, truth).Write();
}

}  // namespace fangpin::sample
