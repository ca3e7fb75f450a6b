#ifndef FANGPIN_REGISTRY_CORE_LABELS_H_
#define FANGPIN_REGISTRY_CORE_LABELS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fangpin/policy/v1/vocabulary.pb.h"

// Labels of the national system and what they mean: the only place where its words become codes,
// and codes its words.
namespace fangpin::registry {

namespace vocab = ::fangpin::policy::v1;

// The standard code of a label; "" for a label that is in the list and has none, nullopt for one
// that is not in the list.
std::optional<std::string_view> RelationCode(std::string_view label);         // GB/T 4761-2008
std::optional<std::string_view> EthnicityCode(std::string_view label);        // GB/T 3304
std::optional<std::string_view> EducationCode(std::string_view label);        // GB/T 4658-2006
std::optional<std::string_view> SchoolingCode(std::string_view label);        // none
std::optional<std::string_view> PoliticalStatusCode(std::string_view label);  // GB/T 4762-1984
std::optional<std::string_view> MaritalStatusCode(std::string_view label);    // GB/T 2261.2
std::optional<std::string_view> IdTypeCode(std::string_view label);           // national list

// The label of a standard code: that of its group where the national list is coarser; empty for an
// unknown code.
std::string RelationLabel(std::string_view code);
std::string EthnicityLabel(std::string_view code);
std::string EducationLabel(std::string_view code);
std::string PoliticalStatusLabel(std::string_view code);
std::string MaritalStatusLabel(std::string_view code);
std::string IdTypeLabel(std::string_view code);

// Whether a schooling label of the list is 高中, 中职, 高职 or above.
bool IsSeniorSchooling(std::string_view label);

// Codes that members can carry: 02 to 99.
bool IsRelationCode(std::string_view code);
bool IsHead(std::string_view relation_code);
bool IsSpouse(std::string_view relation_code);

// 1 男, 2 女.
std::optional<int> SexNumber(std::string_view label);
std::optional<vocab::HouseholdKind> KindOf(std::string_view label);
std::optional<vocab::MonitoredCategory> CategoryOf(std::string_view label);
std::optional<vocab::LabourCapacity> LabourOf(std::string_view label);
std::optional<vocab::EliminationMode> EliminationModeOf(std::string_view label);
std::optional<vocab::DisasterKind> DisasterOf(std::string_view label);
// Legacy reasons of the old poverty files (缺土地, 缺技术 …) become OTHER with the label as remark.
std::optional<vocab::Risk> RiskOf(std::string_view label);
// "长期慢性病,残疾": several joined by any of , ， 、 ; ； / | + or blanks. nullopt when one of
// them is not in the list.
std::optional<std::vector<vocab::HealthCondition>> HealthOf(std::string_view label);
// 是 and 否 and the words that stand for them.
std::optional<bool> YesNoOf(std::string_view label);
// A cell about a benefit: yes or no, and the words when they say more than that (农村低保).
struct Benefit {
  bool enjoyed = false;
  std::string_view words;
};
std::optional<Benefit> BenefitOf(std::string_view label);

// The label of each value; empty for UNSPECIFIED.
std::string_view SexLabel(int sex);
std::string_view KindLabel(vocab::HouseholdKind kind);
std::string_view CategoryLabel(vocab::MonitoredCategory category);
std::string_view LabourLabel(vocab::LabourCapacity labour);
std::string_view EliminationModeLabel(vocab::EliminationMode mode);
std::string_view DisasterLabel(vocab::DisasterKind disaster);
// A legacy reason is its own label.
std::string_view RiskLabel(const vocab::Risk& risk);
// Whether the risk is a legacy reason: its remark then repeats the label.
bool IsLegacyRisk(const vocab::Risk& risk);
std::string_view HealthLabel(vocab::HealthCondition condition);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_LABELS_H_
