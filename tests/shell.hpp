// Runs shell commands with the real program in a scratch directory.
#pragma once

#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "scratch.hpp"

struct Ran {
  std::string command;
  int status;
  std::string out, err;
};

inline std::ostream& operator<<(std::ostream& stream, const Ran& ran) {
  return stream << "$ " << ran.command << "\nstatus " << ran.status << "\nstdout: " << ran.out.substr(0, 2000)
                << "\nstderr: " << ran.err.substr(0, 2000);
}

/// A directory in which `moe` is the program under test, and $DATA is the project's testdata.
class Shell : public ScratchDir {
 public:
  /// Runs bash, so that there is PIPESTATUS. The status is 128 plus the signal if one ended the command.
  Ran operator()(const std::string& command) const {
    const std::string program = MOE_PROGRAM;
    const std::string script =
        write("script", "PATH=" + program.substr(0, program.rfind('/')) + ":$PATH\nDATA=" MOE_SOURCE "/testdata\ncd " +
                            path("") + "\n" + command + "\n");
    const int status =
        std::system(("bash " + script + " > " + path("stdout") + " 2> " + path("stderr") + " < /dev/null").c_str());
    return {command, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(path("stdout")),
            read(path("stderr"))};
  }
};

/// What a command that must end with 0 prints, a JSON document.
inline nlohmann::json json_of(const Shell& sh, const std::string& command) {
  const Ran ran = sh(command);
  INFO(ran);
  REQUIRE(ran.status == 0);
  return nlohmann::json::parse(ran.out);
}
