// Where fits begin. Likelihoods of mixtures have many maxima: each start has a way of its own to share the rows out among the
// experts, so that one of them suits the data.
#pragma once

#include "moe/model.hpp"
#include "moe/random.hpp"

namespace moe {

/// Random weights; each expert begins at the target of a row of its own.
arma::vec random_start(const Model& model, const Rows& rows, Random& random);

/// Whether start number `index` is one of random weights, to be followed by Newton's long steps from the first: those find maxima
/// that EM from fitted starts seldom sees. A quarter of the first starts, and half of those beyond, where the usual ways have
/// been tried often enough.
bool goes_aside(std::size_t index);

/// Start number `index`: every other one the best of some short runs. By turns k-means (Lloyd) of inputs and target, random
/// weights, segments along a random direction, fits through random rows, and the cells of random rows; one grows from a single expert on,
/// which is split, as one of the two then is. `fitted`: the model has an EmStep and its objective is a likelihood; else
/// all starts are random weights.
arma::vec start(const Model& model, const Rows& rows, bool fitted, std::size_t index, Random& random);

/// Whether all experts are of one kind, so that fewer of them are a model that this one contains.
bool experts_alike(const Model& model);
/// The model's first experts alone, unfitted.
Model first_experts(const Model& model, arma::uword count);
/// Parameters of `model` at which all experts, and so the whole, are what the only one of `single` is.
arma::vec all_like(const Model& model, const Model& single);

}  // namespace moe
