#include "libs/base/random.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace fangpin::base {
namespace {

void Fill(char* out, size_t count) {
  constexpr size_t kMaxPerCall = 256;  // Limit of getentropy(3).
  for (size_t done = 0; done < count;) {
    const size_t part = std::min(count - done, kMaxPerCall);
    if (getentropy(out + done, part) != 0) std::abort();
    done += part;
  }
}

}  // namespace

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  Fill(bytes.data(), count);
  return bytes;
}

uint64_t RandomUint64() {
  uint64_t value;
  Fill(reinterpret_cast<char*>(&value), sizeof(value));
  return value;
}

}  // namespace fangpin::base
