#include "tools/fangpinctl/columns.h"

#include <string_view>
#include <utility>

#include "absl/types/span.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/message_text.h"

namespace fangpin::ctl {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

using Shows = Columns::Shows;

struct Choice {
  std::string_view path;
  std::string_view title;
  Shows shows = Shows::kAll;
};

struct TypeChoice {
  std::string_view type;
  std::vector<Choice> columns;
};

const std::vector<TypeChoice>& Choices() {
  static const auto& choices = *new std::vector<TypeChoice>{
      {"fangpin.registry.v1.Household",
       {{"id", "户档编号"},
        {"division", "行政村"},
        {"kind", "户类型"},
        {"members", "人口"},
        {"monitoring.state", "监测状态"},
        {"monitoring.category", "监测类别"},
        {"monitoring.risks.type", "风险"},
        {"income.per_capita_reference_fen", "人均收入参考（元）"},
        {"revision", "版本"}}},
      {"fangpin.registry.v1.Revision",
       {{"number", "版本"},
        {"time", "时间"},
        {"actor", "操作人"},
        {"reason", "原因"},
        {"changed_fields", "变更字段"}}},
      {"fangpin.registry.v1.HouseholdCount",
       {{"division", "区划代码"},
        {"state", "监测状态"},
        {"category", "监测类别"},
        {"kind", "户类型"},
        {"households", "户数"},
        {"persons", "人数"}}},
      {"fangpin.registry.v1.Division",
       {{"code", "区划代码"},
        {"level", "级别"},
        {"parent_code", "上级"},
        {"valid_from", "启用"},
        {"valid_until", "停用"},
        {"name", "名称"}}},
      {"fangpin.registry.v1.PersonMatch",
       {{"person_id", "人员编号"},
        {"household_id", "户档编号"},
        {"division", "行政村"},
        {"household_kind", "户类型"},
        {"monitoring_state", "监测状态"},
        {"category", "监测类别"}}},
      {"fangpin.registry.v1.Import",
       {{"file_name", "文件"},
        {"state", "状态"},
        {"kind", "种类"},
        {"rows_read", "读入行"},
        {"rows_bad", "有误行"},
        {"households_created", "新增户"},
        {"households_updated", "更新户"},
        {"households_unchanged", "未变户"},
        {"households_refused", "未载入户"},
        {"failure_reason", "原因"},
        {"failure_message", "说明"}}},
      {"fangpin.registry.v1.RowError",
       {{"row", "行"},
        {"column", "列"},
        {"reason", "原因"},
        {"national_household_id", "户编号"},
        {"message", "说明"}}},
      {"fangpin.screening.v1.Feed",
       {{"id", "数据源"},
        {"department", "部门"},
        {"accepted", "已收"},
        {"pending", "待办结"},
        {"watermark", "最新事件日"},
        {"last_push_time", "最近推送"},
        {"title", "数据集"}}},
      {"fangpin.screening.v1.Alert",
       {{"id", "预警编号"},
        {"feed_id", "数据源"},
        {"source_id", "来源编号"},
        {"source_version", "来源版本"},
        {"event_on", "事件日"},
        {"amount_fen", "金额（元）"},
        {"state", "状态"},
        {"household_id", "户档编号"},
        {"clue_id", "线索编号"},
        {"judgement", "研判"}}},
      {"fangpin.screening.v1.RiskClue",
       {{"id", "线索编号"},
        {"household_id", "户档编号"},
        {"division", "行政村"},
        {"reports.channel", "渠道"},
        {"reports.risk", "风险"},
        {"state", "状态"},
        {"outcome", "结论"},
        {"found_on", "发现日"},
        {"due_on", "期限"},
        {"case_id", "案卷编号"}}},
      {"fangpin.screening.v1.VisitTask",
       {{"id", "任务编号"},
        {"household_id", "户档编号"},
        {"division", "行政村"},
        {"due_on", "期限"},
        {"state", "状态"},
        {"clue_id", "线索编号"},
        {"cause", "事由"}}},
      {"fangpin.screening.v1.Visit",
       {{"id", "走访编号"},
        {"household_id", "户档编号"},
        {"task_id", "任务编号"},
        {"visited_on", "走访日"},
        {"method", "方式"},
        {"household_signed", "农户签字"}}},
      {"fangpin.screening.v1.DeterminationCase",
       {{"id", "案卷编号"},
        {"household_id", "户档编号"},
        {"division", "行政村"},
        {"state", "状态"},
        {"steps.step", "已完成步骤", Shows::kLast},
        {"risks.type", "风险"},
        {"due_on", "期限"},
        {"decision.decided_on", "审定日"},
        {"decision.category", "类别"}}},
      {"fangpin.assistance.v1.HouseholdPlan",
       {{"id", "计划编号"},
        {"household_id", "户档编号"},
        {"division", "行政村"},
        {"version", "版本"},
        {"state", "状态"},
        {"facts.category", "类别"},
        {"measures", "措施"},
        {"in_force_on", "执行日"}}},
      {"fangpin.elimination.v1.Elimination",
       {{"id", "消除编号"},
        {"household_id", "户档编号"},
        {"division", "行政村"},
        {"mode", "方式"},
        {"state", "状态"},
        {"steps.step", "已完成步骤", Shows::kLast},
        {"proposed_on", "提出日"},
        {"decision.decided_on", "审定日"}}},
      {"fangpin.policy.v1.Finding",
       {{"verdict", "结论"},
        {"severity", "程度"},
        {"rule", "规则"},
        {"document", "文件"},
        {"clause", "条款"},
        {"message", "说明"}}},
  };
  return choices;
}

bool IsNumber(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
         field->cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
         (field->is_repeated() && field->message_type() != nullptr);
}

}  // namespace

