#include "command.hpp"
#include "moe/describe.hpp"
#include "moe/error.hpp"
#include "moe/model_file.hpp"

namespace cli {
namespace {

void run(const Arguments& arguments) {
  if (arguments.positionals() == 0)
    throw moe::Error(moe::ErrorKind::kUsage, "no model: expected a file, or - for standard input");
  const moe::Model model = moe::load_model(arguments.positional(0));
  print(arguments.has("json") ? moe::describe_json(model) : moe::describe_text(model));
}

}  // namespace

Command inspect_command() {
  return {"inspect",
          "Show what a model is: its experts, its gate, its coefficients in the data's own units, its fit.",
          {{"for people", "moe inspect fitted.moe"}, {"for scripts", "moe inspect --json fitted.moe | jq .fit.bic"}},
          "MODEL",
          1,
          {json_option()},
          "AIC = -2 l + 2 p, BIC = -2 l + p log n, ICL = BIC + 2 entropy of the responsibilities: lower is better. l "
          "is the\n"
          "log-likelihood of the training rows, p counts free parameters (sigmas too), n is the sum of the weights.",
          run};
}

}  // namespace cli
