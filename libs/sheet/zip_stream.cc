#include "libs/sheet/zip_stream.h"

#include <utility>

#include "libs/base/status.h"
#include "libs/sheet/errors.h"

namespace fangpin::sheet {
namespace {

constexpr size_t kBufferBytes = 64 * 1024;
constexpr int kRawDeflate = -MAX_WBITS;
constexpr int kMemoryLevel = 8;
constexpr uint32_t kVersion = 20;    // deflate
constexpr uint32_t kFlags = 0x0808;  // sizes follow the data; names are UTF-8
constexpr uint32_t kDeflated = 8;
constexpr uint32_t kDate = 0x0021;  // 1980-01-01: no part says when it was made

// Little-endian fields of the format's records.
class Record {
 public:
  Record& Two(uint32_t value) { return Bytes(value, 2); }
  Record& Four(uint64_t value) { return Bytes(value, 4); }
  Record& Text(std::string_view text) {
    bytes_ += text;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  Record& Bytes(uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i)));
    return *this;
  }
  std::string bytes_;
};

// What the local header and the directory say alike of a part, from the version to the date.
void PutMethod(Record& record) {
  record.Two(kVersion).Two(kFlags).Two(kDeflated).Two(0).Two(kDate);
}

}  // namespace

ZipStream::ZipStream(Output output) : output_(std::move(output)), buffer_(kBufferBytes, '\0') {
  // Fails only for want of memory or with arguments that make no sense.
  deflateInit2(&deflate_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawDeflate, kMemoryLevel,
               Z_DEFAULT_STRATEGY);
}

ZipStream::~ZipStream() { deflateEnd(&deflate_); }

absl::Status ZipStream::Put(std::string_view bytes) {
  written_ += static_cast<int64_t>(bytes.size());
  if (written_ > kMaxBytes) return TooLarge(0, "file_bytes", kMaxBytes);
  return output_.Write(bytes);
}

absl::Status ZipStream::Begin(std::string_view name) {
  Part& part = parts_.emplace_back();
  part.name = std::string(name);
  part.offset = written_;
  part.crc = static_cast<uint32_t>(crc32(0, nullptr, 0));
  deflateReset(&deflate_);
  Record header;
  header.Four(0x04034b50);
  PutMethod(header);
  header.Four(0).Four(0).Four(0).Two(static_cast<uint32_t>(name.size())).Two(0).Text(name);
  return Put(header.bytes());
}

absl::Status ZipStream::Deflate(std::string_view data, int flush) {
  deflate_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  deflate_.avail_in = static_cast<uInt>(data.size());
  while (true) {
    deflate_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
    deflate_.avail_out = static_cast<uInt>(buffer_.size());
    const int result = deflate(&deflate_, flush);
    const size_t made = buffer_.size() - deflate_.avail_out;
    parts_.back().packed += static_cast<int64_t>(made);
    if (made > 0) FANGPIN_RETURN_IF_ERROR(Put(std::string_view(buffer_).substr(0, made)));
    const bool done = flush == Z_FINISH ? result == Z_STREAM_END : deflate_.avail_out > 0;
    if (done) return absl::OkStatus();
  }
}

absl::Status ZipStream::Write(std::string_view data) {
  Part& part = parts_.back();
  part.plain += static_cast<int64_t>(data.size());
  if (part.plain > kMaxBytes) return TooLarge(0, "inflated_bytes", kMaxBytes);
  part.crc = static_cast<uint32_t>(
      crc32(part.crc, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size())));
  return Deflate(data, Z_NO_FLUSH);
}

absl::Status ZipStream::End() {
  FANGPIN_RETURN_IF_ERROR(Deflate({}, Z_FINISH));
  const Part& part = parts_.back();
  Record sizes;
  sizes.Four(0x08074b50).Four(part.crc);
  sizes.Four(static_cast<uint64_t>(part.packed)).Four(static_cast<uint64_t>(part.plain));
  return Put(sizes.bytes());
}

absl::Status ZipStream::Close() {
  const int64_t directory = written_;
  for (const Part& part : parts_) {
    Record entry;
    entry.Four(0x02014b50).Two(kVersion);
    PutMethod(entry);
    entry.Four(part.crc);
    entry.Four(static_cast<uint64_t>(part.packed)).Four(static_cast<uint64_t>(part.plain));
    entry.Two(static_cast<uint32_t>(part.name.size())).Two(0).Two(0).Two(0).Two(0).Four(0);
    entry.Four(static_cast<uint64_t>(part.offset)).Text(part.name);
    FANGPIN_RETURN_IF_ERROR(Put(entry.bytes()));
  }
  const auto count = static_cast<uint32_t>(parts_.size());
  Record end;
  end.Four(0x06054b50).Two(0).Two(0).Two(count).Two(count);
  end.Four(static_cast<uint64_t>(written_ - directory)).Four(static_cast<uint64_t>(directory));
  end.Two(0);
  FANGPIN_RETURN_IF_ERROR(Put(end.bytes()));
  return output_.Close();
}

}  // namespace fangpin::sheet
