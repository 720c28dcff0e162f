#include "fit/refit.hpp"

#include "fit/solver_choice.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

ModelSpec with_family(ModelSpec spec, const std::string& family) {
  if (spec.family == "auto") spec.family = family;
  if (spec.experts.size() == 1) spec.gate = "constant";
  return spec;
}

}  // namespace

FitRequest without_company(const FitRequest& request, const std::vector<std::size_t>& rows) {
  FitRequest result{request.schema, request.spec, take_rows(request.data, rows), request.validation, request.options};
  result.options.errors = false;
  result.options.progress = nullptr;
  return result;
}

std::string solver_of(const FitRequest& request) {
  const Schema& schema = request.schema;
  const Model probe(schema, Standardization::none(schema.inputs.size(), schema.targets.size()),
                    with_family(request.spec, default_family(schema)));
  return resolved_solver(probe, request.options, request.data.rows());
}

bool goes_on_from_ends(const FitRequest& request) {
  const TrainOptions& options = request.options;
  if (request.validation || options.validation > 0 || options.patience > 0) return false;
  return request.data.X.n_rows <= request.data.rows() && !make_solver(solver_of(request))->stochastic();
}

Model beginning_at(const Model& end, const FitRequest& request) {
  // A family that a fit has bounded begins without its bounds.
  ModelSpec spec = with_family(request.spec, end.spec().family);
  spec.knots = end.knots;
  return {request.schema, end.standardization, spec, end.theta};
}

}  // namespace moe
