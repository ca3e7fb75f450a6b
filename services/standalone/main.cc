#include "libs/rpc/main.h"

#include "services/assistance/module.h"
#include "services/elimination/module.h"
#include "services/registry/module.h"
#include "services/screening/module.h"

// Every service in one process, lowest first: the embedded default.
int main(int argc, char** argv) {
  return fangpin::rpc::Main(
      argc, argv,
      {&fangpin::registry::MakeRegistryModule,
       {&fangpin::screening::MakeScreeningModule, &fangpin::screening::CheckScreeningConfig},
       {&fangpin::assistance::MakeAssistanceModule, &fangpin::assistance::CheckAssistanceConfig},
       {&fangpin::elimination::MakeEliminationModule,
        &fangpin::elimination::CheckEliminationConfig}});
}
