#include "tests/bench/registry_world.h"

#include <algorithm>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "libs/base/civil.h"
#include "libs/base/household_id.h"
#include "libs/base/id_number.h"
#include "libs/base/status.h"
#include "libs/rpc/config.h"
#include "services/registry/core/household.h"
#include "services/registry/core/import/merge.h"
#include "services/registry/core/import/parse.h"
#include "tests/bench/load.h"

namespace fangpin::bench {
namespace {

constexpr char kCounty[] = "621126000000";
constexpr int kTemplates = 2000;
constexpr uint64_t kSeed = 20230901;
// Sequences of ID numbers of one day, county and sex: the forms' begin at 200.
constexpr int kUsesOfTemplate = 100;
constexpr int kHouseholdsAtOnce = 5000;

}  // namespace

World::World(const registry::DivisionTree& tree, int households, const std::string& folder)
    : size_(households) {
  std::map<std::string, int> of_county;
  for (const auto& division : tree.Below("620000000000")) {
    if (division.code().substr(9) == "000") continue;
    villages_.push_back({division.code(), of_county[division.code().substr(0, 6)]++});
  }
  per_village_ = (size_ - 1) / static_cast<int>(villages_.size()) + 1;

  FormWriter writer(folder);
  const FormWriter::Form form = writer.Write(kTemplates);
  const absl::CivilDay today = base::Today(absl::Now());
  const registry::ImportFile file = Require(registry::ParseImport(
      form.content, {.file_name = form.file, .division = kCounty, .today = today}, tree,
      [] { return absl::OkStatus(); }));
  // Nobody has birthday and sex of another, so that numbers differ by county and use alone.
  std::set<std::string> births;
  for (const registry::FileHousehold& from : file.households) {
    std::set<std::string> own;
    for (const registry_pb::Person& person : from.household.members()) {
      const std::string& number = person.id_number();
      own.insert(number.substr(6, 8) + ((number[16] - '0') % 2 == 1 ? "m" : "f"));
    }
    const bool fresh = static_cast<int>(own.size()) == from.household.members_size() &&
                       std::none_of(own.begin(), own.end(), [&](const std::string& birth) {
                         return births.contains(birth);
                       });
    if (from.bad || !fresh) continue;
    births.merge(own);
    registry_pb::Household household = registry::Merge(nullptr, from, file, today);
    registry::Complete(nullptr, &household);
    templates_.push_back(std::move(household));
  }
  const int most =
      std::max_element(villages_.begin(), villages_.end(), [](const auto& a, const auto& b) {
        return a.before < b.before;
      })->before;
  if ((most + 1) * per_village_ > kUsesOfTemplate * static_cast<int>(templates_.size())) {
    Require(absl::InvalidArgumentError("more households than numbers"));
  }
}

World::Place World::At(int index) const {
  const Village& village = villages_[static_cast<size_t>(index / per_village_)];
  const int in_village = index % per_village_;
  return {&village, in_village + 1, village.before * per_village_ + in_village};
}

const registry_pb::Household& World::Template(const Place& place) const {
  return templates_[static_cast<size_t>(place.of_county) % templates_.size()];
}

std::string World::IdNumberOf(const Place& place, const std::string& like) const {
  const int use = place.of_county / static_cast<int>(templates_.size());
  const std::string first = absl::StrFormat("%s%s%03d", place.village->code.substr(0, 6),
                                            like.substr(6, 8), 2 * use + (like[16] - '0') % 2);
  return first + base::MakeCheckDigit(first);
}

std::string World::Id(int index) const {
  const Place place = At(index);
  return absl::StrFormat("%s%06d", place.village->code, place.serial);
}

int World::Members(int index) const { return Template(At(index)).members_size(); }

std::string World::IdNumber(int index, int member) const {
  const Place place = At(index);
  return IdNumberOf(place, Template(place).members(member).id_number());
}

registry_pb::Household World::Make(int index) const {
  const Place place = At(index);
  registry_pb::Household household = Template(place);
  household.set_id(Id(index));
  household.set_division(place.village->code);
  household.set_national_id(absl::StrFormat("63%012d", index));
  int member = 0;
  for (registry_pb::Person& person : *household.mutable_members()) {
    ++member;
    person.set_id(absl::StrFormat("%s-%02d", household.id(), member));
    person.set_national_id(absl::StrFormat("%s%02d", household.national_id(), member));
    person.set_id_number(IdNumberOf(place, person.id_number()));
    if (!person.disability_number().empty()) {
      person.set_disability_number(person.id_number() + person.disability_number().substr(18));
    }
  }
  return household;
}

void World::Fill(registry::RegistryStore& store) const {
  const absl::Time now = absl::Now();
  // Whole villages: each serial is reserved once.
  const int step = std::max(1, kHouseholdsAtOnce / per_village_) * per_village_;
  const auto make = [&](int begin) {
    std::vector<registry::HouseholdChange> changes;
    for (int i = begin; i < std::min(size_, begin + step); ++i) {
      changes.push_back({nullptr, registry::MakeRevision(nullptr, Make(i), now, "bench", "导入")});
    }
    return changes;
  };
  auto next = std::async(std::launch::async, make, 0);
  for (int begin = 0; begin < size_; begin += step) {
    const std::vector<registry::HouseholdChange> changes = next.get();
    next = std::async(std::launch::async, make, begin + step);
    Require(store.Write([&](registry::RegistryWriter& writer) -> absl::Status {
      for (int i = begin; i < std::min(size_, begin + step); i += per_village_) {
        FANGPIN_RETURN_IF_ERROR(
            writer.ReserveSerials(At(i).village->code, std::min(per_village_, size_ - i)).status());
      }
      return writer.Put(changes);
    }));
  }
}

FormWriter::FormWriter(std::string folder)
    : folder_(std::move(folder)),
      county_(Require(sample::ReadCounty(rpc::FindDeployed("deploy/data/gansu_divisions.csv"),
                                         std::string(kCounty, 6)))) {}

FormWriter::Form FormWriter::Write(int households) {
  std::vector<sample::Entry> entries(static_cast<size_t>(households));
  for (sample::Entry& entry : entries) {
    sample::Random random(kSeed, sample::Purpose::kHousehold, static_cast<uint64_t>(serial_));
    entry.household = sample::MakeHousehold(county_, random.Pick(county_.villages), ++serial_,
                                            sample::Shape::kAny, random, identities_);
  }
  Form form;
  form.file = absl::StrFormat("form_%d.csv", serial_);
  form.households = households;
  form.first_national_id = entries.front().household.national_id;
  form.last_national_id = entries.back().household.national_id;
  sample::v1::SheetTruth truth;
  Require(sample::WriteHouseholdForm(folder_, form.file, county_, entries, kSeed, truth));
  form.rows = truth.rows();
  const std::string path = folder_ + "/" + form.file;
  std::ifstream in(path, std::ios::binary);
  form.content.assign(std::istreambuf_iterator<char>(in), {});
  return form;
}

}  // namespace fangpin::bench
