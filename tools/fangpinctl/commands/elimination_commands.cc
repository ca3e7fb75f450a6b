#include "fangpin/elimination/v1/elimination_service.pb.h"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/rpc_command.h"

namespace fangpin::ctl {
namespace {

namespace pb = elimination::v1;

constexpr FieldFlag kElimination = {"ID", "elimination_id", "消除编号"};

}  // namespace

void AddEliminationCommands(CLI::App& app, Context& context) {
  AddRpcGroup(app, context, "eliminate", "风险消除",
              {
                  {.name = "propose",
                   .help = "启动一户的消除程序",
                   .request = pb::ProposeEliminationRequest::descriptor(),
                   .flags = {{"HOUSEHOLD", "household_id", "户档编号"},
                             {"--mode", "mode", "方式"},
                             {"--natural-cause", "natural_cause", "自然消除的原因"}}},
                  {.name = "get",
                   .help = "一次消除",
                   .request = pb::GetEliminationRequest::descriptor(),
                   .flags = {kElimination}},
                  {.name = "list",
                   .help = "某区划下的消除",
                   .request = pb::ListEliminationsRequest::descriptor(),
                   .flags = {{"--division", "division", "区划代码，12 位；不给出时为可见的全部"},
                             {"--household", "household_id", "户档编号"},
                             {"--state", "states", "状态"}}},
                  {.name = "step",
                   .help = "记录下一步骤（佐证以 --json 给出）",
                   .request = pb::RecordEliminationStepRequest::descriptor(),
                   .flags = {kElimination,
                             {"--step", "step.step", "步骤"},
                             {"--on", "step.done_on", "完成日，YYYY-MM-DD"}}},
                  {.name = "evaluate",
                   .help = "核对七个不消和其他条件，不改变程序；不能消除时退出码为 1",
                   .request = pb::EvaluateEliminationRequest::descriptor(),
                   .flags = {kElimination},
                   .verdict = "approvable"},
                  {.name = "decide",
                   .help = "县级审定",
                   .request = pb::DecideEliminationRequest::descriptor(),
                   .flags = {kElimination,
                             {"--approve|--refuse", "approve", "同意消除"},
                             {"--opinion", "opinion", "意见；不予消除时必须写明"}},
                   .read = pb::GetEliminationRequest::descriptor()},
              });
}

}  // namespace fangpin::ctl
