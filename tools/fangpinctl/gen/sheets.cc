#include "tools/fangpinctl/gen/sheets.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "libs/base/civil.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sheet/header.h"
#include "libs/sheet/writer.h"
#include "tools/fangpinctl/gen/random.h"

namespace fangpin::sample {
namespace {

// Rows that spreadsheet programs of county offices open without trouble.
constexpr int kRowsPerFile = 40'000;

std::string YesNo(bool yes) { return yes ? "是" : "否"; }
std::string Months(int months) { return months > 0 ? base::StrCat(months) : std::string(); }
std::string Tenth(int tenths) { return absl::StrFormat("%d.%d", tenths / 10, tenths % 10); }
std::string Yuan(int64_t fen) {
  return absl::StrFormat("%s%d.%02d", fen < 0 ? "-" : "", std::abs(fen) / 100, std::abs(fen) % 100);
}
int64_t PerCapita(int64_t fen, const Household& household) {
  const auto people = static_cast<int64_t>(household.members.size());
  return (fen + people / 2) / people;
}

std::string Health(const Person& person) {
  std::string health;
  const auto add = [&health](std::string_view condition) {
    if (!health.empty()) health += ",";
    health += condition;
  };
  if (person.chronic) add("长期慢性病");
  if (person.severe) add("患有大病");
  if (!person.disability_number.empty()) add("残疾");
  return health.empty() ? "健康" : health;
}

// One column of a form: its header and what stands under it.
struct ColumnDef {
  std::string_view header;
  std::string (*cell)(const County&, const Entry&, const Person&);
};
#define FANGPIN_CELL(expression)                                        \
  [](const County& c [[maybe_unused]], const Entry& e [[maybe_unused]], \
     const Person& p [[maybe_unused]]) -> std::string { return std::string(expression); }

constexpr ColumnDef kCommon[] = {
    {"户编号", FANGPIN_CELL(e.household.national_id)},
    {"户类型", FANGPIN_CELL(e.household.lifted_out ? "脱贫户" : "一般农户")},
    {"自然村", FANGPIN_CELL(e.household.natural_village)},
    {"户联系电话", FANGPIN_CELL(e.household.phone)},
    {"人口编号", FANGPIN_CELL(p.national_id)},
    {"姓名", FANGPIN_CELL(p.name)},
    {"性别", FANGPIN_CELL(p.sex == base::Sex::kMale ? "男" : "女")},
    {"出生日期", FANGPIN_CELL(CompactDayText(p.birth))},
    {"证件类型", FANGPIN_CELL(p.disability_number.empty() ? "居民身份证" : "残疾人证")},
    {"证件号码", FANGPIN_CELL(p.disability_number.empty() ? p.id_number : p.disability_number)},
    {"与户主关系", FANGPIN_CELL(p.relation)},
    {"民族", FANGPIN_CELL(p.ethnicity)},
    {"政治面貌", FANGPIN_CELL(p.political)},
    {"文化程度", FANGPIN_CELL(p.education)},
    {"在校生状况", FANGPIN_CELL(p.schooling)},
    {"失学或辍学原因", FANGPIN_CELL("")},
    {"义务教育阶段未上学原因", FANGPIN_CELL("")},
    {"健康状况", FANGPIN_CELL(Health(p))},
    {"劳动技能", FANGPIN_CELL(p.labour)},
    {"务工所在地", FANGPIN_CELL(p.work_place)},
    {"务工时间（月）", FANGPIN_CELL(Months(p.work_months))},
    {"公益性岗位", FANGPIN_CELL(p.welfare_post)},
    {"公益性岗位(月数)", FANGPIN_CELL(Months(p.welfare_months))},
    {"家庭成员联系电话", FANGPIN_CELL(p.phone)},
    {"是否参加城乡居民基本医疗保险", FANGPIN_CELL(YesNo(p.resident_medical))},
    {"是否参加城镇职工基本医疗保险", FANGPIN_CELL(YesNo(p.employee_medical))},
    {"是否参加大病保险", FANGPIN_CELL(YesNo(p.resident_medical))},
    {"是否接受医疗救助", FANGPIN_CELL(YesNo(p.medical_assistance))},
    {"是否参加城乡居民基本养老保险", FANGPIN_CELL(YesNo(p.resident_pension))},
    {"享受低保政策情况", FANGPIN_CELL(YesNo(p.dibao))},
    {"享受特困供养政策情况", FANGPIN_CELL(YesNo(p.tekun))},
    {"耕地面积（亩）", FANGPIN_CELL(Tenth(e.household.living.farmland_tenth_mu))},
    {"林果面积（亩）", FANGPIN_CELL(Tenth(e.household.living.orchard_tenth_mu))},
    {"牧草地面积", FANGPIN_CELL(Tenth(e.household.living.pasture_tenth_mu))},
    {"住房面积", FANGPIN_CELL(base::StrCat(e.household.living.floor_area))},
    {"入户道路是否硬化", FANGPIN_CELL(YesNo(e.household.living.hardened_road))},
    {"与村主干路距离", FANGPIN_CELL(Tenth(e.household.living.distance_tenth_km))},
    {"是否通生活用电", FANGPIN_CELL(YesNo(e.household.living.electricity))},
};

constexpr ColumnDef kHouseholdForm[] = {
    {"县(市、区、旗)", FANGPIN_CELL(c.name)},
    {"乡(镇)", FANGPIN_CELL(e.household.village->township)},
    {"行政村", FANGPIN_CELL(e.household.village->name)},
};

constexpr ColumnDef kMonitoredForm[] = {
    {"省", FANGPIN_CELL(c.province)},
    {"市", FANGPIN_CELL(c.prefecture)},
    {"县", FANGPIN_CELL(c.name)},
    {"乡", FANGPIN_CELL(e.household.village->township)},
    {"村", FANGPIN_CELL(e.household.village->name)},
    {"监测对象类别", FANGPIN_CELL(CategoryLabel(e.monitoring.category))},
    {"识别监测时间", FANGPIN_CELL(e.monitoring.determined)},
    {"致贫/返贫风险1", FANGPIN_CELL(RiskLabel(e.monitoring.risk))},
    {"致贫/返贫风险2", FANGPIN_CELL("")},
    {"致贫/返贫风险3", FANGPIN_CELL("")},
    {"致贫/返贫风险4", FANGPIN_CELL("")},
    {"致贫/返贫风险5", FANGPIN_CELL("")},
    {"因自然灾害子项",
     FANGPIN_CELL(e.monitoring.risk == policy::v1::RISK_TYPE_NATURAL_DISASTER ? "洪涝" : "")},
    {"其他备注", FANGPIN_CELL("")},
    {"风险是否已消除", FANGPIN_CELL(YesNo(e.monitoring.eliminated))},
    {"风险消除方式", FANGPIN_CELL(!e.monitoring.eliminated     ? ""
                                  : e.monitoring.by_assistance ? "帮扶消除"
                                                               : "自然消除")},
    {"消除监测时间", FANGPIN_CELL(e.monitoring.eliminated_on)},
    {"整户无劳动能力兜底保障户", FANGPIN_CELL(YesNo(e.monitoring.no_labour))},
    {"帮扶责任人", FANGPIN_CELL(e.monitoring.helper)},
    {"是否义务教育阶段适龄儿童少年失学辍学", FANGPIN_CELL("否")},
    {"工资性收入", FANGPIN_CELL(Yuan(e.monitoring.income.wage))},
    {"生产经营性收入", FANGPIN_CELL(Yuan(e.monitoring.income.business))},
    {"财产性收入", FANGPIN_CELL(Yuan(e.monitoring.income.property))},
    {"转移性收入", FANGPIN_CELL(Yuan(e.monitoring.income.transfer))},
    {"生产经营性支出", FANGPIN_CELL(Yuan(e.monitoring.income.expenditure))},
    {"特困人员救助供养金", FANGPIN_CELL("0")},
    {"纯收入（元）", FANGPIN_CELL(Yuan(e.monitoring.income.net()))},
    {"人均纯收入（元）", FANGPIN_CELL(Yuan(PerCapita(e.monitoring.income.net(), e.household)))},
    {"理赔收入", FANGPIN_CELL(Yuan(e.monitoring.income.claim))},
    {"合规自付支出", FANGPIN_CELL(Yuan(e.monitoring.income.self_paid))},
    {"产业帮扶", FANGPIN_CELL(e.monitoring.no_labour ? "" : "中药材种植")},
    {"就业帮扶", FANGPIN_CELL(e.household.labourers() > 1 ? "外出务工补贴" : "")},
    {"金融帮扶", FANGPIN_CELL("")},
    {"公益岗位帮扶", FANGPIN_CELL("")},
    {"健康帮扶", FANGPIN_CELL("城乡居民基本医疗保险个人缴费补贴")},
    {"综合保障", FANGPIN_CELL(p.dibao || e.monitoring.no_labour ? "低保" : "")},
    {"实施开发式帮扶措施情况", FANGPIN_CELL(e.monitoring.no_labour ? "无劳动能力" : "已实施")},
};

constexpr ColumnDef kAfterElimination[] = {
    {"风险消除后工资性收入",
     FANGPIN_CELL(e.monitoring.eliminated ? Yuan(e.monitoring.income_after.wage) : "")},
    {"风险消除后生产经营性收入",
     FANGPIN_CELL(e.monitoring.eliminated ? Yuan(e.monitoring.income_after.business) : "")},
    {"风险消除后财产性收入",
     FANGPIN_CELL(e.monitoring.eliminated ? Yuan(e.monitoring.income_after.property) : "")},
    {"风险消除后转移性收入",
     FANGPIN_CELL(e.monitoring.eliminated ? Yuan(e.monitoring.income_after.transfer) : "")},
    {"风险消除后生产经营性支出",
     FANGPIN_CELL(e.monitoring.eliminated ? Yuan(e.monitoring.income_after.expenditure) : "")},
    {"风险消除后理赔收入",
     FANGPIN_CELL(e.monitoring.eliminated ? Yuan(e.monitoring.income_after.claim) : "")},
    {"风险消除后合规自付支出",
     FANGPIN_CELL(e.monitoring.eliminated ? Yuan(e.monitoring.income_after.self_paid) : "")},
    {"风险消除后纯收入（元）",
     FANGPIN_CELL(e.monitoring.eliminated ? Yuan(e.monitoring.income_after.net()) : "")},
    {"风险消除后人均纯收入（元）",
     FANGPIN_CELL(e.monitoring.eliminated
                      ? Yuan(PerCapita(e.monitoring.income_after.net(), e.household))
                      : "")},
};

// The same fact is asked now this way round, now the other.
constexpr ColumnDef kSafeguardsPositive[] = {
    {"是否危房户", FANGPIN_CELL(YesNo(e.monitoring.dangerous_house))},
    {"是否解决安全饮用水", FANGPIN_CELL(YesNo(e.monitoring.safe_water))},
};
constexpr ColumnDef kSafeguardsNegative[] = {
    {"是否住房出现安全问题", FANGPIN_CELL(YesNo(e.monitoring.dangerous_house))},
    {"是否饮水出现安全问题", FANGPIN_CELL(YesNo(!e.monitoring.safe_water))},
};

constexpr ColumnDef kUnknown = {"网格员编号",
                                FANGPIN_CELL("W" + e.household.village->code.substr(6))};

#undef FANGPIN_CELL

template <size_t N>
void Append(std::vector<ColumnDef>& columns, const ColumnDef (&more)[N]) {
  columns.insert(columns.end(), std::begin(more), std::end(more));
}

// The header as one export or another writes it.
std::string Vary(std::string_view header, Random& random) {
  std::string varied(header);
  if (random.Chance(0.4)) {
    varied = random.Chance(0.5) ? absl::StrReplaceAll(varied, {{"(", "（"}, {")", "）"}})
                                : absl::StrReplaceAll(varied, {{"（", "("}, {"）", ")"}});
  }
  if (random.Chance(0.1)) varied += " ";
  if (random.Chance(0.04)) varied += "　";
  return varied;
}

struct CellFaultDef {
  std::string_view reason;
  std::string_view header;
  enum class Where { kHead, kLast, kSecond, kAlone } where;
};

constexpr CellFaultDef kFaults[] = {
    {"ID_NUMBER_CHECK_DIGIT", "证件号码", CellFaultDef::Where::kLast},
    {"VILLAGE_UNKNOWN", "行政村", CellFaultDef::Where::kAlone},
    {"HOUSEHOLD_WITHOUT_HEAD", "", CellFaultDef::Where::kHead},
    {"HOUSEHOLD_WITH_TWO_HEADS", "与户主关系", CellFaultDef::Where::kSecond},
    {"DATE_FORMAT", "出生日期", CellFaultDef::Where::kLast},
    {"RELATION_UNKNOWN", "与户主关系", CellFaultDef::Where::kSecond},
    {"ID_NUMBER_DUPLICATE", "证件号码", CellFaultDef::Where::kSecond},
    {"ID_NUMBER_LENGTH", "证件号码", CellFaultDef::Where::kLast},
    {"ID_NUMBER_MISSING", "证件号码", CellFaultDef::Where::kLast},
    {"SEX_DIFFERS_FROM_ID_NUMBER", "性别", CellFaultDef::Where::kLast},
    {"BIRTH_DATE_DIFFERS_FROM_ID_NUMBER", "出生日期", CellFaultDef::Where::kLast},
    {"LABOUR_CAPACITY_UNKNOWN", "劳动技能", CellFaultDef::Where::kLast},
    {"WORK_MONTHS_RANGE", "务工时间（月）", CellFaultDef::Where::kHead},
    {"HEALTH_UNKNOWN", "健康状况", CellFaultDef::Where::kLast},
    {"HOUSEHOLD_CELL_DIFFERS", "户类型", CellFaultDef::Where::kSecond},
    {"HOUSEHOLD_NUMBER_MISSING", "户编号", CellFaultDef::Where::kAlone},
};

constexpr CellFaultDef kMonitoredFaults[] = {
    {"NET_INCOME_MISMATCH", "纯收入（元）", CellFaultDef::Where::kAlone},
    {"PER_CAPITA_INCOME_MISMATCH", "人均纯收入（元）", CellFaultDef::Where::kAlone},
    {"RISK_MISSING", "致贫/返贫风险1", CellFaultDef::Where::kAlone},
    {"CATEGORY_KIND_MISMATCH", "监测对象类别", CellFaultDef::Where::kAlone},
    {"MONTH_FORMAT", "识别监测时间", CellFaultDef::Where::kAlone},
    {"MONEY_FORMAT", "工资性收入", CellFaultDef::Where::kAlone},
};

// The member that a fault can be planted at, or -1. Holders of a certificate are left out: its
// number is checked by other rules.
int MemberFor(const CellFaultDef& fault, const Household& household) {
  const int size = static_cast<int>(household.members.size());
  int member = 0;
  switch (fault.where) {
    case CellFaultDef::Where::kHead:
      break;
    case CellFaultDef::Where::kLast:
      member = size - 1;
      break;
    case CellFaultDef::Where::kSecond:
      member = size > 1 ? 1 : -1;
      break;
    case CellFaultDef::Where::kAlone:
      member = size == 1 ? 0 : -1;
      break;
  }
  if (member < 0 || !household.members[static_cast<size_t>(member)].disability_number.empty()) {
    return -1;
  }
  return member;
}

// Spoils the cells of one row.
class Spoiler {
 public:
  explicit Spoiler(const std::vector<ColumnDef>& columns) : columns_(columns) {}

