// Spells of work, villages, duplicates and the errors workbook.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/core/import_fixture.h"
#include "services/registry/core/villages.h"

namespace fangpin::registry {
namespace {

using ::absl::StatusCode;
using ::fangpin::testing::ErrorIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace vocab = ::fangpin::policy::v1;

constexpr char kXlsxMagic[] = "PK\x03\x04";

TestSheet SpellSheet() {
  TestSheet file;
  file.header = {"县",       "乡",           "行政村",     "户编号",     "证件号码",
                 "户类型",   "监测对象类别", "是否已务工", "务工所在县", "务工月收入",
                 "就业渠道", "开始时间",     "结束时间"};
  return file;
}

Cells Spell(std::string household, int sequence, std::string begin, std::string end,
            const Cells& others = {}) {
  Cells cells = {{"县", "岷县"},
                 {"乡", "秦许乡"},
                 {"行政村", "西川村"},
                 {"户编号", std::move(household)},
                 {"户类型", "一般农户"},
                 {"证件号码", TestIdNumber(sequence)},
                 {"是否已务工", "是"},
                 {"务工所在县", "新疆石河子市"},
                 {"务工月收入", "4500"},
                 {"就业渠道", "政府组织"},
                 {"开始时间", std::move(begin)},
                 {"结束时间", std::move(end)}};
  for (const auto& [header, cell] : others) cells[header] = cell;
  return cells;
}

class SpellImportTest : public ImportTest {
 protected:
  SpellImportTest() {
    TestSheet file;
    file.rows = {PersonRow("H1", 1), PersonRow("H1", 3, "之子"), PersonRow("H2", 5)};
    Import(file);
  }
  pb::Import ImportSpells(const std::vector<Cells>& rows, const Options& options) {
    TestSheet file = SpellSheet();
    file.rows = rows;
    return Import(file, options);
  }
  pb::Import ImportSpells(const std::vector<Cells>& rows) { return ImportSpells(rows, Options()); }
};

TEST_F(SpellImportTest, UpdatesPersonsOnFile) {
  const pb::Import done = ImportSpells({Spell("H1", 3, "202303", "", {{"务工月收入", "5200.5"}}),
                                        Spell("H1", 3, "202201", "20221231"),
                                        Spell("H2", 5, "202305", "", {{"是否已务工", "否"}})});
  EXPECT_EQ(done.kind(), pb::IMPORT_KIND_WORK_SPELLS);
  EXPECT_EQ(done.state(), pb::IMPORT_STATE_SUCCEEDED) << done.failure_message();
  EXPECT_THAT(ErrorTexts(done), IsEmpty());
  EXPECT_EQ(done.rows_read(), 3);
  EXPECT_EQ(done.rows_duplicate(), 0);
  EXPECT_EQ(done.households_updated(), 2);
  const std::vector<pb::Household> households = Households();
  EXPECT_THAT(households[0].members(0).work_spells(), IsEmpty());
  const auto& spells = households[0].members(1).work_spells();
  ASSERT_THAT(spells, SizeIs(2));  // oldest first
  EXPECT_EQ(spells[0].begin(), "2022-01");
  EXPECT_EQ(spells[0].end(), "2022-12-31");
  EXPECT_EQ(spells[1].begin(), "2023-03");
  EXPECT_EQ(spells[1].end(), "");
  EXPECT_TRUE(spells[1].working());
  EXPECT_EQ(spells[1].county(), "新疆石河子市");
  EXPECT_EQ(spells[1].channel(), "政府组织");
  EXPECT_EQ(spells[1].monthly_wage_fen(), 520'050);
  EXPECT_FALSE(households[1].members(0).work_spells(0).working());
  // The rest of the household is as it was.
  EXPECT_EQ(households[0].members(1).name(), "测试甲");
  EXPECT_EQ(households[0].revision(), 2);
}

TEST_F(SpellImportTest, TheFileIsTheTruthForThePersonsThatItNames) {
  ImportSpells({Spell("H1", 1, "202201", "202206"), Spell("H1", 3, "202201", "202206")});
  const pb::Import again =
      ImportSpells({Spell("H1", 1, "202201", "202206"), Spell("H1", 3, "202201", "202206")});
  EXPECT_EQ(again.households_unchanged(), 1);
  EXPECT_EQ(again.households_updated(), 0);
  ImportSpells({Spell("H1", 3, "202202", "202207")});
  const pb::Household h = Households()[0];
  ASSERT_THAT(h.members(0).work_spells(), SizeIs(1));
  EXPECT_EQ(h.members(0).work_spells(0).begin(), "2022-01");
  ASSERT_THAT(h.members(1).work_spells(), SizeIs(1));
  EXPECT_EQ(h.members(1).work_spells(0).begin(), "2022-02");
}

TEST_F(SpellImportTest, WhoIsNotOnFileIsARowError) {
  const pb::Import done = ImportSpells({Spell("H9", 1, "202301", ""), Spell("H1", 5, "202301", ""),
                                        Spell("H1", 5, "202202", "202203"),
                                        Spell("H2", 5, "202301", ""), Spell("", 5, "202301", "")});
  EXPECT_THAT(ErrorTexts(done),
              ElementsAre("4 户编号 HOUSEHOLD_NOT_ON_FILE", "5 证件号码 PERSON_NOT_ON_FILE",
                          "6 证件号码 PERSON_NOT_ON_FILE", "8 户编号 HOUSEHOLD_NUMBER_MISSING"));
  EXPECT_EQ(done.households_updated(), 1);
  EXPECT_EQ(done.households_refused(), 2);
  EXPECT_THAT(Households()[0].members(0).work_spells(), IsEmpty());
}

TEST_F(SpellImportTest, WhatTheFileSaysOfTheHouseholdHasToBeOnFile) {
  const pb::Import done =
      ImportSpells({Spell("H1", 1, "202301", "", {{"户类型", "脱贫户"}, {"行政村", "上阿阳村"}}),
                    Spell("H2", 5, "202301", "", {{"监测对象类别", "边缘易致贫户"}})});
  EXPECT_THAT(ErrorTexts(done),
              ElementsAre("4 行政村 DIFFERS_FROM_FILE", "4 户类型 DIFFERS_FROM_FILE",
                          "5 监测对象类别 DIFFERS_FROM_FILE"));
}

TEST_F(SpellImportTest, EverySpellIsChecked) {
  const pb::Import done =
      ImportSpells({Spell("H1", 1, "202301", "202306"), Spell("H1", 1, "202305", ""),
                    Spell("H2", 5, "", "202306"), Spell("H2", 5, "202301", "202212"),
                    Spell("H2", 5, "二月", "", {{"务工月收入", "很多"}, {"是否已务工", "好像"}})});
  EXPECT_THAT(ErrorTexts(done),
              ElementsAre("5 开始时间 WORK_SPELLS_OVERLAP", "8 是否已务工 YES_NO_UNKNOWN",
                          "8 务工月收入 MONEY_FORMAT", "8 开始时间 DATE_FORMAT"));
  EXPECT_EQ(done.households_refused(), 2);
  const pb::Import lone =
      ImportSpells({Spell("H2", 5, "", "202306"), Spell("H1", 3, "202301", "202212")});
  EXPECT_THAT(ErrorTexts(lone), ElementsAre("4 开始时间 WORK_SPELL_BEGIN_MISSING",
                                            "5 结束时间 WORK_SPELL_ENDS_BEFORE_BEGIN"));
}

TEST_F(SpellImportTest, TheSameBeginningTwiceIsADuplicate) {
  Options options;
  options.max_duplicate_percent = 50;
  const pb::Import done = ImportSpells(
      {Spell("H1", 1, "202301", "202306"), Spell("H1", 1, "202301", "202307")}, options);
  EXPECT_EQ(done.rows_duplicate(), 1);
  EXPECT_THAT(ErrorTexts(done), ElementsAre("5 开始时间 WORK_SPELL_DUPLICATE"));
}

TEST_F(SpellImportTest, APeriodMayStandInOneCellAndUnknownColumnsAreKept) {
  TestSheet file = SpellSheet();
  file.header.resize(file.header.size() - 2);
  file.AddColumns({"开始/结束时间", "用工单位"});
  Cells row = Spell("H1", 1, "", "");
  row["开始/结束时间"] = "202301-202306";
  row["用工单位"] = "某纺织厂";
  file.rows = {row};
  const pb::Import done = Import(file);
  EXPECT_THAT(ErrorTexts(done), IsEmpty());
  EXPECT_THAT(done.unknown_columns(), ElementsAre("用工单位"));
  const pb::WorkSpell spell = Households()[0].members(0).work_spells(0);
  EXPECT_EQ(spell.begin(), "2023-01");
  EXPECT_EQ(spell.end(), "2023-06");
  EXPECT_EQ(spell.other_columns().at("用工单位"), "某纺织厂");
}

TEST_F(SpellImportTest, AllOrNothingAndDryRunsHoldForSpellsToo) {
  Options all;
  all.mode = pb::IMPORT_MODE_ALL_OR_NOTHING;
  const std::vector<Cells> rows = {Spell("H1", 1, "202301", ""), Spell("H9", 5, "202301", "")};
  const pb::Import failed = ImportSpells(rows, all);
  EXPECT_EQ(failed.failure_reason(), "ROWS_BAD");
  Options dry;
  dry.validate_only = true;
  EXPECT_EQ(ImportSpells(rows, dry).households_updated(), 1);
  EXPECT_THAT(Households()[0].members(0).work_spells(), IsEmpty());
}

TestSheet VillageSheet() {
  TestSheet file;
  file.header = {"县", "乡", "村", "总户数", "总人口数", "村级集体经济收入（万元）", "村支书"};
  return file;
}

Cells Village(std::string village, std::string households, const Cells& others = {}) {
  Cells cells = {{"县", "岷县"},
                 {"乡", "秦许乡"},
                 {"村", std::move(village)},
                 {"总户数", std::move(households)},
                 {"总人口数", "812"},
                 {"村级集体经济收入（万元）", "12.5"}};
  for (const auto& [header, cell] : others) cells[header] = cell;
  return cells;
}

class VillageImportTest : public ImportTest {
 protected:
  std::vector<v1::VillageProfile> Profiles(std::string division = kCounty) {
    v1::ListVillageProfilesRequest request;
    request.set_page_size(100);
    const auto page = villages_.ListVillageProfiles(TestContext(division), request, {});
    EXPECT_TRUE(page.ok()) << page.status();
    return page->items;
  }

  Villages villages_{&store_};
};

TEST_F(VillageImportTest, KeepsWhatVillagesReport) {
  TestSheet file = VillageSheet();
  file.rows = {Village("西川村", "203", {{"村支书", "某人"}}), Village("上阿阳村", "150")};
  pb::Import done = Import(file);
  EXPECT_EQ(done.kind(), pb::IMPORT_KIND_VILLAGES);
  EXPECT_EQ(done.state(), pb::IMPORT_STATE_SUCCEEDED) << done.failure_message();
  EXPECT_EQ(done.households_created(), 2);
  EXPECT_THAT(done.unknown_columns(), ElementsAre("村支书"));
  std::vector<v1::VillageProfile> profiles = Profiles();
  ASSERT_THAT(profiles, SizeIs(2));
  EXPECT_EQ(profiles[0].division(), kVillage);
  EXPECT_EQ(profiles[0].households(), 203);
  EXPECT_EQ(profiles[0].persons(), 812);
  EXPECT_EQ(profiles[0].collective_income_fen(), 12'500'000);
  EXPECT_EQ(profiles[0].other_columns().at("村支书"), "某人");
  EXPECT_EQ(profiles[0].import_id(), done.id());
  EXPECT_THAT(Profiles(kOtherCounty), IsEmpty());

  EXPECT_EQ(Import(file).households_unchanged(), 2);
  EXPECT_EQ(Profiles()[0].import_id(), done.id());

  // Fields without a column stay, blank cells are not on record any more.
  TestSheet second = VillageSheet();
  second.header = {"村", "总户数", "总人口数", "危房户数"};
  second.rows = {Village("西川村", "204", {{"总人口数", ""}, {"危房户数", "0"}})};
  EXPECT_EQ(Import(second).households_updated(), 1);
  profiles = Profiles();
  EXPECT_EQ(profiles[0].households(), 204);
  EXPECT_FALSE(profiles[0].has_persons());
  EXPECT_TRUE(profiles[0].has_unsafe_house_households());
  EXPECT_EQ(profiles[0].collective_income_fen(), 12'500'000);
  EXPECT_EQ(profiles[0].other_columns().at("村支书"), "某人");
}

TEST_F(VillageImportTest, EveryBadRowIsNamed) {
  TestSheet file = VillageSheet();
  file.rows = {Village("西川村", "203"), Village("没有的村", "1"), Village("西川村", "204"),
               Village("上阿阳村", "一百")};
  const pb::Import done = Import(file);
  EXPECT_THAT(ErrorTexts(done), ElementsAre("5 村 VILLAGE_UNKNOWN", "6 村 VILLAGE_DUPLICATE",
                                            "7 总户数 NUMBER_FORMAT"));
  EXPECT_EQ(done.households_created(), 1);
  EXPECT_EQ(done.households_refused(), 3);
  EXPECT_EQ(done.rows_duplicate(), 1);
  EXPECT_EQ(Profiles()[0].households(), 203);
  Options all;
  all.mode = pb::IMPORT_MODE_ALL_OR_NOTHING;
  EXPECT_EQ(Import(file, all).failure_reason(), "ROWS_BAD");
  Options dry;
  dry.validate_only = true;
  file.rows = {Village("上阿阳村", "150")};
  EXPECT_EQ(Import(file, dry).households_created(), 1);
  EXPECT_THAT(Profiles(), SizeIs(1));
}

class DuplicateTest : public ImportTest {
 protected:
  // Ten rows, of which `repeated` repeat another row's person.
  static TestSheet TenRows(int repeated) {
    TestSheet file;
    for (int i = 0; i < 10; ++i) {
      const int person = i < repeated ? 19 : 2 * i + 1;
      file.rows.push_back(PersonRow("H" + std::to_string(i), person));
    }
    return file;
  }
  static Options Percent(int percent) {
    Options options;
    options.max_duplicate_percent = percent;
    return options;
  }
};

TEST_F(DuplicateTest, TheShareDecides) {
  // 0 stands for 20.
  EXPECT_EQ(Import(TenRows(2), Percent(0)).state(), pb::IMPORT_STATE_SUCCEEDED);
  const pb::Import refused = Import(TenRows(3), Percent(0));
  EXPECT_EQ(refused.failure_reason(), "TOO_MANY_DUPLICATES");
  EXPECT_EQ(refused.rows_duplicate(), 3);
  EXPECT_THAT(ErrorTexts(refused), SizeIs(3));
  EXPECT_EQ(Import(TenRows(3), Percent(29)).failure_reason(), "TOO_MANY_DUPLICATES");
  EXPECT_EQ(Import(TenRows(3), Percent(30)).state(), pb::IMPORT_STATE_SUCCEEDED);
  EXPECT_EQ(Import(TenRows(9), Percent(100)).state(), pb::IMPORT_STATE_SUCCEEDED);
}

TEST_F(DuplicateTest, NothingIsLoadedOfAFileThatIsRefusedForThem) {
  EXPECT_EQ(Import(TenRows(3), Percent(20)).households_created(), 0);
  EXPECT_THAT(Households(), IsEmpty());
}

TEST_F(DuplicateTest, ClaimsOfPersonsOfOtherHouseholdsCount) {
  Import(TenRows(0));
  TestSheet file;
  // H0 and H1 are in the file and let their persons go; those of H2 and H3 are claimed.
  file.rows = {PersonRow("H0", 41), PersonRow("H1", 43), PersonRow("N1", 1),  PersonRow("N2", 3),
               PersonRow("N3", 5),  PersonRow("N4", 7),  PersonRow("N5", 45), PersonRow("N6", 47),
               PersonRow("N7", 49), PersonRow("N8", 51)};
  const pb::Import refused = Import(file, Percent(19));
  EXPECT_EQ(refused.failure_reason(), "TOO_MANY_DUPLICATES");
  EXPECT_EQ(refused.rows_duplicate(), 2);
  EXPECT_THAT(ErrorTexts(refused), ElementsAre("8 证件号码 PERSON_IN_OTHER_HOUSEHOLD",
                                               "9 证件号码 PERSON_IN_OTHER_HOUSEHOLD"));
  const pb::Import done = Import(file, Percent(20));
  EXPECT_EQ(done.state(), pb::IMPORT_STATE_SUCCEEDED);
  EXPECT_EQ(done.households_refused(), 2);
  EXPECT_THAT(ErrorTexts(done), SizeIs(2));
}

TEST_F(DuplicateTest, TheShareIsAPercentage) {
  pb::CreateImportRequest create;
  create.mutable_import()->set_division(kCounty);
  create.mutable_import()->set_mode(pb::IMPORT_MODE_ALL_OR_NOTHING);
  for (const int wrong : {-1, 101}) {
    create.mutable_import()->set_max_duplicate_percent(wrong);
    EXPECT_THAT(imports_.CreateImport(TestContext(), create),
                ErrorIs(StatusCode::kInvalidArgument, "VALUE_RANGE"));
  }
}

class WorkbookTest : public ImportTest {
 protected:
  static TestSheet WithTwoBadHouseholds() {
    TestSheet file;
    file.header[6] = "姓名　";  // as offices have it
    file.AddColumns({"神秘列"});
    file.rows = {PersonRow("H1", 1),
                 PersonRow("H2", 3, "之子", {{"性别", "女"}, {"神秘列", "留着"}}),
                 PersonRow("H2", 5, "之女", {{"性别", "男"}}),
                 PersonRow("H3", 7),
                 PersonRow("", 9),
                 PersonRow("H4", 11, "户主", {{"劳动技能", "强劳动力"}})};
    for (Cells& row : file.rows) row["姓名　"] = row["姓名"];
    return file;
  }
};

TEST_F(WorkbookTest, HoldsEveryRowThatWasLeftOutAsItCame) {
  const TestSheet file = WithTwoBadHouseholds();
  for (const pb::SheetFormat format :
       {pb::SHEET_FORMAT_XLSX, pb::SHEET_FORMAT_CSV_UTF8, pb::SHEET_FORMAT_CSV_GB18030}) {
    Options options;
    options.validate_only = true;
    options.file_name = format == pb::SHEET_FORMAT_XLSX ? "户信息.xlsx" : "户信息.csv";
    const pb::Import done = Import(file.Bytes(format), options);
    const std::string workbook = Workbook(done.id());
    ASSERT_TRUE(workbook.starts_with(kXlsxMagic));
    const ReadSheet sheet = ReadTestSheet(workbook);
    EXPECT_EQ(sheet.header_row, 3);
    std::vector<std::string> header = file.header;
    header.insert(header.end(), {"错误字段", "错误原因"});
    EXPECT_EQ(sheet.header, header);
    ASSERT_THAT(sheet.rows, SizeIs(4));
    for (size_t i = 0; i < sheet.rows.size(); ++i) {
      Cells row = sheet.rows[i];
      row.erase("错误字段");
      row.erase("错误原因");
      Cells came = file.rows[std::vector<size_t>{1, 2, 4, 5}[i]];
      came.erase("姓名");
      std::erase_if(came, [](const auto& cell) { return cell.second.empty(); });
      EXPECT_EQ(row, came) << i;
    }
    EXPECT_EQ(sheet.rows[0].at("错误字段"), "性别");
    EXPECT_EQ(sheet.rows[0].at("错误原因"), "性别与证件号码第17位不一致；本户没有户主");
    EXPECT_EQ(sheet.rows[1].count("错误字段"), 0u);
    EXPECT_EQ(sheet.rows[1].at("错误原因"), "本户其他行有错误，须与之一并再次导入");
    EXPECT_EQ(sheet.rows[2].at("错误字段"), "户编号");
    EXPECT_EQ(sheet.rows[3].at("错误字段"), "劳动技能");
  }
}

TEST_F(WorkbookTest, CorrectedAndLoadedAgainItWorks) {
  const pb::Import first = Import(WithTwoBadHouseholds());
  EXPECT_EQ(first.households_created(), 2);
  ReadSheet sheet = ReadTestSheet(Workbook(first.id()));
  TestSheet corrected;
  corrected.header = sheet.header;
  corrected.rows = sheet.rows;
  corrected.rows[0]["性别"] = "男";
  corrected.rows[0]["与户主关系"] = "户主";
  corrected.rows[2]["户编号"] = "H5";
  const auto load = [&] {
    Options options;
    options.file_name = "错误.xlsx";
    return Import(corrected.Bytes(pb::SHEET_FORMAT_XLSX), options);
  };
  const pb::Import second = load();
  EXPECT_EQ(second.state(), pb::IMPORT_STATE_SUCCEEDED) << second.failure_message();
  EXPECT_EQ(second.households_created(), 2);
  EXPECT_THAT(second.unknown_columns(), ElementsAre("神秘列"));
  EXPECT_THAT(ErrorTexts(second), ElementsAre("7 劳动技能 LABOUR_CAPACITY_UNKNOWN"));
  // What is still wrong comes back under the same header, the two columns once.
  sheet = ReadTestSheet(Workbook(second.id()));
  EXPECT_EQ(sheet.header, corrected.header);
  ASSERT_THAT(sheet.rows, SizeIs(1));
  EXPECT_EQ(sheet.rows[0].at("错误字段"), "劳动技能");
  corrected.rows[3]["劳动技能"] = "普通劳动力";
  const pb::Import third = load();
  EXPECT_EQ(third.rows_bad(), 0);
  EXPECT_EQ(third.households_created(), 1);
  EXPECT_EQ(third.households_unchanged(), 2);
  EXPECT_THAT(Households(), SizeIs(5));
}

TEST_F(WorkbookTest, ErrorsThatShowWhileLoadingAreInIt) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1), PersonRow("H1", 3, "之子")};
  Import(file);
  file.rows = {PersonRow("H2", 5), PersonRow("H2", 3, "之子"), PersonRow("H3", 7)};
  const ReadSheet sheet = ReadTestSheet(Workbook(Import(file).id()));
  ASSERT_THAT(sheet.rows, SizeIs(2));
  EXPECT_EQ(sheet.rows[0].at("户编号"), "H2");
  EXPECT_EQ(sheet.rows[1].at("错误字段"), "证件号码");
}

