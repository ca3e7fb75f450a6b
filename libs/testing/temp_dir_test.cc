#include "libs/testing/temp_dir.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace fangpin::testing {
namespace {

TEST(TempDirTest, GoesAwayWithItsFiles) {
  std::string path;
  {
    const TempDir dir;
    path = dir.path();
    std::ofstream(dir.File("a")) << "x";
    EXPECT_TRUE(std::filesystem::exists(dir.File("a")));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TempDirTest, TwoAreDifferent) { EXPECT_NE(TempDir().path(), TempDir().path()); }

}  // namespace
}  // namespace fangpin::testing
