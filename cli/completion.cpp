#include "completion.hpp"

#include <algorithm>

#include "moe/error.hpp"

namespace cli {
namespace {

/// The text in single quotes, for all three shells.
std::string quoted(const std::string& text, bool fish = false) {
  std::string result = "'";
  for (const char c : text)
    if (c == '\'')
      result += fish ? "\\'" : "'\\''";
    else if (c == '\\' && fish)
      result += "\\\\";
    else
      result += c;
  return result + "'";
}

/// What a list of completions shows beside a word: the first sentence, or what stands before the first semicolon.
std::string in_short(const std::string& help) {
  const std::size_t end = std::min({help.find(". "), help.find("; "), help.find(": "), help.size()});
  return help.substr(0, end);
}

/// "--family" or "--output|-o".
std::string pattern(const Option& option) {
  return "--" + option.name + (option.letter.empty() ? "" : "|-" + option.letter);
}

/// Where a value is a file, shells complete files; where nothing is known of it, nothing.
enum class Value { kWords, kFile, kUnknown };

Value kind_of(const Option& option) {
  if (takes_file(option)) return Value::kFile;
  return words_of_value(option).empty() ? Value::kUnknown : Value::kWords;
}

/// Words for zsh, in whose descriptions a colon ends a part.
std::string with_escaped_colons(const std::string& words) {
  std::string result;
  for (const char c : words) result += (c == ':' ? "\\" : "") + std::string(1, c);
  return result;
}

/// The part of zsh's description of an option that says what its value is.
std::string zsh_value(const Option& option) {
  if (option.value.empty()) return "";
  std::string name;
  for (const char c : option.value) name += c == ':' ? ' ' : c == '[' || c == ']' ? ' ' : c;
  std::string values = " ";
  if (kind_of(option) == Value::kFile) values = "_files";
  if (kind_of(option) == Value::kWords)
    values = "(" + with_escaped_colons(moe::join(words_of_value(option), " ")) + ")";
  return ":" + name + ":" + values;
}

/// Brackets and colons end parts of zsh's descriptions.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char c : text) result += std::string(c == '[' || c == ']' || c == ':' || c == '\\' ? "\\" : "") + c;
  return result;
}

std::string zsh_option(const Option& option) {
  const std::string help = "[" + zsh_text(in_short(option.help)) + "]" + zsh_value(option);
  const std::string names = option.letter.empty() ? "--" + option.name : "";
  const std::string many = option.repeatable ? "*" : "";
  if (!names.empty()) return "        " + quoted(many + names + help) + " \\\n";
  const std::string both = option.repeatable ? "" : "(-" + option.letter + " --" + option.name + ")";
  return "        " + quoted(both + many + "-" + option.letter + help) + " \\\n        " +
         quoted(both + many + "--" + option.name + help) + " \\\n";
}

}  // namespace

std::string bash_completion(const std::vector<Command>& commands) {
  std::string names, cases;
  for (const Command& command : commands) {
    names += command.name + " ";
    cases +=
        "    " + command.name + ")\n      operands='" + moe::join(command.operand_words, " ") + "'\n      options='";
    for (const Option& option : command.options)
      cases += "--" + option.name + (option.letter.empty() ? "" : " -" + option.letter) + " ";
    cases += "--help'\n      case $previous in\n";
    for (const Option& option : command.options) {
      if (option.value.empty()) continue;
      const Value kind = kind_of(option);
      cases += "        " + pattern(option) + ") values=" +
               (kind == Value::kFile    ? "files"
                : kind == Value::kWords ? quoted(moe::join(words_of_value(option), " "))
                                        : "none") +
               " ;;\n";
    }
    cases += "      esac ;;\n";
  }
  return "# bash completion for moe\n_moe() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} options= operands= values=\n"
         "  case ${COMP_WORDS[1]} in\n" +
         cases + "  esac\n  if [ \"$COMP_CWORD\" = 1 ]; then\n    options='" + names +
         "help --help --version'\n"
         "  elif [ \"$values\" = none ]; then\n    COMPREPLY=()\n    return\n"
         "  elif [ -n \"$values\" ] && [ \"$values\" != files ]; then\n    options=$values\n"
         "  elif [ \"$values\" = files ] || [[ $current != -* ]]; then\n"
         "    mapfile -t COMPREPLY < <([ -n \"$values\" ] || compgen -W \"$operands\" -- \"$current\"; compgen -f -- "
         "\"$current\")\n    return\n  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n}\n"
         "complete -o filenames -F _moe moe\n";
}

std::string zsh_completion(const std::vector<Command>& commands) {
  std::string names, cases;
  for (const Command& command : commands) {
    names += "    " + quoted(command.name + ":" + in_short(command.summary)) + "\n";
    cases += "    " + command.name + ")\n      _arguments -s \\\n";
    for (const Option& option : command.options) cases += zsh_option(option);
    cases += "        '--help[show the help]' \\\n";
    if (!command.operand_words.empty())
      cases += "        '1:recipe or data:{ _alternative \"recipes:recipe:(" + moe::join(command.operand_words, " ") +
               ")\" \"files:file:_files\" }' ;;\n";
    else
      cases += command.most_operands == 0 ? "        && return ;;\n" : "        '*:data:_files' ;;\n";
  }
  return "#compdef moe\n# zsh completion for moe\n_moe() {\n  local -a commands\n  commands=(\n" + names +
         "    'help:show the help of a command'\n  )\n"
         "  if (( CURRENT == 2 )); then\n    _describe command commands\n"
         "    compadd -- --help --version\n    return\n  fi\n"
         "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n    help) _describe command "
         "commands ;;\n" +
         cases + "  esac\n}\nif [[ $funcstack[1] = _moe ]]; then _moe \"$@\"; else compdef _moe moe; fi\n";
}

std::string fish_completion(const std::vector<Command>& commands) {
  std::string text =
      "# fish completion for moe\n"
      "complete -c moe -n __fish_use_subcommand -f\n"
      "complete -c moe -n __fish_use_subcommand -l help -d 'show the help'\n"
      "complete -c moe -n __fish_use_subcommand -l version -d 'show the version'\n"
      "complete -c moe -n __fish_use_subcommand -a help -d 'show the help of a command'\n";
  for (const Command& command : commands) {
    text += "\ncomplete -c moe -n __fish_use_subcommand -a " + command.name + " -d " +
            quoted(in_short(command.summary), true) + "\n";
    const std::string within = "complete -c moe -n '__fish_seen_subcommand_from " + command.name + "' ";
    for (const Option& option : command.options) {
      text += within + "-l " + option.name + (option.letter.empty() ? "" : " -s " + option.letter);
      if (!option.value.empty()) text += kind_of(option) == Value::kFile ? " -r -F" : " -x";
      if (kind_of(option) == Value::kWords) text += " -a " + quoted(moe::join(words_of_value(option), " "), true);
      text += " -d " + quoted(in_short(option.help), true) + "\n";
    }
    text += within + "-l help -d 'show the help'\n";
    if (!command.operand_words.empty()) text += within + "-a " + quoted(moe::join(command.operand_words, " ")) + "\n";
  }
  return text;
}

}  // namespace cli
