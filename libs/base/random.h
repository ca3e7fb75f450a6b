#ifndef FANGPIN_BASE_RANDOM_H_
#define FANGPIN_BASE_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace fangpin::base {

// Bytes from the kernel's CSPRNG. Thread-safe; ends the process if the kernel gives none.
std::string RandomBytes(size_t count);
uint64_t RandomUint64();

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_RANDOM_H_
