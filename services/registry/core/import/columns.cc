#include "services/registry/core/import/columns.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "fangpin/policy/v1/vocabulary.pb.h"
#include "fangpin/registry/v1/division_service.pb.h"
#include "fangpin/registry/v1/household.pb.h"
#include "libs/base/strings.h"
#include "libs/sheet/header.h"
#include "services/registry/policy/safeguards.h"

namespace fangpin::registry {
namespace {

namespace vocab = ::fangpin::policy::v1;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using enum CellKind;

struct Row {
  std::string_view header;
  CellKind kind;
  std::string_view path;
};

// Of several headers for one field the first is the one that an export writes, unless the form has
// another of them.
constexpr Row kPlaceRows[] = {
    {"省", kProvince, ""},        {"市", kPrefecture, ""},
    {"市(州)", kPrefecture, ""},  {"县", kCounty, ""},
    {"县(市、区)", kCounty, ""},  {"县(市、区、旗)", kCounty, ""},
    {"乡", kTownship, ""},        {"乡(镇)", kTownship, ""},
    {"村", kVillage, "division"}, {"行政村", kVillage, "division"},
};

constexpr Row kHouseholdRows[] = {
    {"自然村", kText, "natural_village"},
    {"户编号", kText, "national_id"},
    {"户类型", kHouseholdKind, "kind"},
    {"家庭住址", kText, "address"},
    {"户联系电话", kPhone, "phone"},
    {"是否军烈属", kYesNo, "military_family"},
    {"是否易地搬迁安置", kYesNo, "relocated"},
    {"是否易地扶贫搬迁户", kYesNo, "relocated"},
    {"帮扶责任人", kText, "helper.name"},
    {"帮扶责任人单位", kText, "helper.unit"},
    {"帮扶责任人联系电话", kPhone, "helper.phone"},
    {"帮扶责任人性别", kSex, "helper.sex"},
    {"帮扶责任人政治面貌", kLabel, "helper.political_status"},
    {"监测联系人", kText, "contact.name"},
    {"监测联系人单位", kText, "contact.unit"},
    {"监测联系人联系电话", kPhone, "contact.phone"},
    {"信息采集人", kText, "collector.name"},
    {"信息采集人联系电话", kPhone, "collector.phone"},
    {"信息采集人电话", kPhone, "collector.phone"},
    {"监测对象类别", kCategory, "monitoring.category"},
    {"识别监测时间", kMonth, "monitoring.determined_on"},
    {"致贫/返贫风险1", kRisk, "monitoring.risks"},
    {"致贫/返贫风险2", kRisk, "monitoring.risks"},
    {"致贫/返贫风险3", kRisk, "monitoring.risks"},
    {"致贫/返贫风险4", kRisk, "monitoring.risks"},
    {"致贫/返贫风险5", kRisk, "monitoring.risks"},
    {"因自然灾害子项", kDisaster, "monitoring.risks"},
    {"其他备注", kRiskRemark, "monitoring.risks"},
    {"风险是否已消除", kEliminated, "monitoring.state"},
    {"风险消除方式", kEliminationMode, "monitoring.elimination_mode"},
    {"消除监测时间", kMonth, "monitoring.eliminated_on"},
    {"整户无劳动能力兜底保障户", kYesNo, "monitoring.no_labour_backstop"},
    {"工资性收入", kYuan, "income.wage_fen"},
    {"生产经营性收入", kYuan, "income.business_fen"},
    {"财产性收入", kYuan, "income.property_fen"},
    {"转移性收入", kYuan, "income.transfer_fen"},
    {"生产经营性支出", kYuan, "income.business_expenditure_fen"},
    {"特困人员救助供养金", kYuan, "income.tekun_support_fen"},
    {"理赔收入", kYuan, "income.claim_fen"},
    {"合规自付支出", kYuan, "income.compliant_self_paid_fen"},
    {"纯收入(元)", kReportedNet, "income.net_income_fen"},
    {"纯收入", kReportedNet, "income.net_income_fen"},
    {"人均纯收入(元)", kReportedPerCapita, "income.per_capita_net_fen"},
    {"人均纯收入", kReportedPerCapita, "income.per_capita_net_fen"},
    {"耕地面积(亩)", kHundredths, "living.farmland_centimu"},
    {"耕地面积", kHundredths, "living.farmland_centimu"},
    {"林果面积(亩)", kHundredths, "living.orchard_centimu"},
    {"林果面积", kHundredths, "living.orchard_centimu"},
    {"牧草地面积", kHundredths, "living.pasture_centimu"},
    {"牧草地面积(亩)", kHundredths, "living.pasture_centimu"},
    {"林地面积(亩)", kHundredths, "living.forest_centimu"},
    {"林地面积", kHundredths, "living.forest_centimu"},
    {"退耕还林面积(亩)", kHundredths, "living.returned_farmland_centimu"},
    {"退耕还林面积", kHundredths, "living.returned_farmland_centimu"},
    {"水面面积(亩)", kHundredths, "living.water_area_centimu"},
    {"水面面积", kHundredths, "living.water_area_centimu"},
    {"住房面积", kHundredths, "living.floor_area_centisqm"},
    {"住房面积(平方米)", kHundredths, "living.floor_area_centisqm"},
    {"入户道路是否硬化", kYesNo, "living.hardened_road"},
    {"入户路类型", kText, "living.road_type"},
    {"与村主干路距离", kKilometres, "living.distance_to_road_m"},
    {"与村主干路距离(公里)", kKilometres, "living.distance_to_road_m"},
    {"是否通生活用电", kYesNo, "living.electricity"},
    {"主要燃料类型", kText, "living.main_fuel"},
    {"是否有卫生厕所", kYesNo, "living.sanitary_toilet"},
    {"是否加入农民专业合作组织", kYesNo, "living.cooperative_member"},
    {"是否加入农民专业合作社", kYesNo, "living.cooperative_member"},
    {"是否有龙头企业带动", kYesNo, "living.led_by_enterprise"},
    {"是否有创业致富带头人带动", kYesNo, "living.led_by_entrepreneur"},
    {"危房等级", kBenefitText, "living.unsafe_house_grade"},
    {"实施开发式帮扶措施情况", kKeep, ""},
};

constexpr Row kPersonRows[] = {
    {"人口编号", kText, "national_id"},
    {"姓名", kText, "name"},
    {"性别", kSex, "sex"},
    {"出生日期", kBirthDate, "birth_date"},
    {"证件类型", kLabel, "id_type"},
    {"证件号码", kText, "id_number"},
    {"与户主关系", kLabel, "relation"},
    {"民族", kLabel, "ethnicity"},
    {"政治面貌", kLabel, "political_status"},
    {"婚姻状况", kLabel, "marital_status"},
    {"文化程度", kLabel, "education"},
    {"在校生状况", kLabel, "schooling"},
    {"失学或辍学原因", kText, "dropout_reason"},
    {"义务教育阶段未上学原因", kText, "not_in_school_reason"},
    {"健康状况", kHealth, "health"},
    {"残疾证办证年度", kYear, "disability_certified_year"},
    {"是否失能", kYesNo, "incapacitated"},
    {"劳动技能", kLabour, "labour_capacity"},
    {"务工所在地", kText, "work.place"},
    {"务工时间(月)", kMonths, "work.months"},
    {"务工企业名称", kText, "work.employer"},
    {"就业渠道", kText, "work.channel"},
    {"是否点对点", kYesNo, "work.point_to_point"},
    {"公益性岗位", kBenefitText, "work.welfare_post"},
    {"公益性岗位(月数)", kMonths, "work.welfare_post_months"},
    {"家庭成员联系电话", kPhone, "phone"},
    {"是否参加城乡居民基本医疗保险", kYesNo, "coverage.resident_medical"},
    {"是否参加城镇职工基本医疗保险", kYesNo, "coverage.employee_medical"},
    {"是否参加大病保险", kYesNo, "coverage.severe_illness_insurance"},
    {"是否参加商业补充医疗保险", kYesNo, "coverage.commercial_medical"},
    {"是否接受医疗救助", kYesNo, "coverage.medical_assistance"},
    {"是否参加城乡居民基本养老保险", kYesNo, "coverage.resident_pension"},
    {"是否参加城镇职工基本养老保险", kYesNo, "coverage.employee_pension"},
    {"享受低保政策情况", kBenefit, "coverage.dibao"},
    {"享受特困供养政策情况", kBenefit, "coverage.tekun"},
};

constexpr Row kSpellRows[] = {
    {"户编号", kText, "national_id"},
    {"证件号码", kText, "members.id_number"},
    {"户类型", kStatedKind, "kind"},
    {"监测对象类别", kStatedCategory, "monitoring.category"},
    {"姓名", kIgnore, ""},
    {"是否已务工", kYesNo, "working"},
    {"务工所在县", kText, "county"},
    {"务工月收入", kYuan, "monthly_wage_fen"},
    {"务工月收入(元)", kYuan, "monthly_wage_fen"},
    {"就业渠道", kText, "channel"},
    {"开始时间", kDayOrMonth, "begin"},
    {"务工开始时间", kDayOrMonth, "begin"},
    {"结束时间", kDayOrMonth, "end"},
    {"务工结束时间", kDayOrMonth, "end"},
    {"开始/结束时间", kPeriod, ""},
};

constexpr Row kVillageRows[] = {
    {"总户数", kCount, "households"},
    {"总人口数", kCount, "persons"},
    {"低保户数", kCount, "dibao_households"},
    {"低保人口数", kCount, "dibao_persons"},
    {"特困供养人口数", kCount, "tekun_persons"},
    {"残疾人口数", kCount, "disabled_persons"},
    {"危房户数", kCount, "unsafe_house_households"},
    {"未实现饮水安全户数", kCount, "unsafe_water_households"},
    {"村级集体经济收入(万元)", kTenThousand, "collective_income_fen"},
    {"参加城乡居民基本养老保险人数", kCount, "resident_pension_persons"},
    {"行政村卫生室个数", kCount, "clinics"},
};

constexpr Row kWorkbookRows[] = {{kErrorFields, kIgnore, ""}, {kErrorReasons, kIgnore, ""}};

constexpr std::pair<std::string_view, vocab::MeasureCategory> kMeasures[] = {
    {"产业帮扶", vocab::MEASURE_CATEGORY_INDUSTRY},
    {"就业帮扶", vocab::MEASURE_CATEGORY_EMPLOYMENT},
    {"金融帮扶", vocab::MEASURE_CATEGORY_FINANCE},
    {"公益岗位帮扶", vocab::MEASURE_CATEGORY_PUBLIC_WELFARE_POST},
    {"健康帮扶", vocab::MEASURE_CATEGORY_HEALTH},
    {"义务教育保障", vocab::MEASURE_CATEGORY_COMPULSORY_EDUCATION_SUPPORT},
    {"教育帮扶", vocab::MEASURE_CATEGORY_OTHER_EDUCATION},
    {"综合保障", vocab::MEASURE_CATEGORY_SOCIAL_SAFETY_NET},
    {"住房安全保障", vocab::MEASURE_CATEGORY_HOUSING},
    {"饮水安全保障", vocab::MEASURE_CATEGORY_WATER},
    {"社会帮扶", vocab::MEASURE_CATEGORY_SOCIAL_ASSISTANCE},
    {"搬迁", vocab::MEASURE_CATEGORY_RELOCATION},
    {"生产生活条件改善", vocab::MEASURE_CATEGORY_LIVING_CONDITIONS},
    {"基础设施建设", vocab::MEASURE_CATEGORY_INFRASTRUCTURE},
};

constexpr std::string_view kMonitoredHeaders[] = {
    "省", "市", "县", "乡", "村", "自然村", "户编号", "户类型", "监测对象类别", "识别监测时间",
    "致贫/返贫风险1", "致贫/返贫风险2", "致贫/返贫风险3", "致贫/返贫风险4", "致贫/返贫风险5",
    "因自然灾害子项", "其他备注", "风险是否已消除", "风险消除方式", "消除监测时间",
    "整户无劳动能力兜底保障户", "帮扶责任人", "户联系电话",
    // the person
    "人口编号", "姓名", "性别", "出生日期", "证件类型", "证件号码", "与户主关系", "民族",
    "政治面貌", "文化程度", "在校生状况", "失学或辍学原因", "义务教育阶段未上学原因", "健康状况",
    "劳动技能", "务工所在地", "务工时间（月）", "公益性岗位", "公益性岗位(月数)",
    "家庭成员联系电话", "是否参加城乡居民基本医疗保险", "是否参加城镇职工基本医疗保险",
    "是否参加大病保险", "是否接受医疗救助", "是否参加城乡居民基本养老保险", "享受低保政策情况",
    "享受特困供养政策情况",
    // safeguards and income
    "是否义务教育阶段适龄儿童少年失学辍学", "是否危房户", "是否解决安全饮用水", "工资性收入",
    "生产经营性收入", "财产性收入", "转移性收入", "生产经营性支出", "特困人员救助供养金",
    "纯收入（元）", "人均纯收入（元）", "理赔收入", "合规自付支出",
    // living conditions
    "耕地面积（亩）", "林果面积（亩）", "牧草地面积", "住房面积", "入户道路是否硬化",
    "与村主干路距离", "是否通生活用电",
    // measures
    "产业帮扶", "就业帮扶", "金融帮扶", "公益岗位帮扶", "健康帮扶", "义务教育保障", "教育帮扶",
    "综合保障", "住房安全保障", "饮水安全保障", "社会帮扶", "搬迁", "生产生活条件改善",
    "基础设施建设", "实施开发式帮扶措施情况",
    // once more, after elimination
    "风险消除后是否义务教育阶段适龄儿童少年失学辍学", "风险消除后是否危房户",
    "风险消除后是否解决安全饮用水", "风险消除后工资性收入", "风险消除后生产经营性收入",
    "风险消除后财产性收入", "风险消除后转移性收入", "风险消除后生产经营性支出",
    "风险消除后特困人员救助供养金", "风险消除后纯收入（元）", "风险消除后人均纯收入（元）",
    "风险消除后理赔收入", "风险消除后合规自付支出"};

constexpr std::string_view kAllHeaders[] = {
    "县(市、区、旗)", "乡(镇)", "行政村", "户编号", "户类型",
    // the person
    "人口编号", "姓名", "性别", "出生日期", "证件类型", "证件号码", "与户主关系", "民族",
    "政治面貌", "文化程度", "在校生状况", "失学或辍学原因", "义务教育阶段未上学原因", "健康状况",
    "劳动技能", "务工所在地", "务工时间（月）", "公益性岗位", "公益性岗位(月数)",
    "家庭成员联系电话", "是否参加城乡居民基本医疗保险", "是否参加城镇职工基本医疗保险",
    "是否参加大病保险", "是否接受医疗救助", "是否参加城乡居民基本养老保险", "享受低保政策情况",
    "享受特困供养政策情况",
    // living conditions
    "耕地面积（亩）", "林果面积（亩）", "牧草地面积", "住房面积", "入户道路是否硬化",
    "与村主干路距离", "是否通生活用电"};

constexpr std::string_view kSpellHeaders[] = {
    "县",         "乡",         "行政村",     "户编号",   "证件号码", "户类型",  "监测对象类别",
    "是否已务工", "务工所在县", "务工月收入", "就业渠道", "开始时间", "结束时间"};

constexpr std::string_view kVillageHeaders[] = {"县",
                                                "乡",
                                                "村",
                                                "总户数",
                                                "总人口数",
                                                "低保户数",
                                                "低保人口数",
                                                "特困供养人口数",
                                                "残疾人口数",
                                                "危房户数",
                                                "未实现饮水安全户数",
                                                "村级集体经济收入（万元）",
                                                "参加城乡居民基本养老保险人数",
                                                "行政村卫生室个数"};

constexpr std::string_view kSpellRequired[] = {"户编号", "证件号码", "是否已务工"};
constexpr std::string_view kMonitoredRequired[] = {"户编号",   "户类型",     "姓名",
                                                   "证件号码", "与户主关系", "监测对象类别"};
constexpr std::string_view kAllRequired[] = {"户编号", "户类型", "姓名", "证件号码", "与户主关系"};
constexpr std::string_view kVillageRequired[] = {"总户数", "总人口数"};

// 户信息 stands behind 监测对象信息, whose headers include its own.
const Form kForms[] = {
    {pb::IMPORT_KIND_WORK_SPELLS, "已外出务工信息", kSpellHeaders, kSpellRequired},
    {pb::IMPORT_KIND_MONITORED_HOUSEHOLDS, "监测对象信息", kMonitoredHeaders, kMonitoredRequired},
    {pb::IMPORT_KIND_ALL_HOUSEHOLDS, "户信息", kAllHeaders, kAllRequired},
    {pb::IMPORT_KIND_VILLAGES, "行政村信息", kVillageHeaders, kVillageRequired},
};

std::vector<const FieldDescriptor*> Resolve(const Descriptor* type, std::string_view path) {
  std::vector<const FieldDescriptor*> fields;
  if (path.empty()) return fields;
  for (const std::string_view step : base::Split(path, '.')) {
    fields.push_back(type->FindFieldByName(std::string(step)));
    type = fields.back()->message_type();
  }
  return fields;
}

// The columns of one kind of file.
class Table {
 public:
  explicit Table(pb::ImportKind kind) {
    switch (kind) {
      case pb::IMPORT_KIND_WORK_SPELLS:
        Add(kPlaceRows, Column::Of::kHousehold, nullptr);
        Add(kSpellRows, Column::Of::kSpell, v1::WorkSpell::descriptor());
        break;
      case pb::IMPORT_KIND_VILLAGES:
        Add(kPlaceRows, Column::Of::kVillage, nullptr);
        Add(kVillageRows, Column::Of::kVillage, v1::VillageProfile::descriptor());
        break;
      default:
        Add(kPlaceRows, Column::Of::kHousehold, nullptr);
        Add(kHouseholdRows, Column::Of::kHousehold, v1::Household::descriptor());
        Add(kPersonRows, Column::Of::kPerson, v1::Person::descriptor());
        AddSafeguardsAndMeasures();
    }
    Add(kWorkbookRows, Column::Of::kHousehold, nullptr);
    for (const Column& column : columns_) {
      by_header_.emplace(sheet::NormaliseHeader(column.header), &column);
    }
  }

