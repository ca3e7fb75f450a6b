#include "services/registry/core/import/columns.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "fangpin/policy/v1/vocabulary.pb.h"
#include "fangpin/registry/v1/household.pb.h"
#include "libs/base/strings.h"
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

constexpr Row kHouseholdRows[] = {
    {"省", kIgnore, ""},
    {"市", kIgnore, ""},
    {"市(州)", kIgnore, ""},
    {"县", kCounty, ""},
    {"县(市、区)", kCounty, ""},
    {"县(市、区、旗)", kCounty, ""},
    {"乡", kTownship, ""},
    {"乡(镇)", kTownship, ""},
    {"村", kVillage, "division"},
    {"行政村", kVillage, "division"},
    {"自然村", kText, "natural_village"},
    {"户编号", kText, "national_id"},
    {"户类型", kHouseholdKind, "kind"},
    {"家庭住址", kText, "address"},
    {"户联系电话", kText, "phone"},
    {"帮扶责任人", kText, "helper.name"},
    {"帮扶责任人单位", kText, "helper.unit"},
    {"帮扶责任人联系电话", kText, "helper.phone"},
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
    {"人均纯收入", kReportedPerCapita, "income.per_capita_net_fen"},
    {"人均纯收入(元)", kReportedPerCapita, "income.per_capita_net_fen"},
    {"耕地面积(亩)", kHundredths, "living.farmland_centimu"},
    {"耕地面积", kHundredths, "living.farmland_centimu"},
    {"林果面积(亩)", kHundredths, "living.orchard_centimu"},
    {"林果面积", kHundredths, "living.orchard_centimu"},
    {"牧草地面积", kHundredths, "living.pasture_centimu"},
    {"牧草地面积(亩)", kHundredths, "living.pasture_centimu"},
    {"住房面积", kHundredths, "living.floor_area_centisqm"},
    {"住房面积(平方米)", kHundredths, "living.floor_area_centisqm"},
    {"入户道路是否硬化", kYesNo, "living.hardened_road"},
    {"与村主干路距离", kKilometres, "living.distance_to_road_m"},
    {"与村主干路距离(公里)", kKilometres, "living.distance_to_road_m"},
    {"是否通生活用电", kYesNo, "living.electricity"},
    {"实施开发式帮扶措施情况", kKeep, ""},
};

constexpr Row kPersonRows[] = {
    {"人口编号", kText, "national_id"},
    {"姓名", kText, "name"},
    {"性别", kSex, "sex"},
    {"出生日期", kBirthDate, "birth_date"},
    {"证件类型", kIgnore, ""},
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
    {"劳动技能", kLabour, "labour_capacity"},
    {"务工所在地", kText, "work.place"},
    {"务工时间(月)", kMonths, "work.months"},
    {"务工企业名称", kText, "work.employer"},
    {"公益性岗位", kBenefitText, "work.welfare_post"},
    {"公益性岗位(月数)", kMonths, "work.welfare_post_months"},
    {"家庭成员联系电话", kText, "phone"},
    {"是否参加城乡居民基本医疗保险", kYesNo, "coverage.resident_medical"},
    {"是否参加城镇职工基本医疗保险", kYesNo, "coverage.employee_medical"},
    {"是否参加大病保险", kYesNo, "coverage.severe_illness_insurance"},
    {"是否接受医疗救助", kYesNo, "coverage.medical_assistance"},
    {"是否参加城乡居民基本养老保险", kYesNo, "coverage.resident_pension"},
    {"享受低保政策情况", kYesNo, "coverage.dibao"},
    {"享受特困供养政策情况", kYesNo, "coverage.tekun"},
};

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

std::vector<const FieldDescriptor*> Resolve(const Descriptor* type, std::string_view path) {
  std::vector<const FieldDescriptor*> fields;
  if (path.empty()) return fields;
  for (const std::string_view step : base::Split(path, '.')) {
    fields.push_back(type->FindFieldByName(std::string(step)));
    type = fields.back()->message_type();
  }
  return fields;
}

std::vector<Column> MakeColumns() {
  std::vector<Column> columns;
  const auto add = [&](const Row& row, Column::Of of, const Descriptor* type) {
    columns.push_back(
        {std::string(row.header), of, row.kind, Resolve(type, row.path), std::string(row.path), 0});
  };
  for (const Row& row : kHouseholdRows) {
    add(row, Column::Of::kHousehold, v1::Household::descriptor());
  }
  for (const Row& row : kPersonRows) add(row, Column::Of::kPerson, v1::Person::descriptor());
  int index = 0;
  for (const SafeguardFlag& flag : SafeguardFlags()) {
    columns.push_back(
        {std::string(flag.header), Column::Of::kHousehold, kSafeguard, {}, "", index++});
  }
  for (const auto& [header, category] : kMeasures) {
    columns.push_back({std::string(header), Column::Of::kHousehold, kMeasure, {}, "", category});
  }
  return columns;
}

}  // namespace

absl::Span<const Column> KnownColumns() {
  static const auto* const kColumns = new std::vector<Column>(MakeColumns());
  return *kColumns;
}

std::vector<std::string> RequiredHeaders() {
  return {"户编号", "户类型", "姓名", "证件号码", "与户主关系"};
}

}  // namespace fangpin::registry
