#ifndef FANGPIN_RPC_CONFIG_H_
#define FANGPIN_RPC_CONFIG_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/config/v1/config.pb.h"
#include "google/protobuf/message.h"

namespace fangpin::rpc {

// Parses a textproto file. NOT_FOUND; INVALID_ARGUMENT with line and column, also for a field that
// the schema does not know.
absl::Status LoadTextProto(const std::string& file, google::protobuf::Message* message);

// Where a file that ships with the suite ("deploy/policy") is: below the working directory, or else
// below a folder above the running binary. `path` itself when it is nowhere.
std::string FindDeployed(const std::string& path);

// The configuration in `file` (empty: none) with every default filled in and checked. `var_dir`,
// when not empty, overrides the file's. INVALID_ARGUMENT says which field is wrong.
absl::StatusOr<config::v1::Config> LoadConfig(const std::string& file, const std::string& var_dir);

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_CONFIG_H_