  const std::vector<Column>& columns() const { return columns_; }

  const Column* Find(std::string_view normal) const {
    const auto found = by_header_.find(base::ToAbsl(normal));
    return found == by_header_.end() ? nullptr : found->second;
  }

 private:
  // Rows whose fields are not of `type` go without them: places, and what a spell says of its
  // household.
  template <size_t N>
  void Add(const Row (&rows)[N], Column::Of of, const Descriptor* type) {
    for (const Row& row : rows) {
      Column& column = columns_.emplace_back();
      column.header = std::string(row.header);
      column.of = of;
      column.kind = row.kind;
      column.path_text = std::string(row.path);
      const bool own = type != nullptr &&
                       type->FindFieldByName(std::string(base::Split(row.path, '.')[0])) != nullptr;
      if (own) column.path = Resolve(type, row.path);
      if (row.kind == kRisk) column.number = row.header.back() - '0';
    }
  }

  void AddSafeguardsAndMeasures() {
    int index = 0;
    for (const SafeguardFlag& flag : SafeguardFlags()) {
      columns_.push_back(
          {std::string(flag.header), Column::Of::kHousehold, kSafeguard, {}, "", index++});
    }
    for (const auto& [header, category] : kMeasures) {
      columns_.push_back({std::string(header), Column::Of::kHousehold, kMeasure, {}, "", category});
    }
  }

