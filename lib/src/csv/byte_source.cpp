// Files and pipes as text. The first four bytes tell gzip from zstd from text. Both formats allow several members in a
// row, which are read as one text.
#include "csv/byte_source.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "moe/error.hpp"

namespace moe {
namespace {

constexpr std::size_t kCompressed = std::size_t{1} << 17;
constexpr std::string_view kGzip = "\x1f\x8b", kZstd = "\x28\xb5\x2f\xfd";
/// The magic number of a zstd frame with no content for the reader, after a byte 0x50 .. 0x5f. pzstd writes such a
/// frame first.
constexpr std::string_view kSkippable = "\x2a\x4d\x18";
constexpr std::size_t kLongestMagic = 4;

/// Whether an input that begins with the bytes `first` may begin with `magic`.
bool may_begin(std::string_view first, std::string_view magic) {
  return magic.substr(0, first.size()) == first.substr(0, magic.size());
}
bool may_be_gzip(std::string_view first) { return may_begin(first, kGzip); }
bool may_be_zstd(std::string_view first) {
  return may_begin(first, kZstd) || first.empty() ||
         ((first[0] & 0xf0) == 0x50 && may_begin(first.substr(1), kSkippable));
}

class Gzip : public Inflater {
 public:
  Gzip() {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~Gzip() override { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  std::size_t inflate(std::string_view& from, char* to, std::size_t size) override {
    if (from.empty()) return 0;
    if (between_ && !begins_member(from)) return 0;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(from.data()));
    stream_.avail_in = static_cast<uInt>(from.size());
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(size);
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
      throw Error(ErrorKind::kData, "the gzip data is damaged: expected a file that gzip -t passes");
    between_ = result == Z_STREAM_END;
    from.remove_prefix(from.size() - stream_.avail_in);
    return size - stream_.avail_out;
  }
  bool may_end() const override { return between_; }

 private:
  /// Several compressed files in a row are one text. Zeros up to the end of the input, with which tapes and disks fill
  /// their blocks, are ignored, as gzip does.
  bool begins_member(std::string_view& from) {
    if (from.front() == 0 || padded_) {
      padded_ = true;
      from.remove_prefix(std::min(from.find_first_not_of('\0'), from.size()));
      if (from.empty()) return false;
    }
    if (padded_ || from.front() != kGzip.front())
      throw Error(ErrorKind::kData,
                  "something else stands behind the gzip data: expected its end, zeros to the end, or more of it");
    inflateReset(&stream_);
    return true;
  }

  z_stream stream_{};
  bool between_ = false, padded_ = false;
};

class Zstd : public Inflater {
 public:
  Zstd() : stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw std::bad_alloc();
  }
  ~Zstd() override { ZSTD_freeDStream(stream_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  std::size_t inflate(std::string_view& from, char* to, std::size_t size) override {
    if (between_ && from.empty()) return 0;
    ZSTD_inBuffer in{from.data(), from.size(), 0};
    ZSTD_outBuffer out{to, size, 0};
    const std::size_t result = ZSTD_decompressStream(stream_, &out, &in);
    if (ZSTD_isError(result) != 0)
      throw Error(ErrorKind::kData, "the zstd data is damaged: expected a file that zstd -t passes");
    between_ = result == 0;
    from.remove_prefix(in.pos);
    return out.pos;
  }
  bool may_end() const override { return between_; }

 private:
  ZSTD_DStream* stream_;
  bool between_ = false;
};

}  // namespace

ByteSource::ByteSource(const std::string& path) : file_(path) {}

ByteSource::~ByteSource() = default;

void ByteSource::refill() {
  buffer_.resize(kCompressed);
  const std::size_t got = file_.read_some(buffer_.data(), buffer_.size());
  ended_ = got == 0;
  ahead_ = std::string_view(buffer_.data(), got);
}

/// Reads the first bytes and finds the compression. It reads no more bytes than that takes, as a pipe may have sent no
/// more yet.
void ByteSource::begin() {
  begun_ = true;
  std::string first;
  while (!ended_ && first.size() < kLongestMagic && (may_be_gzip(first) || may_be_zstd(first))) {
    if (first.size() >= kGzip.size() && may_be_gzip(first)) break;
    char byte = 0;
    ended_ = file_.read(&byte, 1) == 0;
    if (!ended_) first += byte;
  }
  if (first.starts_with(kGzip)) {
    inflater_ = std::make_unique<Gzip>();
    compression_ = "gzip";
  } else if (first.size() == kLongestMagic && may_be_zstd(first)) {
    inflater_ = std::make_unique<Zstd>();
    compression_ = "zstd";
  }
  buffer_ = std::move(first);
  ahead_ = buffer_;
}

std::size_t ByteSource::read_some(char* to, std::size_t size) {
  if (!begun_) begin();
  if (inflater_ == nullptr) {
    if (ahead_.empty()) return ended_ ? 0 : file_.read_some(to, size);
    const std::size_t taken = ahead_.copy(to, size);
    ahead_.remove_prefix(taken);
    return taken;
  }
  try {
    for (;;) {
      if (const std::size_t got = inflater_->inflate(ahead_, to, size); got > 0) return got;
      if (!ahead_.empty()) continue;
      if (!ended_) refill();
      if (!ended_ || !ahead_.empty()) continue;
      if (inflater_->may_end()) return 0;
      throw Error(ErrorKind::kData,
                  "the " + std::string(compression_) + " data ends in the middle: expected the whole file");
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kData) throw;
    throw Error(ErrorKind::kData, name() + ": " + error.what());
  }
}

}  // namespace moe
