#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/import/cells.h"
#include "services/registry/core/import/columns.h"
#include "services/registry/core/import_fixture.h"

namespace fangpin::registry {
namespace {

using ::absl::StatusCode;
using ::fangpin::testing::ErrorIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
namespace vocab = ::fangpin::policy::v1;

TEST(ColumnsTest, EveryColumnResolvesAndStandsOnce) {
  for (const Form& form : Forms()) {
    std::set<std::string> headers;
    for (const Column& column : KnownColumns(form.kind)) {
      EXPECT_TRUE(headers.insert(sheet::NormaliseHeader(column.header)).second) << column.header;
      for (const auto* field : column.path) EXPECT_NE(field, nullptr) << column.header;
    }
    for (const std::string_view header : form.headers) {
      EXPECT_NE(FindColumn(form.kind, header).column, nullptr) << form.title << " " << header;
    }
  }
}

TEST(CellsTest, DecimalsAreExactAndRounded) {
  EXPECT_EQ(ParseScaled("3.5", 2), 350);
  EXPECT_EQ(ParseScaled("3.456", 2), 346);
  EXPECT_EQ(ParseScaled("0.125", 3), 125);
  EXPECT_EQ(ParseScaled("12", 0), 12);
  EXPECT_EQ(ParseScaled("-1.5", 2), -150);
  EXPECT_EQ(ParseScaled("１２．５", 2), 1250);
  for (const char* bad : {"", "-", ".5", "5.", "1e3", "一", "1.2.3", "9999999999999"}) {
    EXPECT_EQ(ParseScaled(bad, 2), std::nullopt) << bad;
  }
}

TEST(CellsTest, DecimalsAreWrittenAsShortAsTheyAre) {
  EXPECT_EQ(FormatScaled(350, 2), "3.5");
  EXPECT_EQ(FormatScaled(300, 2), "3");
  EXPECT_EQ(FormatScaled(5, 2), "0.05");
  EXPECT_EQ(FormatScaled(0, 2), "0");
  EXPECT_EQ(FormatScaled(1'250, 3), "1.25");
  EXPECT_EQ(FormatScaled(12'345'678, 6), "12.345678");
  EXPECT_EQ(FormatScaled(-150, 2), "-1.5");
  for (const int64_t value :
       {int64_t{0}, int64_t{1}, int64_t{99}, int64_t{100}, int64_t{123'456}}) {
    for (const int digits : {2, 3, 6}) {
      EXPECT_EQ(ParseScaled(FormatScaled(value, digits), digits), value);
    }
  }
}

TEST(CellsTest, PeriodsComeInSeveralForms) {
  using Period = std::pair<std::string, std::string>;
  const std::vector<std::pair<std::string, Period>> cases = {
      {"202103-202108", {"2021-03", "2021-08"}},
      {"2021-03至2021-08", {"2021-03", "2021-08"}},
      {"2021-03-01-2021-08-31", {"2021-03-01", "2021-08-31"}},
      {"2021/03/01/2021/08/31", {"2021-03-01", "2021-08-31"}},
      {"202103/202108", {"2021-03", "2021-08"}},
      {"2021-03/2021-08", {"2021-03", "2021-08"}},
      {"20210301/", {"2021-03-01", ""}},
      {"2021-03", {"2021-03", ""}},
      {"2021-03至今", {"2021-03", ""}},
      {"２０２１０３～202108", {"2021-03", "2021-08"}},
  };
  for (const auto& [text, period] : cases) EXPECT_EQ(ParsePeriodCell(text), period) << text;
  for (const char* bad : {"", "三月", "202113-202114", "至202108", "202103-202113"}) {
    EXPECT_EQ(ParsePeriodCell(bad), std::nullopt) << bad;
  }
}

TEST(CellsTest, DatesAndMonthsComeInSeveralForms) {
  EXPECT_EQ(ParseBirthDate("19800312"), "1980-03-12");
  EXPECT_EQ(ParseBirthDate("1980-03-12 00:00:00"), "1980-03-12");
  EXPECT_EQ(ParseBirthDate("1980/03/12"), "1980-03-12");
  EXPECT_EQ(ParseBirthDate("19800231"), std::nullopt);
  EXPECT_EQ(ParseMonthCell("202105"), "2021-05");
  EXPECT_EQ(ParseMonthCell("2021-05"), "2021-05");
  EXPECT_EQ(ParseMonthCell("2021-05-17"), "2021-05");
  EXPECT_EQ(ParseMonthCell("202113"), std::nullopt);
  EXPECT_EQ(ParseDayOrMonthCell("202105"), "2021-05");
  EXPECT_EQ(ParseDayOrMonthCell("2021-05"), "2021-05");
  EXPECT_EQ(ParseDayOrMonthCell("20210517"), "2021-05-17");
  EXPECT_EQ(ParseDayOrMonthCell("2021-05-17 00:00:00"), "2021-05-17");
  EXPECT_EQ(ParseDayOrMonthCell("2021"), std::nullopt);
}

TEST_F(ImportTest, LoadsAllFarmHouseholdsInEveryFormat) {
  TestSheet file;
  file.AddColumns({"自然村", "户联系电话", "务工所在地", "务工时间（月）", "耕地面积（亩） ",
                   "是否参加城乡居民基本医疗保险", "享受低保政策情况", "神秘列"});
  const Cells more = {{"自然村", "上社"},         {"户联系电话", "13893212345"},
                      {"务工所在地", "兰州市"},   {"务工时间（月）", "8"},
                      {"耕地面积（亩） ", "3.5"}, {"是否参加城乡居民基本医疗保险", "是"},
                      {"享受低保政策情况", "否"}, {"神秘列", "留着"}};
  file.rows = {PersonRow("H1", 1, "户主", more), PersonRow("H2", 5, "户主", more)};
  Cells son = PersonRow("H1", 3, "之子", more);
  son["健康状况"] = "长期慢性病,残疾";
  file.rows.push_back(son);
  for (const pb::SheetFormat format :
       {pb::SHEET_FORMAT_XLSX, pb::SHEET_FORMAT_CSV_UTF8, pb::SHEET_FORMAT_CSV_GB18030}) {
    Options options;
    if (format == pb::SHEET_FORMAT_XLSX) options.file_name = "户信息.xlsx";
    const pb::Import done = Import(file.Bytes(format), options);
    EXPECT_EQ(done.state(), pb::IMPORT_STATE_SUCCEEDED) << done.failure_message();
    EXPECT_EQ(done.kind(), pb::IMPORT_KIND_ALL_HOUSEHOLDS);
    EXPECT_EQ(done.rows_read(), 3);
    EXPECT_EQ(done.rows_bad(), 0);
    EXPECT_EQ(done.households_created(), format == pb::SHEET_FORMAT_XLSX ? 2 : 0);
    EXPECT_EQ(done.households_unchanged(), format == pb::SHEET_FORMAT_XLSX ? 0 : 2);
    EXPECT_THAT(done.unknown_columns(), ElementsAre("神秘列"));
  }
  const std::vector<pb::Household> households = Households();
  ASSERT_THAT(households, SizeIs(2));
  const pb::Household& h = households[0];
  EXPECT_EQ(h.national_id(), "H1");
  EXPECT_EQ(h.division(), kVillage);
  EXPECT_EQ(h.natural_village(), "上社");
  EXPECT_EQ(h.phone(), "13893212345");
  EXPECT_EQ(h.living().farmland_centimu(), 350);
  EXPECT_EQ(h.monitoring().state(), vocab::MONITORING_STATE_NOT_MONITORED);
  EXPECT_EQ(h.revision(), 1);
  ASSERT_THAT(h.members(), SizeIs(2));
  EXPECT_EQ(h.members(0).work().months(), 8);
  EXPECT_TRUE(h.members(0).coverage().has_dibao());
  EXPECT_FALSE(h.members(0).coverage().dibao());
  EXPECT_EQ(h.members(0).ethnicity().code(), "01");
  EXPECT_EQ(h.members(0).birth_date(), "1980-03-12");
  EXPECT_EQ(h.members(0).other_columns().at("神秘列"), "留着");
  EXPECT_THAT(h.members(1).health(), ElementsAre(vocab::HEALTH_CONDITION_CHRONIC_ILLNESS,
                                                 vocab::HEALTH_CONDITION_DISABLED));
  // Every member is insured: 基本医疗 is secured, known since the day of the import.
  ASSERT_THAT(h.safeguards(), SizeIs(1));
  EXPECT_EQ(h.safeguards(0).safeguard(), vocab::SAFEGUARD_BASIC_MEDICAL_CARE);
  EXPECT_EQ(h.safeguards(0).state(), vocab::SAFEGUARD_STATE_SECURED);
  EXPECT_EQ(h.safeguards(0).since(), "2024-06-10");
}

TEST_F(ImportTest, LoadsMonitoredHouseholds) {
  TestSheet file = MonitoredSheet();
  file.rows = {MonitoredRow("H1", 1, "户主", {}), MonitoredRow("H1", 2, "配偶", {})};
  const pb::Import done = Import(file);
  ASSERT_EQ(done.state(), pb::IMPORT_STATE_SUCCEEDED) << done.failure_message();
  EXPECT_EQ(done.kind(), pb::IMPORT_KIND_MONITORED_HOUSEHOLDS);
  EXPECT_THAT(ErrorTexts(done), IsEmpty());
  const std::vector<pb::Household> households = Households();
  ASSERT_THAT(households, SizeIs(1));
  const pb::Household& h = households[0];
  EXPECT_EQ(h.monitoring().state(), vocab::MONITORING_STATE_MONITORED);
  EXPECT_EQ(h.monitoring().category(), vocab::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY);
  EXPECT_EQ(h.monitoring().determined_on(), "2023-05");
  ASSERT_THAT(h.monitoring().risks(), SizeIs(1));
  EXPECT_EQ(h.monitoring().decided_by(), "");
  // 是 means trouble for the house and safety for the water.
  std::map<int, int> states;
  for (const auto& s : h.safeguards()) states[s.safeguard()] = s.state();
  EXPECT_EQ(states[vocab::SAFEGUARD_COMPULSORY_EDUCATION], vocab::SAFEGUARD_STATE_SECURED);
  EXPECT_EQ(states[vocab::SAFEGUARD_HOUSING_SAFETY], vocab::SAFEGUARD_STATE_NOT_SECURED);
  EXPECT_EQ(states[vocab::SAFEGUARD_DRINKING_WATER_SAFETY], vocab::SAFEGUARD_STATE_SECURED);
  EXPECT_FALSE(states.contains(vocab::SAFEGUARD_BASIC_MEDICAL_CARE));
  EXPECT_EQ(h.income().business_fen(), 500'050);
  EXPECT_EQ(h.income().net_income_fen(), 2'400'050);
  EXPECT_EQ(h.income().per_capita_net_fen(), 1'200'025);
  EXPECT_EQ(h.income().income_reference_fen(), 1'500'050);
  ASSERT_THAT(h.reported_measures(), SizeIs(1));
  EXPECT_EQ(h.reported_measures(0).text(), "种植补贴");
  EXPECT_EQ(h.other_columns().at("实施开发式帮扶措施情况"), "已实施");
  ASSERT_THAT(h.snapshots(), SizeIs(1));
  EXPECT_EQ(h.snapshots(0).kind(), pb::SNAPSHOT_KIND_DETERMINATION);
  EXPECT_EQ(h.snapshots(0).taken_on(), "2023-05");
  EXPECT_EQ(Import(file).households_unchanged(), 1);
}

TEST_F(ImportTest, LoadsEliminatedHouseholdsWithTheirSecondSnapshot) {
  TestSheet file = MonitoredSheet();
  file.rows = {MonitoredRow("H1", 1, "户主",
                            {{"风险是否已消除", "是"},
                             {"风险消除方式", "帮扶消除"},
                             {"消除监测时间", "202402"},
                             {"人均纯收入", "24000.5"},
                             {"风险消除后工资性收入", "30000"},
                             {"风险消除后是否危房户", "否"}})};
  const pb::Import done = Import(file);
  EXPECT_THAT(ErrorTexts(done), IsEmpty());
  ASSERT_THAT(Households(), SizeIs(1));
  const pb::Household h = Households()[0];
  EXPECT_EQ(h.monitoring().state(), vocab::MONITORING_STATE_ELIMINATED);
  EXPECT_EQ(h.monitoring().eliminated_on(), "2024-02");
  EXPECT_EQ(h.monitoring().elimination_mode(), vocab::ELIMINATION_MODE_BY_ASSISTANCE);
  ASSERT_THAT(h.snapshots(), SizeIs(2));
  EXPECT_EQ(h.snapshots(1).kind(), pb::SNAPSHOT_KIND_ELIMINATION);
  EXPECT_EQ(h.snapshots(1).income().wage_fen(), 3'000'000);
  EXPECT_EQ(h.snapshots(1).safeguards(0).state(), vocab::SAFEGUARD_STATE_SECURED);
}

TEST_F(ImportTest, EveryBadRowIsNamedWithColumnAndReason) {
  struct Case {
    std::string name;
    std::vector<Cells> rows;  // from row 4
    std::vector<std::string> expect;
  };
  const std::string wrong = [] {
    std::string id = TestIdNumber(3);
    id.back() = id.back() == '0' ? '1' : '0';
    return id;
  }();
  const Cells good = PersonRow("H1", 1);
  const std::vector<Case> cases = {
      {"check digit",
       {good, PersonRow("H2", 3, "户主", {{"证件号码", wrong}})},
       {"5 证件号码 ID_NUMBER_CHECK_DIGIT"}},
      {"certificate on a wrong number",
       {PersonRow("H2", 3, "户主", {{"证件号码", wrong + "42"}})},
       {"4 证件号码 ID_NUMBER_CHECK_DIGIT"}},
      {"certificate of category 9",
       {PersonRow("H2", 3, "户主", {{"证件号码", TestIdNumber(3) + "92"}})},
       {"4 证件号码 DISABILITY_NUMBER_CATEGORY"}},
      {"village",
       {good, PersonRow("H2", 3, "户主", {{"行政村", "没有的村委会"}})},
       {"5 行政村 VILLAGE_UNKNOWN"}},
      {"township",
       {PersonRow("H2", 3, "户主", {{"乡(镇)", "没有的乡"}})},
       {"4 乡(镇) VILLAGE_UNKNOWN"}},
      {"county",
       {PersonRow("H2", 3, "户主", {{"县(市、区、旗)", "漳县"}})},
       {"4 县(市、区、旗) OUTSIDE_DIVISION"}},
      {"no head", {good, PersonRow("H2", 3, "之子")}, {"5  HOUSEHOLD_WITHOUT_HEAD"}},
      {"two heads",
       {PersonRow("H2", 3), PersonRow("H2", 5)},
       {"5 与户主关系 HOUSEHOLD_WITH_TWO_HEADS"}},
      {"relation",
       {PersonRow("H2", 1, "户主"), PersonRow("H2", 3, "邻居")},
       {"5 与户主关系 RELATION_UNKNOWN"}},
      {"sex",
       {PersonRow("H2", 3, "户主", {{"性别", "女"}})},
       {"4 性别 SEX_DIFFERS_FROM_ID_NUMBER"}},
      {"unknown sex", {PersonRow("H2", 3, "户主", {{"性别", "x"}})}, {"4 性别 SEX_UNKNOWN"}},
      {"birth date",
       {PersonRow("H2", 3, "户主", {{"出生日期", "19800313"}})},
       {"4 出生日期 BIRTH_DATE_DIFFERS_FROM_ID_NUMBER"}},
      {"labour",
       {PersonRow("H2", 3, "户主", {{"劳动技能", "强劳动力"}})},
       {"4 劳动技能 LABOUR_CAPACITY_UNKNOWN"}},
      {"no labour",
       {PersonRow("H2", 3, "户主", {{"劳动技能", ""}})},
       {"4 劳动技能 LABOUR_CAPACITY_MISSING"}},
      {"education",
       {PersonRow("H2", 3, "户主", {{"文化程度", "博士后"}})},
       {"4 文化程度 EDUCATION_UNKNOWN"}},
      {"kind",
       {PersonRow("H2", 3, "户主", {{"户类型", "城镇户"}})},
       {"4 户类型 HOUSEHOLD_KIND_UNKNOWN"}},
      {"no number", {PersonRow("", 3)}, {"4 户编号 HOUSEHOLD_NUMBER_MISSING"}},
      {"no name", {PersonRow("H2", 3, "户主", {{"姓名", ""}})}, {"4 姓名 NAME_MISSING"}},
      {"household cells differ",
       {PersonRow("H2", 3), PersonRow("H2", 5, "之子", {{"户类型", "脱贫户"}})},
       {"5 户类型 HOUSEHOLD_CELL_DIFFERS"}},
      {"twice in the file",
       {good, PersonRow("H2", 3), PersonRow("H2", 1, "之子")},
       {"6 证件号码 ID_NUMBER_DUPLICATE"}},
      {"twice in the household",
       {good, PersonRow("H1", 1, "之子")},
       {"5 证件号码 ID_NUMBER_DUPLICATE"}},
      {"several at once",
       {PersonRow("H2", 3, "之子", {{"性别", "x"}, {"劳动技能", ""}}), PersonRow("", 5)},
       {"4 性别 SEX_UNKNOWN", "4 劳动技能 LABOUR_CAPACITY_MISSING", "4  HOUSEHOLD_WITHOUT_HEAD",
        "5 户编号 HOUSEHOLD_NUMBER_MISSING"}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    TestSheet file;
    file.rows = c.rows;
    Options options;
    options.mode = pb::IMPORT_MODE_ALL_OR_NOTHING;
    const pb::Import done = Import(file, options);
    EXPECT_EQ(done.state(), pb::IMPORT_STATE_FAILED);
    EXPECT_EQ(done.failure_reason(), "ROWS_BAD");
    EXPECT_THAT(ErrorTexts(done), ::testing::UnorderedElementsAreArray(c.expect));
    EXPECT_THAT(Households(), IsEmpty());
    for (const pb::RowError& error : Errors(done.id())) {
      EXPECT_THAT(error.message(), Not(HasSubstr("1980")));
      EXPECT_THAT(error.message(), Not(HasSubstr("测试")));
      EXPECT_FALSE(error.message().empty());
    }
  }
}

TEST_F(ImportTest, BadRowsOfMonitoredHouseholds) {
  TestSheet file = MonitoredSheet();
  file.rows = {
      MonitoredRow("H1", 1, "户主", {{"致贫/返贫风险1", ""}, {"人均纯收入", ""}}),
      MonitoredRow("H2", 3, "户主", {{"监测对象类别", ""}, {"人均纯收入", ""}}),
      MonitoredRow("H3", 5, "户主", {{"监测对象类别", "脱贫不稳定户"}, {"人均纯收入", ""}}),
      MonitoredRow("H4", 7, "户主", {{"纯收入（元）", "24002"}, {"人均纯收入", ""}}),
      MonitoredRow("H5", 9, "户主", {{"人均纯收入", "12000"}}),
      MonitoredRow("H6", 11, "户主", {{"工资性收入", "两万"}, {"人均纯收入", ""}}),
      MonitoredRow("H7", 13, "户主",
                   {{"工资性收入", "-1"}, {"纯收入（元）", ""}, {"人均纯收入", ""}}),
      MonitoredRow("H8", 15, "户主", {{"识别监测时间", "2023"}, {"人均纯收入", ""}}),
      MonitoredRow("H9", 17, "户主", {{"是否危房户", "不详"}, {"人均纯收入", ""}})};
  const pb::Import done = Import(file);
  EXPECT_THAT(
      ErrorTexts(done),
      ElementsAre("4 致贫/返贫风险1 RISK_MISSING", "5 监测对象类别 CATEGORY_MISSING",
                  "6 监测对象类别 CATEGORY_KIND_MISMATCH", "7 纯收入（元） NET_INCOME_MISMATCH",
                  "8 人均纯收入 PER_CAPITA_INCOME_MISMATCH", "9 工资性收入 MONEY_FORMAT",
                  "10  INCOME_NEGATIVE", "11 识别监测时间 MONTH_FORMAT",
                  "12 是否危房户 YES_NO_UNKNOWN"));
  EXPECT_EQ(done.households_refused(), 9);
  EXPECT_THAT(Households(), IsEmpty());
}

TEST_F(ImportTest, SkippingLeavesOutWholeHouseholdsOnly) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1), PersonRow("H2", 3), PersonRow("H2", 5, "之子", {{"性别", "女"}}),
               PersonRow("H3", 7)};
  const pb::Import done = Import(file);
  EXPECT_EQ(done.state(), pb::IMPORT_STATE_SUCCEEDED);
  EXPECT_EQ(done.rows_read(), 4);
  EXPECT_EQ(done.rows_bad(), 1);
  EXPECT_EQ(done.households_created(), 2);
  EXPECT_EQ(done.households_refused(), 1);
  ASSERT_THAT(Households(), SizeIs(2));
  EXPECT_EQ(Households()[1].national_id(), "H3");
}

TEST_F(ImportTest, ValidateOnlySaysWhatWouldHappenAndLoadsNothing) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1), PersonRow("H2", 3, "之子")};
  Options options;
  options.validate_only = true;
  const pb::Import done = Import(file, options);
  EXPECT_EQ(done.state(), pb::IMPORT_STATE_SUCCEEDED);
  EXPECT_EQ(done.households_created(), 1);
  EXPECT_EQ(done.households_refused(), 1);
  EXPECT_THAT(ErrorTexts(done), ElementsAre("5  HOUSEHOLD_WITHOUT_HEAD"));
  EXPECT_THAT(Households(), IsEmpty());
}

TEST_F(ImportTest, APersonOnFileElsewhereIsRefused) {
  TestSheet first;
  first.rows = {PersonRow("H1", 1), PersonRow("H1", 3, "之子")};
  Import(first);
  TestSheet second;
  second.rows = {PersonRow("H2", 5), PersonRow("H2", 3, "之子")};
  for (const bool validate_only : {true, false}) {
    Options options;
    options.validate_only = validate_only;
    const pb::Import done = Import(second, options);
    EXPECT_THAT(ErrorTexts(done), ElementsAre("5 证件号码 PERSON_IN_OTHER_HOUSEHOLD"));
    EXPECT_EQ(done.households_refused(), 1);
  }
  EXPECT_THAT(Households(), SizeIs(1));
}

TEST_F(ImportTest, APersonMovesWhenBothHouseholdsAreInTheFile) {
  TestSheet first;
  first.rows = {PersonRow("H1", 1), PersonRow("H1", 3, "之子"), PersonRow("H2", 5)};
  Import(first);
  for (const pb::ImportMode mode :
       {pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS, pb::IMPORT_MODE_ALL_OR_NOTHING}) {
    // H2 stands first although it takes in whom H1 lets go.
    TestSheet second;
    const bool forth = mode == pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS;
    if (forth) {
      second.rows = {PersonRow("H2", 5), PersonRow("H2", 3, "之子"), PersonRow("H1", 1)};
    } else {
      second.rows = {PersonRow("H1", 1), PersonRow("H1", 3, "之子"), PersonRow("H2", 5)};
    }
    Options options;
    options.mode = mode;
    const pb::Import done = Import(second, options);
    EXPECT_EQ(done.state(), pb::IMPORT_STATE_SUCCEEDED) << done.failure_message();
    EXPECT_THAT(ErrorTexts(done), IsEmpty());
    EXPECT_EQ(done.households_updated(), 2);
    pb::LookUpPersonRequest request;
    request.set_id_number(TestIdNumber(3));
    request.set_purpose("测试");
    const auto found = registry_.LookUpPerson(TestContext(), request);
    FASSERT_OK(found);
    EXPECT_EQ(found->match().household_id(), Households()[forth ? 1 : 0].id());
  }
  const pb::Person left = Households()[1].members(1);
  EXPECT_FALSE(left.membership().active());
  EXPECT_EQ(left.membership().left_on(), "2024-06-10");
}

TEST_F(ImportTest, ASecondImportUpdatesWhatItHasColumnsFor) {
  TestSheet first;
  first.AddColumns({"务工所在地", "工资性收入"});
  first.rows = {PersonRow("H1", 1, "户主", {{"务工所在地", "兰州市"}, {"工资性收入", "100"}})};
  Import(first);
  TestSheet second;
  second.rows = {PersonRow("H1", 1, "户主", {{"文化程度", "高中"}, {"健康状况", ""}})};
  const pb::Import done = Import(second);
  EXPECT_EQ(done.households_updated(), 1);
  const pb::Household h = Households()[0];
  EXPECT_EQ(h.revision(), 2);
  EXPECT_EQ(h.members(0).education().label(), "高中");
  EXPECT_THAT(h.members(0).health(), IsEmpty());  // a blank cell: not on record any more
  EXPECT_EQ(h.members(0).work().place(), "兰州市");
  EXPECT_EQ(h.income().wage_fen(), 10'000);
  pb::ListRevisionsRequest request;
  request.set_household_id(h.id());
  request.set_page_size(10);
  const auto revisions = registry_.ListRevisions(TestContext(), request, {});
  EXPECT_THAT(revisions->items[1].changed_fields(),
              ElementsAre("members[0].education", "members[0].health"));
  EXPECT_THAT(revisions->items[1].reason(), HasSubstr(done.id()));
}

TEST_F(ImportTest, DecisionsMadeHereOutliveAnImport) {
  TestSheet file = MonitoredSheet();
  file.rows = {MonitoredRow("H1", 1, "户主", {{"人均纯收入", ""}})};
  Import(file);
  pb::TransitionMonitoringRequest request;
  request.set_household_id(Households()[0].id());
  request.set_to_state(vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  request.set_effective_on("2024-06-01");
  request.set_decided_by("plan-1");
  FASSERT_OK(registry_.TransitionMonitoring(TestContext(), request));
  EXPECT_EQ(Import(file).households_unchanged(), 1);
  EXPECT_EQ(Households()[0].monitoring().state(), vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  TestSheet all;
  all.rows = {PersonRow("H1", 1)};
  Import(all);
  EXPECT_EQ(Households()[0].monitoring().state(), vocab::MONITORING_STATE_UNDER_ASSISTANCE);
}

TEST_F(ImportTest, SafeguardsRememberSinceWhen) {
  TestSheet file = MonitoredSheet();
  file.rows = {MonitoredRow("H1", 1, "户主", {{"人均纯收入", ""}})};
  Import(file);
  Options later;
  later.ctx = TestContext(kCounty, absl::CivilDay(2024, 9, 1));
  file.rows[0]["是否危房户"] = "否";
  Import(file, later);
  std::map<int, std::string> since;
  const pb::Household household = Households()[0];
  for (const auto& s : household.safeguards()) since[s.safeguard()] = s.since();
  EXPECT_EQ(since[vocab::SAFEGUARD_HOUSING_SAFETY], "2024-09-01");
  EXPECT_EQ(since[vocab::SAFEGUARD_DRINKING_WATER_SAFETY], "2024-06-10");
}

TEST_F(ImportTest, GarbageIsRefusedAsAWhole) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1)};
  const std::string workbook = file.Bytes(pb::SHEET_FORMAT_XLSX);
  struct Case {
    std::string name;
    std::string bytes;
    std::string file_name;
    std::string encoding;
    std::string reason;
  };
  const std::vector<Case> cases = {
      {"text named .xlsx", file.Bytes(), "户信息.xlsx", "", "SHEET_NOT_XLSX"},
      {"truncated workbook", workbook.substr(0, workbook.size() / 2), "户信息.xlsx", "",
       "SHEET_TRUNCATED"},
      {"GB18030 read as UTF-8", file.Bytes(pb::SHEET_FORMAT_CSV_GB18030), "户信息.csv", "UTF-8",
       "SHEET_ENCODING"},
      {"no known header", "甲,乙\n1,2\n", "户信息.csv", "", "SHEET_HEADER_MISSING"},
      {"no village", "户编号,户类型,姓名,证件号码,与户主关系\n", "户信息.csv", "",
       "VILLAGE_COLUMN"},
      {"blank lines only", "\n\n\n", "户信息.csv", "", "SHEET_EMPTY"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Options options;
    options.file_name = c.file_name;
    options.encoding = c.encoding;
    const pb::Import done = Import(c.bytes, options);
    EXPECT_EQ(done.state(), pb::IMPORT_STATE_FAILED);
    EXPECT_EQ(done.failure_reason(), c.reason);
    EXPECT_FALSE(done.failure_message().empty());
    EXPECT_THAT(Households(), IsEmpty());
  }
}

TEST_F(ImportTest, AnEmptyFileEndsAsFailed) {
  const pb::Import done = Import("");
  EXPECT_EQ(done.state(), pb::IMPORT_STATE_FAILED);
  EXPECT_EQ(done.failure_reason(), "SHEET_EMPTY");
}

TEST_F(ImportTest, PiecesComeInOrderAndMayBeRepeated) {
  const std::string id = Upload("abcdef", Options());
  pb::UploadImportChunkRequest chunk;
  chunk.set_import_id(id);
  chunk.set_offset(0);
  chunk.set_data("abcdef");
  EXPECT_EQ(imports_.UploadImportChunk(TestContext(), chunk)->received_bytes(), 6);
  chunk.set_data("abcdeX");
  EXPECT_THAT(imports_.UploadImportChunk(TestContext(), chunk),
              ErrorIs(StatusCode::kInvalidArgument, "CHUNK_DIFFERS"));
  chunk.set_offset(7);
  EXPECT_THAT(imports_.UploadImportChunk(TestContext(), chunk),
              ErrorIs(StatusCode::kInvalidArgument, "CHUNK_OFFSET"));
  chunk.set_data(std::string((4 << 20) + 1, 'x'));
  EXPECT_THAT(imports_.UploadImportChunk(TestContext(), chunk),
              ErrorIs(StatusCode::kInvalidArgument, "CHUNK_TOO_LARGE"));
  FASSERT_OK(Run(id));
  chunk.set_offset(6);
  chunk.set_data("g");
  EXPECT_THAT(imports_.UploadImportChunk(TestContext(), chunk),
              ErrorIs(StatusCode::kFailedPrecondition, "IMPORT_NOT_UPLOADING"));
  EXPECT_THAT(Run("621126-unknown"), ErrorIs(StatusCode::kNotFound, "IMPORT_NOT_FOUND"));
}

TEST_F(ImportTest, TheUploadIsGoneAfterTheRun) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1)};
  const pb::Import done = Import(file);
  std::string content = "x";
  FASSERT_OK(store_.Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(content, reader.Content(done.id()));
    return absl::OkStatus();
  }));
  EXPECT_EQ(content, "");
  // Running again changes nothing.
  FASSERT_OK(Run(done.id()));
  FASSERT_OK(worker_.RunPending());
  EXPECT_EQ(GetImport(done.id()).state(), pb::IMPORT_STATE_SUCCEEDED);
}

