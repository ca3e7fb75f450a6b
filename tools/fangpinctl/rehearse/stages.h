#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_STAGES_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_STAGES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "tools/fangpinctl/rehearse/comparison.h"
#include "tools/fangpinctl/rehearse/play.h"
#include "tools/fangpinctl/rehearse/stage.h"

// The life of a county, a function a stage, in the order played. Each plays its part, compares what
// came of it, and says how much it did; a status other than OK ends the rehearsal.
namespace fangpin::ctl {

using StageOutcome = absl::StatusOr<std::vector<Count>>;

// 户档导入: a dry run, then every sheet; who stands where.
StageOutcome ImportSheets(Play& play, Comparison& comparison);
// 部门推送: every feed, some batches twice.
StageOutcome PushFeeds(Play& play, Comparison& comparison);
// 预警比对: waits until all is settled; the final state of each alert.
StageOutcome SettleAlerts(Play& play, Comparison& comparison);
// 线索汇总: reports by people; every clue of the county.
StageOutcome ReportRisks(Play& play, Comparison& comparison);
// 入户研判: visits, refused and accepted assessments, the household file brought up to date.
StageOutcome VisitAndAssess(Play& play, Comparison& comparison);
// 识别认定: cases, steps, county decisions; the registry's states.
StageOutcome Determine(Play& play, Comparison& comparison);
// 帮扶计划: defective and sound drafts, both reviews; the registry's states.
StageOutcome MakePlans(Play& play, Comparison& comparison);
// 措施成效: the ledger.
StageOutcome CarryOutMeasures(Play& play, Comparison& comparison);
// 户档更新.
StageOutcome UpdateFiles(Play& play, Comparison& comparison);
// 风险消除: five steps, the gate, county decisions.
StageOutcome Eliminate(Play& play, Comparison& comparison);
// 终态核对: every household of the county, and that nothing else exists.
StageOutcome CompareFinalStates(Play& play, Comparison& comparison);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_STAGES_H_
