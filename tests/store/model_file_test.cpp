#include "moe/model_file.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "model_parts.hpp"
#include "moe/export.hpp"
#include "moe/import.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"
#include "moe/registry.hpp"
#include "scratch.hpp"
#include "throws.hpp"

using moe::ErrorKind;
using moe::Model;
using OrderedJson = nlohmann::ordered_json;

namespace {

/// A model of this spec with arbitrary numbers everywhere. All branches read all inputs unless the spec says otherwise.
Model make_model(moe::ModelSpec spec, std::vector<std::string> labels = {}) {
  moe::Random random(7);
  moe::Schema schema{{"x", "two \"words\"\n", "\u00e4\u4e16"}, {"y"}, std::move(labels), "w", ""};
  moe::Standardization units;
  units.input_center = {0.1, -2e-300, 3};
  units.input_scale = {1, 0.3, 1e10};
  units.target_center = -1.0 / 3;
  units.target_scale = 2;
  if (spec.gate_inputs.empty()) spec.gate_inputs = {0, 1, 2};
  if (spec.expert_inputs.empty()) spec.expert_inputs.assign(spec.experts.size(), {0, 1, 2});
  Model model(schema, units, spec);
  for (double& value : model.theta) value = random.normal();
  model.fit.rows = 1000;
  model.fit.aic = std::numeric_limits<double>::quiet_NaN();
  model.fit.seed = 1;
  model.fit.objective = "likelihood";
  model.fit.solver = "lbfgs";
  return model;
}

/// The same with penalties and an uncertainty, which not every file has.
Model small_model() {
  moe::ModelSpec spec;
  spec.experts = {"linear", "mlp:2:tanh"};
  spec.expert_inputs = {{2, 0}, {0, 1, 2}};
  Model model = make_model(spec);
  model.fit.l2 = 0.25;
  model.fit.gate_l2 = 1e-12;
  moe::Random random(8);
  moe::Uncertainty& uncertainty = model.fit.uncertainty.emplace();
  uncertainty.factor.set_size(model.theta.n_elem, 2);
  for (double& value : uncertainty.factor) value = random.normal();
  uncertainty.degrees_of_freedom = 31.5;
  return model;
}

void check_same(const Model& a, const Model& b) {
  CHECK(a.schema.inputs == b.schema.inputs);
  CHECK(a.schema.targets == b.schema.targets);
  CHECK(a.schema.labels == b.schema.labels);
  CHECK(a.schema.weight == b.schema.weight);
  CHECK(a.schema.id == b.schema.id);
  CHECK(same_bits(a.standardization.input_center, b.standardization.input_center));
  CHECK(same_bits(a.standardization.input_scale, b.standardization.input_scale));
  CHECK(same_bits(a.standardization.target_center, b.standardization.target_center));
  CHECK(same_bits(a.standardization.target_scale, b.standardization.target_scale));
  CHECK(same_bits(a.standardization.target_spread, b.standardization.target_spread));
  CHECK(a.spec().experts == b.spec().experts);
  CHECK(a.spec().expert_inputs == b.spec().expert_inputs);
  CHECK(a.spec().gate == b.spec().gate);
  CHECK(a.spec().gate_link == b.spec().gate_link);
  CHECK(a.spec().gate_inputs == b.spec().gate_inputs);
  CHECK(a.spec().family == b.spec().family);
  CHECK(same_bits(a.theta, b.theta));
  CHECK(a.fit.rows == b.fit.rows);
  CHECK(a.fit.converged == b.fit.converged);
  CHECK(a.fit.seed == b.fit.seed);
  CHECK(std::isnan(a.fit.aic) == std::isnan(b.fit.aic));
  CHECK(a.fit.objective == b.fit.objective);
  CHECK(a.fit.solver == b.fit.solver);
  CHECK(std::isnan(a.fit.l2) == std::isnan(b.fit.l2));
  REQUIRE(a.fit.study.has_value() == b.fit.study.has_value());
  if (a.fit.study) {
    CHECK(same_bits(a.fit.study->shares, b.fit.study->shares));
    CHECK(same_bits(a.fit.study->starved, b.fit.study->starved));
    CHECK(same_bits(a.fit.study->separated, b.fit.study->separated));
  }
  CHECK((a.fit.l1 == b.fit.l1 && a.fit.gate_l1 == b.fit.gate_l1));
  CHECK((std::isnan(a.fit.l2) || (a.fit.l2 == b.fit.l2 && a.fit.gate_l2 == b.fit.gate_l2)));
  REQUIRE(a.fit.uncertainty.has_value() == b.fit.uncertainty.has_value());
  if (!a.fit.uncertainty) return;
  CHECK(arma::size(a.fit.uncertainty->factor) == arma::size(b.fit.uncertainty->factor));
  CHECK(same_bits(arma::vectorise(a.fit.uncertainty->factor), arma::vectorise(b.fit.uncertainty->factor)));
  CHECK(a.fit.uncertainty->degrees_of_freedom == b.fit.uncertainty->degrees_of_freedom);
}

// --- Ways in: a file, a pipe, and how a file is refused --------------------------------------------------------------

void write_all(int descriptor, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t got = ::write(descriptor, bytes.data() + done, bytes.size() - done);
    if (got < 0) break;
    done += static_cast<std::size_t>(got);
  }
}