TEST_F(WorkbookTest, IsThereForFilesRefusedAsAWholeForTheirRows) {
  Options options;
  options.mode = pb::IMPORT_MODE_ALL_OR_NOTHING;
  EXPECT_THAT(ReadTestSheet(Workbook(Import(WithTwoBadHouseholds(), options).id())).rows,
              SizeIs(4));
  TestSheet twice;
  twice.rows = {PersonRow("H1", 1), PersonRow("H2", 1)};
  options.max_duplicate_percent = 20;
  const pb::Import refused = Import(twice, options);
  EXPECT_EQ(refused.failure_reason(), "TOO_MANY_DUPLICATES");
  EXPECT_THAT(ReadTestSheet(Workbook(refused.id())).rows, SizeIs(1));
}

TEST_F(WorkbookTest, WithoutBadRowsThereIsNone) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1)};
  const pb::Import done = Import(file);
  EXPECT_THAT(imports_.ErrorsWorkbookPiece(TestContext(), done.id(), 0),
              ErrorIs(StatusCode::kNotFound, "IMPORT_WITHOUT_ERRORS"));
  const pb::Import garbage = Import("甲,乙\n1,2\n");
  EXPECT_THAT(imports_.ErrorsWorkbookPiece(TestContext(), garbage.id(), 0),
              ErrorIs(StatusCode::kNotFound, "IMPORT_WITHOUT_ERRORS"));
  const std::string open = Upload("x", Options());
  EXPECT_THAT(imports_.ErrorsWorkbookPiece(TestContext(), open, 0),
              ErrorIs(StatusCode::kFailedPrecondition, "IMPORT_NOT_ENDED"));
  EXPECT_THAT(imports_.ErrorsWorkbookPiece(TestContext(kOtherCounty), open, 0),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  EXPECT_THAT(imports_.ErrorsWorkbookPiece(TestContext(), "621126-unknown", 0),
              ErrorIs(StatusCode::kNotFound, "IMPORT_NOT_FOUND"));
}

