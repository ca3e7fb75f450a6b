#ifndef FANGPIN_POLICY_SOURCES_H_
#define FANGPIN_POLICY_SOURCES_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace fangpin::policy {

// A document that rules and numbers rest on.
struct Document {
  std::string key;     // "GSXZJ-2021-74"
  std::string title;   // Chinese.
  std::string number;  // 文号; empty when it has none.
  std::string issuer;
  std::optional<absl::CivilDay> date;
  std::map<std::string, std::string, std::less<>> clauses;  // Clause id -> wording.
};

// The catalogue of sources. Immutable and thread-safe.
class Sources {
 public:
  Sources() = default;

  // INVALID_ARGUMENT POLICY_DATA_INVALID when a key stands twice or a key or wording is empty.
  static absl::StatusOr<Sources> Create(std::vector<Document> documents);

  // The document; nullptr when unknown. The pointer lives as long as this object.
  const Document* Find(std::string_view document) const;

  // The wording of a clause; nullopt when the document or the clause is unknown. The view lives as
  // long as this object.
  std::optional<std::string_view> Wording(std::string_view document, std::string_view clause) const;

 private:
  std::map<std::string, Document, std::less<>> documents_;
};

}  // namespace fangpin::policy

#endif  // FANGPIN_POLICY_SOURCES_H_
