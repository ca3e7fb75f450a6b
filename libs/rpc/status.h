#ifndef FANGPIN_RPC_STATUS_H_
#define FANGPIN_RPC_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

// Statuses across the wire. Every google.rpc detail that base::Error attached travels in
// grpc-status-details-bin as google.rpc.Status, so that clients in any language decode it.
namespace fangpin::rpc {

// The status to finish a call with. Keeps code, message and all payloads whose type URL names a
// message; an error without details costs no extra metadata.
grpc::Status ToGrpc(const absl::Status& status);

// The status a client got, with its payloads back. Details that do not parse are dropped; code and
// message stay.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_STATUS_H_