Columns::Columns(const Descriptor* type) {
  for (const TypeChoice& choice : Choices()) {
    if (choice.type != type->full_name()) continue;
    for (const Choice& column : choice.columns) {
      columns_.push_back({.key = std::string(column.path),
                          .title = std::string(column.title),
                          .path = MessagePath(type, column.path),
                          .shows = column.shows});
    }
    return;
  }
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->is_repeated() || field->message_type() != nullptr) continue;
    columns_.push_back(
        {.key = field->name(), .title = TitleOf(field), .path = MessagePath(type, field->name())});
  }
}

std::vector<Heading> Columns::headings() const {
  std::vector<Heading> headings;
  for (const Column& column : columns_) {
    headings.push_back(
        {.key = column.key, .title = column.title, .right = IsNumber(column.path.field())});
  }
  return headings;
}

std::vector<std::string> Columns::Cells(const Message& message, Format format) const {
  std::vector<std::string> cells;
  for (const Column& column : columns_) {
    if (column.shows == Shows::kAll || format != Format::kTable) {
      cells.push_back(CellText(message, column.path, format));
      continue;
    }
    const std::vector<std::string> values = CellValues(message, column.path, format);
    cells.push_back(values.empty() ? "" : base::StrCat(values.size(), "：", values.back()));
  }
  return cells;
}

MessageList::MessageList(Format format, std::string name, const Descriptor* type, std::ostream& out)
    : format_(format),
      name_(std::move(name)),
      columns_(type),
      out_(out),
      rows_(format == Format::kCsv ? Format::kCsv : Format::kTable, columns_.headings(), out) {}

void MessageList::Add(const Message& message) {
  if (format_ != Format::kJson) {
    rows_.Add(columns_.Cells(message, format_));
  } else {
    out_ << (count_ == 0 ? base::StrCat("{\"", name_, "\":[\n") : std::string(",\n"))
         << ToJson(message, JsonStyle::kLine);
  }
  ++count_;
}

void MessageList::Finish() {
  if (format_ != Format::kJson) {
    rows_.Finish();
  } else if (count_ == 0) {
    out_ << "{\"" << name_ << "\":[]}\n";
  } else {
    out_ << "\n]}\n";
  }
}

}  // namespace fangpin::ctl
