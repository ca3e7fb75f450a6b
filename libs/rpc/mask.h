#ifndef FANGPIN_RPC_MASK_H_
#define FANGPIN_RPC_MASK_H_

#include "google/protobuf/message.h"

namespace fangpin::rpc {

// Masks every field that carries the option fangpin.rpc.v1.personal, at any depth, in the manner
// that the option names: names, identity numbers and phones keep their shape, a birth date its
// year, everything else is cleared. Unknown fields are dropped, since nothing is known of them.
void MaskPersonalFields(google::protobuf::Message* message);

// Whether a message of this type can hold a personal field. Cached; thread-safe.
bool HoldsPersonalFields(const google::protobuf::Descriptor* type);

// Whether messages of this type are pieces of a file full of personal data, which nothing would be
// left of when masked: they hold raw bytes themselves.
bool IsRawPiece(const google::protobuf::Descriptor* type);

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_MASK_H_