TEST_F(WorkbookTest, CellsThatNoWorkbookHoldsAreCut) {
  TestSheet file;
  file.AddColumns({"神秘列"});
  std::string longer;
  for (int i = 0; i < 40'000; ++i) longer += "长";
  file.rows = {PersonRow("H1", 1, "户主", {{"神秘列", longer}})};
  const pb::Import done = Import(file);
  EXPECT_THAT(ErrorTexts(done), ElementsAre("4 神秘列 TEXT_TOO_LONG"));
  const std::string cell = ReadTestSheet(Workbook(done.id())).rows.at(0).at("神秘列");
  EXPECT_EQ(cell, longer.substr(0, size_t{3} * 32'767));
}

TEST_F(WorkbookTest, SpellsAndVillagesHaveOneToo) {
  TestSheet spells = SpellSheet();
  spells.rows = {Spell("H1", 1, "202301", "")};
  ReadSheet sheet = ReadTestSheet(Workbook(Import(spells).id()));
  EXPECT_EQ(sheet.rows.at(0).at("错误字段"), "户编号");
  TestSheet villages = VillageSheet();
  villages.rows = {Village("没有的村", "1")};
  sheet = ReadTestSheet(Workbook(Import(villages).id()));
  EXPECT_EQ(sheet.rows.at(0).at("错误字段"), "村");
}

using MergeTest = ImportTest;

TEST_F(MergeTest, MonitoringFieldsWithoutAColumnStay) {
  TestSheet file = MonitoredSheet();
  file.AddColumns({"整户无劳动能力兜底保障户"});
  file.rows = {
      MonitoredRow("H1", 1, "户主", {{"人均纯收入", ""}, {"整户无劳动能力兜底保障户", "是"}})};
  Import(file);
  TestSheet less = MonitoredSheet();
  std::erase(less.header, "识别监测时间");
  std::erase(less.header, "致贫/返贫风险2");
  less.rows = {MonitoredRow("H1", 1, "户主", {{"人均纯收入", ""}})};
  EXPECT_EQ(Import(less).households_unchanged(), 1);
  const pb::Monitoring monitoring = Households()[0].monitoring();
  EXPECT_TRUE(monitoring.no_labour_backstop());
  EXPECT_EQ(monitoring.determined_on(), "2023-05");
}

TEST_F(MergeTest, ItemsThatNoLongerAddUpAreDropped) {
  TestSheet file;
  file.AddColumns({"工资性收入", "财产性收入"});
  file.rows = {PersonRow("H1", 1, "户主", {{"工资性收入", "100"}, {"财产性收入", "7"}})};
  Import(file);
  const pb::Household before = Households()[0];
  pb::UpdateHouseholdRequest update;
  *update.mutable_household() = before;
  for (const char* group : {"A", "C"}) {
    pb::IncomeItem& item = *update.mutable_household()->mutable_income()->add_items();
    item.set_group(group);
    item.set_item("细项");
    item.set_amount_fen(*group == 'A' ? 10'000 : 700);
  }
  update.mutable_update_mask()->add_paths("income");
  update.set_etag(before.etag());
  update.set_reason("补录");
  FASSERT_OK(registry_.UpdateHousehold(TestContext(), update));
  EXPECT_EQ(Import(file).households_unchanged(), 1);
  file.rows[0]["工资性收入"] = "120";
  EXPECT_EQ(Import(file).households_updated(), 1);
  const pb::IncomeAccount income = Households()[0].income();
  ASSERT_THAT(income.items(), SizeIs(1));
  EXPECT_EQ(income.items(0).group(), "C");
  EXPECT_EQ(income.wage_fen(), 12'000);
}

TEST_F(MergeTest, InsurancesDecideBasicMedicalCareOnlyWhenTheyAreNews) {
  TestSheet file;
  file.AddColumns({"是否参加城乡居民基本医疗保险"});
  file.rows = {PersonRow("H1", 1, "户主", {{"是否参加城乡居民基本医疗保险", "是"}})};
  Import(file);
  const pb::Household before = Households()[0];
  pb::UpdateHouseholdRequest update;
  *update.mutable_household() = before;
  update.mutable_household()->mutable_safeguards(0)->set_state(vocab::SAFEGUARD_STATE_NOT_SECURED);
  update.mutable_update_mask()->add_paths("safeguards");
  update.set_etag(before.etag());
  update.set_reason("入户核实未参保");
  FASSERT_OK(registry_.UpdateHousehold(TestContext(), update));
  EXPECT_EQ(Import(file).households_unchanged(), 1);
  EXPECT_EQ(Households()[0].safeguards(0).state(), vocab::SAFEGUARD_STATE_NOT_SECURED);
}

TEST_F(MergeTest, WhoWasTakenOutByALifeEventStaysOut) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1), PersonRow("H1", 3, "之子")};
  Import(file);
  const pb::Household before = Households()[0];
  FASSERT_OK(store_.Write([&](RegistryWriter& writer) -> absl::Status {
    pb::Household after = before;
    pb::Membership& membership = *after.mutable_members(1)->mutable_membership();
    membership.set_active(false);
    membership.set_left_on("2024-05-01");
    membership.set_cause(pb::MEMBER_CHANGE_CAUSE_DEATH);
    return writer.Put({{&before, MakeRevision(&before, after, TestContext().now, "desk", "死亡")}});
  }));
  EXPECT_EQ(Import(file).households_unchanged(), 1);
  EXPECT_FALSE(Households()[0].members(1).membership().active());
}

TEST_F(MergeTest, WhatFileAndRecordTogetherMakeWrongIsRefused) {
  TestSheet file;
  file.rows = {PersonRow("H1", 1), PersonRow("H1", 3, "之子")};
  Import(file);
  // The head has died here and the son is head now; the file knows neither.
  const pb::Household before = Households()[0];
  FASSERT_OK(store_.Write([&](RegistryWriter& writer) -> absl::Status {
    pb::Household after = before;
    pb::Membership& membership = *after.mutable_members(0)->mutable_membership();
    membership.set_active(false);
    membership.set_left_on("2024-05-01");
    membership.set_cause(pb::MEMBER_CHANGE_CAUSE_DEATH);
    after.mutable_members(1)->mutable_relation()->set_code("02");
    after.mutable_members(1)->mutable_relation()->set_label("户主");
    return writer.Put({{&before, MakeRevision(&before, after, TestContext().now, "desk", "死亡")}});
  }));
  const pb::Import done = Import(file);
  EXPECT_THAT(ErrorTexts(done), ElementsAre("4  HOUSEHOLD_WITHOUT_HEAD"));
  EXPECT_EQ(done.households_refused(), 1);
  EXPECT_TRUE(Households()[0].members(1).relation().label() == "户主");
}

TEST_F(MergeTest, WordsThatSayMoreThanYesAreKept) {
  TestSheet file;
  file.AddColumns({"享受低保政策情况", "享受特困供养政策情况"});
  file.rows = {PersonRow("H1", 1, "户主",
                         {{"享受低保政策情况", "农村低保"}, {"享受特困供养政策情况", "否"}})};
  Import(file);
  pb::Coverage coverage = Households()[0].members(0).coverage();
  EXPECT_TRUE(coverage.dibao());
  EXPECT_EQ(coverage.dibao_label(), "农村低保");
  EXPECT_TRUE(coverage.has_tekun());
  EXPECT_FALSE(coverage.tekun());
  file.rows[0]["享受低保政策情况"] = "否";
  file.rows[0]["享受特困供养政策情况"] = "分散供养";
  Import(file);
  coverage = Households()[0].members(0).coverage();
  EXPECT_FALSE(coverage.dibao());
  EXPECT_EQ(coverage.dibao_label(), "");
  EXPECT_EQ(coverage.tekun_label(), "分散供养");
}

TEST_F(MergeTest, WhatBelongsToNoFieldIsKeptByItsHeader) {
  TestSheet file = MonitoredSheet();
  file.rows = {MonitoredRow("H1", 1, "户主",
                            {{"其他备注", "邻里互助"},
                             {"因自然灾害子项", "旱灾"},
                             {"工资性收入", ""},
                             {"纯收入（元）", "24000.5"},
                             {"人均纯收入", ""}})};
  Import(file);
  const auto kept = Households()[0].other_columns();
  EXPECT_EQ(kept.at("其他备注"), "邻里互助");
  EXPECT_EQ(kept.at("因自然灾害子项"), "旱灾");
  EXPECT_EQ(kept.at("纯收入(元)"), "24000.5");
  file.rows = {MonitoredRow(
      "H1", 1, "户主", {{"致贫/返贫风险2", "其他"}, {"其他备注", "邻里互助"}, {"人均纯收入", ""}})};
  Import(file);
  EXPECT_EQ(Households()[0].monitoring().risks(1).remark(), "邻里互助");
  EXPECT_THAT(Households()[0].other_columns(), SizeIs(1));  // 实施开发式帮扶措施情况
}

TEST_F(MergeTest, RisksSayWhatTheirKindHasToSay) {
  TestSheet file = MonitoredSheet();
  file.rows = {
      MonitoredRow("H1", 1, "户主", {{"致贫/返贫风险2", "其他"}, {"人均纯收入", ""}}),
      MonitoredRow("H2", 3, "户主", {{"致贫/返贫风险2", "因自然灾害"}, {"人均纯收入", ""}})};
  EXPECT_THAT(ErrorTexts(Import(file)), ElementsAre("4 其他备注 RISK_REMARK_MISSING",
                                                    "5 因自然灾害子项 DISASTER_KIND_MISSING"));
}

TEST_F(MergeTest, PerCapitaIncomeAfterEliminationTellsHowManyTheyWere) {
  TestSheet file = MonitoredSheet();
  file.AddColumns({"风险消除后生产经营性收入", "风险消除后财产性收入", "风险消除后转移性收入",
                   "风险消除后生产经营性支出", "风险消除后纯收入（元）",
                   "风险消除后人均纯收入（元）"});
  const Cells after = {{"风险是否已消除", "是"},
                       {"风险消除方式", "帮扶消除"},
                       {"消除监测时间", "202402"},
                       {"人均纯收入", "24000.5"},
                       {"风险消除后工资性收入", "30000"},
                       {"风险消除后生产经营性收入", "0"},
                       {"风险消除后财产性收入", "0"},
                       {"风险消除后转移性收入", "0"},
                       {"风险消除后生产经营性支出", "0"},
                       {"风险消除后纯收入（元）", "30000"},
                       {"风险消除后人均纯收入（元）", "10000"}};
  file.rows = {MonitoredRow("H1", 1, "户主", after)};
  EXPECT_THAT(ErrorTexts(Import(file)), IsEmpty());
  const pb::Snapshot snapshot = Households()[0].snapshots(1);
  EXPECT_EQ(snapshot.income().population(), 3);
  EXPECT_EQ(snapshot.income().per_capita_net_fen(), 1'000'000);
  EXPECT_EQ(Import(file).households_unchanged(), 1);
  file.rows[0]["风险消除后人均纯收入（元）"] = "12345";
  file.rows[0]["风险消除后纯收入（元）"] = "29000";
  EXPECT_THAT(ErrorTexts(Import(file)),
              ElementsAre("4 风险消除后纯收入（元） NET_INCOME_MISMATCH",
                          "4 风险消除后人均纯收入（元） PER_CAPITA_INCOME_MISMATCH"));
}

TEST_F(MergeTest, ThePlaceIsComparedUpToTheProvince) {
  TestSheet file = MonitoredSheet();
  file.rows = {MonitoredRow("H1", 1, "户主", {{"省", "陕西省"}, {"人均纯收入", ""}}),
               MonitoredRow("H2", 3, "户主", {{"市", "天水市"}, {"人均纯收入", ""}})};
  EXPECT_THAT(ErrorTexts(Import(file)),
              ElementsAre("4 省 OUTSIDE_DIVISION", "5 市 OUTSIDE_DIVISION"));
}

}  // namespace
}  // namespace fangpin::registry
