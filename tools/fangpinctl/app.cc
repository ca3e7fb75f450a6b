#include "tools/fangpinctl/app.h"

#include <exception>

#include "libs/metrics/version.h"
#include "tools/fangpinctl/exit_code.h"

namespace fangpin::ctl {
namespace {

constexpr char kExitCodes[] =
    "退出码：0 成功；1 被拒绝；2 用法有误；3 连接不上或没有答复；4 部分记录或行被拒绝。\n"
    "全局选项可写在命令之前或之后。详见 tools/fangpinctl/README.md。";

}  // namespace

int Run(absl::Span<const AddCommands> groups, int argc, const char* const* argv, std::ostream& out,
        std::ostream& err, bool progress) {
  CLI::App app("防贫监测系统的命令行：只使用公开接口", "fangpinctl");
  app.footer(kExitCodes);
  app.set_help_flag("-h,--help", "显示用法");
  app.set_version_flag("--version", metrics::kVersion, "显示版本");
  // Inherited by the commands added from here on: what they do not know is a global flag.
  app.fallthrough();
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  Context context(out, err, progress);
  AddGlobalFlags(app, context);
  for (const AddCommands add : groups) add(app, context);
  try {
    app.parse(argc, argv);
    return static_cast<int>(context.exit_code());
  } catch (const CLI::RuntimeError& end) {
    return end.get_exit_code();
  } catch (const CLI::ParseError& error) {
    // Help and version come this way too, with exit code 0.
    return app.exit(error, out, err) == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  } catch (const std::exception& error) {
    err << "fangpinctl: " << error.what() << "\n";
    return static_cast<int>(ExitCode::kRefused);
  }
}

}  // namespace fangpin::ctl