  void Spoil(const CellFault& fault, const Entry& entry, std::vector<std::string>& cells) const {
    const std::string_view reason = fault.reason;
    const Person& person = entry.household.members[fault.member];
    if (reason == "ID_NUMBER_CHECK_DIGIT") {
      char& last = Cell(cells, "证件号码").back();
      last = last == '1' ? '2' : '1';
    } else if (reason == "VILLAGE_UNKNOWN") {
      Cell(cells, "行政村") = "无此村民委员会";
    } else if (reason == "HOUSEHOLD_WITHOUT_HEAD") {
      Cell(cells, "与户主关系") = "其他";
    } else if (reason == "HOUSEHOLD_WITH_TWO_HEADS") {
      Cell(cells, "与户主关系") = "户主";
    } else if (reason == "DATE_FORMAT") {
      Cell(cells, "出生日期") = "19791345";
    } else if (reason == "RELATION_UNKNOWN") {
      Cell(cells, "与户主关系") = "之表弟";
    } else if (reason == "ID_NUMBER_DUPLICATE") {
      Cell(cells, "证件号码") = entry.household.head().id_number;
      Cell(cells, "性别").clear();
      Cell(cells, "出生日期").clear();
    } else if (reason == "ID_NUMBER_LENGTH") {
      Cell(cells, "证件号码").pop_back();
    } else if (reason == "ID_NUMBER_MISSING") {
      Cell(cells, "证件号码").clear();
    } else if (reason == "SEX_DIFFERS_FROM_ID_NUMBER") {
      Cell(cells, "性别") = person.sex == base::Sex::kMale ? "女" : "男";
    } else if (reason == "BIRTH_DATE_DIFFERS_FROM_ID_NUMBER") {
      Cell(cells, "出生日期") = CompactDayText(person.birth - 1);
    } else if (reason == "LABOUR_CAPACITY_UNKNOWN") {
      Cell(cells, "劳动技能") = "半个劳力";
    } else if (reason == "WORK_MONTHS_RANGE") {
      Cell(cells, "务工时间（月）") = "13";
    } else if (reason == "HEALTH_UNKNOWN") {
      Cell(cells, "健康状况") = "身体不太好";
    } else if (reason == "HOUSEHOLD_CELL_DIFFERS") {
      Cell(cells, "户类型") = entry.household.lifted_out ? "一般农户" : "脱贫户";
    } else if (reason == "HOUSEHOLD_NUMBER_MISSING") {
      Cell(cells, "户编号").clear();
    } else if (reason == "NET_INCOME_MISMATCH") {
      Cell(cells, "纯收入（元）") = Yuan(entry.monitoring.income.net() + 12'345);
    } else if (reason == "PER_CAPITA_INCOME_MISMATCH") {
      Cell(cells, "人均纯收入（元）") = Yuan(entry.monitoring.income.net() / 2);
    } else if (reason == "RISK_MISSING") {
      Cell(cells, "致贫/返贫风险1").clear();
    } else if (reason == "CATEGORY_KIND_MISMATCH") {
      Cell(cells, "监测对象类别") = entry.household.lifted_out ? "边缘易致贫户" : "脱贫不稳定户";
    } else if (reason == "MONTH_FORMAT") {
      Cell(cells, "识别监测时间") = "202213";
    } else if (reason == "MONEY_FORMAT") {
      Cell(cells, "工资性收入") = "一万二千";
    }
  }

 private:
  std::string& Cell(std::vector<std::string>& cells, std::string_view header) const {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const ColumnDef& c) { return c.header == header; });
    return cells[static_cast<size_t>(found - columns_.begin())];
  }

