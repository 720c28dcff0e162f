// The loops behind kernels.hpp. One file for each kind of processor includes this header, after it has said how wide
// its vectors are. No header with functions of its own is included here: the linker could keep the copy of such a
// function that was compiled for another processor.
#pragma once

#include "base/kernels/kernel_functions.hpp"
#include "base/kernels/kernel_pieces.hpp"
#include "base/kernels/kernel_products.hpp"
#include "base/kernels/kernels.hpp"

namespace moe {
namespace {

constexpr Kernels made(const char* name) {
  return {name,        map<exp_of>, map<log_of>,      map<tanh_of>, map<logistic_of>, relu,
          adam,        add_penalty, normal,           normal_score, log_sum_exp,      shares,
          log_softmax, softmax,     softmax_backward, standardize,  transpose,        scale,
          product,     cross,       squares,          solve_upper,  piece_tables,     piece_table_scores,
          piece_sums,  piece_scores};
}

}  // namespace
}  // namespace moe