/// Loads from a pipe. Another process writes what does not fit into the pipe.
Model load_from_pipe(const std::string& bytes) {
  constexpr std::size_t kPipe = 65536;
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  pid_t writer = -1;
  if (bytes.size() <= kPipe) {
    write_all(ends[1], bytes);
  } else if (writer = ::fork(); writer == 0) {
    ::close(ends[0]);
    write_all(ends[1], bytes);
    ::_exit(0);
  }
  ::close(ends[1]);
  const struct Ends {
    int descriptor;
    pid_t process;
    ~Ends() {
      ::close(descriptor);
      if (process > 0) ::waitpid(process, nullptr, 0);
    }
  } closer{ends[0], writer};
  return moe::load_model("/dev/fd/" + std::to_string(ends[0]));
}

/// Loads from a regular file in memory, as all the flipped bits would take minutes on a disk.
Model load_from_file(const std::string& bytes) {
  const struct File {
    int descriptor = ::memfd_create("model", MFD_CLOEXEC);
    ~File() { ::close(descriptor); }
  } file;
  write_all(file.descriptor, bytes);
  return moe::load_model("/dev/fd/" + std::to_string(file.descriptor));
}

/// The sentence, without the path, with which a model file of these bytes is refused; or "accepted", or what else has
/// happened.
std::string refusal(const std::string& bytes, bool pipe) {
  try {
    pipe ? load_from_pipe(bytes) : load_from_file(bytes);
  } catch (const moe::Error& error) {
    const std::string sentence = error.what();
    if (error.kind() != ErrorKind::kModel) return "not kModel: " + sentence;
    if (!sentence.starts_with("/dev/fd/")) return "without the path: " + sentence;
    return sentence.substr(sentence.find(": ") + 2);
  } catch (const std::exception& error) {
    return std::string("exception: ") + error.what();
  }
  return "accepted";
}

bool is_refused(const std::string& sentence) {
  for (const char* wrong : {"accepted", "not kModel", "without the path", "exception"})
    if (sentence.starts_with(wrong)) return false;
  return true;
}

/// The complaints about bytes that must be refused, from a file and from a pipe, one to a line.
std::string complaint(const std::string& what, const std::string& bytes) {
  std::string complaints;
  for (const bool pipe : {false, true})
    if (const std::string sentence = refusal(bytes, pipe); !is_refused(sentence))
      complaints.append(what).append(pipe ? ", pipe: " : ", file: ").append(sentence).append("\n");
  return complaints;
}

#ifndef __SANITIZE_ADDRESS__
std::size_t address_space() {
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0;
  statm >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void limit_memory(std::size_t more) {
  const rlimit limit{address_space() + more, address_space() + more};
  ::setrlimit(RLIMIT_AS, &limit);
}
#else  // sanitizers reserve terabytes, and end a process that cannot have them
void limit_memory(std::size_t) {}
#endif

/// The result of `run` in a process that may take only `bytes` more memory than this one has.
std::string within_memory(std::size_t bytes, const std::function<std::string()>& run) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    limit_memory(bytes);
    std::string result;
    try {
      result = run();
    } catch (const std::bad_alloc&) {
      result = "out of memory";
    } catch (const std::exception& error) {
      result = error.what();
    }
    const bool whole = ::write(ends[1], result.data(), result.size()) == static_cast<ssize_t>(result.size());
    ::_exit(whole ? 0 : 1);
  }
  ::close(ends[1]);
  std::string result(1 << 20, ' ');
  std::size_t size = 0;
  for (ssize_t got; (got = ::read(ends[0], result.data() + size, result.size() - size)) > 0;)
    size += static_cast<std::size_t>(got);
  result.resize(size);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? result : result + "the process died";
}

