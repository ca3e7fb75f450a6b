#ifndef FANGPIN_REGISTRY_CORE_IMPORT_FIXTURE_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_FIXTURE_H_

#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/fake_clock.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/core/import_worker.h"
#include "services/registry/core/imports.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/test_sheets.h"
#include "services/registry/core/test_world.h"

namespace fangpin::registry {

// "5 证件号码 ID_NUMBER_CHECK_DIGIT".
inline std::string Text(const pb::RowError& error) {
  return std::to_string(error.row()) + " " + error.column() + " " + error.reason();
}

class ImportTest : public ::testing::Test {
 protected:
  struct Options {
    pb::ImportMode mode = pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS;
    bool validate_only = false;
    std::string file_name = "户信息.csv";
    std::string encoding;
    int max_duplicate_percent = 100;
    base::CallContext ctx = TestContext();
  };

  std::string Upload(std::string_view bytes, const Options& options) {
    pb::CreateImportRequest create;
    create.mutable_import()->set_division(kCounty);
    create.mutable_import()->set_file_name(options.file_name);
    create.mutable_import()->set_mode(options.mode);
    create.mutable_import()->set_validate_only(options.validate_only);
    create.mutable_import()->set_encoding(options.encoding);
    create.mutable_import()->set_max_duplicate_percent(options.max_duplicate_percent);
    const auto created = imports_.CreateImport(options.ctx, create);
    EXPECT_TRUE(created.ok()) << created.status();
    constexpr size_t kPiece = 1000;
    for (size_t at = 0; at < bytes.size(); at += kPiece) {
      pb::UploadImportChunkRequest chunk;
      chunk.set_import_id(created->import().id());
      chunk.set_offset(static_cast<int64_t>(at));
      chunk.set_data(std::string(bytes.substr(at, kPiece)));
      const auto uploaded = imports_.UploadImportChunk(options.ctx, chunk);
      EXPECT_TRUE(uploaded.ok()) << uploaded.status();
    }
    return created->import().id();
  }

  // Uploads and runs; returns the import as it ended.
  pb::Import Import(std::string_view bytes, const Options& options) {
    const std::string id = Upload(bytes, options);
    EXPECT_TRUE(Run(id, options.ctx).ok());
    EXPECT_TRUE(worker_.RunPending().ok());
    return GetImport(id);
  }
  pb::Import Import(std::string_view bytes) { return Import(bytes, Options()); }
  pb::Import Import(const TestSheet& file) { return Import(file.Bytes(), Options()); }
  pb::Import Import(const TestSheet& file, const Options& options) {
    return Import(file.Bytes(), options);
  }

  absl::Status Run(const std::string& id, const base::CallContext& ctx = TestContext()) {
    pb::RunImportRequest run;
    run.set_import_id(id);
    return imports_.RunImport(ctx, run).status();
  }
  pb::Import GetImport(const std::string& id) {
    pb::GetImportRequest request;
    request.set_import_id(id);
    const auto got = imports_.GetImport(TestContext(), request);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? got->import() : pb::Import();
  }

  std::vector<pb::RowError> Errors(const std::string& id) {
    pb::ListImportErrorsRequest request;
    request.set_import_id(id);
    request.set_page_size(1000);
    const auto page = imports_.ListImportErrors(TestContext(), request, {});
    EXPECT_TRUE(page.ok()) << page.status();
    return page->items;
  }
  std::vector<std::string> ErrorTexts(const pb::Import& import) {
    std::vector<std::string> texts;
    for (const pb::RowError& error : Errors(import.id())) texts.push_back(Text(error));
    return texts;
  }

  // What the errors workbook of the import holds; empty without one.
  std::string Workbook(const std::string& id) {
    std::string workbook;
    for (int piece = 0;; ++piece) {
      const auto data = imports_.ErrorsWorkbookPiece(TestContext(), id, piece);
      if (!data.ok() || data->empty()) return workbook;
      workbook += *data;
    }
  }

  std::vector<pb::Household> Households() {
    pb::ListHouseholdsRequest request;
    request.set_page_size(500);
    return registry_.ListHouseholds(TestContext(), request, {})->items;
  }

  DivisionTree divisions_ = TestDivisions();
  metrics::Registry metric_registry_;
  RegistryMetrics metrics_{metric_registry_};
  testing::FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  FakeStore store_;
  Registry registry_{&store_, &divisions_, &metrics_};
  ImportWorker worker_{&store_, &divisions_, &metrics_, &clock_};
  Imports imports_{&store_, &divisions_, [] {}};
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_FIXTURE_H_
