#include <atomic>

#include "libs/base/status.h"
#include "tools/fangpinctl/gen/notes.h"
#include "tools/fangpinctl/rehearse/file_update.h"
#include "tools/fangpinctl/rehearse/stages.h"

namespace fangpin::ctl {

StageOutcome UpdateFiles(Play& play, Comparison& comparison) {
  std::atomic<int64_t> updated{0};
  FANGPIN_RETURN_IF_ERROR(ForEachStory(
      play, comparison, [](const Story& story) { return story.notes->has_registry_update(); },
      [&](Story& story) {
        ++updated;
        return UpdateFile(play, story, sample::days::kUpdate, story.notes->registry_update(),
                          "update");
      }));
  return std::vector<Count>{{"updated", "更新户档", updated}};
}

}  // namespace fangpin::ctl