constexpr std::size_t kMemory = std::size_t{64} << 20;  // what load_model() may take beside the size of the file

// --- Taking a file apart and putting it together, checksum and all ---------------------------------------------------

/// The small model with another description.
std::string with_description(const std::function<void(OrderedJson&)>& edit) {
  return ::with_description(bytes_of(small_model()), edit);
}

/// The small model with another value in tensor `name`.
std::string with_number(const std::string& name, std::size_t element, double value) {
  return ::with_number(bytes_of(small_model()), name, element, value);
}

const std::vector<std::uint64_t>& hostile_numbers() {
  static const std::vector<std::uint64_t> numbers{
      0, 1, (1ull << 31) - 1, 1ull << 31, (1ull << 32) - 1, 1ull << 61, 1ull << 63, ~0ull - 7, ~0ull};
  return numbers;
}

}  // namespace

// --- What is saved is loaded -----------------------------------------------------------------------------------------

TEST_CASE("a model file keeps every bit of every kind of model", "[model_file]") {
  std::vector<Model> models;
  for (const moe::Word& word : moe::network_words())
    for (const std::string& network : word.examples) {
      moe::ModelSpec spec;
      spec.experts = {network, "linear", network};
      spec.gate = network;
      models.push_back(make_model(spec));
    }
  for (const moe::Word& word : moe::gate_words())
    for (const std::string& link : word.examples) {
      moe::ModelSpec spec;
      spec.gate_link = link;
      models.push_back(make_model(spec));
    }
  for (const moe::Word& word : moe::family_words())
    for (const std::string& family : word.examples) {
      moe::ModelSpec spec;
      spec.family = family;
      for (const std::vector<std::string>& labels :
           {std::vector<std::string>{}, {"no", "yes"}, {"", "b,\"", "c \u4e16"}})
        try {
          models.push_back(make_model(spec, labels));
          // A family of numbers has no classes, and a family of classes describes no numbers.
        } catch (const moe::Error&) {
        }
    }
  models.push_back(small_model());
  models.push_back(small_model());
  // An uncertainty was computed, and nothing is known.
  models.back().fit.uncertainty->factor.set_size(models.back().theta.n_elem, 0);
  models.push_back(small_model());
  models.back().fit.uncertainty.reset();
  models.push_back(small_model());
  models.back().fit.l1 = 0.125;
  moe::FitStudy study;
  study.shares = {0.25, 0.75};
  study.starved = {1, 0};
  study.separated = {0, 1};
  models.push_back(small_model());
  models.back().fit.study = study;
  models.push_back(models.back());
  models.back().fit.uncertainty.reset();
  REQUIRE(models.size() > 10);
  for (const Model& model : models) {
    const ScratchDir scratch;
    const std::string path = scratch.path("model");
    moe::save_model(model, path);
    const Model loaded = moe::load_model(path);
    check_same(model, loaded);
    check_same(model, load_from_pipe(ScratchDir::read(path)));
    CHECK(bytes_of(model) == bytes_of(loaded));
  }
}

TEST_CASE("a model file is laid out as its format says", "[model_file]") {
  const Model model = small_model();
  const std::string bytes = bytes_of(model);
  std::uint64_t length = 0, sum = 0;
  std::memcpy(&length, bytes.data(), 8);
  std::memcpy(&sum, bytes.data() + bytes.size() - 8, 8);
  CHECK(length % 8 == 0);
  CHECK(sum == XXH3_64bits(bytes.data(), bytes.size() - 8));

  const Parts parts = take_apart(bytes);
  for (const auto& word : parts.header["__metadata__"]) CHECK(word.is_string());
  CHECK(parts.header["__metadata__"]["format"] == "moe");
  CHECK(parts.header["__metadata__"]["version"] == "1");
  std::uint64_t end = 0;
  std::vector<std::string> names;
  for (const auto& [name, tensor] : parts.header.items()) {
    if (name == "__metadata__") continue;
    std::uint64_t size = 8;
    for (const std::uint64_t dimension : tensor["shape"]) size *= dimension;
    CHECK(tensor["dtype"] == (name == "checksum" ? "U64" : "F64"));
    CHECK(tensor["data_offsets"] == OrderedJson({end, end + size}));
    end += size;
    names.push_back(name);
  }
  CHECK(8 + length + end == bytes.size());
  CHECK(names.front() == "input.center");
  CHECK(names.back() == "checksum");
  CHECK(parts.header["gate.0"]["shape"] == OrderedJson({2, 4}));
  CHECK(parts.header["expert.1.0"]["shape"] == OrderedJson({1, 3}));
  CHECK(parts.header["expert.2.0"]["shape"] == OrderedJson({2, 4}));
  CHECK(parts.header["expert.2.1"]["shape"] == OrderedJson({1, 3}));
  CHECK(parts.header["expert.2.psi"]["shape"] == OrderedJson({1}));
  CHECK(parts.header["target.scale"]["shape"] == OrderedJson::array());
  CHECK(parts.header["fit.gate_l2"]["shape"] == OrderedJson::array());
  CHECK(parts.header["fit.covariance_factor"]["shape"] == OrderedJson({2, model.theta.n_elem}));

  double value = 0;  // input 2 -> hidden unit 2 of expert 2: row 1, column 2 in rows of 4
  std::memcpy(&value, parts.data.data() + parts.header["expert.2.0"]["data_offsets"][0].get<std::size_t>() + 8 * 6, 8);
  CHECK(value == model.theta[model.experts[1].offset + 6]);
}

