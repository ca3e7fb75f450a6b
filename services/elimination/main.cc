#include "libs/rpc/main.h"

#include "services/elimination/module.h"

int main(int argc, char** argv) {
  return fangpin::rpc::Main(argc, argv,
                            {{&fangpin::elimination::MakeEliminationModule,
                              &fangpin::elimination::CheckEliminationConfig}});
}
