// The loops behind kernels.hpp, included by one file for each kind of processor, which says how wide its vectors are. No
// header of functions is included, lest the linker take a copy of one that was compiled for another processor.
#pragma once

#include "base/kernels/kernel_functions.hpp"
#include "base/kernels/kernel_products.hpp"
#include "base/kernels/kernels.hpp"

namespace moe {
namespace {

constexpr Kernels made(const char* name) {
  return {name,
          map<exp_of>,
          map<log_of>,
          map<tanh_of>,
          map<logistic_of>,
          relu,
          adam,
          normal,
          normal_score,
          log_sum_exp,
          shares,
          log_softmax,
          softmax,
          softmax_backward,
          standardize,
          transpose,
          scale,
          product,
          cross,
          squares,
          solve_upper};
}

}  // namespace
}  // namespace moe
