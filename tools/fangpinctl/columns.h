#ifndef FANGPIN_TOOLS_FANGPINCTL_COLUMNS_H_
#define FANGPIN_TOOLS_FANGPINCTL_COLUMNS_H_

#include <ostream>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "tools/fangpinctl/message_path.h"
#include "tools/fangpinctl/output.h"

namespace fangpin::ctl {

// The columns that show messages of one type: those chosen for it, otherwise every top-level field
// that is neither a message nor repeated.
class Columns {
 public:
  // What a table's cell shows of several values: all, or their number and the last ("3：VILLAGE").
  enum class Shows { kAll, kLast };

  explicit Columns(const google::protobuf::Descriptor* type);

  std::vector<Heading> headings() const;
  std::vector<std::string> Cells(const google::protobuf::Message& message, Format format) const;

 private:
  struct Column {
    std::string key;
    std::string title;
    MessagePath path;
    Shows shows = Shows::kAll;
  };
  std::vector<Column> columns_;
};

// Messages of one type as a table, as .csv or as a JSON object with one list. Memory does not grow
// with their number.
class MessageList {
 public:
  // `name` is the list's name in JSON.
  MessageList(Format format, std::string name, const google::protobuf::Descriptor* type,
              std::ostream& out);

  void Add(const google::protobuf::Message& message);
  void Finish();

 private:
  const Format format_;
  const std::string name_;
  const Columns columns_;
  std::ostream& out_;
  RowWriter rows_;
  int64_t count_ = 0;
};

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_COLUMNS_H_
