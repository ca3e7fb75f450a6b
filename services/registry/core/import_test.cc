#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/sheet/writer.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/core/import/cells.h"
#include "services/registry/core/import/columns.h"
#include "services/registry/core/import_worker.h"
#include "services/registry/core/imports.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/test_world.h"

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

using Cells = std::map<std::string, std::string>;  // by header
enum class Format { kXlsx, kCsvUtf8, kCsvGb18030 };

// An export: two title rows, the header in row 3, data from row 4.
struct Export {
  std::vector<std::string> header = {
      "县(市、区、旗)", "乡(镇)",   "行政村",   "户编号",     "户类型",   "人口编号",
      "姓名",           "性别",     "出生日期", "证件类型",   "证件号码", "与户主关系",
      "民族",           "政治面貌", "文化程度", "在校生状况", "健康状况", "劳动技能"};
  std::vector<Cells> rows;

  void AddColumns(const std::vector<std::string>& headers) {
    header.insert(header.end(), headers.begin(), headers.end());
  }

  std::string Bytes(Format format = Format::kCsvUtf8) const {
    testing::TempDir directory;
    const std::string path = directory.File(format == Format::kXlsx ? "a.xlsx" : "a.csv");
    std::unique_ptr<sheet::Writer> writer;
    if (format == Format::kXlsx) {
      writer = *sheet::XlsxWriter::Create(path, "户信息");
    } else {
      writer = *sheet::CsvWriter::Create(path, format == Format::kCsvUtf8
                                                   ? sheet::CsvWriter::Encoding::kUtf8
                                                   : sheet::CsvWriter::Encoding::kGb18030);
    }
    EXPECT_TRUE(writer->Add({"户信息"}).ok());
    EXPECT_TRUE(writer->Add({"导出时间：2024-06-01"}).ok());
    EXPECT_TRUE(writer->Add(header).ok());
    for (const Cells& row : rows) {
      std::vector<std::string> cells;
      for (const std::string& name : header) {
        const auto cell = row.find(name);
        cells.push_back(cell == row.end() ? "" : cell->second);
      }
      EXPECT_TRUE(writer->Add(cells).ok());
    }
    EXPECT_TRUE(writer->Close().ok());
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

Cells Person(std::string household, int sequence, std::string relation = "户主",
             const Cells& others = {}) {
  Cells cells = {{"县(市、区、旗)", "岷县"},
                 {"乡(镇)", "秦许乡"},
                 {"行政村", "西川村"},
                 {"户编号", std::move(household)},
                 {"户类型", "一般农户"},
                 {"人口编号", "R" + std::to_string(sequence)},
                 {"姓名", "测试甲"},
                 {"性别", sequence % 2 == 1 ? "男" : "女"},
                 {"出生日期", "19800312"},
                 {"证件类型", "居民身份证"},
                 {"证件号码", TestIdNumber(sequence)},
                 {"与户主关系", std::move(relation)},
                 {"民族", "汉族"},
                 {"政治面貌", "群众"},
                 {"文化程度", "初中"},
                 {"健康状况", "健康"},
                 {"劳动技能", "普通劳动力"}};
  for (const auto& [header, cell] : others) cells[header] = cell;
  return cells;
}

// "5 证件号码 ID_NUMBER_CHECK_DIGIT".
std::string Text(const pb::RowError& error) {
  return std::to_string(error.row()) + " " + error.column() + " " + error.reason();
}

class ImportTest : public ::testing::Test {
 protected:
  struct Options {
    pb::ImportMode mode = pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS;
    bool validate_only = false;
    std::string file_name = "户信息.csv";
    std::string encoding;
    int max_duplicate_percent = 100;
    base::CallContext ctx = TestContext();
  };

  std::string Upload(std::string_view bytes, const Options& options) {
    pb::CreateImportRequest create;
    create.mutable_import()->set_division(kCounty);
    create.mutable_import()->set_file_name(options.file_name);
    create.mutable_import()->set_mode(options.mode);
    create.mutable_import()->set_validate_only(options.validate_only);
    create.mutable_import()->set_encoding(options.encoding);
    create.mutable_import()->set_max_duplicate_percent(options.max_duplicate_percent);
    const auto created = imports_.CreateImport(options.ctx, create);
    EXPECT_TRUE(created.ok()) << created.status();
    constexpr size_t kPiece = 1000;
    for (size_t at = 0; at < bytes.size(); at += kPiece) {
      pb::UploadImportChunkRequest chunk;
      chunk.set_import_id(created->import().id());
      chunk.set_offset(static_cast<int64_t>(at));
      chunk.set_data(std::string(bytes.substr(at, kPiece)));
      const auto uploaded = imports_.UploadImportChunk(options.ctx, chunk);
      EXPECT_TRUE(uploaded.ok()) << uploaded.status();
    }
    return created->import().id();
  }

  // Uploads and runs; returns the import as it ended.
  pb::Import Import(std::string_view bytes, const Options& options) {
    const std::string id = Upload(bytes, options);
    EXPECT_TRUE(Run(id, options.ctx).ok());
    EXPECT_TRUE(worker_.RunPending().ok());
    return GetImport(id);
  }
  pb::Import Import(std::string_view bytes) { return Import(bytes, Options()); }
  pb::Import Import(const Export& file) { return Import(file.Bytes(), Options()); }
  pb::Import Import(const Export& file, const Options& options) {
    return Import(file.Bytes(), options);
  }

  absl::Status Run(const std::string& id, const base::CallContext& ctx = TestContext()) {
    pb::RunImportRequest run;
    run.set_import_id(id);
    return imports_.RunImport(ctx, run).status();
  }
  pb::Import GetImport(const std::string& id) {
    pb::GetImportRequest request;
    request.set_import_id(id);
    const auto got = imports_.GetImport(TestContext(), request);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? got->import() : pb::Import();
  }

  std::vector<pb::RowError> Errors(const std::string& id) {
    pb::ListImportErrorsRequest request;
    request.set_import_id(id);
    request.set_page_size(1000);
    const auto page = imports_.ListImportErrors(TestContext(), request, {});
    EXPECT_TRUE(page.ok()) << page.status();
    return page->items;
  }
  std::vector<std::string> ErrorTexts(const pb::Import& import) {
    std::vector<std::string> texts;
    for (const pb::RowError& error : Errors(import.id())) texts.push_back(Text(error));
    return texts;
  }

  std::vector<pb::Household> Households() {
    pb::ListHouseholdsRequest request;
    request.set_page_size(500);
    return registry_.ListHouseholds(TestContext(), request, {})->items;
  }

  DivisionTree divisions_ = TestDivisions();
  metrics::Registry metric_registry_;
  RegistryMetrics metrics_{metric_registry_};
  testing::FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  FakeStore store_;
  Registry registry_{&store_, &divisions_, &metrics_};
  ImportWorker worker_{&store_, &divisions_, &metrics_, &clock_};
  Imports imports_{&store_, &divisions_, [] {}};
};

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

TEST(CellsTest, DatesAndMonthsComeInSeveralForms) {
  EXPECT_EQ(ParseBirthDate("19800312"), "1980-03-12");
  EXPECT_EQ(ParseBirthDate("1980-03-12 00:00:00"), "1980-03-12");
  EXPECT_EQ(ParseBirthDate("1980/03/12"), "1980-03-12");
  EXPECT_EQ(ParseBirthDate("19800231"), std::nullopt);
  EXPECT_EQ(ParseMonthCell("202105"), "2021-05");
  EXPECT_EQ(ParseMonthCell("2021-05"), "2021-05");
  EXPECT_EQ(ParseMonthCell("2021-05-17"), "2021-05");
  EXPECT_EQ(ParseMonthCell("202113"), std::nullopt);
}

TEST_F(ImportTest, LoadsAllFarmHouseholdsInEveryFormat) {
  Export file;
  file.AddColumns({"自然村", "户联系电话", "务工所在地", "务工时间（月）", "耕地面积（亩） ",
                   "是否参加城乡居民基本医疗保险", "享受低保政策情况", "神秘列"});
  const Cells more = {{"自然村", "上社"},         {"户联系电话", "13893212345"},
                      {"务工所在地", "兰州市"},   {"务工时间（月）", "8"},
                      {"耕地面积（亩） ", "3.5"}, {"是否参加城乡居民基本医疗保险", "是"},
                      {"享受低保政策情况", "否"}, {"神秘列", "留着"}};
  file.rows = {Person("H1", 1, "户主", more), Person("H2", 5, "户主", more)};
  Cells son = Person("H1", 3, "之子", more);
  son["健康状况"] = "长期慢性病,残疾";
  file.rows.push_back(son);
  for (const Format format : {Format::kXlsx, Format::kCsvUtf8, Format::kCsvGb18030}) {
    Options options;
    if (format == Format::kXlsx) options.file_name = "户信息.xlsx";
    const pb::Import done = Import(file.Bytes(format), options);
    EXPECT_EQ(done.state(), pb::IMPORT_STATE_SUCCEEDED) << done.failure_message();
    EXPECT_EQ(done.kind(), pb::IMPORT_KIND_ALL_HOUSEHOLDS);
    EXPECT_EQ(done.rows_read(), 3);
    EXPECT_EQ(done.rows_bad(), 0);
    EXPECT_EQ(done.households_created(), format == Format::kXlsx ? 2 : 0);
    EXPECT_EQ(done.households_unchanged(), format == Format::kXlsx ? 0 : 2);
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

Export MonitoredExport() {
  Export file;
  file.header[0] = "县";
  file.header[1] = "乡";
  file.header[2] = "村";
  file.AddColumns({"省",
                   "市",
                   "监测对象类别",
                   "识别监测时间",
                   "致贫/返贫风险1",
                   "致贫/返贫风险2",
                   "因自然灾害子项",
                   "其他备注",
                   "风险是否已消除",
                   "风险消除方式",
                   "消除监测时间",
                   "是否义务教育阶段适龄儿童少年失学辍学",
                   "是否危房户",
                   "是否解决安全饮用水",
                   "工资性收入",
                   "生产经营性收入",
                   "财产性收入",
                   "转移性收入",
                   "生产经营性支出",
                   "纯收入（元）",
                   "人均纯收入",
                   "理赔收入",
                   "合规自付支出",
                   "产业帮扶",
                   "教育帮扶",
                   "实施开发式帮扶措施情况",
                   "风险消除后工资性收入",
                   "风险消除后是否危房户"});
  return file;
}

Cells Monitored(std::string household, int sequence, std::string relation, const Cells& others) {
  Cells cells = Person(std::move(household), sequence, std::move(relation));
  cells["县"] = "岷县";
  cells["乡"] = "秦许乡";
  cells["村"] = "西川村";
  const Cells more = {{"省", "甘肃省"},
                      {"市", "定西市"},
                      {"监测对象类别", "突发严重困难户"},
                      {"识别监测时间", "202305"},
                      {"致贫/返贫风险1", "因病"},
                      {"风险是否已消除", "否"},
                      {"是否义务教育阶段适龄儿童少年失学辍学", "否"},
                      {"是否危房户", "是"},
                      {"是否解决安全饮用水", "是"},
                      {"工资性收入", "20000"},
                      {"生产经营性收入", "5,000.50"},
                      {"财产性收入", "0"},
                      {"转移性收入", "1000"},
                      {"生产经营性支出", "2000"},
                      {"纯收入（元）", "24000.5"},
                      {"人均纯收入", "12000"},
                      {"理赔收入", "0"},
                      {"合规自付支出", "9000"},
                      {"产业帮扶", "种植补贴"},
                      {"实施开发式帮扶措施情况", "已实施"}};
  for (const auto& [header, cell] : more) cells[header] = cell;
  for (const auto& [header, cell] : others) cells[header] = cell;
  return cells;
}

TEST_F(ImportTest, LoadsMonitoredHouseholds) {
  Export file = MonitoredExport();
  file.rows = {Monitored("H1", 1, "户主", {}), Monitored("H1", 2, "配偶", {})};
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
  Export file = MonitoredExport();
  file.rows = {Monitored("H1", 1, "户主",
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
  const Cells good = Person("H1", 1);
  const std::vector<Case> cases = {
      {"check digit",
       {good, Person("H2", 3, "户主", {{"证件号码", wrong}})},
       {"5 证件号码 ID_NUMBER_CHECK_DIGIT"}},
      {"certificate on a wrong number",
       {Person("H2", 3, "户主", {{"证件号码", wrong + "42"}})},
       {"4 证件号码 ID_NUMBER_CHECK_DIGIT"}},
      {"certificate of category 9",
       {Person("H2", 3, "户主", {{"证件号码", TestIdNumber(3) + "92"}})},
       {"4 证件号码 DISABILITY_NUMBER_CATEGORY"}},
      {"village",
       {good, Person("H2", 3, "户主", {{"行政村", "没有的村委会"}})},
       {"5 行政村 VILLAGE_UNKNOWN"}},
      {"township",
       {Person("H2", 3, "户主", {{"乡(镇)", "没有的乡"}})},
       {"4 乡(镇) VILLAGE_UNKNOWN"}},
      {"county",
       {Person("H2", 3, "户主", {{"县(市、区、旗)", "漳县"}})},
       {"4 县(市、区、旗) OUTSIDE_DIVISION"}},
      {"no head", {good, Person("H2", 3, "之子")}, {"5  HOUSEHOLD_WITHOUT_HEAD"}},
      {"two heads", {Person("H2", 3), Person("H2", 5)}, {"5 与户主关系 HOUSEHOLD_WITH_TWO_HEADS"}},
      {"relation",
       {Person("H2", 1, "户主"), Person("H2", 3, "邻居")},
       {"5 与户主关系 RELATION_UNKNOWN"}},
      {"sex", {Person("H2", 3, "户主", {{"性别", "女"}})}, {"4 性别 SEX_DIFFERS_FROM_ID_NUMBER"}},
      {"unknown sex", {Person("H2", 3, "户主", {{"性别", "x"}})}, {"4 性别 SEX_UNKNOWN"}},
      {"birth date",
       {Person("H2", 3, "户主", {{"出生日期", "19800313"}})},
       {"4 出生日期 BIRTH_DATE_DIFFERS_FROM_ID_NUMBER"}},
      {"labour",
       {Person("H2", 3, "户主", {{"劳动技能", "强劳动力"}})},
       {"4 劳动技能 LABOUR_CAPACITY_UNKNOWN"}},
      {"no labour",
       {Person("H2", 3, "户主", {{"劳动技能", ""}})},
       {"4 劳动技能 LABOUR_CAPACITY_MISSING"}},
      {"education",
       {Person("H2", 3, "户主", {{"文化程度", "博士后"}})},
       {"4 文化程度 EDUCATION_UNKNOWN"}},
      {"kind",
       {Person("H2", 3, "户主", {{"户类型", "城镇户"}})},
       {"4 户类型 HOUSEHOLD_KIND_UNKNOWN"}},
      {"no number", {Person("", 3)}, {"4 户编号 HOUSEHOLD_NUMBER_MISSING"}},
      {"no name", {Person("H2", 3, "户主", {{"姓名", ""}})}, {"4 姓名 NAME_MISSING"}},
      {"household cells differ",
       {Person("H2", 3), Person("H2", 5, "之子", {{"户类型", "脱贫户"}})},
       {"5 户类型 HOUSEHOLD_CELL_DIFFERS"}},
      {"twice in the file",
       {good, Person("H2", 3), Person("H2", 1, "之子")},
       {"6 证件号码 ID_NUMBER_DUPLICATE"}},
      {"twice in the household",
       {good, Person("H1", 1, "之子")},
       {"5 证件号码 ID_NUMBER_DUPLICATE"}},
      {"several at once",
       {Person("H2", 3, "之子", {{"性别", "x"}, {"劳动技能", ""}}), Person("", 5)},
       {"4 性别 SEX_UNKNOWN", "4 劳动技能 LABOUR_CAPACITY_MISSING", "4  HOUSEHOLD_WITHOUT_HEAD",
        "5 户编号 HOUSEHOLD_NUMBER_MISSING"}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Export file;
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
  Export file = MonitoredExport();
  file.rows = {
      Monitored("H1", 1, "户主", {{"致贫/返贫风险1", ""}, {"人均纯收入", ""}}),
      Monitored("H2", 3, "户主", {{"监测对象类别", ""}, {"人均纯收入", ""}}),
      Monitored("H3", 5, "户主", {{"监测对象类别", "脱贫不稳定户"}, {"人均纯收入", ""}}),
      Monitored("H4", 7, "户主", {{"纯收入（元）", "24002"}, {"人均纯收入", ""}}),
      Monitored("H5", 9, "户主", {{"人均纯收入", "12000"}}),
      Monitored("H6", 11, "户主", {{"工资性收入", "两万"}, {"人均纯收入", ""}}),
      Monitored("H7", 13, "户主", {{"工资性收入", "-1"}, {"纯收入（元）", ""}, {"人均纯收入", ""}}),
      Monitored("H8", 15, "户主", {{"识别监测时间", "2023"}, {"人均纯收入", ""}}),
      Monitored("H9", 17, "户主", {{"是否危房户", "不详"}, {"人均纯收入", ""}})};
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
  Export file;
  file.rows = {Person("H1", 1), Person("H2", 3), Person("H2", 5, "之子", {{"性别", "女"}}),
               Person("H3", 7)};
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
  Export file;
  file.rows = {Person("H1", 1), Person("H2", 3, "之子")};
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
  Export first;
  first.rows = {Person("H1", 1), Person("H1", 3, "之子")};
  Import(first);
  Export second;
  second.rows = {Person("H2", 5), Person("H2", 3, "之子")};
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
  Export first;
  first.rows = {Person("H1", 1), Person("H1", 3, "之子"), Person("H2", 5)};
  Import(first);
  for (const pb::ImportMode mode :
       {pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS, pb::IMPORT_MODE_ALL_OR_NOTHING}) {
    // H2 stands first although it takes in whom H1 lets go.
    Export second;
    const bool forth = mode == pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS;
    if (forth) {
      second.rows = {Person("H2", 5), Person("H2", 3, "之子"), Person("H1", 1)};
    } else {
      second.rows = {Person("H1", 1), Person("H1", 3, "之子"), Person("H2", 5)};
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
  Export first;
  first.AddColumns({"务工所在地", "工资性收入"});
  first.rows = {Person("H1", 1, "户主", {{"务工所在地", "兰州市"}, {"工资性收入", "100"}})};
  Import(first);
  Export second;
  second.rows = {Person("H1", 1, "户主", {{"文化程度", "高中"}, {"健康状况", ""}})};
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
  Export file = MonitoredExport();
  file.rows = {Monitored("H1", 1, "户主", {{"人均纯收入", ""}})};
  Import(file);
  pb::TransitionMonitoringRequest request;
  request.set_household_id(Households()[0].id());
  request.set_to_state(vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  request.set_effective_on("2024-06-01");
  request.set_decided_by("plan-1");
  FASSERT_OK(registry_.TransitionMonitoring(TestContext(), request));
  EXPECT_EQ(Import(file).households_unchanged(), 1);
  EXPECT_EQ(Households()[0].monitoring().state(), vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  Export all;
  all.rows = {Person("H1", 1)};
  Import(all);
  EXPECT_EQ(Households()[0].monitoring().state(), vocab::MONITORING_STATE_UNDER_ASSISTANCE);
}

TEST_F(ImportTest, SafeguardsRememberSinceWhen) {
  Export file = MonitoredExport();
  file.rows = {Monitored("H1", 1, "户主", {{"人均纯收入", ""}})};
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
  Export file;
  file.rows = {Person("H1", 1)};
  const std::string workbook = file.Bytes(Format::kXlsx);
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
      {"GB18030 read as UTF-8", file.Bytes(Format::kCsvGb18030), "户信息.csv", "UTF-8",
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
  Export file;
  file.rows = {Person("H1", 1)};
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
  Export file;
  constexpr int kHouseholds = 2 * static_cast<int>(ImportWorker::kBatch) + 10;
  for (int i = 0; i < kHouseholds; ++i) {
    const std::string id =
        testing::MakeIdNumber("621126", absl::CivilDay(1980, 3, 12) + i / 500, 2 * (i % 500) + 1);
    file.rows.push_back(Person("H" + std::to_string(i), 1, "户主",
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
  Export file;
  file.rows.push_back(Person("H1", 1, "户主"));
  const std::string id = Upload(file.Bytes(), Options());
  FASSERT_OK(Run(id));
  // As if somebody had taken the person in after the batch was made ready, and let him go again.
  store_.FailWrite(3, PersonInOtherHousehold());
  FASSERT_OK(worker_.RunPending());
  EXPECT_EQ(GetImport(id).state(), pb::IMPORT_STATE_SUCCEEDED);
  EXPECT_EQ(GetImport(id).households_created(), 1);
}

TEST_F(ImportTest, ARunThatKillsTheProcessIsGivenUp) {
  Export file;
  file.rows = {Person("H1", 1)};
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
  Export file;
  file.rows = {Person("H1", 1)};
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
