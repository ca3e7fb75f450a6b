#include "libs/rpc/main.h"

#include "services/screening/module.h"

int main(int argc, char** argv) {
  return fangpin::rpc::Main(
      argc, argv,
      {{&fangpin::screening::MakeScreeningModule, &fangpin::screening::CheckScreeningConfig}});
}
