#include <utility>
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

constexpr FieldFlag kId = {"ID", "household_id", "户档编号，18 位"};
constexpr FieldFlag kPersonId = {"PERSON", "person_id", "人员编号"};
constexpr FieldFlag kOtherId = {"OTHER", "other_household_id", "另一户的户档编号，18 位"};
constexpr FieldFlag kNewHead = {"--new-head", "new_head_id", "户主离开时，接任户主的人员编号"};
constexpr FieldFlag kRelation = {"--relation", "relations", "与新户主的关系，如 编号=之子",
                                 "person_id=relation.label"};
constexpr FieldFlag kReason = {"--reason", "reason", "原因，必须写明"};
constexpr FieldFlag kValidateOnly = {"--validate-only", "validate_only", "只核对，不保存"};

// Events in the life of a household.
std::vector<RpcCommand> LifeCommands() {
  return {
      {.name = "join",
       .help = "增加成员（其他内容以 --json 给出）",
       .request = pb::JoinMemberRequest::descriptor(),
       .flags = {kId,
                 {"--name", "person.name", "姓名"},
                 {"--id-number", "person.id_number", "证件号码"},
                 {"--relation", "person.relation.label", "与户主关系"},
                 {"--labour", "person.labour_capacity", "劳动技能"},
                 {"--on", "joined_on", "成为成员的日期，YYYY-MM-DD"},
                 {"--cause", "cause", "增加原因"},
                 kReason,
                 kValidateOnly},
       .read = pb::GetHouseholdRequest::descriptor()},
      {.name = "leave",
       .help = "减少成员",
       .request = pb::LeaveMemberRequest::descriptor(),
       .flags = {kId,
                 kPersonId,
                 {"--on", "left_on", "离开日期，YYYY-MM-DD"},
                 {"--cause", "cause", "减少原因"},
                 kNewHead,
                 kRelation,
                 kReason,
                 kValidateOnly},
       .read = pb::GetHouseholdRequest::descriptor()},
      {.name = "head",
       .help = "变更户主",
       .request = pb::ChangeHeadRequest::descriptor(),
       .flags =
           {kId, {"PERSON", "new_head_id", "新户主的人员编号"}, kRelation, kReason, kValidateOnly},
       .read = pb::GetHouseholdRequest::descriptor()},
      {.name = "transfer-member",
       .help = "成员转到另一户",
       .request = pb::TransferMemberRequest::descriptor(),
       .flags = {kId,
                 kPersonId,
                 kOtherId,
                 {"--as", "relation.label", "在另一户与户主的关系"},
                 {"--on", "moved_on", "转移日期，YYYY-MM-DD"},
                 {"--cause", "cause", "另一户增加的原因"},
                 kNewHead,
                 kRelation,
                 kReason,
                 kValidateOnly},
       .read = pb::GetHouseholdRequest::descriptor()},
      {.name = "split",
       .help = "分户",
       .request = pb::SplitHouseholdRequest::descriptor(),
       .flags = {kId,
                 {"--person", "person_ids", "分出的人员编号"},
                 {"--head", "head_id", "新户户主的人员编号"},
                 {"--remaining-head", "remaining_head_id", "原户主分出时，原户新户主的人员编号"},
                 kRelation,
                 {"--division", "division", "新户所在行政村，12 位；不给出时不变"},
                 {"--national-id", "national_id", "新户的户编号"},
                 {"--on", "split_on", "分户日期，YYYY-MM-DD"},
                 kReason,
                 kValidateOnly},
       .read = pb::GetHouseholdRequest::descriptor()},
      {.name = "merge",
       .help = "并户：一户并入另一户",
       .request = pb::MergeHouseholdsRequest::descriptor(),
       .flags = {kId,
                 kOtherId,
                 kRelation,
                 {"--on", "merged_on", "并户日期，YYYY-MM-DD"},
                 kReason,
                 kValidateOnly},
       .read = pb::GetHouseholdRequest::descriptor()},
      {.name = "transfer",
       .help = "整户迁移",
       .request = pb::TransferHouseholdRequest::descriptor(),
       .flags = {kId,
                 {"DIVISION", "division", "迁入的行政村，12 位"},
                 {"--on", "moved_on", "迁移日期，YYYY-MM-DD"},
                 kReason,
                 kValidateOnly},
       .read = pb::GetHouseholdRequest::descriptor()},
      {.name = "compare",
       .help = "两个版本或两天之间的不同",
       .request = pb::CompareHouseholdRequest::descriptor(),
       .flags = {kId,
                 {"--from", "from_revision", "前一版本"},
                 {"--from-day", "from_day", "某日终了时，YYYY-MM-DD"},
                 {"--to", "to_revision", "后一版本；不给出时为当前版本"},
                 {"--to-day", "to_day", "某日终了时，YYYY-MM-DD"}}},
  };
}

}  // namespace

void AddRegistryCommands(CLI::App& app, Context& context) {
  std::vector<RpcCommand> household = {
      {.name = "get",
       .help = "一户的全部内容",
       .request = pb::GetHouseholdRequest::descriptor(),
       .flags = {{"ID", "household_id", "户档编号，18 位"},
                 {"--revision", "revision", "某一历史版本"},
                 {"--as-of", "as_of", "某日终了时的内容，YYYY-MM-DD"}}},
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
       .flags = {{"--reason", "reason", "原因"}, kValidateOnly}},
      {.name = "update",
       .help = "更改一户",
       .request = pb::UpdateHouseholdRequest::descriptor(),
       .flags = {kReason, kValidateOnly}},
  };
  for (RpcCommand& command : LifeCommands()) household.push_back(std::move(command));
  AddRpcGroup(app, context, "household", "户档", household);
  AddHouseholdStreams(*app.get_subcommand("household"), context);
  AddRpcGroup(
      app, context, "conflict", "人员归属争议",
      {{.name = "list",
        .help = "两户同时主张的人员，先提出的在前",
        .request = pb::ListPersonConflictsRequest::descriptor(),
        .flags = {{"--division", "division", "区划代码，12 位；不给出时为可见的全部"},
                  {"--state", "state", "状态"}}},
       {.name = "resolve",
        .help = "处理一条争议",
        .request = pb::ResolvePersonConflictRequest::descriptor(),
        .flags = {{"ID", "conflict_id", "争议编号"},
                  {"--as", "resolution", "处理结果"},
                  {"--on", "moved_on", "转移日期，YYYY-MM-DD；不给出时为主张的日期或今天"},
                  {"--member-as", "relation.label", "在主张方与户主的关系；不给出时为主张的关系"},
                  kNewHead,
                  kRelation,
                  {"--ending", "ending_household_id", "并户时终止的一户；不给出时为主张方"},
                  kReason,
                  kValidateOnly}}});
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
