#include "tools/fangpinctl/gen/generate.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "fangpin/sample/v1/field_notes.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "libs/base/civil.h"
#include "libs/base/id_number.h"
#include "libs/base/strings.h"
#include "libs/sheet/reader.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"
#include "tools/fangpinctl/gen/divisions.h"
#include "tools/fangpinctl/gen/population.h"

namespace fangpin::sample {
namespace {

using ::fangpin::testing::ErrorIs;
using ::fangpin::testing::IsOk;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// A file of the county, cells by header.
struct Table {
  sheet::Encoding encoding = sheet::Encoding::kUtf8;
  std::map<int, std::map<std::string, std::string>> rows;
};

Table ReadTable(const std::string& path, int header_row) {
  Table table;
  std::vector<std::string> names;
  sheet::Options options;
  options.header_row = header_row;
  const auto summary = sheet::ReadFile(
      path, options,
      [&](const sheet::Header& header) {
        for (const std::string& name : header.names()) {
          names.push_back(sheet::NormaliseHeader(name));
        }
        return absl::OkStatus();
      },
      [&](const sheet::Row& row) {
        for (size_t i = 0; i < names.size(); ++i) {
          table.rows[row.number][names[i]] = std::string(row.Text(static_cast<int>(i)));
        }
        return absl::OkStatus();
      });
  EXPECT_THAT(summary, IsOk());
  if (summary.ok()) table.encoding = summary->encoding;
  return table;
}

class GenerateTest : public ::testing::Test {
 protected:
  static v1::Manifest Make(const std::string& folder, int households, uint64_t seed) {
    Options options;
    options.households = households;
    options.seed = seed;
    options.folder = folder;
    auto manifest = Generate(options);
    EXPECT_THAT(manifest, IsOk());
    return manifest.ok() ? *manifest : v1::Manifest();
  }

  testing::TempDir folder_;
};

TEST_F(GenerateTest, SameSeedGivesTheSameFilesAndAnotherSeedOthers) {
  for (const auto& [name, seed] : {std::pair{"a", 5}, {"b", 5}, {"c", 6}}) {
    Make(folder_.path() + "/" + name, 150, static_cast<uint64_t>(seed));
  }
  int compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_.path() + "/a")) {
    if (file.path().extension() == ".xlsx") continue;  // Holds the time of writing.
    const std::string name = file.path().filename();
    const std::string text = ReadText(file.path());
    EXPECT_EQ(text, ReadText(folder_.path() + "/b/" + name)) << name;
    EXPECT_NE(text, ReadText(folder_.path() + "/c/" + name)) << name;
    ++compared;
  }
  EXPECT_GE(compared, 13);
}

TEST_F(GenerateTest, OnlyPlantedRowsHoldWrongNumbers) {
  const v1::Manifest manifest = Make(folder_.path(), 1500, 2);
  int wrong = 0;
  std::set<std::string> numbers;
  for (const v1::SheetTruth& sheet : manifest.sheets()) {
    const Table table = ReadTable(folder_.path() + "/" + sheet.file(), 3);
    EXPECT_EQ(static_cast<int64_t>(table.rows.size()), sheet.rows());
    EXPECT_EQ(table.encoding,
              sheet.file().ends_with(".csv") ? sheet::Encoding::kGb18030 : sheet::Encoding::kUtf8);
    std::map<int, std::string> planted;
    for (const auto& error : sheet.bad_rows()) {
      planted[static_cast<int>(error.row())] = error.reason();
      EXPECT_EQ(table.rows.at(static_cast<int>(error.row())).at("户编号"),
                error.national_household_id());
    }
    for (const auto& [row, cells] : table.rows) {
      const std::string& text = cells.at("证件号码");
      const bool certificate = cells.at("证件类型") == "残疾人证";
      const bool valid = certificate ? base::DisabilityNumber::Parse(text, kCensusDay).ok()
                                     : base::IdNumber::Parse(text, kCensusDay).ok();
      const auto found = planted.find(row);
      const bool wrong_number =
          found != planted.end() &&
          (found->second == "ID_NUMBER_CHECK_DIGIT" || found->second == "ID_NUMBER_LENGTH" ||
           found->second == "ID_NUMBER_MISSING");
      EXPECT_EQ(valid, !wrong_number) << sheet.file() << " row " << row;
      wrong += wrong_number;
      const bool repeated = found != planted.end() && found->second == "ID_NUMBER_DUPLICATE";
      if (sheet.file().starts_with("户信息") && valid && !repeated) {
        EXPECT_TRUE(numbers.insert(text.substr(0, 18)).second) << "the same number twice";
      }
    }
  }
  EXPECT_GE(wrong, 3);
}