TEST_CASE("names that no model file can hold are refused before a file is made", "[model_file]") {
  const ScratchDir scratch;
  Model model = small_model();
  ErrorKind kind{};
  model.schema.inputs[1] = "caf\xe9";
  CHECK_THAT(sentence_of([&] { moe::save_model(model, scratch.path("model")); }, &kind), Catch::Contains("UTF-8"));
  CHECK(kind == ErrorKind::kData);
  CHECK(scratch.names().empty());
}

TEST_CASE("a model with too many names is not saved", "[model_file]") {
  const ScratchDir scratch;
  Model model = small_model();
  ErrorKind kind{};
  model.schema.targets = {std::string(5 << 20, 'y')};
  CHECK_THAT(sentence_of([&] { moe::save_model(model, scratch.path("model")); }, &kind),
             Catch::Contains("cannot be saved: its description would take 52") &&
                 Catch::EndsWith(" bytes of at most 4194304"));  // a name of 5 MiB, where 4 are allowed in all
  CHECK(kind == ErrorKind::kModel);
  CHECK(scratch.names().empty());
}

// --- What is damaged is refused --------------------------------------------------------------------------------------

TEST_CASE("every truncation of a model file is refused", "[model_file]") {
  const std::string bytes = bytes_of(small_model());
  std::string complaints;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string sentence = refusal(bytes.substr(0, size), false);
    const std::string expected = size < 8 ? "not a model file" : "cut short: " + std::to_string(size) + " bytes of ";
    if (!sentence.starts_with(expected)) complaints += std::to_string(size) + ": " + sentence + "\n";
    if (size % 16 != 0) continue;
    const std::string by_pipe = refusal(bytes.substr(0, size), true);
    if (!by_pipe.starts_with(expected)) complaints += std::to_string(size) + ", pipe: " + by_pipe + "\n";
  }
  CHECK_THAT(complaints, Catch::Equals(""));
}

TEST_CASE("every flipped bit of a model file is refused", "[model_file]") {
  const std::string bytes = bytes_of(small_model());
  std::string complaints;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    if (const std::string sentence = refusal(flipped, false); !is_refused(sentence))
      complaints += std::to_string(bit) + ": " + sentence + "\n";
    if (bit % 61 != 0) continue;
    if (const std::string sentence = refusal(flipped, true); !is_refused(sentence))
      complaints += std::to_string(bit) + ", pipe: " + sentence + "\n";
  }
  CHECK_THAT(complaints, Catch::Equals(""));
}