  std::vector<Column> columns_;
  absl::flat_hash_map<std::string, const Column*> by_header_;  // normalised
};

const Table& TableOf(pb::ImportKind kind) {
  static const auto* const kHouseholds = new Table(pb::IMPORT_KIND_ALL_HOUSEHOLDS);
  static const auto* const kSpells = new Table(pb::IMPORT_KIND_WORK_SPELLS);
  static const auto* const kVillages = new Table(pb::IMPORT_KIND_VILLAGES);
  switch (kind) {
    case pb::IMPORT_KIND_WORK_SPELLS:
      return *kSpells;
    case pb::IMPORT_KIND_VILLAGES:
      return *kVillages;
    default:
      return *kHouseholds;
  }
}

bool RepeatsAfterElimination(const Column& column) {
  return column.kind == kSafeguard || column.kind == kReportedNet ||
         column.kind == kReportedPerCapita ||
         (column.kind == kYuan && column.path_text.starts_with("income."));
}

}  // namespace

absl::Span<const Column> KnownColumns(pb::ImportKind kind) { return TableOf(kind).columns(); }

ColumnMatch FindColumn(pb::ImportKind kind, std::string_view header) {
  const std::string normal = sheet::NormaliseHeader(header);
  const Table& table = TableOf(kind);
  if (const Column* column = table.Find(normal)) return {column, false};
  if (!normal.starts_with(kAfterElimination)) return {};
  const Column* repeated = table.Find(std::string_view(normal).substr(kAfterElimination.size()));
  if (repeated == nullptr || !RepeatsAfterElimination(*repeated)) return {};
  return {repeated, true};
}

std::string KeptHeader(const Column& column, bool after_elimination) {
  return after_elimination ? base::StrCat(kAfterElimination, column.header) : column.header;
}

absl::Span<const Form> Forms() { return kForms; }

const Form& FormOf(pb::ImportKind kind) {
  return *std::find_if(std::begin(kForms), std::end(kForms),
                       [kind](const Form& form) { return form.kind == kind; });
}

}  // namespace fangpin::registry
