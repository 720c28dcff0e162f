// Writes and reads .safetensors files. The reader trusts nothing: it checks that tensors are contiguous, in order and
// of the stated size before memory for them is allocated, and the checksum at the end. It reads the file once from
// beginning to end, so that it works on a pipe.
#include "store/safetensors.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <deque>
#include <new>
#include <tuple>

#include "base/json/bounded_json.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

static_assert(
    std::endian::native == std::endian::little,
    "model files are little-endian: a machine that is not would have to swap bytes in add_bytes() and take()");

// Bytes of the header's length, of each value, and of the checksum.
constexpr std::size_t kWord = sizeof(std::uint64_t);
constexpr const char* kMetadata = "__metadata__";
constexpr const char* kChecksum = "checksum";

template <class Value>
std::string_view bytes_of(const Value* values, std::uint64_t count) {
  return {reinterpret_cast<const char*>(values), static_cast<std::size_t>(count * sizeof(Value))};
}

/// Whether a tensor of that shape has `bytes` bytes.
bool takes(const std::vector<std::uint64_t>& shape, std::uint64_t bytes) {
  std::uint64_t product = kWord;
  for (const std::uint64_t size : shape)
    if (__builtin_mul_overflow(product, size, &product)) return false;
  return product == bytes;
}

std::uint64_t elements_of(const TensorView& tensor) {
  std::uint64_t product = 1;
  for (const std::uint64_t size : tensor.shape) product *= size;
  return product;
}

}  // namespace

// --- Checksum --------------------------------------------------------------------------------------------------------

struct Checksum::State {
  XXH3_state_t* hash = XXH3_createState();
  ~State() { XXH3_freeState(hash); }
};

Checksum::Checksum() : state_(std::make_unique<State>()) {
  if (state_->hash == nullptr) throw std::bad_alloc();
  XXH3_64bits_reset(state_->hash);
}

Checksum::~Checksum() = default;

void Checksum::add(std::string_view bytes) { XXH3_64bits_update(state_->hash, bytes.data(), bytes.size()); }

std::uint64_t Checksum::value() const { return XXH3_64bits_digest(state_->hash); }

// --- Writing ---------------------------------------------------------------------------------------------------------

namespace {

std::string table_entry(const std::string& name, const char* type, const std::vector<std::uint64_t>& shape,
                        std::uint64_t begin, std::uint64_t end) {
  const nlohmann::ordered_json entry{{"dtype", type}, {"shape", shape}, {"data_offsets", {begin, end}}};
  return "," + nlohmann::json(name).dump() + ":" + entry.dump();
}

std::string header_of(const std::vector<std::pair<std::string, std::string>>& metadata,
                      const std::vector<TensorView>& tensors) {
  nlohmann::ordered_json words = nlohmann::ordered_json::object();
  for (const auto& [name, word] : metadata) words[name] = word;
  std::string header = "{" + nlohmann::json(kMetadata).dump() + ":" + words.dump();
  std::uint64_t end = 0;
  for (const TensorView& tensor : tensors) {
    const std::uint64_t begin = end;
    end += kWord * elements_of(tensor);
    header += table_entry(tensor.name, "F64", tensor.shape, begin, end);
  }
  header += table_entry(kChecksum, "U64", {1}, end, end + kWord) + "}";
  header.resize((header.size() + kWord - 1) / kWord * kWord, ' ');  // blanks, so that the values are aligned
  return header;
}

}  // namespace

void write_safetensors(OutputFile& out, const std::vector<std::pair<std::string, std::string>>& metadata,
                       const std::vector<TensorView>& tensors) {
  const std::string header = header_of(metadata, tensors);
  if (header.size() > kMaxHeader || !parse_bounded_json(header))
    throw Error(ErrorKind::kModel, "a model with so many names and parts cannot be saved: its description would take " +
                                       counted(header.size(), "byte") + " of at most " + std::to_string(kMaxHeader));
  Checksum checksum;
  const auto add_bytes = [&](std::string_view bytes) {
    checksum.add(bytes);
    out.write(bytes);
  };
  const std::uint64_t length = header.size();
  add_bytes(bytes_of(&length, 1));
  add_bytes(header);
  for (const TensorView& tensor : tensors) add_bytes(bytes_of(tensor.values, elements_of(tensor)));
  const std::uint64_t sum = checksum.value();
  out.write(bytes_of(&sum, 1));
}

// --- Reading ---------------------------------------------------------------------------------------------------------