TEST_CASE("each way in which a file is no model has its own sentence", "[model_file]") {
  const std::string bytes = bytes_of(small_model());
  const auto header_edit = [&](const std::function<void(OrderedJson&)>& edit) {
    Parts parts = take_apart(bytes);
    edit(parts.header);
    return assemble(parts);
  };
  std::string other_number = bytes;
  other_number[bytes.size() - 100] ^= 1;
  const std::vector<std::pair<std::string, std::string>> ways{
      {"", "not a model file: it is empty"},
      {"x1,y", "not a model file: it begins with 'x1,y' and ends there"},
      {"x1,x2,y\n1,2,3\n", "not a model file: it begins with 'x1,x2,y"},
      {assemble("[]", ""), "not a model file: it begins with"},
      {assemble("{]", ""), "damaged: its header is not JSON"},
      {assemble("{}", ""), "damaged: its last tensor is no checksum"},
      {bytes.substr(0, bytes.size() - 1),
       "cut short: " + std::to_string(bytes.size() - 1) + " bytes of " + std::to_string(bytes.size())},
      {bytes + "abc", "has 3 bytes after its end"},
      {other_number, "damaged: its checksum does not match"},
      {header_edit([](OrderedJson& header) { header["__metadata__"]["version"] = "9"; }),
       "format version 9: this program reads versions 1 to 6"},
      {header_edit([](OrderedJson& header) { header["__metadata__"]["format"] = "pt"; }),
       "not a model file: a .safetensors file"},
      {header_edit([](OrderedJson& header) { header.erase("__metadata__"); }), "not a model file: a .safetensors file"},
      {header_edit([](OrderedJson& header) { header["__metadata__"]["version"] = 1; }),
       "damaged: its header does not describe tensors"},
      {header_edit([](OrderedJson& header) { header["fit.rows"]["dtype"] = "F32"; }),
       "damaged: tensor 'fit.rows' holds 'F32'"},
      {header_edit([](OrderedJson& header) {
         header["gate.0"]["shape"] = {3, 3};
       }),
       "damaged: tensor 'gate.0' has a shape that is not its size"},
      {header_edit([](OrderedJson& header) {
         header["gate.0"]["shape"] = {4, 2};
       }),
       "its tensors are not those of the model"},
      {header_edit([](OrderedJson& header) { header["gate.0"].erase("shape"); }),
       "damaged: its header does not describe tensors"},
      {header_edit([](OrderedJson& header) {
         header["input.scale"]["shape"] = {1, 3};
       }),
       "damaged: tensor 'input.scale' has too many"},
      {header_edit([](OrderedJson& header) {
         header["fit.covariance_factor"]["shape"] = {1, header["fit.covariance_factor"]["shape"][1], 2};
       }),
       "damaged: tensor 'fit.covariance_factor' has too many"},
      {header_edit([](OrderedJson& header) {
         auto& shape = header["fit.covariance_factor"]["shape"];
         std::swap(shape[0], shape[1]);
       }),
       "it has a covariance of other parameters"},
      {with_number("fit.covariance_factor", 3, std::numeric_limits<double>::infinity()), "a covariance is not finite"},
      {with_number("fit.degrees_of_freedom", 0, -1),
       "it has degrees of freedom, or a residual standard error, below 0"},
      {with_number("fit.l2", 0, -1), "a penalty of its fit is below 0"},
      {with_number("fit.l2", 0, std::numeric_limits<double>::quiet_NaN()),
       "a penalty of its fit is below 0, or no number"},
  };
  for (const auto& [file, sentence] : ways) {
    CHECK_THAT(refusal(file, false), Catch::StartsWith(sentence));
    CHECK(is_refused(refusal(file, true)));
  }
  CHECK(refusal(bytes + "abc", true).starts_with("has bytes after its end"));
  const ScratchDir scratch;
  ErrorKind kind{};
  CHECK_FALSE(sentence_of([&] { moe::load_model(scratch.path("none")); }, &kind).empty());
  CHECK(kind == ErrorKind::kIo);
}

// --- What was made to do harm is refused, at no cost -----------------------------------------------------------------

TEST_CASE("no number of a header makes a reader overflow or take memory", "[model_file]") {
  const std::string bytes = bytes_of(small_model());
  const auto run = [&] {
    std::string complaints;
    for (const std::uint64_t number : hostile_numbers()) {
      std::string length = bytes;
      std::memcpy(length.data(), &number, 8);
      complaints += complaint("header length " + std::to_string(number), length);
      const Parts parts = take_apart(bytes);
      for (const auto& [name, tensor] : parts.header.items()) {
        if (name == "__metadata__") continue;
        for (const char* list : {"data_offsets", "shape"})
          for (std::size_t i = 0; i < tensor[list].size(); ++i) {
            if (tensor[list][i] == number) continue;
            Parts edited = parts;
            edited.header[name][list][i] = number;
            complaints += complaint(name + " " + list + " " + std::to_string(number), assemble(edited));
          }
      }
    }
    return complaints;
  };
  CHECK_THAT(within_memory(kMemory, run), Catch::Equals(""));
}

