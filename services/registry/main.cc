#include "libs/rpc/main.h"

#include "services/registry/module.h"

int main(int argc, char** argv) {
  return fangpin::rpc::Main(argc, argv, {&fangpin::registry::MakeRegistryModule});
}
