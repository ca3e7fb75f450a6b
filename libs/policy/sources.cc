#include "libs/policy/sources.h"

#include <utility>

#include "absl/status/status.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"

namespace fangpin::policy {
namespace {

absl::Status Invalid(const Document& document, std::string_view problem) {
  return base::Error(absl::StatusCode::kInvalidArgument, "POLICY_DATA_INVALID",
                     base::StrCat("政策依据目录有误：", problem))
      .WithMetadata("document", document.key);
}

}  // namespace

absl::StatusOr<Sources> Sources::Create(std::vector<Document> documents) {
  Sources sources;
  for (Document& document : documents) {
    if (document.key.empty() || document.title.empty()) {
      return Invalid(document, "文件缺少编号或标题");
    }
    for (const auto& [clause, wording] : document.clauses) {
      if (clause.empty() || wording.empty()) return Invalid(document, "条款缺少编号或文字");
    }
    if (sources.documents_.contains(document.key)) return Invalid(document, "文件编号重复");
    std::string key = document.key;
    sources.documents_.emplace(std::move(key), std::move(document));
  }
  return sources;
}

const Document* Sources::Find(std::string_view document) const {
  const auto found = documents_.find(document);
  return found == documents_.end() ? nullptr : &found->second;
}

std::optional<std::string_view> Sources::Wording(std::string_view document,
                                                 std::string_view clause) const {
  const Document* found = Find(document);
  if (found == nullptr) return std::nullopt;
  const auto wording = found->clauses.find(clause);
  if (wording == found->clauses.end()) return std::nullopt;
  return wording->second;
}

}  // namespace fangpin::policy
