#ifndef FANGPIN_TOOLS_FANGPINCTL_RPC_COMMAND_H_
#define FANGPIN_TOOLS_FANGPINCTL_RPC_COMMAND_H_

#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "google/protobuf/descriptor.h"
#include "tools/fangpinctl/context.h"

namespace fangpin::ctl {

// A flag or a positional argument, and the request field that it fills.
struct FieldFlag {
  // "--division"; "ID" for a required positional; "--approve|--refuse" for a boolean that must be
  // said one way or the other.
  std::string_view flag;
  std::string_view field;  // path in the request: "visit.household_id"
  std::string_view help;
};

// One command that calls one RPC. All else follows from the descriptors: which service to call,
// --json with the whole request and --json-template for methods that change something, --request-id
// and --etag where the request has them, --limit and paging where it has a page token, the choices
// of enums, and which records to show.
struct RpcCommand {
  std::string_view name;
  std::string_view help;
  const google::protobuf::Descriptor* request;
  std::vector<FieldFlag> flags;
  // Largest page that the method gives.
  int page_size = 500;
  // Request that reads the record to be changed: asked for the etag when none is given.
  const google::protobuf::Descriptor* read = nullptr;
  // Field that the client names the record by: filled with a fresh id when empty.
  std::string_view fresh_id = "";
  // The request replaces what is stored: without --json it would empty it.
  bool json_required = false;
  // Boolean of the answer that decides the exit code: kRefused when false.
  std::string_view verdict = "";
};

// Adds `group` with its commands.
void AddRpcGroup(CLI::App& app, Context& context, std::string_view group, std::string_view help,
                 const std::vector<RpcCommand>& commands);

// Adds one command to a group.
void AddRpcCommand(CLI::App& group, Context& context, const RpcCommand& command);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_RPC_COMMAND_H_
