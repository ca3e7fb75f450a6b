#include "fangpin/assistance/v1/assistance_service.pb.h"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/rpc_command.h"

namespace fangpin::ctl {
namespace {

namespace pb = assistance::v1;

constexpr FieldFlag kPlan = {"ID", "plan_id", "计划编号"};
constexpr FieldFlag kMeasure = {"MEASURE", "measure_id", "措施编号，如 m1"};

}  // namespace

void AddAssistanceCommands(CLI::App& app, Context& context) {
  AddRpcGroup(app, context, "plan", "一户一策帮扶计划",
              {
                  {.name = "draft",
                   .help = "起草下一版，自动带入户档信息",
                   .request = pb::DraftPlanRequest::descriptor(),
                   .flags = {{"HOUSEHOLD", "household_id", "户档编号"}}},
                  {.name = "get",
                   .help = "一份计划",
                   .request = pb::GetPlanRequest::descriptor(),
                   .flags = {kPlan}},
                  {.name = "list",
                   .help = "某区划或某户的计划",
                   .request = pb::ListPlansRequest::descriptor(),
                   .flags = {{"--division", "division", "区划代码，12 位；不给出时为可见的全部"},
                             {"--household", "household_id", "户档编号"},
                             {"--state", "states", "状态"}}},
                  {.name = "update",
                   .help = "以 --json 的分析、需求、措施替换草稿",
                   .request = pb::UpdatePlanRequest::descriptor(),
                   .flags = {kPlan},
                   .read = pb::GetPlanRequest::descriptor(),
                   .json_required = true},
                  {.name = "evaluate",
                   .help = "核对八类问题，不改变计划",
                   .request = pb::EvaluatePlanRequest::descriptor(),
                   .flags = {kPlan}},
                  {.name = "submit",
                   .help = "提交乡镇审核",
                   .request = pb::SubmitPlanRequest::descriptor(),
                   .flags = {kPlan},
                   .read = pb::GetPlanRequest::descriptor()},
                  {.name = "review",
                   .help = "乡镇审核、县级审定",
                   .request = pb::ReviewPlanRequest::descriptor(),
                   .flags = {kPlan,
                             {"--agree|--send-back", "agree", "同意"},
                             {"--opinion", "opinion", "意见；退回时必须写明"}},
                   .read = pb::GetPlanRequest::descriptor()},
                  {.name = "measure",
                   .help = "记录一项措施已落实",
                   .request = pb::RecordMeasureRequest::descriptor(),
                   .flags = {kPlan,
                             kMeasure,
                             {"--on", "carried_out_on", "落实日，YYYY-MM-DD"},
                             {"--amount", "amount_fen", "投入资金"}}},
                  {.name = "effect",
                   .help = "评价一项措施的成效",
                   .request = pb::RecordEffectRequest::descriptor(),
                   .flags = {kPlan,
                             kMeasure,
                             {"--on", "effect.evaluated_on", "评价日，YYYY-MM-DD"},
                             {"--result", "effect.result", "成效"},
                             {"--basis", "effect.basis", "依据"}}},
              });
}

}  // namespace fangpin::ctl