TEST_F(ImportTest, ARunThatWasInterruptedIsTakenUpAgain) {
  TestSheet file;
  constexpr int kHouseholds = 2 * static_cast<int>(ImportWorker::kBatch) + 10;
  for (int i = 0; i < kHouseholds; ++i) {
    const std::string id =
        testing::MakeIdNumber("621126", absl::CivilDay(1980, 3, 12) + i / 500, 2 * (i % 500) + 1);
    file.rows.push_back(PersonRow("H" + std::to_string(i), 1, "户主",
                                  {{"证件号码", id}, {"出生日期", id.substr(6, 8)}}));
  }
  const std::string id = Upload(file.Bytes(), Options());
  FASSERT_OK(Run(id));
  // After the attempt, the serials and the first batch comes the second batch.
  store_.FailWrite(4, absl::UnavailableError("power cut"));
  EXPECT_TRUE(absl::IsUnavailable(worker_.RunPending()));
  EXPECT_EQ(GetImport(id).state(), pb::IMPORT_STATE_RUNNING);
  EXPECT_EQ(GetImport(id).households_created(), static_cast<int64_t>(ImportWorker::kBatch));
  FASSERT_OK(worker_.RunPending());
  const pb::Import done = GetImport(id);
  EXPECT_EQ(done.state(), pb::IMPORT_STATE_SUCCEEDED);
  EXPECT_EQ(done.households_created() + done.households_unchanged(), kHouseholds);
  EXPECT_EQ(done.households_unchanged(), static_cast<int64_t>(ImportWorker::kBatch));
}

