#ifndef FANGPIN_REGISTRY_CORE_TEST_SHEETS_H_
#define FANGPIN_REGISTRY_CORE_TEST_SHEETS_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/sheet/reader.h"
#include "libs/sheet/writer.h"
#include "services/registry/core/test_world.h"

// National exports about the people of test_world.h, for tests.
namespace fangpin::registry {

using Cells = std::map<std::string, std::string>;  // by header

// An export: two title rows, the header in row 3, data from row 4.
struct TestSheet {
  std::vector<std::string> header = {
      "县(市、区、旗)", "乡(镇)",   "行政村",   "户编号",     "户类型",   "人口编号",
      "姓名",           "性别",     "出生日期", "证件类型",   "证件号码", "与户主关系",
      "民族",           "政治面貌", "文化程度", "在校生状况", "健康状况", "劳动技能"};
  std::vector<Cells> rows;

  void AddColumns(const std::vector<std::string>& headers) {
    header.insert(header.end(), headers.begin(), headers.end());
  }

  std::string Bytes(pb::SheetFormat format = pb::SHEET_FORMAT_CSV_UTF8) const {
    std::string bytes;
    const auto sink = [&bytes](std::string_view piece) {
      bytes += piece;
      return absl::OkStatus();
    };
    std::unique_ptr<sheet::Writer> writer;
    if (format == pb::SHEET_FORMAT_XLSX) {
      writer = *sheet::XlsxWriter::Create(sink, "户信息");
    } else {
      writer = *sheet::CsvWriter::Create(sink, format == pb::SHEET_FORMAT_CSV_UTF8
                                                   ? sheet::CsvWriter::Encoding::kUtf8
                                                   : sheet::CsvWriter::Encoding::kGb18030);
    }
    EXPECT_TRUE(writer->Add({"户信息"}).ok());
    EXPECT_TRUE(writer->Add({"导出时间：2024-06-01"}).ok());
    EXPECT_TRUE(writer->Add(header).ok());
    for (const Cells& row : rows) {
      std::vector<std::string> cells;
      for (const std::string& name : header) {
        const auto cell = row.find(name);
        cells.push_back(cell == row.end() ? "" : cell->second);
      }
      EXPECT_TRUE(writer->Add(cells).ok());
    }
    EXPECT_TRUE(writer->Close().ok());
    return bytes;
  }
};

// A sheet as it was read: what stands in which row.
struct ReadSheet {
  std::vector<std::string> header;
  int header_row = 0;
  std::vector<Cells> rows;
};
inline ReadSheet ReadTestSheet(std::string_view bytes) {
  ReadSheet read;
  sheet::Options options;
  options.header_row = 3;
  const auto summary = sheet::Read(
      bytes, options,
      [&](const sheet::Header& header) {
        read.header = header.cells();
        read.header_row = header.row_number();
        return absl::OkStatus();
      },
      [&](const sheet::Row& row) {
        Cells& cells = read.rows.emplace_back();
        for (size_t i = 0; i < read.header.size() && i < row.cells.size(); ++i) {
          if (!row.cells[i].empty()) cells[read.header[i]] = row.cells[i];
        }
        return absl::OkStatus();
      });
  EXPECT_TRUE(summary.ok()) << summary.status();
  return read;
}

inline Cells PersonRow(std::string household, int sequence, std::string relation = "户主",
                       const Cells& others = {}) {
  Cells cells = {{"县(市、区、旗)", "岷县"},
                 {"乡(镇)", "秦许乡"},
                 {"行政村", "西川村"},
                 {"户编号", std::move(household)},
                 {"户类型", "一般农户"},
                 {"人口编号", "R" + std::to_string(sequence)},
                 {"姓名", "测试甲"},
                 {"性别", sequence % 2 == 1 ? "男" : "女"},
                 {"出生日期", "19800312"},
                 {"证件类型", "居民身份证"},
                 {"证件号码", TestIdNumber(sequence)},
                 {"与户主关系", std::move(relation)},
                 {"民族", "汉族"},
                 {"政治面貌", "群众"},
                 {"文化程度", "初中"},
                 {"健康状况", "健康"},
                 {"劳动技能", "普通劳动力"}};
  for (const auto& [header, cell] : others) cells[header] = cell;
  return cells;
}

inline TestSheet MonitoredSheet() {
  TestSheet file;
  file.header[0] = "县";
  file.header[1] = "乡";
  file.header[2] = "村";
  file.AddColumns({"省",
                   "市",
                   "监测对象类别",
                   "识别监测时间",
                   "致贫/返贫风险1",
                   "致贫/返贫风险2",
                   "因自然灾害子项",
                   "其他备注",
                   "风险是否已消除",
                   "风险消除方式",
                   "消除监测时间",
                   "是否义务教育阶段适龄儿童少年失学辍学",
                   "是否危房户",
                   "是否解决安全饮用水",
                   "工资性收入",
                   "生产经营性收入",
                   "财产性收入",
                   "转移性收入",
                   "生产经营性支出",
                   "纯收入（元）",
                   "人均纯收入",
                   "理赔收入",
                   "合规自付支出",
                   "产业帮扶",
                   "教育帮扶",
                   "实施开发式帮扶措施情况",
                   "风险消除后工资性收入",
                   "风险消除后是否危房户"});
  return file;
}

inline Cells MonitoredRow(std::string household, int sequence, std::string relation,
                          const Cells& others) {
  Cells cells = PersonRow(std::move(household), sequence, std::move(relation));
  cells["县"] = "岷县";
  cells["乡"] = "秦许乡";
  cells["村"] = "西川村";
  const Cells more = {{"省", "甘肃省"},
                      {"市", "定西市"},
                      {"监测对象类别", "突发严重困难户"},
                      {"识别监测时间", "202305"},
                      {"致贫/返贫风险1", "因病"},
                      {"风险是否已消除", "否"},
                      {"是否义务教育阶段适龄儿童少年失学辍学", "否"},
                      {"是否危房户", "是"},
                      {"是否解决安全饮用水", "是"},
                      {"工资性收入", "20000"},
                      {"生产经营性收入", "5,000.50"},
                      {"财产性收入", "0"},
                      {"转移性收入", "1000"},
                      {"生产经营性支出", "2000"},
                      {"纯收入（元）", "24000.5"},
                      {"人均纯收入", "12000"},
                      {"理赔收入", "0"},
                      {"合规自付支出", "9000"},
                      {"产业帮扶", "种植补贴"},
                      {"实施开发式帮扶措施情况", "已实施"}};
  for (const auto& [header, cell] : more) cells[header] = cell;
  for (const auto& [header, cell] : others) cells[header] = cell;
  return cells;
}

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_TEST_SHEETS_H_
