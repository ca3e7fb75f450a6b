#include "services/assistance/core/plans.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/base/civil.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "libs/policy/wire.h"
#include "libs/records/collection.h"
#include "services/assistance/core/content.h"
#include "services/assistance/core/errors.h"
#include "services/assistance/core/facts.h"

namespace fangpin::assistance {
namespace {

namespace words = ::fangpin::policy::v1;

constexpr size_t kMaxOpinion = 500;  // characters

std::string OpenSlot(std::string_view household_id) { return base::StrCat("open/", household_id); }
std::string InForceSlot(std::string_view household_id) {
  return base::StrCat("in_force/", household_id);
}

// One version of a household is open, and one in force.
records::Header HeaderOf(const v1::HouseholdPlan& plan) {
  records::Header header = {.id = plan.id(),
                            .division = plan.division(),
                            .household_id = plan.household_id(),
                            .state = plan.state()};
  switch (plan.state()) {
    case v1::PLAN_STATE_DRAFT:
    case v1::PLAN_STATE_SUBMITTED:
    case v1::PLAN_STATE_TOWNSHIP_REVIEWED:
      header.slot = OpenSlot(plan.household_id());
      break;
    case v1::PLAN_STATE_IN_FORCE:
      header.slot = InForceSlot(plan.household_id());
      break;
    default:
      break;
  }
  return header;
}

constexpr records::Collection<v1::HouseholdPlan> kPlans("plan", &HeaderOf);

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t micros = absl::ToUnixMicros(time);
  timestamp.set_seconds(micros / 1'000'000);
  timestamp.set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
  return timestamp;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

std::string_view StateName(const v1::HouseholdPlan& plan) {
  return v1::PlanState_Name(plan.state());
}

void AddEditor(v1::HouseholdPlan& plan, const std::string& subject) {
  const auto& editors = plan.editors();
  if (std::find(editors.begin(), editors.end(), subject) == editors.end()) {
    plan.add_editors(subject);
  }
}

// The plan as it is in the transaction.
absl::StatusOr<v1::HouseholdPlan> FindPlan(records::View& view, std::string_view plan_id) {
  FANGPIN_ASSIGN_OR_RETURN(std::optional<v1::HouseholdPlan> plan, kPlans.Find(view, plan_id));
  if (!plan) return PlanNotFound(plan_id);
  return *std::move(plan);
}

// The same, when it still is the version that the caller read.
absl::StatusOr<v1::HouseholdPlan> FindVersion(records::View& view, std::string_view plan_id,
                                              std::string_view etag) {
  if (etag.empty()) return base::InvalidField("etag", "REQUIRED", "缺少版本标记");
  FANGPIN_ASSIGN_OR_RETURN(v1::HouseholdPlan plan, FindPlan(view, plan_id));
  if (plan.etag() != etag) return EtagMismatch();
  return plan;
}

absl::Status CheckOpinion(const v1::ReviewPlanRequest& request) {
  if (!request.agree() && base::CleanCell(request.opinion()).empty()) {
    return base::InvalidField("opinion", "OPINION_REQUIRED", "退回时须写明意见");
  }
  if (base::CodePoints(request.opinion()) > kMaxOpinion) {
    return base::InvalidField("opinion", "TEXT_TOO_LONG",
                              base::StrCat("意见不得超过", kMaxOpinion, "个字"));
  }
  return absl::OkStatus();
}

v1::ReviewLevel LevelOfReview(const v1::HouseholdPlan& plan) {
  return plan.state() == v1::PLAN_STATE_SUBMITTED ? v1::REVIEW_LEVEL_TOWNSHIP
                                                  : v1::REVIEW_LEVEL_COUNTY;
}

// Whether the caller may do the review that is due: nobody's own work, not both desks, and only
// with the whole township or county in view.
absl::Status CheckReviewer(const base::Principal& principal, const v1::HouseholdPlan& plan) {
  const auto& editors = plan.editors();
  if (std::find(editors.begin(), editors.end(), principal.subject) != editors.end()) {
    return MakerIsChecker();
  }
  const v1::ReviewLevel level = LevelOfReview(plan);
  if (level == v1::REVIEW_LEVEL_COUNTY &&
      plan.reviews(plan.reviews_size() - 1).reviewer() == principal.subject) {
    return MakerIsChecker();
  }
  const std::string area = base::DivisionAt(plan.division(), level == v1::REVIEW_LEVEL_TOWNSHIP
                                                                 ? base::DivisionLevel::kTownship
                                                                 : base::DivisionLevel::kCounty);
  if (!principal.MayAccess(area)) return ReviewLevelDenied(area);
  return absl::OkStatus();
}

// Supersedes the version in force, if any, and puts this one in its place.
absl::Status PutInForce(records::Tx& tx, absl::CivilDay today, v1::HouseholdPlan& plan) {
  FANGPIN_ASSIGN_OR_RETURN(std::optional<v1::HouseholdPlan> former,
                           kPlans.InSlot(tx, InForceSlot(plan.household_id())));
  if (former) {
    CarryLedger(*former, plan);
    former->set_state(v1::PLAN_STATE_SUPERSEDED);
    FANGPIN_RETURN_IF_ERROR(kPlans.Update(tx, *former));
  }
  plan.set_state(v1::PLAN_STATE_IN_FORCE);
  plan.set_in_force_on(base::FormatDay(today));
  return tx.Enqueue({.id = base::StrCat(plan.id(), "/in_force"),
                     .key = plan.household_id(),
                     .kind = std::string(kInForceEffect),
                     .payload = plan.id()});
}

// The measure of a plan that is in force.
absl::StatusOr<v1::Measure*> MeasureInForce(v1::HouseholdPlan& plan, std::string_view measure_id) {
  if (plan.state() != v1::PLAN_STATE_IN_FORCE) return PlanNotInForce(plan.id(), StateName(plan));
  for (v1::Measure& measure : *plan.mutable_measures()) {
    if (measure.id() == measure_id) return &measure;
  }
  return MeasureNotFound(measure_id);
}

absl::Status CheckCarriedOut(const v1::HouseholdPlan& plan, const v1::RecordMeasureRequest& request,
                             absl::CivilDay today) {
  const auto day = base::ParseDay(request.carried_out_on());
  if (!day.ok()) {
    return base::InvalidField("carried_out_on", "DATE_FORMAT", "日期应写成 YYYY-MM-DD");
  }
  if (*day > today) {
    return base::InvalidField("carried_out_on", "DATE_IN_FUTURE", "落实日期不能晚于今天");
  }
  const std::optional<absl::CivilDay> determined = DayOf(plan.facts().determined_on());
  if (determined && *day < *determined) {
    return base::InvalidField("carried_out_on", "DATE_BEFORE_DETERMINATION",
                              "落实日期不能早于识别监测时间");
  }
  if (request.has_amount_fen() && request.amount_fen() < 0) {
    return base::InvalidField("amount_fen", "AMOUNT_NEGATIVE", "金额不能为负");
  }
  return absl::OkStatus();
}

bool SameEvaluation(const v1::Effect& a, const v1::Effect& b) {
  return a.evaluated_on() == b.evaluated_on() && a.result() == b.result() &&
         a.basis() == b.basis() && a.evaluator() == b.evaluator();
}

// Adds an evaluation behind those of the same day or before; one that is there stays single.
void AddEffect(const v1::Effect& effect, v1::Measure& measure) {
  auto& effects = *measure.mutable_effects();
  for (const v1::Effect& there : effects) {
    if (SameEvaluation(there, effect)) return;
  }
  *effects.Add() = effect;
  // Days are YYYY-MM-DD, which compares as text.
  for (int i = effects.size() - 1;
       i > 0 && effects.Get(i - 1).evaluated_on() > effects.Get(i).evaluated_on(); --i) {
    effects.SwapElements(i - 1, i);
  }
}

}  // namespace

Plans::Plans(records::Store* store, Households* households, const policy::Parameters* parameters,
             DefectObserver on_defects)
    : store_(store),
      households_(households),
      parameters_(parameters),
      on_defects_(std::move(on_defects)) {}

absl::StatusOr<v1::HouseholdPlan> Plans::Load(const base::CallContext& ctx,
                                              std::string_view plan_id) {
  v1::HouseholdPlan plan;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](records::View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(plan, FindPlan(view, plan_id));
    return absl::OkStatus();
  }));
  if (!ctx.principal.MayAccess(plan.division())) return ScopeDenied();
  return plan;
}