TEST_F(GenerateTest, EveryFaultIsPlanted) {
  const v1::Manifest manifest = Make(folder_.path(), 1500, 3);
  std::set<std::string> reasons;
  for (const v1::SheetTruth& sheet : manifest.sheets()) {
    for (const auto& error : sheet.bad_rows()) reasons.insert(error.reason());
  }
  EXPECT_THAT(reasons, SizeIs(22));
  for (const char* reason : {"ID_NUMBER_CHECK_DIGIT", "VILLAGE_UNKNOWN", "HOUSEHOLD_WITHOUT_HEAD",
                             "HOUSEHOLD_WITH_TWO_HEADS", "NET_INCOME_MISMATCH", "RISK_MISSING"}) {
    EXPECT_THAT(reasons, Contains(reason));
  }
}

TEST_F(GenerateTest, FeedsHoldWhatTheManifestSays) {
  const v1::Manifest manifest = Make(folder_.path(), 1500, 4);
  EXPECT_GE(manifest.feeds_size(), 6);
  std::set<int> encodings;
  for (const v1::FeedTruth& feed : manifest.feeds()) {
    const Table table = ReadTable(folder_.path() + "/" + feed.file(), 1);
    encodings.insert(static_cast<int>(table.encoding));
    EXPECT_EQ(static_cast<int>(table.rows.size()), feed.records());
    EXPECT_EQ(feed.records(), feed.rejected_size() + feed.duplicate_rows_size() +
                                  feed.alerts_size() + feed.below_threshold());
    for (const v1::RejectedRecord& rejected : feed.rejected()) {
      EXPECT_THAT(table.rows.at(static_cast<int>(rejected.row())),
                  Contains(::testing::Key(rejected.field())));
    }
  }
  EXPECT_EQ(encodings.size(), 2u);
}

TEST_F(GenerateTest, EveryHoldStandsAloneSomewhereAndEveryStoryHasItsNotes) {
  const v1::Manifest manifest = Make(folder_.path(), 1500, 1);
  std::set<std::string> alone;
  std::map<std::string, const v1::HouseholdTruth*> truths;
  bool natural = false;
  for (const v1::HouseholdTruth& truth : manifest.truths()) {
    truths[truth.national_household_id()] = &truth;
    if (truth.elimination().held_by_size() == 1) alone.insert(truth.elimination().held_by(0));
    natural |= truth.elimination().approved() &&
               truth.elimination().mode() == policy::v1::ELIMINATION_MODE_NATURAL;
  }
  for (const char* hold :
       {"HOLD_SAFEGUARDS_NOT_STABLE", "HOLD_INCOME_OR_EXPENDITURE_UNRESOLVED",
        "HOLD_NO_PLAN_IMPLEMENTED", "HOLD_EFFECT_NOT_SEEN", "HOLD_WHOLE_HOUSEHOLD_NO_LABOUR",
        "HOLD_SPECIAL_DIFFICULTY_MEMBER", "HOLD_PROCEDURE_INCOMPLETE"}) {
    EXPECT_THAT(alone, Contains(hold));
  }
  EXPECT_TRUE(natural);

  std::ifstream lines(folder_.path() + "/field_notes.jsonl");
  size_t read = 0;
  for (std::string line; std::getline(lines, line); ++read) {
    v1::HouseholdNotes notes;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(line, &notes).ok()) << line;
    const auto found = truths.find(notes.national_household_id());
    ASSERT_NE(found, truths.end());
    const v1::HouseholdTruth& truth = *found->second;
    EXPECT_EQ(notes.has_visit(), truth.has_clue());
    EXPECT_EQ(notes.has_faulty_assessment(), truth.clue().assessment_faults_size() > 0);
    EXPECT_EQ(notes.case_steps_size() > 0, truth.has_case_());
    EXPECT_EQ(notes.has_plan(), truth.has_plan());
    EXPECT_EQ(notes.has_defective_plan(), truth.plan().first_defects_size() > 0);
    EXPECT_EQ(notes.has_elimination(), truth.has_elimination());
  }
  EXPECT_EQ(read, truths.size());
}

