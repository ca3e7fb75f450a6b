#ifndef FANGPIN_TOOLS_FANGPINCTL_GEN_FEEDS_H_
#define FANGPIN_TOOLS_FANGPINCTL_GEN_FEEDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "fangpin/sample/v1/manifest.pb.h"
#include "tools/fangpinctl/gen/population.h"
#include "tools/fangpinctl/gen/random.h"
#include "tools/fangpinctl/gen/stories.h"

namespace fangpin::sample {

// The department files of a county: records that make clues, and many more that must not.
class Feeds {
 public:
  explicit Feeds(const County& county);

  // Plants the records of a story and adds them to `clue`. Nothing for a story without a feed.
  void Plant(const Story& story, const Household& household, Random& random, v1::ClueTruth& clue);

  // Everyday records of a household, all below the thresholds. `on_file` is false for a household
  // that the import refuses: its records must stay unmatched.
  void AddEveryday(const Household& household, bool on_file, Random& random);

  // Records about people who are not on file, records that cannot be judged, wrong ones, repeats.
  void AddDirt(const std::vector<const Household*>& quiet, Random& random,
               IdentityIssuer& identities);

  // The people whom AddDirt made up.
  const std::vector<Person>& strangers() const { return strangers_; }

  // Writes one file a department into `folder` and its truths into the manifest.
  absl::Status Write(const std::string& folder, uint64_t seed, v1::Manifest& manifest);

 private:
  struct Record {
    std::vector<std::string> values;
    screening::v1::AlertState state = screening::v1::ALERT_STATE_BELOW_THRESHOLD;
    std::string source_id;
    int64_t version = 1;
    std::string household;  // 户编号; empty when nobody on file has the number.
    std::string rejected_field;
    std::string rejected_reason;
    bool repeats = false;
  };
  // Records whose order matters: bills that add up, versions of one record, repeats.
  using Group = std::vector<Record>;

  struct File {
    std::string_view feed_id;
    std::string_view department;
    std::string_view prefix;  // of source ids
    std::vector<std::string> columns;
    std::vector<Group> groups;
    int64_t last_id = 0;
  };
  enum Index {
    kMedical,
    kIllness,
    kDisability,
    kSchool,
    kHouse,
    kWork,
    kDisaster,
    kTraffic,
    kCivil
  };

  Record Make(Index feed, const Household* household);
  Record Bill(const Household& household, const Person& person, absl::CivilDay day,
              std::string_view type, int64_t self_paid_yuan, Random& random);
  Record Illness(const Household& household, const Person& person, std::string_view kind);
  Record Certificate(const Household& household, const Person& person, std::string_view grade);
  Record School(const Household& household, const Person& person, int cost, int aid);
  Record House(const Household& household, std::string_view grade, int version,
               std::string_view source_id);
  Record Job(const Household& household, const Person& person, absl::CivilDay lost, bool again);
  Record Loss(const Household& household, int yuan);
  Record Accident(const Household& household, const Person& person, std::string_view injury);
  Record Civil(const Household& household, std::string_view kind, int yuan);

  File& file(Index feed) { return files_[feed]; }
  std::string NextSource(Index feed);

  std::string county_;
  std::vector<File> files_;
  std::vector<Person> strangers_;
};

}  // namespace fangpin::sample

#endif  // FANGPIN_TOOLS_FANGPINCTL_GEN_FEEDS_H_
