#ifndef FANGPIN_TESTING_TEMP_DIR_H_
#define FANGPIN_TESTING_TEMP_DIR_H_

#include <filesystem>
#include <string>
#include <string_view>

namespace fangpin::testing {

// A fresh directory under the system's temporary directory, removed with all in it at the end.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  // Path of `name` inside it.
  std::string File(std::string_view name) const {
    return (std::filesystem::path(path_) / name).string();
  }

 private:
  std::string path_;
};

}  // namespace fangpin::testing

#endif  // FANGPIN_TESTING_TEMP_DIR_H_
