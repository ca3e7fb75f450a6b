#ifndef FANGPIN_OUTBOX_TOPIC_H_
#define FANGPIN_OUTBOX_TOPIC_H_

#include <string_view>

namespace fangpin::outbox {

// Notified by each transaction that enqueues.
inline constexpr std::string_view kTopic = "outbox";

}  // namespace fangpin::outbox

#endif  // FANGPIN_OUTBOX_TOPIC_H_
