#ifndef FANGPIN_SEAL_MASK_H_
#define FANGPIN_SEAL_MASK_H_

#include <string>
#include <string_view>

namespace fangpin::seal {

// Masking for people's eyes (handbook 5.4). All work on characters of UTF-8, never cut one, and
// turn bytes that are not UTF-8 into '*'. What is too short to keep a part hidden is hidden whole.

// "620***********4028": the first three and the last four of eight or more characters.
std::string MaskIdNumber(std::string_view id);

// "138****1234": the first three and the last four of eight or more characters.
std::string MaskPhone(std::string_view phone);

// "王*", "王*军", "欧**娜": the first character, and the last of three or more.
std::string MaskName(std::string_view name);

// "****6789": always four stars, then the last four of eight or more characters.
std::string MaskBankAccount(std::string_view account);

}  // namespace fangpin::seal

#endif  // FANGPIN_SEAL_MASK_H_
