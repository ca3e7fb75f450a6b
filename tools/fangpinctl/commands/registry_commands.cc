#include "fangpin/registry/v1/division_service.pb.h"
#include "fangpin/registry/v1/registry_service.pb.h"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/rpc_command.h"

namespace fangpin::ctl {

namespace pb = registry::v1;

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
           .help = "某区划下的农户",
           .request = pb::ListHouseholdsRequest::descriptor(),
           .flags = {{"--division", "filter.division", "区划代码，12 位；不给出时为可见的全部"},
                     {"--state", "filter.states", "监测状态"}}},
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
                   .flags = {{"CODE", "code", "区划代码，12 位"}}},
                  {.name = "list",
                   .help = "下级区划",
                   .request = pb::ListDivisionsRequest::descriptor(),
                   .flags = {{"--parent", "parent_code", "上级区划代码，12 位；不给出时为全省"},
                             {"--recursive", "recursive", "连同以下各级"}},
                   .page_size = 2000},
              });
}

}  // namespace fangpin::ctl