  const std::vector<ColumnDef>& columns_;
};

absl::StatusOr<std::unique_ptr<sheet::Writer>> OpenWriter(const std::string& path,
                                                          const std::string& title) {
  if (path.ends_with(".xlsx")) {
    FANGPIN_ASSIGN_OR_RETURN(std::unique_ptr<sheet::XlsxWriter> book,
                             sheet::XlsxWriter::Create(path, title));
    return book;
  }
  FANGPIN_ASSIGN_OR_RETURN(std::unique_ptr<sheet::CsvWriter> csv,
                           sheet::CsvWriter::Create(path, sheet::CsvWriter::Encoding::kGb18030));
  return csv;
}

struct SheetPlan {
  std::string title;
  std::string file;
  std::vector<ColumnDef> columns;
  std::vector<const Entry*> entries;
  CellFault Entry::*fault;
};

absl::Status WriteSheet(const std::string& folder, const County& county, const SheetPlan& plan,
                        Random& random, v1::SheetTruth& truth) {
  truth.set_file(plan.file);
  truth.add_unknown_columns(std::string(kUnknown.header));
  FANGPIN_ASSIGN_OR_RETURN(const std::unique_ptr<sheet::Writer> out,
                           OpenWriter(base::StrCat(folder, "/", plan.file), plan.title));
  FANGPIN_RETURN_IF_ERROR(out->Add({plan.title}));
  FANGPIN_RETURN_IF_ERROR(
      out->Add({base::StrCat("导出单位：", county.name), "导出时间：2023-08-31"}));
  std::vector<std::string> header;
  for (const ColumnDef& column : plan.columns) header.push_back(Vary(column.header, random));
  FANGPIN_RETURN_IF_ERROR(out->Add(header));

  const Spoiler spoiler(plan.columns);
  int64_t row = 3;
  std::vector<std::string> cells(plan.columns.size());
  for (const Entry* entry : plan.entries) {
    const CellFault& fault = entry->*plan.fault;
    const bool bad = !fault.reason.empty();
    for (size_t m = 0; m < entry->household.members.size(); ++m) {
      ++row;
      const Person& person = entry->household.members[m];
      for (size_t i = 0; i < cells.size(); ++i) {
        cells[i] = plan.columns[i].cell(county, *entry, person);
      }
      if (bad && m == fault.member) {
        spoiler.Spoil(fault, *entry, cells);
        registry::v1::RowError& error = *truth.add_bad_rows();
        error.set_row(row);
        error.set_column(std::string(fault.header));
        error.set_reason(std::string(fault.reason));
        if (fault.reason != "HOUSEHOLD_NUMBER_MISSING") {
          error.set_national_household_id(entry->household.national_id);
        }
      }
      FANGPIN_RETURN_IF_ERROR(out->Add(cells));
    }
    // A row without a household number belongs to no household.
    if (bad && fault.reason != "HOUSEHOLD_NUMBER_MISSING") {
      truth.set_households_refused(truth.households_refused() + 1);
    } else if (!bad && plan.fault == &Entry::fault) {
      truth.set_households_created(truth.households_created() + 1);
    } else if (!bad) {
      truth.set_households_updated(truth.households_updated() + 1);
    }
  }
  truth.set_rows(row - 3);
  return out->Close();
}

}  // namespace

