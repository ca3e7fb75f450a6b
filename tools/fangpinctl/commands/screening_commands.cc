#include "fangpin/screening/v1/alert_service.pb.h"
#include "fangpin/screening/v1/determination_service.pb.h"
#include "fangpin/screening/v1/screening_service.pb.h"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/rpc_command.h"

namespace fangpin::ctl {
namespace {

namespace pb = screening::v1;

constexpr FieldFlag kDivision = {"--division", "division", "区划代码，12 位；不给出时为可见的全部"};
constexpr FieldFlag kHousehold = {"--household", "household_id", "户档编号"};

}  // namespace

void AddScreeningCommands(CLI::App& app, Context& context) {
  AddRpcGroup(app, context, "feed", "部门数据源",
              {{.name = "list",
                .help = "全部数据源及其水位",
                .request = pb::ListFeedsRequest::descriptor()}});
  AddRpcGroup(
      app, context, "alert", "部门预警",
      {{.name = "list",
        .help = "预警及其去向",
        .request = pb::ListAlertsRequest::descriptor(),
        .flags =
            {kDivision, kHousehold, {"--feed", "feed_id", "数据源"}, {"--state", "states", "状态"}},
        .page_size = 1000}});
  AddRpcGroup(app, context, "clue", "风险线索",
              {{.name = "report",
                .help = "报告一户的风险",
                .request = pb::ReportRiskRequest::descriptor(),
                .flags = {{"HOUSEHOLD", "household_id", "户档编号"},
                          {"--channel", "channel",
                           "渠道：FARMER_APPLICATION、CADRE_VISIT 或 SOCIAL_SUPERVISION；"
                           "其余两个渠道由系统写入，不能报告"},
                          {"--risk", "risk", "风险"},
                          {"--text", "text", "情况说明"}}},
               {.name = "get",
                .help = "一条线索",
                .request = pb::GetClueRequest::descriptor(),
                .flags = {{"ID", "clue_id", "线索编号"}}},
               {.name = "list",
                .help = "某区划下的线索",
                .request = pb::ListCluesRequest::descriptor(),
                .flags = {kDivision, kHousehold, {"--state", "states", "状态"}}},
               {.name = "assess",
                .help = "综合研判（研判内容以 --json 给出）",
                .request = pb::AssessClueRequest::descriptor(),
                .flags = {{"ID", "clue_id", "线索编号"}, {"--outcome", "outcome", "结论"}},
                .read = pb::GetClueRequest::descriptor()}});
  AddRpcGroup(
      app, context, "visit", "走访",
      {{.name = "tasks",
        .help = "走访任务，最急的在前",
        .request = pb::ListVisitTasksRequest::descriptor(),
        .flags = {kDivision,
                  {"--state", "state", "状态"},
                  {"--due-before", "due_before", "期限早于此日，YYYY-MM-DD"}}},
       {.name = "record",
        .help = "记录一次走访",
        .request = pb::RecordVisitRequest::descriptor(),
        .flags = {{"--id", "visit.id", "走访编号；重发时沿用，默认新编"},
                  {"--household", "visit.household_id", "户档编号"},
                  {"--task", "visit.task_id", "所完成的任务"},
                  {"--on", "visit.visited_on", "走访日，YYYY-MM-DD"},
                  {"--method", "visit.method", "方式"},
                  {"--visitor", "visit.visitors", "走访人"},
                  {"--findings", "visit.findings", "所见情况，必填"},
                  {"--absence", "visit.absence_reason", "农户外出、只能电话或微信联系的原因"},
                  {"--signed", "visit.household_signed", "农户已签字"}},
        .fresh_id = "visit.id"}});
  AddRpcGroup(app, context, "case", "监测对象认定",
              {{.name = "open",
                .help = "为一条转入识别的线索立案",
                .request = pb::OpenCaseRequest::descriptor(),
                .flags = {{"CLUE", "clue_id", "线索编号"}}},
               {.name = "get",
                .help = "一份案卷",
                .request = pb::GetCaseRequest::descriptor(),
                .flags = {{"ID", "case_id", "案卷编号"}}},
               {.name = "list",
                .help = "某区划下的案卷",
                .request = pb::ListCasesRequest::descriptor(),
                .flags = {kDivision, kHousehold, {"--state", "states", "状态"}}},
               {.name = "step",
                .help = "记录下一步骤（佐证以 --json 给出）",
                .request = pb::RecordCaseStepRequest::descriptor(),
                .flags = {{"ID", "case_id", "案卷编号"},
                          {"--step", "step.step", "步骤"},
                          {"--on", "step.done_on", "完成日，YYYY-MM-DD"}}},
               {.name = "review",
                .help = "乡镇审核",
                .request = pb::ReviewCaseRequest::descriptor(),
                .flags = {{"ID", "case_id", "案卷编号"},
                          {"--on", "reviewed_on", "审核日，YYYY-MM-DD"},
                          {"--agree|--disagree", "review.agreed", "同意"},
                          {"--opinion", "review.opinion", "意见；不同意时必须写明"}}},
               {.name = "evaluate",
                .help = "按规则逐条核对，不改变案卷；不能纳入时退出码为 1",
                .request = pb::EvaluateCaseRequest::descriptor(),
                .flags = {{"ID", "case_id", "案卷编号"}},
                .verdict = "approvable"},
               {.name = "decide",
                .help = "县级审定",
                .request = pb::DecideCaseRequest::descriptor(),
                .flags = {{"ID", "case_id", "案卷编号"},
                          {"--approve|--refuse", "approve", "纳入"},
                          {"--opinion", "opinion", "意见；不纳入时必须写明"}},
                .read = pb::GetCaseRequest::descriptor()}});
}

}  // namespace fangpin::ctl