absl::StatusOr<Household> Plans::MonitoredHousehold(const base::CallContext& ctx,
                                                    std::string_view household_id) {
  FANGPIN_ASSIGN_OR_RETURN(Household household, households_->Get(ctx, household_id));
  if (!ctx.principal.MayAccess(household.division)) return ScopeDenied();
  switch (household.facts.monitoring_state()) {
    case words::MONITORING_STATE_MONITORED:
    case words::MONITORING_STATE_UNDER_ASSISTANCE:
    case words::MONITORING_STATE_ELIMINATION_PROPOSED:
      return household;
    default:
      return HouseholdNotMonitored(household_id,
                                   words::MonitoringState_Name(household.facts.monitoring_state()));
  }
}

std::vector<policy::Finding> Plans::FindingsNow(const base::CallContext& ctx,
                                                const v1::HouseholdPlan& plan,
                                                const Household& household) const {
  return policy::Apply<PlanCase>(kPlanRules,
                                 CaseOf(plan, household, *parameters_, base::Today(ctx.now)));
}

absl::StatusOr<v1::DraftPlanResponse> Plans::Draft(const base::CallContext& ctx,
                                                   const v1::DraftPlanRequest& request) {
  FANGPIN_ASSIGN_OR_RETURN(const Household household,
                           MonitoredHousehold(ctx, request.household_id()));
  v1::DraftPlanResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Write(ctx, [&](records::Tx& tx) -> absl::Status {
    response.Clear();
    FANGPIN_ASSIGN_OR_RETURN(std::optional<v1::HouseholdPlan> open,
                             kPlans.InSlot(tx, OpenSlot(household.id)));
    if (open) {
      *response.mutable_plan() = *std::move(open);
      return absl::OkStatus();
    }
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<v1::HouseholdPlan> former,
                             kPlans.InSlot(tx, InForceSlot(household.id)));
    v1::HouseholdPlan& draft = *response.mutable_plan();
    draft.set_id(base::NewId(household.division, ctx.now));
    draft.set_household_id(household.id);
    draft.set_division(household.division);
    draft.set_version(former ? former->version() + 1 : 1);
    draft.set_state(v1::PLAN_STATE_DRAFT);
    draft.set_author(ctx.principal.subject);
    draft.add_editors(ctx.principal.subject);
    *draft.mutable_create_time() = ToTimestamp(ctx.now);
    Prefill(household, former ? &*former : nullptr, draft);
    return kPlans.Insert(tx, draft);
  }));
  return response;
}

