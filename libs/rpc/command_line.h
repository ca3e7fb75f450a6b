#ifndef FANGPIN_RPC_COMMAND_LINE_H_
#define FANGPIN_RPC_COMMAND_LINE_H_

#include <string>

#include "CLI/CLI.hpp"

// CLI11 for people who read Chinese.
namespace fangpin::rpc {

// Makes --help of `app`, and of the subcommands added from here on, speak Chinese.
void SpeakChinese(CLI::App& app);

// What is wrong with the command line that `app` failed to parse: one line of Chinese that names
// the unknown word and the help to read.
std::string CommandLineError(const CLI::App& app, const CLI::ParseError& error);

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_COMMAND_LINE_H_
