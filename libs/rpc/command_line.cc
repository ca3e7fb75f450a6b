#include "libs/rpc/command_line.h"

#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/strings.h"

namespace fangpin::rpc {
namespace {

class ChineseFormatter final : public CLI::Formatter {
 public:
  ChineseFormatter() {
    for (const auto& [word, chinese] :
         std::initializer_list<std::pair<const char*, const char*>>{{"Usage", "用法"},
                                                                    {"OPTIONS", "选项"},
                                                                    {"Positionals", "参数"},
                                                                    {"SUBCOMMAND", "命令"},
                                                                    {"SUBCOMMANDS", "命令"},
                                                                    {"REQUIRED", "必填"},
                                                                    {"Needs", "须连同"},
                                                                    {"Excludes", "不可连同"}}) {
      label(word, chinese);
    }
  }

  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override {
    return CLI::Formatter::make_group(group == "Options" ? "选项" : std::move(group), is_positional,
                                      std::move(options));
  }

  std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode mode) const override {
    constexpr std::string_view kHeading = "\nSubcommands:";
    std::string text = CLI::Formatter::make_subcommands(app, mode);
    return text.starts_with(kHeading) ? "\n命令:" + text.substr(kHeading.size()) : text;
  }
};

// The command and its path, as far as its words were known: "fangpinctl plan measure".
std::pair<const CLI::App*, std::string> Reached(const CLI::App& app) {
  const CLI::App* reached = &app;
  std::string path = app.get_name();
  while (!reached->get_subcommands().empty()) {
    reached = reached->get_subcommands().back();
    base::StrAppend(&path, " ", reached->get_name());
  }
  return {reached, path};
}

// `text` around `separator`; the second half is empty when there is no separator.
std::pair<std::string, std::string> Cut(const std::string& text, std::string_view separator) {
  const size_t at = text.find(separator);
  if (at == std::string::npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + separator.size())};
}

std::string CommandMissing(const CLI::App& app, const CLI::App& reached) {
  // What was not recognised is kept in the order of the line; a flag is the lesser suspect.
  std::string unknown;
  for (const std::string& word : app.remaining(true)) {
    if (unknown.empty() || (unknown.starts_with('-') && !word.starts_with('-'))) unknown = word;
  }
  std::string choices;
  for (const CLI::App* command : reached.get_subcommands([](const CLI::App*) { return true; })) {
    base::StrAppend(&choices, std::string_view(choices.empty() ? "" : "、"), command->get_name());
  }
  return base::StrCat(
      unknown.empty() ? std::string("缺少命令") : base::StrCat("不认识“", unknown, "”"),
      "，可用的命令：", choices);
}

// What CLI11's own validators say; those of the suite speak Chinese themselves.
std::string Fault(const std::string& text) {
  if (text.starts_with("File does not exist: ")) return "文件不存在：" + Cut(text, ": ").second;
  if (text.starts_with("File is actually a directory: ")) {
    return "应为文件，却是目录：" + Cut(text, ": ").second;
  }
  if (const auto [value, set] = Cut(text, " not in {"); !set.empty()) {
    return base::StrCat("不接受“", value, "”，应为 ", set.substr(0, set.size() - 1), " 之一");
  }
  return text;
}

std::string CountFault(const std::string& text) {
  int wanted = 0;
  int given = 0;
  if (std::sscanf(text.c_str(), "At Most %d required but received %d", &wanted, &given) == 2) {
    return base::StrCat("最多 ", wanted, " 个值，给出了 ", given, " 个");
  }
  if (std::sscanf(text.c_str(), "At least %d required but received %d", &wanted, &given) == 2) {
    return base::StrCat("至少 ", wanted, " 个值，给出了 ", given, " 个");
  }
  if (text.ends_with(" missing")) return "没有给出值";
  return text;
}

std::string Explain(const CLI::App& app, const CLI::App& reached, const CLI::ParseError& error) {
  const std::string text = error.what();
  switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
    case CLI::ExitCodes::RequiredError:
      return text == "A subcommand is required" ? CommandMissing(app, reached)
                                                : "缺少 " + Cut(text, " is required").first;
    case CLI::ExitCodes::ExtrasError:
      return base::StrCat("不认识“", CLI::detail::join(app.remaining(true), " "), "”");
    case CLI::ExitCodes::ValidationError: {
      const auto [name, fault] = Cut(text, ": ");
      return base::StrCat(name, "：", Fault(fault));
    }
    case CLI::ExitCodes::ArgumentMismatch: {
      const auto [name, fault] = Cut(text, ": ");
      return base::StrCat(name, "：", CountFault(fault));
    }
    case CLI::ExitCodes::ConversionError: {
      const auto [name, value] = Cut(Cut(text, "Could not convert: ").second, " = ");
      return value.empty() ? text : base::StrCat(name, "：不接受“", value, "”");
    }
    case CLI::ExitCodes::ExcludesError: {
      const auto [one, other] = Cut(text, " excludes ");
      return base::StrCat(one, " 与 ", other, " 不能同时给出");
    }
    case CLI::ExitCodes::RequiresError: {
      const auto [one, other] = Cut(text, " requires ");
      return base::StrCat(one, " 须连同 ", other, " 给出");
    }
    default:
      return text;
  }
}

}  // namespace

void SpeakChinese(CLI::App& app) {
  app.formatter(std::make_shared<ChineseFormatter>());
  app.set_help_flag("-h,--help", "显示用法");
}

std::string CommandLineError(const CLI::App& app, const CLI::ParseError& error) {
  const auto [reached, path] = Reached(app);
  return base::StrCat(Explain(app, *reached, error), "；用法见 ", path, " --help");
}

}  // namespace fangpin::rpc