absl::StatusOr<v1::GetPlanResponse> Plans::Get(const base::CallContext& ctx,
                                               const v1::GetPlanRequest& request) {
  v1::GetPlanResponse response;
  FANGPIN_ASSIGN_OR_RETURN(*response.mutable_plan(), Load(ctx, request.plan_id()));
  return response;
}

absl::StatusOr<Page> Plans::List(const base::CallContext& ctx, const v1::ListPlansRequest& request,
                                 std::string_view after, int limit) {
  const records::Query query = {.divisions = records::Visible(ctx.principal, request.division()),
                                .household_id = request.household_id(),
                                .states = {request.states().begin(), request.states().end()},
                                .after = std::string(after),
                                .limit = limit + 1};
  Page page;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](records::View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(page.plans, kPlans.List(view, query));
    return absl::OkStatus();
  }));
  if (page.plans.size() > static_cast<size_t>(limit)) {
    page.plans.pop_back();
    page.last_id = page.plans.back().id();
  }
  return page;
}

absl::StatusOr<v1::UpdatePlanResponse> Plans::Update(const base::CallContext& ctx,
                                                     const v1::UpdatePlanRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckContent(request));
  FANGPIN_ASSIGN_OR_RETURN(const v1::HouseholdPlan loaded, Load(ctx, request.plan_id()));
  FANGPIN_ASSIGN_OR_RETURN(const Household household,
                           MonitoredHousehold(ctx, loaded.household_id()));
  return records::WriteOnce<v1::UpdatePlanResponse>(
      *store_, ctx, "UpdatePlan", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::UpdatePlanResponse> {
        FANGPIN_ASSIGN_OR_RETURN(v1::HouseholdPlan plan,
                                 FindVersion(tx, request.plan_id(), request.etag()));
        if (plan.state() != v1::PLAN_STATE_DRAFT) return PlanNotDraft(plan.id(), StateName(plan));
        FANGPIN_RETURN_IF_ERROR(ReplaceContent(request, plan));
        *plan.mutable_facts() = household.facts;
        AddEditor(plan, ctx.principal.subject);
        FANGPIN_RETURN_IF_ERROR(kPlans.Update(tx, plan));
        v1::UpdatePlanResponse response;
        *response.mutable_plan() = std::move(plan);
        return response;
      });
}

