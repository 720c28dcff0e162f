// Where fits begin. The likelihood of a mixture has many maxima. So starts divide the rows among the experts in
// different ways, one of which may suit the data.
#pragma once

#include "moe/model.hpp"
#include "moe/random.hpp"

namespace moe {

/// Random weights. Each expert begins at the target of a random row.
arma::vec random_start(const Model& model, const Rows& rows, Random& random);

/// Whether start number `index` has random weights and is fitted by the newton solver, which goes another way than EM
/// and finds maxima that EM seldom finds. That holds for a quarter of the first starts, and for half of the later ones,
/// when the usual ways have been tried often enough.
bool goes_aside(std::size_t index);

/// Start number `index`. Every other one is the best of some short runs. By turns the rows are divided by k-means
/// (Lloyd) of inputs and target, segments along a random direction, fits through random rows, and cells of random rows,
/// or weights are random. One start grows from a single expert by splitting. `fitted`: the model has an EmStep and its
/// objective is a likelihood; otherwise all starts have random weights.
arma::vec start(const Model& model, const Rows& rows, bool fitted, std::size_t index, Random& random);

/// Whether all experts are of the same kind, so that a model with fewer of them is contained in this one.
bool experts_alike(const Model& model);
/// A model with the first experts only, not fitted.
Model first_experts(const Model& model, arma::uword count);
/// Parameters of `model` with which all experts, and so the mixture, equal the only expert of `single`.
arma::vec all_like(const Model& model, const Model& single);

}  // namespace moe
