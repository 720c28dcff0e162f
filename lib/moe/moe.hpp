// Includes everything. This is the tour.
//
// A table becomes a Dataset (dataset.hpp), a Dataset a Model (train.hpp, penalty.hpp for the penalty that suits it,
// select.hpp for the best of several, or automatic.hpp for a committee of what suits the data), a
// Model a file (model_file.hpp), predictions (predict.hpp), figures of merit (metrics.hpp, scores.hpp), words (describe.hpp) or
// another tool's input (export.hpp):
//
//     moe::CsvReader reader("train.csv");
//     moe::TrainingTable table = moe::read_training_table(reader, {.target = "y"}, 2);
//     moe::ModelSpec spec;                        // two linear experts and a linear softmax gate
//     spec.gate_inputs = table.gate_inputs;
//     spec.expert_inputs = table.expert_inputs;
//     spec.family = "auto";
//     moe::Model model = moe::train({table.schema, spec, table.data}).model;
//     moe::save_model(model, "model.moe");
//     moe::Predictive predictive(model);
//     predictive.at(table.data);
//     arma::vec mean = predictive.mean();
//
// Everything that can go wrong for a user is an Error (error.hpp) with a sentence to show. Observations are columns of
// X, as Armadillo likes it, and rows of everything that a model computes, so that each output is contiguous.
#pragma once

#include "moe/automatic.hpp"
#include "moe/bootstrap.hpp"
#include "moe/checkpoint.hpp"
#include "moe/coefficient_names.hpp"
#include "moe/columns.hpp"
#include "moe/conformal.hpp"
#include "moe/csv.hpp"
#include "moe/dataset.hpp"
#include "moe/describe.hpp"
#include "moe/drift.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/family.hpp"
#include "moe/figure.hpp"
#include "moe/figures.hpp"
#include "moe/file.hpp"
#include "moe/forward_pass.hpp"
#include "moe/gate.hpp"
#include "moe/held_out.hpp"
#include "moe/hessian.hpp"
#include "moe/import.hpp"
#include "moe/inference.hpp"
#include "moe/memory.hpp"
#include "moe/metrics.hpp"
#include "moe/model.hpp"
#include "moe/model_file.hpp"
#include "moe/network.hpp"
#include "moe/numeric.hpp"
#include "moe/objective.hpp"
#include "moe/penalty.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"
#include "moe/recipe.hpp"
#include "moe/registry.hpp"
#include "moe/report.hpp"
#include "moe/scores.hpp"
#include "moe/select.hpp"
#include "moe/solver.hpp"
#include "moe/split.hpp"
#include "moe/stop.hpp"
#include "moe/survey.hpp"
#include "moe/train.hpp"