absl::StatusOr<v1::EvaluatePlanResponse> Plans::Evaluate(const base::CallContext& ctx,
                                                         const v1::EvaluatePlanRequest& request) {
  FANGPIN_ASSIGN_OR_RETURN(const v1::HouseholdPlan plan, Load(ctx, request.plan_id()));
  FANGPIN_ASSIGN_OR_RETURN(const Household household, households_->Get(ctx, plan.household_id()));
  v1::EvaluatePlanResponse response;
  for (const policy::Finding& finding : FindingsNow(ctx, plan, household)) {
    *response.add_findings() = policy::ToProto(finding);
  }
  return response;
}

absl::StatusOr<v1::SubmitPlanResponse> Plans::Submit(const base::CallContext& ctx,
                                                     const v1::SubmitPlanRequest& request) {
  FANGPIN_ASSIGN_OR_RETURN(const v1::HouseholdPlan loaded, Load(ctx, request.plan_id()));
  FANGPIN_ASSIGN_OR_RETURN(const Household household,
                           MonitoredHousehold(ctx, loaded.household_id()));
  std::vector<policy::Finding> blocking;
  auto response = records::WriteOnce<v1::SubmitPlanResponse>(
      *store_, ctx, "SubmitPlan", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::SubmitPlanResponse> {
        blocking.clear();
        FANGPIN_ASSIGN_OR_RETURN(v1::HouseholdPlan plan,
                                 FindVersion(tx, request.plan_id(), request.etag()));
        if (plan.state() != v1::PLAN_STATE_DRAFT) return PlanNotDraft(plan.id(), StateName(plan));
        blocking = policy::Blocking(FindingsNow(ctx, plan, household));
        if (!blocking.empty()) return PlanHasDefects(plan.id(), blocking);
        plan.set_state(v1::PLAN_STATE_SUBMITTED);
        AddEditor(plan, ctx.principal.subject);
        FANGPIN_RETURN_IF_ERROR(kPlans.Update(tx, plan));
        v1::SubmitPlanResponse answer;
        *answer.mutable_plan() = std::move(plan);
        return answer;
      });
  if (!blocking.empty()) on_defects_(blocking);
  return response;
}

absl::StatusOr<v1::ReviewPlanResponse> Plans::Review(const base::CallContext& ctx,
                                                     const v1::ReviewPlanRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckOpinion(request));
  FANGPIN_ASSIGN_OR_RETURN(const v1::HouseholdPlan loaded, Load(ctx, request.plan_id()));
  FANGPIN_ASSIGN_OR_RETURN(const Household household,
                           MonitoredHousehold(ctx, loaded.household_id()));
  std::vector<policy::Finding> blocking;
  auto response = records::WriteOnce<v1::ReviewPlanResponse>(
      *store_, ctx, "ReviewPlan", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::ReviewPlanResponse> {
        blocking.clear();
        FANGPIN_ASSIGN_OR_RETURN(v1::HouseholdPlan plan,
                                 FindVersion(tx, request.plan_id(), request.etag()));
        if (plan.state() != v1::PLAN_STATE_SUBMITTED &&
            plan.state() != v1::PLAN_STATE_TOWNSHIP_REVIEWED) {
          return PlanNotUnderReview(plan.id(), StateName(plan));
        }
        FANGPIN_RETURN_IF_ERROR(CheckReviewer(ctx.principal, plan));
        const std::vector<policy::Finding> findings = FindingsNow(ctx, plan, household);
        if (request.agree()) blocking = policy::Blocking(findings);
        if (!blocking.empty()) return ReviewNotRigorous(plan.id(), blocking);

        const v1::ReviewLevel level = LevelOfReview(plan);
        v1::PlanReview& review = *plan.add_reviews();
        review.set_level(level);
        review.set_agreed(request.agree());
        review.set_opinion(request.opinion());
        review.set_reviewer(ctx.principal.subject);
        *review.mutable_time() = ToTimestamp(ctx.now);
        for (const policy::Finding& finding : findings) {
          *review.add_findings() = policy::ToProto(finding);
        }
        if (!request.agree()) {
          plan.set_state(v1::PLAN_STATE_DRAFT);
        } else if (level == v1::REVIEW_LEVEL_TOWNSHIP) {
          plan.set_state(v1::PLAN_STATE_TOWNSHIP_REVIEWED);
        } else {
          FANGPIN_RETURN_IF_ERROR(PutInForce(tx, base::Today(ctx.now), plan));
        }
        FANGPIN_RETURN_IF_ERROR(kPlans.Update(tx, plan));
        v1::ReviewPlanResponse answer;
        *answer.mutable_plan() = std::move(plan);
        return answer;
      });
  if (!blocking.empty()) on_defects_(blocking);
  return response;
}

