#include "tools/fangpinctl/rehearse/county.h"

#include <cstddef>
#include <fstream>
#include <sstream>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/util/json_util.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/errors.h"

namespace fangpin::ctl {
namespace {

absl::Status Unreadable(const std::string& file) {
  return UsageError("COUNTY_UNREADABLE", base::StrCat("不是 fangpinctl gen 生成的文件：", file));
}

bool Parse(const std::string& json, google::protobuf::Message* message) {
  return google::protobuf::util::JsonStringToMessage(json, message).ok();
}

}  // namespace

absl::StatusOr<SampleCounty> ReadSampleCounty(const std::string& folder) {
  SampleCounty county{.folder = folder, .manifest = {}, .notes = {}};
  const std::string manifest_file = base::StrCat(folder, "/manifest.json");
  std::ostringstream text;
  text << std::ifstream(manifest_file, std::ios::binary).rdbuf();
  if (!Parse(text.str(), &county.manifest)) return Unreadable(manifest_file);

  absl::flat_hash_map<std::string, size_t> places;
  for (const sample::v1::HouseholdTruth& truth : county.manifest.truths()) {
    places.emplace(truth.national_household_id(), places.size());
  }
  county.notes.resize(places.size());
  const std::string notes_file = base::StrCat(folder, "/field_notes.jsonl");
  std::ifstream lines(notes_file, std::ios::binary);
  if (!lines) return Unreadable(notes_file);
  for (std::string line; std::getline(lines, line);) {
    sample::v1::HouseholdNotes notes;
    if (!Parse(line, &notes)) return Unreadable(notes_file);
    const auto place = places.find(notes.national_household_id());
    if (place == places.end()) {
      return UsageError("COUNTY_INCONSISTENT",
                        base::StrCat("清单中没有走访记录里的户 ", notes.national_household_id()));
    }
    county.notes[place->second] = std::move(notes);
  }
  return county;
}

}  // namespace fangpin::ctl
