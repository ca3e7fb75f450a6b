#ifndef FANGPIN_TOOLS_FANGPINCTL_GEN_RANDOM_H_
#define FANGPIN_TOOLS_FANGPINCTL_GEN_RANDOM_H_

#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace fangpin::sample {

// Streams of random numbers, one a purpose: drawing more for one does not change another.
enum class Purpose : uint64_t {
  kCasting,
  kHousehold,
  kEveryday,
  kStory,
  kDirt,
  kFaults,
  kSheets,
  kFeeds,
};

// Numbers that follow from the seed alone, on every machine and with every library (SplitMix64; the
// standard distributions are not specified to the bit).
class Random {
 public:
  // The stream of item `index` of a purpose.
  Random(uint64_t seed, Purpose purpose, uint64_t index)
      : state_(Mix(Mix(Mix(seed) ^ static_cast<uint64_t>(purpose)) ^ index)) {}

  uint64_t Next() { return Mix(state_ += 0x9E3779B97F4A7C15); }

  // 0 to n - 1; n > 0.
  int Below(int n) { return static_cast<int>(Next() % static_cast<uint64_t>(n)); }
  // low to high, both included.
  int Between(int low, int high) { return low + Below(high - low + 1); }
  bool Chance(double probability) {
    return static_cast<double>(Next() >> 11) * 0x1.0p-53 < probability;
  }

  template <typename Container>
  const auto& Pick(const Container& items) {
    return items[static_cast<size_t>(Below(static_cast<int>(std::size(items))))];
  }

  // An index, chosen in proportion to its weight.
  int Weighted(std::initializer_list<int> weights) {
    int total = 0;
    for (int w : weights) total += w;
    int drawn = Below(total);
    int index = 0;
    for (int w : weights) {
      if (drawn < w) return index;
      drawn -= w;
      ++index;
    }
    return index - 1;
  }

  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<size_t>(Below(static_cast<int>(i)))]);
    }
  }

 private:
  static uint64_t Mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

}  // namespace fangpin::sample

#endif  // FANGPIN_TOOLS_FANGPINCTL_GEN_RANDOM_H_
