#include "tools/fangpinctl/app.h"

#include <exception>

#include "libs/metrics/version.h"
#include "libs/rpc/command_line.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/exit_code.h"

namespace fangpin::ctl {
namespace {

constexpr char kExitCodes[] =
    "退出码：0 成功；1 被拒绝；2 用法有误；3 连接不上或没有答复；4 部分记录或行被拒绝。\n"
    "全局选项可写在命令之前或之后。详见 tools/fangpinctl/README.md。";

// Parses the line, which runs its command. Errors of the line are printed like those of commands.
int Parse(CLI::App& app, Context& context, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
    return static_cast<int>(context.exit_code());
  } catch (const CLI::RuntimeError& end) {
    return end.get_exit_code();
  } catch (const CLI::ParseError& error) {
    // Help and version come this way too, with exit code 0.
    if (error.get_exit_code() == 0) return app.exit(error, context.out(), context.err());
    PrintError(UsageError("COMMAND_LINE_INVALID", rpc::CommandLineError(app, error)),
               context.format(), context.err());
    return static_cast<int>(ExitCode::kUsage);
  } catch (const std::exception& error) {
    context.err() << "fangpinctl: " << error.what() << "\n";
    return static_cast<int>(ExitCode::kRefused);
  }
}

}  // namespace

int Run(absl::Span<const AddCommands> groups, int argc, const char* const* argv, std::ostream& out,
        std::ostream& err, bool progress) {
  CLI::App app("防贫监测系统的命令行：只使用公开接口", "fangpinctl");
  app.footer(kExitCodes);
  rpc::SpeakChinese(app);
  app.set_version_flag("--version", metrics::kVersion, "显示版本");
  // Inherited by the commands added from here on: what they do not know is a global flag.
  app.fallthrough();
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  Context context(out, err, progress);
  AddGlobalFlags(app, context);
  for (const AddCommands add : groups) add(app, context);
  const int code = Parse(app, context, argc, argv);
  if (out.flush()) return code;
  PrintError(UsageError("OUTPUT_UNWRITABLE", "结果无法写到标准输出（磁盘已满？）"),
             context.format(), err);
  return static_cast<int>(ExitCode::kUsage);
}

}  // namespace fangpin::ctl