std::string_view CategoryLabel(policy::v1::MonitoredCategory category) {
  switch (category) {
    case policy::v1::MONITORED_CATEGORY_UNSTABLE_POVERTY_EXIT:
      return "脱贫不稳定户";
    case policy::v1::MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE:
      return "边缘易致贫户";
    case policy::v1::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY:
      return "突发严重困难户";
    default:
      return "";
  }
}

std::string_view RiskLabel(policy::v1::RiskType risk) {
  constexpr std::string_view kLabels[] = {
      "",           "因病",           "因残",           "因学",     "因自然灾害",
      "因意外事故", "因产业项目失败", "因务工就业不稳", "缺劳动力", "因安全住房",
      "因安全饮水", "因疫情",         "因双减政策",     "其他"};
  return kLabels[risk];
}

void PlantFaults(std::vector<Entry>& entries, std::vector<size_t> quiet,
                 const std::vector<size_t>& quiet_monitored) {
  const size_t rounds = 1 + entries.size() / 2500;
  for (size_t round = 0; round < rounds; ++round) {
    for (const CellFaultDef& def : kFaults) {
      for (size_t i = 0; i < quiet.size(); ++i) {
        Entry& entry = entries[quiet[i]];
        const int member = MemberFor(def, entry.household);
        if (member < 0) continue;
        entry.fault = {def.reason, def.header, static_cast<size_t>(member)};
        quiet.erase(quiet.begin() + static_cast<ptrdiff_t>(i));
        break;
      }
    }
  }
  for (size_t i = 0; i < quiet_monitored.size() && i < std::size(kMonitoredFaults); ++i) {
    entries[quiet_monitored[i]].monitored_fault = {kMonitoredFaults[i].reason,
                                                   kMonitoredFaults[i].header, 0};
  }
}