TEST_CASE("a table whose parts agree on a huge size takes no memory", "[model_file]") {
  // Every field is consistent, but the bytes are missing.
  const auto declared = [](std::uint64_t count) {
    const std::string bytes = bytes_of(small_model());
    Parts parts = take_apart(bytes);
    std::uint64_t end = 0;
    for (auto& [name, tensor] : parts.header.items()) {
      if (name == "__metadata__") continue;
      if (name == "gate.0") tensor["shape"] = {2, count};
      std::uint64_t size = 8;
      for (const std::uint64_t dimension : tensor["shape"]) size *= dimension;
      tensor["data_offsets"] = {end, end + size};
      end += size;
    }
    return assemble(parts);
  };
  for (const std::uint64_t count : {1ull << 20, 1ull << 32, 1ull << 50, 1ull << 58}) {
    CHECK(within_memory(kMemory, [&] { return refusal(declared(count), false); }).starts_with("cut short"));
    CHECK(within_memory(kMemory, [&] { return refusal(declared(count), true); }).starts_with("cut short"));
  }
}

TEST_CASE("a header may have 4 MiB, no more", "[model_file]") {
  const Parts parts = take_apart(bytes_of(small_model()));
  const auto padded = [&](std::size_t length) {
    std::string header = parts.header.dump();
    header.resize(length, ' ');
    return assemble(header, parts.data);
  };
  constexpr std::size_t kMost = std::size_t{4} << 20;
  CHECK(refusal(padded(kMost), false) == "accepted");
  CHECK(refusal(padded(kMost), true) == "accepted");
  CHECK(is_refused(refusal(padded(kMost + 8), false)));
  CHECK(is_refused(refusal(padded(kMost + 8), true)));
}

TEST_CASE("JSON that is deep, long or double is refused at little cost", "[model_file]") {
  constexpr std::size_t kLongest = std::size_t{4} << 20;
  const auto repeated = [&](const std::string& head, const std::string& part, const std::string& tail) {
    std::string text = head;
    while (text.size() + part.size() + tail.size() <= kLongest) text += part;
    return text + tail;
  };
  std::string names = "{", description = R"({"inputs":[)";
  for (int i = 0; names.size() < kLongest - 40; ++i) names += "\"" + std::to_string(i) + "\":0,";
  names += "\"\":0}";
  const std::vector<std::string> headers{
      repeated("{\"a\":", "[", ""),
      repeated("", "{\"a\":", ""),
      repeated("{\"a\":[", "{},", "0]}"),
      repeated("{\"a\":[", "[],", "0]}"),
      repeated("{\"a\":[", "\"\",", "0]}"),
      repeated("{\"a\":[", "0,", "0]}"),
      repeated("{\"a\":\"", "\\u4e16", "\"}"),
      repeated("{\"a\":", "9", "}"),
      repeated("{", " ", "}"),
      repeated("{", "\xff", "}"),
      names,
  };
  std::string complaints;
  for (const std::string& header : headers) {
    complaints +=
        within_memory(kMemory + kLongest, [&] { return complaint(header.substr(0, 20), assemble(header, "")); });
    // The same in a model's description, which is a text within the text.
    complaints += within_memory(kMemory + kLongest, [&] {
      Parts parts = take_apart(bytes_of(small_model()));
      parts.header["__metadata__"]["model"] = "";
      const std::size_t left = kLongest - parts.header.dump().size() - 100;
      std::string text = header.substr(0, left / 2);
      if (text.find('\xff') != std::string::npos) return std::string();
      parts.header["__metadata__"]["model"] = text;
      return complaint("described by " + header.substr(0, 20), assemble(parts));
    });
  }
  CHECK_THAT(complaints, Catch::Equals(""));

  // Just within the limits: as much memory as JSON can take.
  constexpr std::size_t kItems = (std::size_t{1} << 18) - 100;
  OrderedJson objects = OrderedJson::array(), texts = OrderedJson::array(), members = OrderedJson::object();
  for (std::size_t i = 0; i < kItems; ++i) objects.push_back(OrderedJson::object());
  for (std::size_t i = 0; i < kItems / 2; ++i) texts.push_back("more than sixteen bytes");
  auto& list = members.get_ref<OrderedJson::object_t&>();
  for (std::size_t i = 0; i < kItems / 2; ++i) list.emplace_back(std::to_string(1000000000 + i), 0);
  for (const OrderedJson& extra : {objects, texts, members})
    CHECK(within_memory(kMemory, [&, file = with_description([&](OrderedJson& json) { json["extra"] = extra; })] {
            return refusal(file, false);
          }) == "accepted");

  const std::string bytes = bytes_of(small_model());
  const Parts parts = take_apart(bytes);
  const std::string twice =
      parts.header.dump().insert(1, R"("gate.0":{"dtype":"F64","shape":[0],"data_offsets":[0,0]},)");
  CHECK_THAT(complaint("a tensor twice", assemble(twice, parts.data)), Catch::Equals(""));
}

