// The table of commands. Only here an exception becomes words and an exit code.
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "blas_threads.hpp"
#include "command.hpp"
#include "help.hpp"
#include "manual.hpp"
#include "moe/error.hpp"
#include "moe/memory.hpp"
#include "moe/stop.hpp"
#include "overwriting.hpp"
#include "signals.hpp"

namespace cli {

Command gen_command();
Command train_command();
Command select_command();
Command split_command();
Command eval_command();
Command calibrate_command();
Command check_command();
Command predict_command();
Command inspect_command();
Command plot_command();
Command report_command();
Command export_command();
Command import_command();

namespace {

struct Entry {
  const char* name;
  const char* summary;
  Command (*make)();
};

constexpr Entry kCommands[] = {
    {"gen", "make a data set", gen_command},
    {"train", "fit a model to a CSV file", train_command},
    {"select", "choose the number of experts, the family or the inputs", select_command},
    {"split", "cut a table into rows for training and for testing", split_command},
    {"eval", "judge a model on rows with a known target", eval_command},
    {"calibrate", "make intervals hold what they promise, by rows not seen", calibrate_command},
    {"check", "check new rows against a model", check_command},
    {"predict", "predict rows", predict_command},
    {"inspect", "show what a model is", inspect_command},
    {"plot", "draw a model: fit, gate, effects, residuals ..", plot_command},
    {"report", "show a model as a page for a browser", report_command},
    {"export", "write a model for another tool", export_command},
    {"import", "read a model from its JSON", import_command},
};

constexpr const char* kOverview = R"(moe fits mixtures of experts to tables of data.

  # fit, judge on other rows, predict
  moe train -y price -k 3 train.csv -o price.moe
  moe eval -m price.moe test.csv
  moe predict -m price.moe --output mean,interval:0.9 new.csv > predicted.csv
  # the same as one pipe, on made-up data
  moe gen two-lines | moe train -y y | moe eval -m - held_out.csv

Usage: moe COMMAND [OPTIONS] [DATA]

)";

std::string overview() {
  std::string text = kOverview;
  for (const Entry& entry : kCommands)
    text +=
        "  " + std::string(entry.name) + std::string(10 - std::string(entry.name).size(), ' ') + entry.summary + "\n";
  return text + "\nmoe COMMAND --help tells the rest; moe --version, the version.\n";
}

/// The command, with the options that every command has.
Command made(const Entry& entry) {
  Command command = entry.make();
  const auto quiet = [](const Option& option) { return option.name == "quiet"; };
  if (std::none_of(command.options.begin(), command.options.end(), quiet))
    command.options.push_back(
        {"quiet", "q", "", "", "no notes; warnings and errors all the same", false, Group::kOutput});
  command.options.push_back({"config", "", "FILE.toml", "",
                             "options from this file, a line NAME = VALUE each; those of the command line win"});
  return command;
}

const Entry& find_command(const std::string& name) {
  for (const Entry& entry : kCommands)
    if (name == entry.name) return entry;
  throw moe::Error(moe::ErrorKind::kUsage, moe::unknown_word("command", name, command_names()));
}

void manual(const std::string& directory) {
  std::vector<Command> commands;
  for (const Entry& entry : kCommands) commands.push_back(made(entry));
  write_manual(commands, directory);
}

bool asks_for_help(int argc, const char* const* argv) {
  for (int i = 1; i < argc && std::string(argv[i]) != "--"; ++i)
    if (std::string(argv[i]) == "--help" || std::string(argv[i]) == "-h") return true;
  return false;
}

void run(int argc, const char* const* argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first == "--version") return print("moe " MOE_VERSION "\n");
  if (first == "--help" || first == "-h" || (first == "help" && argc == 2)) return print(overview());
  if (first.empty())
    throw moe::Error(moe::ErrorKind::kUsage, "no command: expected one of those that 'moe --help' lists");
  if (first == "help" && std::string(argv[2]) == "--manual" && argc == 4) return manual(argv[3]);
  if (first == "help") return print(help(made(find_command(argv[2])), help_width()));
  const Command command = made(find_command(first));
  if (asks_for_help(argc - 1, argv + 1)) return print(help(command, help_width()));
  const Arguments arguments = parse(command, argc - 1, argv + 1);
  require_other_outputs(command, arguments);
  command.run(arguments);
}

/// "moe train", or "moe" where the command is unknown.
std::string program(int argc, const char* const* argv) {
  for (const Entry& entry : kCommands)
    if (argc > 1 && std::string(argv[1]) == entry.name) return std::string("moe ") + entry.name;
  return "moe";
}

/// Like say(), for a short sentence when there may be no memory for a string.
void say_without_memory(const std::string& program, const char* sentence) {
  char line[400];
  const int length = std::snprintf(line, sizeof line, "%s: %s\n", program.c_str(), sentence);
  if (write(STDERR_FILENO, line, std::min<std::size_t>(sizeof line - 1, static_cast<std::size_t>(length))) < 0) return;
}

/// Runs the command. Returns the exit status.
int status(int argc, const char* const* argv) {
  const std::string name = program(argc, argv);
  try {
    run(argc, argv);
    return EXIT_SUCCESS;
  } catch (const moe::Error& error) {
    say(name + ": " + error.what());
    const int signal = interrupted();
    return error.kind() == moe::ErrorKind::kFit && signal != 0 ? 128 + signal : static_cast<int>(error.kind());
  } catch (const moe::Stopped&) {
    say(name + ": interrupted: nothing is written");
    return 128 + interrupted();
  } catch (const moe::OutOfMemory& error) {
    say_without_memory(name, error.what());
  } catch (const std::bad_alloc&) {
    say_without_memory(name, "out of memory: expected a smaller table or model, or a higher limit");
  } catch (const std::exception&) {
    say(name + ": internal error: please report the command that led here");
  }
  return static_cast<int>(moe::ErrorKind::kFit);
}

/// Makes malloc take memory in a few large steps and keep up to a few megabytes of freed memory. In a short fit, page
/// faults would otherwise cost more than the arithmetic.
void keep_pages() {
#ifdef __GLIBC__
  constexpr int kMegabyte = 1 << 20;
  mallopt(M_TOP_PAD, kMegabyte);
  mallopt(M_MMAP_THRESHOLD, 4 * kMegabyte);
  mallopt(M_TRIM_THRESHOLD, 8 * kMegabyte);
  // Each thread's arena reserves 64 MB of addresses, and keeps them when the thread ends. Under a limit that leaves no
  // room for BLAS's buffers.
  rlimit addresses{};
  if (getrlimit(RLIMIT_AS, &addresses) == 0 && addresses.rlim_cur != RLIM_INFINITY) mallopt(M_ARENA_MAX, 1);
#endif
}

}  // namespace

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Entry& entry : kCommands) names.emplace_back(entry.name);
  return names;
}

}  // namespace cli

int main(int argc, char** argv) {
  cli::use_all_processors();
  cli::keep_pages();
  cli::end_on_signals();
  const int status = cli::status(argc, argv);
#ifdef __SANITIZE_ADDRESS__
  std::exit(status);  // leak checkers run in exit()
#else
  // Not exit(): everything has been written, and the clean-up of libraries takes a millisecond. Out of memory, it may
  // wait for ever for threads that were never created.
  std::_Exit(status);
#endif
}