absl::StatusOr<v1::RecordMeasureResponse> Plans::RecordMeasure(
    const base::CallContext& ctx, const v1::RecordMeasureRequest& request) {
  FANGPIN_RETURN_IF_ERROR(Load(ctx, request.plan_id()).status());
  return records::WriteOnce<v1::RecordMeasureResponse>(
      *store_, ctx, "RecordMeasure", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::RecordMeasureResponse> {
        v1::RecordMeasureResponse response;
        FANGPIN_ASSIGN_OR_RETURN(*response.mutable_plan(), FindPlan(tx, request.plan_id()));
        v1::HouseholdPlan& plan = *response.mutable_plan();
        FANGPIN_ASSIGN_OR_RETURN(v1::Measure * measure, MeasureInForce(plan, request.measure_id()));
        FANGPIN_RETURN_IF_ERROR(CheckCarriedOut(plan, request, base::Today(ctx.now)));
        if (!measure->carried_out_on().empty()) {
          const bool same =
              measure->carried_out_on() == request.carried_out_on() &&
              (!request.has_amount_fen() ||
               (measure->has_amount_fen() && measure->amount_fen() == request.amount_fen()));
          if (!same) return MeasureAlreadyCarriedOut(measure->id());
          return response;
        }
        measure->set_carried_out_on(request.carried_out_on());
        if (request.has_amount_fen()) measure->set_amount_fen(request.amount_fen());
        FANGPIN_RETURN_IF_ERROR(kPlans.Update(tx, plan));
        return response;
      });
}

absl::StatusOr<v1::RecordEffectResponse> Plans::RecordEffect(
    const base::CallContext& ctx, const v1::RecordEffectRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckEffect(request.effect(), base::Today(ctx.now)));
  FANGPIN_RETURN_IF_ERROR(Load(ctx, request.plan_id()).status());
  return records::WriteOnce<v1::RecordEffectResponse>(
      *store_, ctx, "RecordEffect", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::RecordEffectResponse> {
        v1::RecordEffectResponse response;
        FANGPIN_ASSIGN_OR_RETURN(*response.mutable_plan(), FindPlan(tx, request.plan_id()));
        v1::HouseholdPlan& plan = *response.mutable_plan();
        FANGPIN_ASSIGN_OR_RETURN(v1::Measure * measure, MeasureInForce(plan, request.measure_id()));
        if (measure->carried_out_on().empty()) return MeasureNotCarriedOut(measure->id());
        v1::Effect effect = request.effect();
        if (effect.evaluated_on() <= measure->carried_out_on()) {
          return base::InvalidField("effect.evaluated_on", "EFFECT_NOT_AFTER_MEASURE",
                                    "成效评估日期须晚于措施落实日期");
        }
        effect.set_evaluator(ctx.principal.subject);
        AddEffect(effect, *measure);
        FANGPIN_RETURN_IF_ERROR(kPlans.Update(tx, plan));
        return response;
      });
}

absl::Status Plans::DeliverInForce(std::string_view plan_id) {
  v1::HouseholdPlan plan;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](records::View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(plan, FindPlan(view, plan_id));
    return absl::OkStatus();
  }));
  // On behalf of whoever put it in force, at that time.
  const v1::PlanReview& approval = plan.reviews(plan.reviews_size() - 1);
  base::CallContext ctx;
  ctx.principal.subject = approval.reviewer();
  ctx.request_id = plan.id();
  ctx.now = FromTimestamp(approval.time());
  return households_->BringUnderAssistance(ctx, plan);
}

absl::StatusOr<std::map<v1::PlanState, int64_t>> CountPlans(records::Store& store) {
  std::map<v1::PlanState, int64_t> counts;
  FANGPIN_RETURN_IF_ERROR(store.Read([&](records::View& view) -> absl::Status {
    counts.clear();
    FANGPIN_ASSIGN_OR_RETURN(const auto by_number, view.CountByState(kPlans.name()));
    for (const auto& [state, count] : by_number) {
      counts[static_cast<v1::PlanState>(state)] = count;
    }
    return absl::OkStatus();
  }));
  return counts;
}

}  // namespace fangpin::assistance
