#include "libs/rpc/command_line.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fangpin::rpc {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// A program with what makes a command line fail.
struct Program {
  Program() {
    SpeakChinese(app);
    app.fallthrough();
    app.require_subcommand(1);
    app.add_option("--colour", colour)->check(CLI::IsMember({"red", "blue"}));
    CLI::App* plan = app.add_subcommand("plan", "计划");
    plan->require_subcommand(1);
    plan->add_subcommand("get", "一份")->add_option("ID", ids)->required()->expected(1);
    CLI::App* add = plan->add_subcommand("add", "新增");
    add->add_option("--file", file)->check(CLI::ExistingFile);
    add->add_option("--count", count);
    CLI::Option* yes = add->add_flag("--yes");
    add->add_flag("--no")->excludes(yes);
    add->add_flag("--maybe")->needs(yes);
  }

  // The error of a line that cannot be parsed; empty for one that can.
  std::string Parse(std::vector<std::string> words) {
    std::vector<const char*> argv = {"prog"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    try {
      app.parse(static_cast<int>(argv.size()), argv.data());
    } catch (const CLI::ParseError& error) {
      return CommandLineError(app, error);
    }
    return "";
  }

  std::string colour, file;
  std::vector<std::string> ids;
  int count = 0;
  CLI::App app{"程序", "prog"};
};

TEST(CommandLineTest, EveryFaultIsSaidInChineseWithTheHelpToRead) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{}, "缺少命令，可用的命令：plan；用法见 prog --help"},
      {{"nonsense"}, "不认识“nonsense”，可用的命令：plan；用法见 prog --help"},
      {{"--flag", "nonsense"}, "不认识“nonsense”，可用的命令：plan；用法见 prog --help"},
      {{"plan"}, "缺少命令，可用的命令：get、add；用法见 prog plan --help"},
      {{"plan", "put"}, "不认识“put”，可用的命令：get、add；用法见 prog plan --help"},
      {{"plan", "get"}, "缺少 ID；用法见 prog plan get --help"},
      {{"plan", "get", "1", "2"}, "ID：最多 1 个值，给出了 2 个；用法见 prog plan get --help"},
      {{"plan", "add", "--nope"}, "不认识“--nope”；用法见 prog plan add --help"},
      {{"plan", "add", "--count", "x"}, "--count：不接受“x”；用法见 prog plan add --help"},
      {{"plan", "add", "--count"}, "--count：没有给出值；用法见 prog plan add --help"},
      {{"plan", "add", "--file", "/no/file"},
       "--file：文件不存在：/no/file；用法见 prog plan add --help"},
      {{"plan", "add", "--file", "/"},
       "--file：应为文件，却是目录：/；用法见 prog plan add --help"},
      {{"plan", "add", "--yes", "--no"}, "--yes 与 --no 不能同时给出；用法见 prog plan add --help"},
      {{"plan", "add", "--maybe"}, "--maybe 须连同 --yes 给出；用法见 prog plan add --help"},
      {{"plan", "add", "--colour", "grey"},
       "--colour：不接受“grey”，应为 red,blue 之一；用法见 prog plan add --help"},
  };
  for (const auto& [words, message] : cases) EXPECT_EQ(Program().Parse(words), message);
  EXPECT_EQ(Program().Parse({"plan", "get", "1"}), "");
}

TEST(CommandLineTest, HelpIsInChinese) {
  Program program;
  for (const CLI::App* app : {&program.app, program.app.get_subcommand("plan"),
                              program.app.get_subcommand("plan")->get_subcommand("get")}) {
    const std::string help = app->help();
    EXPECT_THAT(help, AllOf(HasSubstr("用法"), HasSubstr("选项"),
                            Not(ContainsRegex("Usage|Option|Positional|Subcommand|REQUIRED"))));
  }
  EXPECT_THAT(program.app.help(), HasSubstr("命令:\n  plan"));
}

}  // namespace
}  // namespace fangpin::rpc