namespace {

/// The order of names in which "x.9" stands before "x.10".
bool stands_before(std::string_view a, std::string_view b) {
  const auto digits = [](std::string_view text) {
    return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
  };
  while (!a.empty() && !b.empty()) {
    const std::string_view m = digits(a), n = digits(b);
    if (!m.empty() && !n.empty() && m != n) return m.size() != n.size() ? m.size() < n.size() : m < n;
    if (a[0] != b[0]) return a[0] < b[0];
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() < b.size();
}

}  // namespace

/// The header's entry of a tensor.
struct SafetensorsReader::Entry {
  std::string name, type;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin, end;
};

SafetensorsReader::SafetensorsReader(const std::string& path) : file_(path) { read_table(read_header()); }

SafetensorsReader::SafetensorsReader(std::string_view bytes, const std::string& name) : file_(bytes, name) {
  read_table(read_header());
}

void SafetensorsReader::fail(const std::string& sentence) const {
  throw Error(ErrorKind::kModel, file_.name() + ": " + sentence + ": expected a model file as moe writes it");
}

void SafetensorsReader::take(char* buffer, std::size_t size) {
  const std::size_t got = file_.read(buffer, size);
  taken_ += got;
  if (got < size) fail("cut short: " + counted(taken_, "byte") + " of " + std::to_string(expected_));
  checksum_.add({buffer, size});
}

std::string SafetensorsReader::read_header() {
  std::array<char, kWord> first{};
  const std::size_t got = file_.read(first.data(), first.size());
  const std::string beginning = "not a model file: it begins with '" + printable({first.data(), got}) + "'";
  if (got == 0) fail("not a model file: it is empty");
  if (got < first.size()) fail(beginning + " and ends there");
  std::uint64_t length = 0;
  std::memcpy(&length, first.data(), sizeof length);
  if (length < 2 || length > kMaxHeader) fail(beginning);
  checksum_.add({first.data(), first.size()});
  taken_ = kWord;
  expected_ = kWord + length + kWord;  // at least: the checksum follows
  if (file_.size() >= 0 && static_cast<std::uint64_t>(file_.size()) < expected_)
    fail("cut short: " + counted(static_cast<std::uint64_t>(file_.size()), "byte") + " of at least " +
         std::to_string(expected_));
  std::string header(length, ' ');
  take(header.data(), header.size());
  if (header.front() != '{') fail(beginning);
  return header;
}

void SafetensorsReader::read_table(const std::string& header) {
  const auto json = parse_bounded_json(header);
  if (!json || !json->is_object()) fail("damaged: its header is not JSON, or more of it than any model has");
  std::vector<Entry> entries;
  try {
    for (const auto& [name, entry] : json->items()) {
      if (name == kMetadata) {
        metadata_ = entry.get<std::map<std::string, std::string>>();
        continue;
      }
      const auto& offsets = entry.at("data_offsets").get_ref<const nlohmann::json::array_t&>();
      Entry tensor{name, entry.at("dtype").get_ref<const std::string&>(), {}, 0, 0};
      for (const nlohmann::json& size : entry.at("shape").get_ref<const nlohmann::json::array_t&>())
        tensor.shape.push_back(size.get_ref<const nlohmann::json::number_unsigned_t&>());
      if (offsets.size() != 2) fail("damaged: tensor '" + printable(name) + "' has no beginning and end");
      tensor.begin = offsets[0].get_ref<const nlohmann::json::number_unsigned_t&>();
      tensor.end = offsets[1].get_ref<const nlohmann::json::number_unsigned_t&>();
      entries.push_back(std::move(tensor));
    }
  } catch (const nlohmann::json::exception&) {
    fail("damaged: its header does not describe tensors");
  }
  check_table(entries);
}

void SafetensorsReader::check_table(std::vector<Entry>& entries) {
  // Tensors without elements begin and end at one place, where their names tell the order.
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end) != std::tie(b.begin, b.end) ? std::tie(a.begin, a.end) < std::tie(b.begin, b.end)
                                                                : stands_before(a.name, b.name);
  });
  if (entries.empty() || entries.back().name != kChecksum) fail("damaged: its last tensor is no checksum");
  std::uint64_t end = 0;
  for (Entry& entry : entries) {
    const bool last = &entry == &entries.back();
    const std::string tensor = "damaged: tensor '" + printable(entry.name) + "' ";
    if (entry.type != (last ? "U64" : "F64")) fail(tensor + "holds '" + printable(entry.type) + "'");
    if (entry.begin != end || entry.end < end) fail(tensor + "does not begin where the one before it ends");
    if (!takes(entry.shape, entry.end - entry.begin)) fail(tensor + "has a shape that is not its size");
    end = entry.end;
    if (!last) tensors_.push_back({std::move(entry.name), std::move(entry.shape), (entry.end - entry.begin) / kWord});
  }
  if (entries.back().shape != std::vector<std::uint64_t>{1}) fail("damaged: its checksum is not one number");
  if (__builtin_add_overflow(taken_, end, &expected_)) fail("damaged: its tensors are larger than any file");
  if (file_.size() < 0) return;
  const auto size = static_cast<std::uint64_t>(file_.size());
  if (size < expected_) fail("cut short: " + counted(size, "byte") + " of " + std::to_string(expected_));
  if (size > expected_)
    fail("has " + counted(size - expected_, "byte") + " after its end, byte " + std::to_string(expected_));
}

arma::vec SafetensorsReader::read(std::size_t count) {
  constexpr std::uint64_t kPiece = std::uint64_t{1} << 17;  // elements at a time: 1 MiB
  std::uint64_t elements = 0;
  for (; count > 0; --count) elements += tensors_.at(next_++).elements;
  const auto fill = [&](double* to, std::uint64_t size) { take(reinterpret_cast<char*>(to), size * kWord); };
  if (file_.size() >= 0) {  // the length of the file was checked, so the values are there
    arma::vec values(elements);
    fill(values.memptr(), elements);
    return values;
  }
  // From a pipe, the bytes must arrive before memory for all of them is allocated. Each piece is freed once it is
  // copied.
  std::deque<std::vector<double>> pieces;
  for (std::uint64_t left = elements; left > 0; left -= pieces.back().size()) {
    pieces.emplace_back(std::min(left, kPiece));
    fill(pieces.back().data(), pieces.back().size());
  }
  arma::vec values(elements);
  for (double* to = values.memptr(); !pieces.empty(); pieces.pop_front())
    to = std::copy(pieces.front().begin(), pieces.front().end(), to);
  return values;
}

void SafetensorsReader::finish() {
  const std::uint64_t sum = checksum_.value();
  std::uint64_t stored = 0;
  char more = 0;
  take(reinterpret_cast<char*>(&stored), sizeof stored);
  if (stored != sum) fail("damaged: its checksum does not match");
  if (file_.read(&more, 1) > 0) fail("has bytes after its end, byte " + std::to_string(expected_));
}

}  // namespace moe
