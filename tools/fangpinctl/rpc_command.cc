#include "tools/fangpinctl/rpc_command.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "fangpin/rpc/v1/options.pb.h"
#include "google/protobuf/message.h"
#include "libs/base/random.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/columns.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/message_path.h"
#include "tools/fangpinctl/message_text.h"

namespace fangpin::ctl {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

namespace {

constexpr int64_t kDefaultLimit = 1000;

std::unique_ptr<Message> NewMessage(const Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string FreshId() { return absl::BytesToHexString(base::RandomBytes(16)); }

std::string_view TextOf(const Message& message, const FieldDescriptor* field) {
  std::string scratch;  // Not used by generated messages, which hold their strings.
  return message.GetReflection()->GetStringReference(message, field, &scratch);
}

// The first message field of an answer: what the command shows.
const FieldDescriptor* ShownField(const Descriptor* response) {
  const FieldDescriptor* shown = nullptr;
  for (int i = 0; i < response->field_count(); ++i) {
    const FieldDescriptor* field = response->field(i);
    if (field->message_type() == nullptr) continue;
    if (field->is_repeated()) return field;
    if (shown == nullptr) shown = field;
  }
  return shown;
}

bool IsPersonal(const FieldDescriptor* field) {
  return field->options().GetExtension(rpc::v1::personal) != rpc::v1::PERSONAL_UNSPECIFIED;
}

std::string Help(const FieldFlag& flag, const FieldDescriptor* field) {
  std::string help(flag.help);
  if (field->enum_type() != nullptr) {
    base::StrAppend(&help, "：", EnumChoices(*field->enum_type()));
  }
  if (IsMoney(field)) help += "（元）";
  if (field->is_repeated()) help += "（可重复）";
  if (IsPersonal(field)) help += "；“-”表示从标准输入读取";
  return help;
}

absl::StatusOr<std::string> ReadStandardInput() {
  std::ostringstream text;
  text << std::cin.rdbuf();
  return text.str();
}

absl::StatusOr<std::string> ReadJson(const std::string& file) {
  if (file == "-") return ReadStandardInput();
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return UsageError("FILE_UNREADABLE", base::StrCat("文件无法读取：", file));
  return text.str();
}

// One command with what its flags said. Lives as long as its CLI::App.
class Runner {
 public:
  Runner(CLI::App& app, Context& context, const RpcCommand& command);

  absl::StatusOr<ExitCode> Run();

 private:
  struct Value {
    explicit Value(MessagePath path_to_fill) : path(std::move(path_to_fill)) {}
    MessagePath path;
    std::vector<std::string> texts;
    int said_yes = 0;
    int said_no = 0;
    std::string must_say;  // "--approve 或 --refuse"
  };

  void AddFlag(CLI::App& app, const FieldFlag& flag);
  bool writes() const {
    return method_.options().idempotency_level() !=
           google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
  }
  const FieldDescriptor* RequestField(const char* name) const {
    return command_.request->FindFieldByName(name);
  }

  absl::Status Fill(Message& request);
  absl::Status FillEtag(Client& client, Message& request) const;
  absl::Status List(Client& client, Message& request) const;
  absl::Status Show(const Message& response) const;

  Context& context_;
  const RpcCommand command_;
  const MethodDescriptor& method_;
  const FieldDescriptor* const shown_;
  std::vector<std::unique_ptr<Value>> values_;
  std::string json_file_;
  std::string etag_;
  std::string request_id_;
  int64_t limit_ = kDefaultLimit;
};

Runner::Runner(CLI::App& app, Context& context, const RpcCommand& command)
    : context_(context),
      command_(command),
      method_(MethodTaking(command.request)),
      shown_(ShownField(method_.output_type())) {
  for (const FieldFlag& flag : command.flags) AddFlag(app, flag);
  if (writes()) {
    app.add_option("--json", json_file_,
                   base::StrCat("整个请求的 JSON（", command.request->full_name(),
                                "），“-”为标准输入；其他选项优先于它"))
        ->required(command.json_required);
    app.add_flag_callback(
        "--json-template",
        [&context, type = command.request] {
          context.out() << JsonTemplate(type) << "\n";
          throw CLI::Success();
        },
        "显示 --json 的空样板后退出：null 为不填，枚举只留一项");
  }
  if (RequestField("etag") != nullptr) {
    app.add_option("--etag", etag_,
                   command.read == nullptr ? "读到的 etag" : "读到的 etag；不给出时先读取当前记录");
  }
  if (RequestField("request_id") != nullptr) {
    app.add_option("--request-id", request_id_, "重发时沿用同一编号即得同一答复；默认新编");
  }
  if (RequestField("page_token") != nullptr) {
    app.add_option("--limit", limit_, "最多列出多少条，0 为全部")
        ->check([](const std::string& text) {
          return base::ParseInt(text).value_or(-1) >= 0 ? "" : "应为不小于 0 的整数";
        })
        ->capture_default_str();
  }
}

void Runner::AddFlag(CLI::App& app, const FieldFlag& flag) {
  Value& value =
      *values_.emplace_back(std::make_unique<Value>(MessagePath(command_.request, flag.field)));
  const FieldDescriptor* field = value.path.field();
  const std::string help = Help(flag, field);
  const std::vector<std::string_view> names = base::Split(flag.flag, '|');
  const std::string name(names.front());
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    CLI::Option* yes = app.add_flag(name, value.said_yes, help);
    if (names.size() == 2) {
      CLI::Option* no = app.add_flag(std::string(names[1]), value.said_no, "与之相反");
      no->excludes(yes);
      value.must_say = base::StrCat(names[0], " 或 ", names[1]);
    }
    return;
  }
  CLI::Option* option = app.add_option(name, value.texts, help);
  if (!name.starts_with("-")) {
    // expected(1) alone keeps a list, which would take the next positional's value.
    option->required()->expected(1)->allow_extra_args(false);
    return;
  }
  option->allow_extra_args(false);
  if (!field->is_repeated()) option->expected(1);
  if (field->enum_type() != nullptr) {
    const auto* type = field->enum_type();
    if (field->is_repeated()) option->delimiter(',');
    option->check([type](const std::string& text) {
      return FindEnumValue(*type, text) != nullptr ? "" : "应为 " + EnumChoices(*type);
    });
    option->type_name("ENUM");
  }
}

absl::Status Runner::Fill(Message& request) {
  if (!json_file_.empty()) {
    FANGPIN_ASSIGN_OR_RETURN(const std::string json, ReadJson(json_file_));
    FANGPIN_RETURN_IF_ERROR(FromJson(json, &request));
  }
  for (const auto& value : values_) {
    if (value->path.field()->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      if (value->said_yes > 0 || value->said_no > 0) {
        FANGPIN_RETURN_IF_ERROR(value->path.Set(request, {value->said_yes > 0 ? "true" : "false"}));
      } else if (!value->must_say.empty() && json_file_.empty()) {
        return UsageError("FLAG_MISSING", base::StrCat("须写明 ", value->must_say));
      }
      continue;
    }
    if (value->texts.empty()) continue;
    std::vector<std::string> texts = value->texts;
    if (IsPersonal(value->path.field()) && texts.size() == 1 && texts[0] == "-") {
      // Keeps identity numbers out of the shell's history and the process list.
      FANGPIN_ASSIGN_OR_RETURN(std::string text, ReadStandardInput());
      while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
      texts = {std::move(text)};
    }
    FANGPIN_RETURN_IF_ERROR(value->path.Set(request, texts));
  }
  if (!etag_.empty()) {
    FANGPIN_RETURN_IF_ERROR(MessagePath(command_.request, "etag").Set(request, {etag_}));
  }
  if (const FieldDescriptor* field = RequestField("request_id")) {
    if (!request_id_.empty() || TextOf(request, field).empty()) {
      request.GetReflection()->SetString(&request, field,
                                         request_id_.empty() ? FreshId() : request_id_);
    }
  }
  if (!command_.fresh_id.empty()) {
    const MessagePath id(command_.request, command_.fresh_id);
    if (!id.Has(request)) FANGPIN_RETURN_IF_ERROR(id.Set(request, {FreshId()}));
  }
  return absl::OkStatus();
}

absl::Status Runner::FillEtag(Client& client, Message& request) const {
  const FieldDescriptor* etag = RequestField("etag");
  if (command_.read == nullptr || !TextOf(request, etag).empty()) return absl::OkStatus();
  std::unique_ptr<Message> read = NewMessage(command_.read);
  // The record's id has the same name in both requests.
  for (int i = 0; i < command_.read->field_count(); ++i) {
    const FieldDescriptor* to = command_.read->field(i);
    const FieldDescriptor* from = command_.request->FindFieldByName(to->name());
    if (from == nullptr || to->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    read->GetReflection()->SetString(read.get(), to, std::string(TextOf(request, from)));
  }
  const Descriptor* answer_type = MethodTaking(command_.read).output_type();
  std::unique_ptr<Message> answer = NewMessage(answer_type);
  FANGPIN_RETURN_IF_ERROR(client.Call(*read, answer.get()));
  const Message& record = answer->GetReflection()->GetMessage(*answer, ShownField(answer_type));
  const FieldDescriptor* current = record.GetDescriptor()->FindFieldByName("etag");
  request.GetReflection()->SetString(&request, etag, std::string(TextOf(record, current)));
  return absl::OkStatus();
}

absl::Status Runner::List(Client& client, Message& request) const {
  const FieldDescriptor* page_size = RequestField("page_size");
  const FieldDescriptor* page_token = RequestField("page_token");
  const FieldDescriptor* next = method_.output_type()->FindFieldByName("next_page_token");
  MessageList list(context_.format(), shown_->name(), shown_->message_type(), context_.out());
  std::unique_ptr<Message> page = NewMessage(method_.output_type());
  int64_t shown = 0;
  std::string token;
  do {
    const int64_t wanted =
        limit_ == 0 ? command_.page_size : std::min<int64_t>(command_.page_size, limit_ - shown);
    request.GetReflection()->SetInt32(&request, page_size, static_cast<int32_t>(wanted));
    request.GetReflection()->SetString(&request, page_token, token);
    FANGPIN_RETURN_IF_ERROR(client.Call(request, page.get()));
    const int size = page->GetReflection()->FieldSize(*page, shown_);
    for (int i = 0; i < size; ++i) {
      list.Add(page->GetReflection()->GetRepeatedMessage(*page, shown_, i));
    }
    shown += size;
    token = std::string(TextOf(*page, next));
  } while (!token.empty() && (limit_ == 0 || shown < limit_));
  list.Finish();
  if (!token.empty()) {
    context_.err() << "只列出了前 " << shown << " 条；--limit 0 列出全部\n";
  }
  return absl::OkStatus();
}

absl::Status Runner::Show(const Message& response) const {
  std::ostream& out = context_.out();
  const Format format = context_.format();
  const auto* reflection = response.GetReflection();
  if (format == Format::kJson) {
    out << ToJson(response, JsonStyle::kPretty) << "\n";
    return absl::OkStatus();
  }
  if (shown_->is_repeated()) {
    MessageList list(format, shown_->name(), shown_->message_type(), out);
    for (int i = 0; i < reflection->FieldSize(response, shown_); ++i) {
      list.Add(reflection->GetRepeatedMessage(response, shown_, i));
    }
    list.Finish();
    if (format == Format::kCsv) return absl::OkStatus();
    // What is said of the list as a whole: "approvable：否".
    for (int i = 0; i < response.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = response.GetDescriptor()->field(i);
      if (field->is_repeated() || field->message_type() != nullptr) continue;
      const std::string text =
          CellText(response, MessagePath(response.GetDescriptor(), field->name()), format);
      if (!text.empty()) out << TitleOf(field) << "：" << text << "\n";
    }
    return absl::OkStatus();
  }
  const Message& record = reflection->GetMessage(response, shown_);
  if (format == Format::kTable && !writes()) {
    PrintTree(record, out);
    return absl::OkStatus();
  }
  MessageList list(format, shown_->name(), shown_->message_type(), out);
  list.Add(record);
  list.Finish();
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> Runner::Run() {
  std::unique_ptr<Message> request = NewMessage(command_.request);
  FANGPIN_RETURN_IF_ERROR(Fill(*request));
  FANGPIN_ASSIGN_OR_RETURN(Client* const client, context_.client());
  if (RequestField("page_token") != nullptr) {
    FANGPIN_RETURN_IF_ERROR(List(*client, *request));
    return ExitCode::kOk;
  }
  if (RequestField("etag") != nullptr) FANGPIN_RETURN_IF_ERROR(FillEtag(*client, *request));
  std::unique_ptr<Message> response = NewMessage(method_.output_type());
  FANGPIN_RETURN_IF_ERROR(client->Call(*request, response.get()));
  FANGPIN_RETURN_IF_ERROR(Show(*response));
  if (command_.verdict.empty()) return ExitCode::kOk;
  const FieldDescriptor* verdict =
      response->GetDescriptor()->FindFieldByName(std::string(command_.verdict));
  return response->GetReflection()->GetBool(*response, verdict) ? ExitCode::kOk
                                                                : ExitCode::kRefused;
}

}  // namespace

void AddRpcCommand(CLI::App& group, Context& context, const RpcCommand& command) {
  CLI::App* app = group.add_subcommand(std::string(command.name), std::string(command.help));
  auto runner = std::make_shared<Runner>(*app, context, command);
  app->callback([runner, &context] { context.Finish(runner->Run()); });
}

void AddRpcGroup(CLI::App& app, Context& context, std::string_view group, std::string_view help,
                 const std::vector<RpcCommand>& commands) {
  CLI::App* added = app.add_subcommand(std::string(group), std::string(help));
  added->require_subcommand(1);
  for (const RpcCommand& command : commands) AddRpcCommand(*added, context, command);
}

}  // namespace fangpin::ctl
