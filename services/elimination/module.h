#ifndef FANGPIN_ELIMINATION_MODULE_H_
#define FANGPIN_ELIMINATION_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "libs/rpc/module.h"

namespace fangpin::elimination {

// EliminationService with its store and outbox. Neighbours: registry, assistance.
absl::StatusOr<std::unique_ptr<rpc::Module>> MakeEliminationModule(rpc::ModuleEnv& env);

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_MODULE_H_