TEST_F(GenerateTest, PeopleArePlausible) {
  const v1::Manifest manifest = Make(folder_.path(), 3000, 8);
  std::map<std::string, int> households;
  int people = 0, elders = 0, children = 0, ill = 0, disabled = 0, away = 0, lifted_out = 0;
  for (const v1::SheetTruth& sheet : manifest.sheets()) {
    if (!sheet.file().starts_with("户信息")) continue;
    for (auto& [row, cells] : ReadTable(folder_.path() + "/" + sheet.file(), 3).rows) {
      const auto id = base::IdNumber::Parse(cells.at("证件号码").substr(0, 18), kCensusDay);
      if (!id.ok()) continue;
      ++people;
      if (households[cells.at("户编号")]++ == 0) lifted_out += cells.at("户类型") == "脱贫户";
      const int age = base::AgeOn(id->birth_date(), kCensusDay);
      elders += age >= 60;
      children += age < 16;
      ill += cells.at("健康状况").find("病") != std::string::npos;
      disabled += cells.at("健康状况").find("残疾") != std::string::npos;
      away += !cells.at("务工所在地").empty();
    }
  }
  const auto share = [people](int count) { return static_cast<double>(count) / people; };
  const auto size = static_cast<double>(people) / static_cast<double>(households.size());
  EXPECT_GT(size, 3.0);
  EXPECT_LT(size, 4.4);
  EXPECT_GT(share(elders), 0.12);
  EXPECT_LT(share(elders), 0.30);
  EXPECT_GT(share(children), 0.12);
  EXPECT_LT(share(children), 0.32);
  EXPECT_GT(share(ill), 0.06);
  EXPECT_LT(share(ill), 0.20);
  EXPECT_GT(share(disabled), 0.02);
  EXPECT_LT(share(disabled), 0.09);
  EXPECT_GT(share(away), 0.10);
  EXPECT_LT(share(away), 0.35);
  const double former_poor =
      static_cast<double>(lifted_out) / static_cast<double>(households.size());
  EXPECT_GT(former_poor, 0.18);
  EXPECT_LT(former_poor, 0.32);
}

TEST_F(GenerateTest, NoNameOccursInAPlaceName) {
  Make(folder_.path(), 1500, 9);
  const auto county = ReadCounty("deploy/data/gansu_divisions.csv", "621126");
  ASSERT_THAT(county, IsOk());
  std::string places;
  for (const Village& village : county->villages)
    places += village.township + "|" + village.name + "|";
  std::ifstream lines(folder_.path() + "/planted_personal.txt");
  for (std::string line; std::getline(lines, line);) {
    // Three characters and more: shorter ones a search cannot tell from chance.
    if (line.size() >= 9) {
      EXPECT_EQ(places.find(line), std::string::npos) << line;
    }
  }
}

TEST_F(GenerateTest, RefusesWhatItCannotMake) {
  Options options;
  options.folder = folder_.path();
  options.county = "110101";
  EXPECT_THAT(Generate(options), ErrorIs(absl::StatusCode::kInvalidArgument, "COUNTY_UNKNOWN"));
  options.county = "621126";
  options.households = 3;
  EXPECT_THAT(Generate(options), ErrorIs(absl::StatusCode::kInvalidArgument, "HOUSEHOLDS_RANGE"));
  options.households = 100;
  options.divisions_file = "nowhere.csv";
  const absl::Status unreadable = Generate(options).status();
  EXPECT_THAT(unreadable, ErrorIs(absl::StatusCode::kNotFound, "DIVISIONS_UNREADABLE"));
  EXPECT_THAT(std::string(unreadable.message()), HasSubstr("nowhere.csv"));
}

TEST_F(GenerateTest, AHandfulOfHouseholdsIsEnough) {
  const v1::Manifest manifest = Make(folder_.path(), 20, 1);
  EXPECT_EQ(manifest.sheets_size(), 4);
  EXPECT_EQ(manifest.truths_size(), 10);
}

}  // namespace
}  // namespace fangpin::sample
