#include "libs/rpc/main.h"

#include "services/assistance/module.h"

int main(int argc, char** argv) {
  return fangpin::rpc::Main(
      argc, argv,
      {{&fangpin::assistance::MakeAssistanceModule, &fangpin::assistance::CheckAssistanceConfig}});
}
