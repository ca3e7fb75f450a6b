#ifndef FANGPIN_POLICY_WIRE_H_
#define FANGPIN_POLICY_WIRE_H_

#include "fangpin/policy/v1/finding.pb.h"
#include "libs/policy/finding.h"

namespace fangpin::policy {

// Findings as messages and back. FromProto takes what ToProto made; unspecified enums become clear
// and block.
v1::Finding ToProto(const Finding& finding);
Finding FromProto(const v1::Finding& finding);

}  // namespace fangpin::policy

#endif  // FANGPIN_POLICY_WIRE_H_
