#include "services/registry/core/export/national_export.h"

#include <optional>
#include <utility>

#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/core/labels.h"
#include "services/registry/core/scope.h"

namespace fangpin::registry {
namespace {

constexpr int kVillagePage = 500;

// Households as of one position of the feed.
class HouseholdSource final : public RecordSource {
 public:
  // Opens an export from the beginning, as of the position, or as of now for 0.
  using Open =
      std::function<absl::StatusOr<std::unique_ptr<HouseholdExport>>(std::optional<ExportPoint>)>;

  HouseholdSource(std::unique_ptr<HouseholdExport> first, Open open)
      : position_(first->point().position), first_(std::move(first)), open_(std::move(open)) {}

  absl::StatusOr<std::optional<int64_t>> Learn(FormLayout& layout) override {
    if (first_->complete()) {
      first_ = nullptr;
      return std::nullopt;
    }
    FANGPIN_ASSIGN_OR_RETURN(const std::vector<pb::Household> households, first_->Next());
    int64_t count = 0;
    for (const pb::Household& household : households) count += layout.Learn(household) ? 1 : 0;
    return count;
  }

  absl::StatusOr<std::optional<int64_t>> Write(FormLayout& layout, sheet::Writer& writer) override {
    if (second_ == nullptr) {
      FANGPIN_ASSIGN_OR_RETURN(second_, open_(ExportPoint{.position = position_}));
    }
    if (second_->complete()) return std::nullopt;
    FANGPIN_ASSIGN_OR_RETURN(const std::vector<pb::Household> households, second_->Next());
    int64_t count = 0;
    for (const pb::Household& household : households) {
      bool any = false;
      FANGPIN_RETURN_IF_ERROR(layout.ForRows(household, [&](absl::Span<const std::string> cells) {
        any = true;
        return writer.Add(cells);
      }));
      count += any ? 1 : 0;
    }
    return count;
  }

 private:
  const int64_t position_;
  std::unique_ptr<HouseholdExport> first_;   // to learn from
  std::unique_ptr<HouseholdExport> second_;  // to write
  const Open open_;
};

// Villages, which are few: they are held.
class VillageSource final : public RecordSource {
 public:
  explicit VillageSource(std::vector<v1::VillageProfile> villages)
      : villages_(std::move(villages)) {}

  absl::StatusOr<std::optional<int64_t>> Learn(FormLayout& layout) override {
    if (std::exchange(learnt_, true)) return std::nullopt;
    for (const v1::VillageProfile& village : villages_) layout.Learn(village);
    return static_cast<int64_t>(villages_.size());
  }

  absl::StatusOr<std::optional<int64_t>> Write(FormLayout& layout, sheet::Writer& writer) override {
    if (std::exchange(written_, true)) return std::nullopt;
    for (const v1::VillageProfile& village : villages_) {
      FANGPIN_RETURN_IF_ERROR(layout.ForRows(
          village, [&](absl::Span<const std::string> cells) { return writer.Add(cells); }));
    }
    return static_cast<int64_t>(villages_.size());
  }