absl::Status WriteSheets(const std::string& folder, const County& county,
                         const std::vector<Entry>& entries, uint64_t seed, v1::Manifest& manifest) {
  int64_t people = 0;
  std::vector<const Entry*> all, monitored;
  for (const Entry& entry : entries) {
    people += static_cast<int64_t>(entry.household.members.size());
    all.push_back(&entry);
    if (entry.monitored) monitored.push_back(&entry);
  }
  std::vector<SheetPlan> plans;
  const auto split = [&](const std::string& title, const std::vector<const Entry*>& list,
                         size_t files, CellFault Entry::*fault) {
    for (size_t f = 0; f < files; ++f) {
      SheetPlan plan;
      plan.title = title;
      plan.file = base::StrCat(title, "_", f + 1, f % 2 == 0 ? ".xlsx" : ".csv");
      plan.entries.assign(list.begin() + static_cast<ptrdiff_t>(list.size() * f / files),
                          list.begin() + static_cast<ptrdiff_t>(list.size() * (f + 1) / files));
      plan.fault = fault;
      Append(plan.columns, kCommon);
      if (fault == &Entry::fault) {
        Append(plan.columns, kHouseholdForm);
      } else {
        Append(plan.columns, kMonitoredForm);
        Append(plan.columns, kAfterElimination);
        if (f % 2 == 0) {
          Append(plan.columns, kSafeguardsPositive);
        } else {
          Append(plan.columns, kSafeguardsNegative);
        }
      }
      plan.columns.push_back(kUnknown);
      plans.push_back(std::move(plan));
    }
  };
  split("户信息", all, static_cast<size_t>(std::max<int64_t>(2, (people - 1) / kRowsPerFile + 1)),
        &Entry::fault);
  split("监测对象信息", monitored, 2, &Entry::monitored_fault);
  for (size_t i = 0; i < plans.size(); ++i) {
    Random random(seed, Purpose::kSheets, i);
    random.Shuffle(plans[i].columns);
    FANGPIN_RETURN_IF_ERROR(WriteSheet(folder, county, plans[i], random, *manifest.add_sheets()));
  }
  return absl::OkStatus();
}

absl::Status WriteHouseholdForm(const std::string& folder, const std::string& file,
                                const County& county, const std::vector<Entry>& entries,
                                uint64_t seed, v1::SheetTruth& truth) {
  SheetPlan plan;
  plan.title = "户信息";
  plan.file = file;
  plan.fault = &Entry::fault;
  for (const Entry& entry : entries) plan.entries.push_back(&entry);
  Append(plan.columns, kCommon);
  Append(plan.columns, kHouseholdForm);
  plan.columns.push_back(kUnknown);
  Random random(seed, Purpose::kSheets, 0);
  random.Shuffle(plan.columns);
  return WriteSheet(folder, county, plan, random, truth);
}

}  // namespace fangpin::sample