TEST_CASE("a description that makes no sense is refused", "[model_file]") {
  const auto set = [](const std::string& pointer, const OrderedJson& value) {
    return with_description([&](OrderedJson& json) { json[OrderedJson::json_pointer(pointer)] = value; });
  };
  const auto erase = [](const char* name) { return with_description([&](OrderedJson& json) { json.erase(name); }); };
  std::string long_network = "mlp:1";
  while (long_network.size() < 10000) long_network += ",1";
  const std::vector<std::pair<std::string, std::string>> ways{
      {set("/family", "gausian"), "unknown family 'gausian'"},
      {set("/family", "bernoulli"), "family 'bernoulli' describes"},
      {set("/family", "gaussian:unit"), "it has more parameters"},
      {set("/family", 3), "its description lacks a member"},
      {set("/gate/link", "softmaks"), "unknown gate link"},
      {set("/gate/network", "mlp:1000000,1000000,1000000"), "it describes more parameters"},
      {set("/gate/network", "mlp:99999999999"), "network 'mlp:99999999999'"},
      {set("/gate/network", long_network), "a network's description is longer"},
      {set("/gate/network", "constant"), "it has more parameters"},
      {set("/gate", "linear"), "its description lacks a member"},
      {set("/gate/inputs", {0, 1, 3}), "a network reads input 3 of 3"},
      {set("/gate/inputs", {0, 1, 1}), "a network reads input 1 twice"},
      {set("/gate/inputs", {0, 1, ~0ull}), "a network reads input 18446744073709551615 of 3"},
      {set("/gate/inputs", {0, 1, -1}), "its description lacks a member"},
      {set("/gate/inputs", {0, 1, 1.5}), "its description lacks a member"},
      {set("/experts/0/inputs", {2}), "it has more parameters"},
      {set("/experts/0/network", "mlp:1"), "it describes more parameters"},
      {set("/experts/-", {{"network", "linear"}}), "it describes more parameters"},
      {set("/experts", OrderedJson::array()), "it has no experts"},
      {set("/experts", OrderedJson::object()), "its description lacks a member"},
      {set("/inputs", {"x", "z", "x"}), "inputs names 'x' twice"},
      {set("/inputs", {"x", "z"}), "a network reads input 2 of 2"},
      {set("/inputs", {"x", "z", "u", "v"}), "it has centers and scales for other inputs"},
      {set("/inputs", {"x", "z", std::string("u\0v", 3)}), "'u"},
      {set("/labels", {"a", "a"}), "labels names 'a' twice"},
      {set("/labels", {"a"}), "it has one class only"},
      {set("/labels", {"a", "b"}), "family 'gaussian' describes a number"},
      {set("/target", ""), "it has no target"},
      {erase("target"), "its description lacks a member"},
      {erase("experts"), "its description lacks a member"},
      {erase("objective"), "its description lacks a member"},
      {set("/objective", "mee"), "unknown objective 'mee'"},
      {with_description([](OrderedJson& json) { json = "linear"; }), "its description lacks a member"},
      {with_description([](OrderedJson& json) { std::swap(json["experts"][0], json["experts"][1]); }),
       "its tensors are not those"},
  };
  std::string complaints;
  for (const auto& [bytes, sentence] : ways) {
    complaints += within_memory(kMemory, [&what = sentence, &file = bytes] { return complaint(what, file); });
    CHECK_THAT(refusal(bytes, false), Catch::StartsWith(sentence));
  }
  CHECK_THAT(complaints, Catch::Equals(""));
}

TEST_CASE("numbers that no model has are refused", "[model_file]") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const std::string expected = ": expected a model file as moe writes it";
  for (const double value : {nan, inf, -inf}) {
    for (const char* name : {"gate.0", "expert.1.0", "expert.2.1", "expert.2.psi"})
      CHECK(refusal(with_number(name, 0, value), false) == "a parameter is not finite" + expected);
    for (const char* name : {"input.center", "target.center"})
      CHECK(refusal(with_number(name, 0, value), false) == "a center is not finite" + expected);
  }
  for (const double value : {nan, inf, 0.0, -1.0})
    for (const char* name : {"input.scale", "target.scale", "target.spread"})
      CHECK(refusal(with_number(name, 0, value), false) == "a scale is not above 0 and finite" + expected);
  CHECK(refusal(with_number("fit.aic", 0, nan), false) == "accepted");
  CHECK(refusal(with_number("gate.0", 0, 5e-324), true) == "accepted");
}