TEST_F(ImportTest, ABatchThatAnotherWriterMadeVoidIsLoadedAnew) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1)};
  const std::string id = Upload(file.Bytes(), Options());
  FASSERT_OK(Run(id));
  // As if somebody had taken the person in after the batch was made ready, and let him go again.
  store_.FailWrite(3, PersonInOtherHousehold());
  FASSERT_OK(worker_.RunPending());
  EXPECT_EQ(GetImport(id).state(), pb::IMPORT_STATE_SUCCEEDED);
  EXPECT_EQ(GetImport(id).households_created(), 1);
}

TEST_F(ImportTest, ARunThatKillsTheProcessIsGivenUp) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1)};
  const std::string id = Upload(file.Bytes(), Options());
  FASSERT_OK(Run(id));
  FASSERT_OK(store_.Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(auto record, writer.FindImport(id));
    record->attempts = ImportWorker::kMaxAttempts;
    return writer.PutImport(*record);
  }));
  FASSERT_OK(worker_.RunPending());
  EXPECT_EQ(GetImport(id).failure_reason(), "IMPORT_INTERRUPTED");
  EXPECT_THAT(Households(), IsEmpty());
}

TEST_F(ImportTest, TheThreadRunsWhatItFindsAndWhatItIsWokenFor) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1)};
  const std::string found = Upload(file.Bytes(), Options());
  FASSERT_OK(Run(found));
  worker_.Start();
  const auto wait = [&](const std::string& id) {
    for (int i = 0; i < 1000 && GetImport(id).state() == pb::IMPORT_STATE_RUNNING; ++i) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    return GetImport(id).state();
  };
  EXPECT_EQ(wait(found), pb::IMPORT_STATE_SUCCEEDED);
  const std::string woken = Upload(file.Bytes(), Options());
  FASSERT_OK(Run(woken));
  worker_.Wake();
  EXPECT_EQ(wait(woken), pb::IMPORT_STATE_SUCCEEDED);
  worker_.Stop();
}

TEST_F(ImportTest, OnlyWithinTheCallersDivisions) {
  pb::CreateImportRequest create;
  create.mutable_import()->set_division(kOtherCounty);
  create.mutable_import()->set_mode(pb::IMPORT_MODE_ALL_OR_NOTHING);
  EXPECT_THAT(imports_.CreateImport(TestContext(), create),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  const std::string id = Upload("x", Options());
  pb::GetImportRequest get;
  get.set_import_id(id);
  EXPECT_THAT(imports_.GetImport(TestContext(kOtherCounty), get),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  create.mutable_import()->set_division("629999000000");
  EXPECT_THAT(imports_.CreateImport(TestContext(), create),
              ErrorIs(StatusCode::kInvalidArgument, "DIVISION_NOT_FOUND"));
}

}  // namespace
}  // namespace fangpin::registry
