#ifndef FANGPIN_REGISTRY_MODULE_H_
#define FANGPIN_REGISTRY_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "libs/rpc/module.h"

namespace fangpin::registry {

// The registry: RegistryService and DivisionService over its own database. Divisions are read from
// deploy/data/gansu_divisions.csv, or from the file that FANGPIN_DIVISIONS_FILE names.
absl::StatusOr<std::unique_ptr<rpc::Module>> MakeRegistryModule(rpc::ModuleEnv& env);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_MODULE_H_
