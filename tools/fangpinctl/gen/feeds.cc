#include "tools/fangpinctl/gen/feeds.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sheet/writer.h"

namespace fangpin::sample {
namespace {

using screening::v1::DISCOVERY_CHANNEL_DEPARTMENT_ALERT;

// The day on which departments compiled their files.
constexpr absl::CivilDay kCompiled(2023, 9, 4);

std::string DayTime(absl::CivilDay day, int minute) {
  return absl::StrFormat("%s %02d:%02d:00", base::FormatDay(day), 8 + minute / 60 % 10,
                         minute % 60);
}

std::string Yuan(int64_t yuan) { return base::StrCat(yuan, ".00"); }

// The last character of an ID number made wrong.
std::string WrongCheckDigit(std::string number) {
  number.back() = number.back() == '1' ? '2' : '1';
  return number;
}

const Person& Adult(const Household& household) { return household.head(); }
// The member that stories make ill, disabled or a student.
const Person& Afflicted(const Household& household, bool student) {
  return household.members[student                        ? household.members.size() - 1
                           : household.members.size() > 1 ? 1
                                                          : 0];
}

}  // namespace

Feeds::Feeds(const County& county) : county_(county.code.substr(0, 6)) {
  // 部门各自的字段名: those that the suite reads (deploy/policy/feeds.textproto) among others.
  files_ = {
      {"medical_settlement",
       "medical_insurance",
       "JS",
       {"setl_id", "psn_no", "psn_name", "certno", "insutype", "mdtrt_id", "setl_time", "med_type",
        "medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt",
        "hifp_pay", "hifmi_pay", "maf_pay", "fund_pay_sumamt", "psn_pay", "updt_time"},
       {}},
      {"severe_illness",
       "health",
       "BGK",
       {"bgkbh", "bbh", "xm", "sfzh", "jbfl", "qzrq", "bgdw"},
       {}},
      {"disability_certificate",
       "disabled_federation",
       "CL",
       {"ywlsh", "xm", "cjzh", "cjdj", "ywlx", "fzrq"},
       {}},
      {"school_cost",
       "education",
       "JY",
       {"jlbh", "bb", "xsxm", "sfzjh", "xxmc", "njmc", "xnfy", "zzje", "sfcx", "tjrq"},
       {}},
      {"house_appraisal",
       "housing",
       "FW",
       {"jdbh", "bbh", "hzxm", "hzsfzh", "fwjg", "jddj", "jdrq"},
       {}},
      {"employment",
       "human_resources",
       "SY",
       {"djbh", "bbh", "xm", "sfzhm", "dwmc", "syrq", "zjyzt"},
       {}},
      {"disaster_loss",
       "emergency_management",
       "ZQ",
       {"zqbh", "bbh", "hzxm", "hzsfz", "zzlx", "ssje", "fsrq"},
       {}},
      {"traffic_accident",
       "traffic_police",
       "SG",
       {"sgbh", "bbh", "xm", "sfzmhm", "shcd", "sgfssj"},
       {}},
      {"civil_affairs",
       "civil_affairs",
       "MZ",
       {"ywbh", "bbh", "sqrxm", "sqrsfzh", "ywlx", "je", "sprq"},
       {}},
  };
}

std::string Feeds::NextSource(Index feed) {
  return absl::StrFormat("%s%s%07d", file(feed).prefix, county_, ++file(feed).last_id);
}

Feeds::Record Feeds::Make(Index feed, const Household* household) {
  Record record;
  record.source_id = NextSource(feed);
  if (household != nullptr) record.household = household->national_id;
  return record;
}

Feeds::Record Feeds::Bill(const Household& household, const Person& person, absl::CivilDay day,
                          std::string_view type, int64_t self_paid_yuan, Random& random) {
  Record record = Make(kMedical, &household);
  const int64_t fund = self_paid_yuan * random.Between(11, 19) / 10;
  // Parts of a bill never add up to the yuan.
  const int64_t total = fund + self_paid_yuan + random.Between(0, 120);
  const int minute = random.Below(500);
  record.version = 0;
  for (const char c : DayTime(day, minute)) {
    if (c >= '0' && c <= '9') record.version = record.version * 10 + (c - '0');
  }
  record.values = {record.source_id,
                   base::StrCat("P", record.source_id.substr(2)),
                   person.name,
                   person.id_number,
                   person.employee_medical ? "310" : "390",
                   base::StrCat("M", record.source_id.substr(2)),
                   DayTime(day, minute),
                   std::string(type),
                   Yuan(total),
                   Yuan(self_paid_yuan / 5),
                   "0.00",
                   Yuan(self_paid_yuan / 10),
                   Yuan(total - self_paid_yuan / 5),
                   Yuan(fund * 8 / 10),
                   Yuan(fund - fund * 8 / 10),
                   "0.00",
                   Yuan(fund),
                   Yuan(self_paid_yuan),
                   DayTime(day, minute)};
  return record;
}

Feeds::Record Feeds::Illness(const Household& household, const Person& person,
                             std::string_view kind) {
  Record record = Make(kIllness, &household);
  record.values = {record.source_id,  "1",
                   person.name,       person.id_number,
                   std::string(kind), CompactDayText(kCompiled - 20),
                   "县人民医院"};
  return record;
}

Feeds::Record Feeds::Certificate(const Household& household, const Person& person,
                                 std::string_view grade) {
  Record record = Make(kDisability, &household);
  record.values = {record.source_id,   person.name, person.disability_number,
                   std::string(grade), "新办",      base::FormatDay(kCompiled - 12)};
  return record;
}

Feeds::Record Feeds::School(const Household& household, const Person& person, int cost, int aid) {
  Record record = Make(kSchool, &household);
  record.values = {record.source_id,
                   "1",
                   person.name,
                   person.id_number,
                   person.college() ? "兰州某学院" : "县职业中等专业学校",
                   person.schooling,
                   Yuan(cost),
                   Yuan(aid),
                   "否",
                   base::FormatDay(kCompiled - 3)};
  return record;
}

Feeds::Record Feeds::House(const Household& household, std::string_view grade, int version,
                           std::string_view source_id) {
  Record record = Make(kHouse, &household);
  if (!source_id.empty()) record.source_id = std::string(source_id);
  record.version = version;
  record.values = {record.source_id,
                   base::StrCat(version),
                   household.head().name,
                   household.head().id_number,
                   "土木",
                   std::string(grade),
                   base::FormatDay(kCompiled - 10)};
  return record;
}

Feeds::Record Feeds::Job(const Household& household, const Person& person, absl::CivilDay lost,
                         bool again) {
  Record record = Make(kWork, &household);
  record.values = {record.source_id,
                   "1",
                   person.name,
                   person.id_number,
                   "某建筑劳务公司",
                   CompactDayText(lost),
                   again ? "已就业" : "未就业"};
  return record;
}

Feeds::Record Feeds::Loss(const Household& household, int yuan) {
  Record record = Make(kDisaster, &household);
  record.values = {
      record.source_id, "1",        household.head().name,          household.head().id_number,
      "洪涝",           Yuan(yuan), base::FormatDay(kCompiled - 16)};
  return record;
}

Feeds::Record Feeds::Accident(const Household& household, const Person& person,
                              std::string_view injury) {
  Record record = Make(kTraffic, &household);
  record.values = {record.source_id,    "1",
                   person.name,         person.id_number,
                   std::string(injury), DayTime(kCompiled - 9, 77)};
  return record;
}

Feeds::Record Feeds::Civil(const Household& household, std::string_view kind, int yuan) {
  Record record = Make(kCivil, &household);
  record.values = {
      record.source_id,  "1",        household.head().name,         household.head().id_number,
      std::string(kind), Yuan(yuan), base::FormatDay(kCompiled - 6)};
  return record;
}

void Feeds::Plant(const Story& story, const Household& household, Random& random,
                  v1::ClueTruth& clue) {
  using screening::v1::ALERT_STATE_CLUE;
  using screening::v1::ALERT_STATE_SUPERSEDED;
  const Person& ill = Afflicted(household, story.shape == Shape::kCollegeStudent);
  // Ends the group with the record that makes the clue.
  const auto plant = [&](Index feed, Group group, policy::v1::RiskType risk) {
    group.back().state = ALERT_STATE_CLUE;
    clue.add_channels(DISCOVERY_CHANNEL_DEPARTMENT_ALERT);
    clue.add_risks(risk);
    clue.add_feed_ids(std::string(file(feed).feed_id));
    clue.add_source_ids(group.back().source_id);
    file(feed).groups.push_back(std::move(group));
  };
  const auto plant_house = [&] {
    // The first appraisal said B; its correction says D.
    Record first = House(household, "B级", 1, "");
    first.state = ALERT_STATE_SUPERSEDED;
    Record second = House(household, "D级", 2, first.source_id);
    plant(kHouse, {std::move(first), std::move(second)}, policy::v1::RISK_TYPE_HOUSING_UNSAFE);
  };
  switch (story.source) {
    case Source::kInpatientTwice:
      plant(kMedical,
            {Bill(household, ill, absl::CivilDay{2023, 7, 6}, "21", random.Between(2600, 3200),
                  random),
             Bill(household, ill, absl::CivilDay{2023, 8, 21}, "21", random.Between(2600, 3200),
                  random)},
            policy::v1::RISK_TYPE_ILLNESS);
      break;
    case Source::kInpatientOnce:
      plant(kMedical,
            {Bill(household, ill, absl::CivilDay{2023, 8, 17}, "23", random.Between(20'500, 36'000),
                  random)},
            policy::v1::RISK_TYPE_ILLNESS);
      break;
    case Source::kOutpatient:
      plant(
          kMedical,
          {Bill(household, ill, absl::CivilDay{2023, 8, 4}, "14", random.Between(260, 330), random),
           Bill(household, ill, absl::CivilDay{2023, 8, 25}, "14", random.Between(260, 330),
                random)},
          policy::v1::RISK_TYPE_ILLNESS);
      break;
    case Source::kSevereIllness:
      plant(kIllness, {Illness(household, ill, "大病")}, policy::v1::RISK_TYPE_ILLNESS);
      break;
    case Source::kDisability:
      plant(kDisability,
            {Certificate(household, ill, ill.disability_number[19] == '2' ? "贰级" : "三级")},
            policy::v1::RISK_TYPE_DISABILITY);
      break;
    case Source::kSchoolCost:
      plant(kSchool, {School(household, ill, random.Between(14'000, 19'000), 2500)},
            policy::v1::RISK_TYPE_SCHOOLING);
      break;
    case Source::kHouse:
    case Source::kHouseAndFarmer:
      plant_house();
      break;
    case Source::kEmployment:
      plant(kWork, {Job(household, Adult(household), absl::CivilDay{2023, 6, 10}, false)},
            policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT);
      break;
    case Source::kDisaster:
      plant(kDisaster, {Loss(household, random.Between(8000, 26'000))},
            policy::v1::RISK_TYPE_NATURAL_DISASTER);
      break;
    case Source::kTraffic:
      plant(kTraffic, {Accident(household, Adult(household), "重伤")},
            policy::v1::RISK_TYPE_ACCIDENT);
      break;
    case Source::kCivilAffairs:
      plant(kCivil, {Civil(household, "低保新增", 410)}, policy::v1::RISK_TYPE_OTHER);
      break;
    case Source::kIllnessAndBill:
      plant(kIllness, {Illness(household, ill, "慢性病")}, policy::v1::RISK_TYPE_ILLNESS);
      plant(kMedical,
            {Bill(household, ill, absl::CivilDay{2023, 8, 11}, "21", random.Between(21'000, 30'000),
                  random)},
            policy::v1::RISK_TYPE_ILLNESS);
      break;
    case Source::kImported:
      if (story.outcome == screening::v1::CLUE_OUTCOME_ALREADY_MONITORED) {
        plant(kMedical,
              {Bill(household, ill, absl::CivilDay{2023, 8, 9}, "21",
                    random.Between(22'000, 28'000), random)},
              policy::v1::RISK_TYPE_ILLNESS);
      }
      break;
    case Source::kImportedEliminated:
    case Source::kFarmer:
    case Source::kCadre:
    case Source::kComplaint:
      break;
  }
}

void Feeds::AddEveryday(const Household& household, bool on_file, Random& random) {
  const auto add = [&](Index feed, Group group) {
    if (!on_file) {
      for (Record& record : group) {
        record.state = screening::v1::ALERT_STATE_UNMATCHED;
        record.household.clear();
      }
    }
    file(feed).groups.push_back(std::move(group));
  };
  for (const Person& person : household.members) {
    const int age = person.age();
    if (!person.resident_medical && !person.employee_medical) continue;
    // At most 2 × 1 200 a year in hospital and 2 × 200 a month outside: below every threshold.
    if (random.Chance(person.severe ? 0.8 : person.chronic ? 0.35 : age >= 60 ? 0.16 : 0.05)) {
      Group bills = {Bill(household, person,
                          absl::CivilDay{2023, random.Between(2, 5), random.Between(1, 28)}, "21",
                          random.Between(150, 1200), random)};
      if (random.Chance(0.25)) {
        bills.push_back(Bill(household, person, absl::CivilDay{2023, 8, random.Between(1, 28)},
                             "21", random.Between(150, 1200), random));
      }
      add(kMedical, std::move(bills));
    }
    if (random.Chance(person.chronic ? 0.5 : 0.06)) {
      Group bills = {Bill(household, person, absl::CivilDay{2023, 8, random.Between(1, 14)}, "14",
                          random.Between(20, 200), random)};
      if (random.Chance(0.3)) {
        bills.push_back(Bill(household, person, absl::CivilDay{2023, 8, random.Between(15, 28)},
                             "11", random.Between(20, 200), random));
      }
      add(kMedical, std::move(bills));
    }
    if (age >= 15 && person.at_school() && random.Chance(0.5)) {
      add(kSchool,
          {School(household, person, random.Between(3000, 9500), random.Between(0, 3000))});
    }
    if (!person.work_place.empty() && random.Chance(0.02)) {
      const bool again = random.Chance(0.5);
      add(kWork,
          {Job(household, person, again ? absl::CivilDay(2023, 5, 8) : kCompiled - 9, again)});
    }
    if (random.Chance(0.002)) add(kTraffic, {Accident(household, person, "轻伤")});
    if (random.Chance(0.002)) add(kIllness, {Illness(household, person, "排除")});
  }
  if (random.Chance(0.012)) add(kCivil, {Civil(household, "临时救助", random.Between(500, 3000))});
  if (random.Chance(0.01)) add(kDisaster, {Loss(household, 0)});
  if (random.Chance(0.02)) {
    add(kHouse, {House(household, random.Chance(0.5) ? "A" : "B", 1, "")});
  }
}

void Feeds::AddDirt(const std::vector<const Household*>& quiet, Random& random,
                    IdentityIssuer& identities) {
  // Somebody who moved here and is on no list.
  const auto stranger = [&]() -> const Person& {
    Person person;
    person.sex = random.Chance(0.5) ? base::Sex::kMale : base::Sex::kFemale;
    person.birth = absl::CivilDay(1960, 1, 1) + random.Below(12'000);
    person.name =
        IdentityIssuer::Name(random, IdentityIssuer::Surname(random), person.sex, person.birth);
    person.id_number = identities.IdNumber(county_, person.birth, person.sex);
    strangers_.push_back(std::move(person));
    return strangers_.back();
  };
  const auto reject = [&](Index feed, Record record, size_t column, std::string value,
                          std::string_view reason) {
    record.values[column] = std::move(value);
    record.rejected_field = file(feed).columns[column];
    record.rejected_reason = std::string(reason);
    file(feed).groups.push_back({std::move(record)});
  };
  for (size_t i = 0; i < quiet.size(); ++i) {
    const Household& household = *quiet[i];
    const Person& head = household.head();
    switch (i % 10) {
      case 0:
      case 1: {
        Record record =
            Bill(household, stranger(), absl::CivilDay{2023, 8, 12}, "21", 26'000, random);
        record.state = screening::v1::ALERT_STATE_UNMATCHED;
        record.household.clear();
        file(kMedical).groups.push_back({std::move(record)});
        break;
      }
      case 2: {
        // A bill whose parts are far from its total is not judged.
        Record record = Bill(household, head, absl::CivilDay{2023, 8, 13}, "21", 900, random);
        record.values[8] = "9999.00";
        record.state = screening::v1::ALERT_STATE_FACT_MISSING;
        file(kMedical).groups.push_back({std::move(record)});
        break;
      }
      case 3: {
        Record record = Civil(household, "临时救助", 800);
        Record again = record;
        again.repeats = true;
        file(kCivil).groups.push_back({std::move(record), std::move(again)});
        break;
      }
      case 4: {
        // A grade that nobody explained is not on record.
        Record record = House(household, "待定", 1, "");
        record.state = screening::v1::ALERT_STATE_FACT_MISSING;
        file(kHouse).groups.push_back({std::move(record)});
        break;
      }
      case 5:
        reject(kIllness, Illness(household, head, "大病"), 3, WrongCheckDigit(head.id_number),
               "ID_NUMBER_CHECK_DIGIT");
        break;
      case 6:
        reject(kMedical, Bill(household, head, absl::CivilDay{2023, 8, 1}, "21", 300, random), 6,
               "2023-13-40 08:00:00", "DATE_FORMAT");
        break;
      case 7:
        reject(kWork, Job(household, head, kCompiled - 90, false), 3, "", "VALUE_MISSING");
        break;
      case 8:
        reject(kDisaster, Loss(household, 5000), 6, "2031-01-01", "DATE_IN_FUTURE");
        break;
      case 9:
        reject(kCivil, Civil(household, "临时救助", 700), 5, "-700.00", "AMOUNT_NEGATIVE");
        break;
    }
  }
}

absl::Status Feeds::Write(const std::string& folder, uint64_t seed, v1::Manifest& manifest) {
  for (size_t i = 0; i < files_.size(); ++i) {
    File& feed = files_[i];
    Random random(seed, Purpose::kFeeds, i);
    random.Shuffle(feed.groups);
    v1::FeedTruth& truth = *manifest.add_feeds();
    truth.set_feed_id(std::string(feed.feed_id));
    truth.set_file(base::StrCat("feed_", feed.feed_id, ".csv"));
    truth.set_department(std::string(feed.department));
    FANGPIN_ASSIGN_OR_RETURN(
        const std::unique_ptr<sheet::CsvWriter> out,
        sheet::CsvWriter::Create(
            base::StrCat(folder, "/", truth.file()),
            i % 2 == 0 ? sheet::CsvWriter::Encoding::kUtf8 : sheet::CsvWriter::Encoding::kGb18030));
    FANGPIN_RETURN_IF_ERROR(out->Add(feed.columns));
    int64_t row = 1;
    for (const Group& group : feed.groups) {
      for (const Record& record : group) {
        ++row;
        FANGPIN_RETURN_IF_ERROR(out->Add(record.values));
        if (!record.rejected_reason.empty()) {
          v1::RejectedRecord& rejected = *truth.add_rejected();
          rejected.set_row(row);
          rejected.set_field(record.rejected_field);
          rejected.set_reason(record.rejected_reason);
        } else if (record.repeats) {
          truth.add_duplicate_rows(row);
        } else if (record.state == screening::v1::ALERT_STATE_BELOW_THRESHOLD) {
          truth.set_below_threshold(truth.below_threshold() + 1);
        } else {
          v1::AlertTruth& alert = *truth.add_alerts();
          alert.set_source_id(record.source_id);
          alert.set_source_version(record.version);
          alert.set_state(record.state);
          // What is replaced before it was settled was never matched.
          if (record.state != screening::v1::ALERT_STATE_SUPERSEDED) {
            alert.set_national_household_id(record.household);
          }
        }
      }
    }
    truth.set_records(static_cast<int32_t>(row - 1));
    FANGPIN_RETURN_IF_ERROR(out->Close());
  }
  return absl::OkStatus();
}

}  // namespace fangpin::sample