 private:
  const std::vector<v1::VillageProfile> villages_;
  bool learnt_ = false;
  bool written_ = false;
};

absl::StatusOr<std::vector<v1::VillageProfile>> ReadVillages(
    RegistryStore& store, const std::vector<DivisionRange>& ranges) {
  std::vector<v1::VillageProfile> villages;
  FANGPIN_RETURN_IF_ERROR(store.Read([&](RegistryReader& reader) -> absl::Status {
    villages.clear();
    for (const DivisionRange& range : ranges) {
      std::string after;
      while (true) {
        FANGPIN_ASSIGN_OR_RETURN(auto page, reader.ListVillageProfiles(range, after, kVillagePage));
        const bool last = static_cast<int>(page.size()) < kVillagePage;
        if (!page.empty()) after = page.back().division();
        std::move(page.begin(), page.end(), std::back_inserter(villages));
        if (last) break;
      }
    }
    return absl::OkStatus();
  }));
  return villages;
}

absl::StatusOr<std::unique_ptr<sheet::Writer>> MakeWriter(sheet::Sink sink, std::string_view title,
                                                          pb::SheetFormat format) {
  if (format == pb::SHEET_FORMAT_XLSX) {
    FANGPIN_ASSIGN_OR_RETURN(std::unique_ptr<sheet::XlsxWriter> book,
                             sheet::XlsxWriter::Create(std::move(sink), title));
    return book;
  }
  FANGPIN_ASSIGN_OR_RETURN(
      std::unique_ptr<sheet::CsvWriter> csv,
      sheet::CsvWriter::Create(std::move(sink), format == pb::SHEET_FORMAT_CSV_GB18030
                                                    ? sheet::CsvWriter::Encoding::kGb18030
                                                    : sheet::CsvWriter::Encoding::kUtf8Bom));
  return csv;
}

pb::ExportHouseholdsRequest Households(const pb::ExportNationalFormRequest& request) {
  pb::ExportHouseholdsRequest households;
  households.mutable_filter()->set_division(request.division());
  if (request.kind() == pb::IMPORT_KIND_MONITORED_HOUSEHOLDS) {
    for (const auto state :
         {vocab::MONITORING_STATE_MONITORED, vocab::MONITORING_STATE_UNDER_ASSISTANCE,
          vocab::MONITORING_STATE_ELIMINATION_PROPOSED, vocab::MONITORING_STATE_ELIMINATED}) {
      households.mutable_filter()->add_states(state);
    }
  }
  return households;
}

}  // namespace

absl::Status NationalExport::Begin() {
  FANGPIN_ASSIGN_OR_RETURN(writer_, MakeWriter(
                                        [buffer = buffer_.get()](std::string_view bytes) {
                                          *buffer += bytes;
                                          return absl::OkStatus();
                                        },
                                        form_.title, format_));
  FANGPIN_RETURN_IF_ERROR(writer_->Add({std::string(form_.title)}));
  FANGPIN_RETURN_IF_ERROR(writer_->Add(
      {base::StrCat("导出单位：", place_), base::StrCat("导出时间：", base::FormatDay(day_))}));
  return writer_->Add(layout_.Headers());
}

absl::StatusOr<bool> NationalExport::Next(pb::ExportNationalFormResponse* piece) {
  if (stage_ == Stage::kWritten) return false;
  if (stage_ == Stage::kLearning) {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<int64_t> count, source_->Learn(layout_));
    total_ += count.value_or(0);
    if (count.has_value()) return true;
    FANGPIN_RETURN_IF_ERROR(Begin());
    stage_ = Stage::kWriting;
  }
  while (buffer_->size() < kPiece && stage_ == Stage::kWriting) {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<int64_t> count, source_->Write(layout_, *writer_));
    done_ += count.value_or(0);
    if (count.has_value()) continue;
    FANGPIN_RETURN_IF_ERROR(writer_->Close());
    stage_ = Stage::kWritten;
  }
  piece->set_data(std::exchange(*buffer_, std::string()));
  piece->set_records_done(done_);
  piece->set_records_total(total_);
  return true;
}

absl::StatusOr<std::unique_ptr<NationalExport>> Exports::ExportNationalForm(
    const base::CallContext& ctx, const pb::ExportNationalFormRequest& request) {
  const v1::Division* division = divisions_->Find(request.division());
  if (division == nullptr) {
    return base::InvalidField("division", "DIVISION_NOT_FOUND", "区划代码不存在");
  }
  FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, request.division()));
  if (!pb::ImportKind_IsValid(request.kind()) || request.kind() == pb::IMPORT_KIND_UNSPECIFIED) {
    return base::InvalidField("kind", "VALUE_UNKNOWN", "请指明导出哪一种表");
  }
  if (!pb::SheetFormat_IsValid(request.format()) ||
      request.format() == pb::SHEET_FORMAT_UNSPECIFIED) {
    return base::InvalidField("format", "VALUE_UNKNOWN", "请指明文件格式");
  }
  std::unique_ptr<RecordSource> source;
  if (request.kind() == pb::IMPORT_KIND_VILLAGES) {
    FANGPIN_ASSIGN_OR_RETURN(
        std::vector<v1::VillageProfile> villages,
        ReadVillages(*store_, VisibleRanges(ctx.principal, request.division())));
    source = std::make_unique<VillageSource>(std::move(villages));
  } else {
    const auto open = [feed = feed_, ctx,
                       households = Households(request)](std::optional<ExportPoint> from) {
      return feed->ExportHouseholds(ctx, households, std::move(from));
    };
    FANGPIN_ASSIGN_OR_RETURN(auto first, open(std::nullopt));
    source = std::make_unique<HouseholdSource>(std::move(first), open);
  }
  return std::make_unique<NationalExport>(
      std::move(source), FormLayout(request.kind(), *divisions_), FormOf(request.kind()),
      request.format(), division->name(), base::Today(ctx.now));
}

}  // namespace fangpin::registry
