#include <vector>

#include "fangpin/registry/v1/division_service.pb.h"
#include "fangpin/registry/v1/registry_service.pb.h"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/rpc_command.h"

namespace fangpin::ctl {

namespace pb = registry::v1;

namespace {

// The flags of a HouseholdFilter, and those of the command behind them.
std::vector<FieldFlag> FilterFlags(std::vector<FieldFlag> more = {}) {
  std::vector<FieldFlag> flags = {
      {"--division", "filter.division", "区划代码，12 位；不给出时为可见的全部"},
      {"--state", "filter.states", "监测状态"},
      {"--category", "filter.categories", "监测对象类别"},
      {"--kind", "filter.kinds", "户类型"},
      {"--risk", "filter.risk_types", "有其中一种风险"},
      {"--flag", "filter.flags", "具备全部所列特征"},
      {"--changed-since", "filter.changed_since", "此时或之后有变更：YYYY-MM-DD 或 RFC 3339"},
      {"--name", "filter.member_name", "现有成员的姓名，须完全一致"},
      {"--include-closed", "filter.include_closed", "连同已并户、销户的"}};
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

}  // namespace

void AddRegistryCommands(CLI::App& app, Context& context) {
  AddRpcGroup(
      app, context, "household", "户档",
      {
          {.name = "get",
           .help = "一户的全部内容",
           .request = pb::GetHouseholdRequest::descriptor(),
           .flags = {{"ID", "household_id", "户档编号，18 位"},
                     {"--revision", "revision", "某一历史版本"}}},
          {.name = "list",
           .help = "符合条件的农户",
           .request = pb::ListHouseholdsRequest::descriptor(),
           .flags = FilterFlags()},
          {.name = "count",
           .help = "符合条件的户数和人数",
           .request = pb::CountHouseholdsRequest::descriptor(),
           .flags = FilterFlags({{"--by", "group_by", "分组"}})},
          {.name = "lookup",
           .help = "按证件号码查找一人",
           .request = pb::LookUpPersonRequest::descriptor(),
           .flags = {{"ID_NUMBER", "id_number", "公民身份号码或残疾人证号"},
                     {"--purpose", "purpose", "用途，随查询留痕，必须写明"}}},
          {.name = "revisions",
           .help = "一户的历次变更",
           .request = pb::ListRevisionsRequest::descriptor(),
           .flags = {{"ID", "household_id", "户档编号，18 位"},
                     {"--include-household", "include_household", "连同变更后的内容（JSON）"}},
           .page_size = 100},
          {.name = "create",
           .help = "登记一户",
           .request = pb::CreateHouseholdRequest::descriptor(),
           .flags = {{"--reason", "reason", "原因"},
                     {"--validate-only", "validate_only", "只核对，不保存"}}},
          {.name = "update",
           .help = "更改一户",
           .request = pb::UpdateHouseholdRequest::descriptor(),
           .flags = {{"--reason", "reason", "原因，必须写明"},
                     {"--validate-only", "validate_only", "只核对，不保存"}}},
      });
  AddHouseholdStreams(*app.get_subcommand("household"), context);
  AddRpcGroup(app, context, "division", "行政区划",
              {
                  {.name = "get",
                   .help = "一个区划",
                   .request = pb::GetDivisionRequest::descriptor(),
                   .flags = {{"CODE", "code", "区划代码，12 位"},
                             {"--as-of", "as_of", "哪一天的区划表，YYYY-MM-DD；不给出时为今天"}}},
                  {.name = "list",
                   .help = "下级区划",
                   .request = pb::ListDivisionsRequest::descriptor(),
                   .flags = {{"--parent", "parent_code", "上级区划代码，12 位；不给出时为全省"},
                             {"--recursive", "recursive", "连同以下各级"},
                             {"--as-of", "as_of", "哪一天的区划表，YYYY-MM-DD；不给出时为今天"}},
                   .page_size = 2000},
                  {.name = "map",
                   .help = "一个区划代码在另一天对应的代码",
                   .request = pb::MapDivisionRequest::descriptor(),
                   .flags = {{"CODE", "code", "区划代码，12 位"},
                             {"--from", "from_day", "代码所在的日期，YYYY-MM-DD，必须写明"},
                             {"--to", "to_day", "要对应的日期，可早可晚；不给出时为今天"}}},
              });
}

}  // namespace fangpin::ctl
