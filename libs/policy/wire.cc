#include "libs/policy/wire.h"

namespace fangpin::policy {
namespace {

v1::Verdict ToProto(Verdict verdict) {
  switch (verdict) {
    case Verdict::kClear:
      return v1::VERDICT_CLEAR;
    case Verdict::kHold:
      return v1::VERDICT_HOLD;
    case Verdict::kFactMissing:
      return v1::VERDICT_FACT_MISSING;
  }
  return v1::VERDICT_UNSPECIFIED;
}

Verdict FromProto(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_HOLD:
      return Verdict::kHold;
    case v1::VERDICT_FACT_MISSING:
      return Verdict::kFactMissing;
    default:
      return Verdict::kClear;
  }
}

v1::Severity ToProto(Severity severity) {
  switch (severity) {
    case Severity::kBlock:
      return v1::SEVERITY_BLOCK;
    case Severity::kError:
      return v1::SEVERITY_ERROR;
    case Severity::kWarning:
      return v1::SEVERITY_WARNING;
    case Severity::kInformation:
      return v1::SEVERITY_INFORMATION;
  }
  return v1::SEVERITY_UNSPECIFIED;
}

Severity FromProto(v1::Severity severity) {
  switch (severity) {
    case v1::SEVERITY_ERROR:
      return Severity::kError;
    case v1::SEVERITY_WARNING:
      return Severity::kWarning;
    case v1::SEVERITY_INFORMATION:
      return Severity::kInformation;
    default:
      return Severity::kBlock;
  }
}

}  // namespace

v1::Finding ToProto(const Finding& finding) {
  v1::Finding out;
  out.set_rule(finding.rule);
  out.set_document(finding.document);
  out.set_clause(finding.clause);
  out.set_verdict(ToProto(finding.verdict));
  out.set_severity(ToProto(finding.severity));
  out.set_message(finding.message);
  for (const Fact& fact : finding.facts) {
    v1::Fact& out_fact = *out.add_facts();
    out_fact.set_name(fact.name);
    out_fact.set_label(fact.label);
    out_fact.set_value(fact.value);
    out_fact.set_missing(fact.missing);
  }
  return out;
}

Finding FromProto(const v1::Finding& finding) {
  Finding out = {.rule = finding.rule(),
                 .document = finding.document(),
                 .clause = finding.clause(),
                 .verdict = FromProto(finding.verdict()),
                 .severity = FromProto(finding.severity()),
                 .message = finding.message()};
  for (const v1::Fact& fact : finding.facts()) {
    out.facts.push_back({.name = fact.name(),
                         .label = fact.label(),
                         .value = fact.value(),
                         .missing = fact.missing()});
  }
  return out;
}

}  // namespace fangpin::policy
