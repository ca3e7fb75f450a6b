#include "libs/testing/temp_dir.h"

#include <stdlib.h>

#include <system_error>

namespace fangpin::testing {

TempDir::TempDir() {
  path_ = (std::filesystem::temp_directory_path() / "fangpin-test-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) std::abort();
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace fangpin::testing