TEST_CASE("a seed keeps its 64 bits", "[model_file]") {
  const std::uint64_t two_to_53 = std::uint64_t{1} << 53, most = std::numeric_limits<std::uint64_t>::max();
  Model model = small_model();
  const std::size_t before = bytes_of(model).size();
  for (const std::uint64_t seed :
       {std::uint64_t{0}, two_to_53, two_to_53 + 1, two_to_53 + 2, most - 2047, most - 1, most}) {
    CAPTURE(seed);
    model.fit.seed = seed;
    const std::string bytes = bytes_of(model), json = moe::export_model(model, "json", {})[0].bytes;
    CHECK(moe::load_model(bytes, "m").fit.seed == seed);
    CHECK(moe::import_model(std::string_view(json), "m").fit.seed == seed);
    const bool a_double = seed % 2 == 0 && seed != most - 1;
    CHECK((bytes.size() == before) == a_double);
  }
  // A file of an earlier version has the double only.
  CHECK(moe::load_model(with_number("fit.seed", 0, 1e19), "m").fit.seed == std::uint64_t{10000000000000000000U});
  CHECK_THAT(refusal(with_number("fit.seed", 0, 0x1p64), false), Catch::StartsWith("a count of its fit is none"));
  CHECK_THAT(refusal(::with_number(bytes_of(model), "fit.seed", 0, 3), false),
             Catch::StartsWith("its seed in full is another than its number"));
}

TEST_CASE("a large model takes no more than twice its size", "[model_file]") {
  moe::ModelSpec spec;
  spec.experts = {"mlp:1000,2000", "linear"};
  const Model model = make_model(spec);
  const ScratchDir scratch;
  const std::string path = scratch.path("model"), bytes = bytes_of(model);
  moe::save_model(model, path);
  for (const bool pipe : {false, true})
    CHECK_THAT(within_memory(2 * bytes.size() + kMemory,
                             [&] {
                               const Model loaded = pipe ? load_from_pipe(bytes) : moe::load_model(path);
                               return std::string(same_bits(model.theta, loaded.theta) ? "" : "other numbers");
                             }),
               Catch::Equals(""));
}

// --- What older programs have written --------------------------------------------------------------------------------

TEST_CASE("every model file that a release has written is read", "[model_file]") {
  struct Facts {
    std::vector<std::string> inputs;
    std::string target;
    std::size_t labels, experts;
    std::string family;
    double predicted;  // for the inputs 0.3, -1.2, 0.5, 0.25: the mean, or the probability of the first class
  };
  const std::map<std::string, Facts> known{
      {"v1.moe", {{"x1"}, "y", 0, 2, "gaussian", 0.6288713221193912}},
      {"v1-numbers.moe", {{"size=9", "size=10", "size=1000", "x"}, "y", 2, 1, "bernoulli", 0.009820453194409568}},
      {"v1-classes.moe", {{"x1", "x2"}, "y", 3, 3, "categorical", 0.5345220489156439}},
  };
  for (const auto& entry : std::filesystem::directory_iterator(MOE_SOURCE "/testdata/models")) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".moe") continue;
    INFO(name << ": every model file in testdata/models has a line in this table");
    REQUIRE(known.contains(name));
    const Facts& facts = known.at(name);
    const Model model = moe::load_model(entry.path().string());
    CHECK(model.schema.inputs == facts.inputs);
    CHECK(model.schema.targets == std::vector{facts.target});
    CHECK(model.schema.labels.size() == facts.labels);
    CHECK(model.size() == facts.experts);
    CHECK(model.family().spec() == facts.family);
    CHECK(bytes_of(model) == ScratchDir::read(entry.path().string()));
    moe::Predictive predictive(model);
    const arma::vec x = {1, 0.3, -1.2, 0.5, 0.25};
    predictive.at({x.head(1 + facts.inputs.size()), arma::mat(1, 0), arma::vec{1}, {}, {}});
    CHECK((facts.labels == 0 ? predictive.mean()[0] : predictive.probabilities()(0, 0)) ==
          Approx(facts.predicted).epsilon(1e-12));
  }
}
