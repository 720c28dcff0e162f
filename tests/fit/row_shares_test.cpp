// Ways to share rows out, on points of a line, where what a way does can be seen.
#include "fit/row_shares.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "models.hpp"

namespace {

constexpr arma::uword kPoints = 100;

/// Points at 0, 1 .. 99 of an input; the target is 0.
arma::mat on_a_line() {
  arma::mat points(2, kPoints, arma::fill::zeros);
  points.row(0) = arma::regspace<arma::rowvec>(0, kPoints - 1);
  return points;
}

bool contiguous(const arma::uvec& rows) { return rows.is_empty() || rows.back() - rows.front() + 1 == rows.n_elem; }

moe::Model two_lines() { return make_model({"gaussian", "linear", "linear", "softmax", 2, 1}); }

}  // namespace

TEST_CASE("an expert is to take, by turns, a side of a cut, a few rows at random, a few neighbours", "[shares]") {
  const moe::Model model = two_lines();  // a line has 2 coefficients
  const arma::mat points = on_a_line();
  moe::Random random(71);
  bool beyond = false, apart = false;
  for (std::size_t attempt = 0; attempt < 90; ++attempt) {
    const arma::uvec part = moe::part_of(model, 1, points, attempt, random);
    REQUIRE(part.n_elem == kPoints);
    CHECK(part.max() <= 1);
    const arma::uvec rows = arma::find(part == 1);
    CAPTURE(attempt, rows.t());
    if (attempt % 3 == 0) {
      CHECK(contiguous(rows));
      CHECK((rows.is_empty() || rows.front() == 0 || rows.back() == kPoints - 1));
      beyond |= rows.n_elem > 20;
    } else if (attempt % 3 == 1) {  // twice as many as coefficients, of which some may be drawn twice
      CHECK(rows.n_elem >= 1);
      CHECK(rows.n_elem <= 4);
      apart |= !contiguous(rows);
    } else {
      CHECK(rows.n_elem >= 3 * 2);
      CHECK(rows.n_elem <= 8 * 2);
      CHECK(contiguous(rows));
    }
  }
  CHECK(beyond);
  CHECK(apart);
}

TEST_CASE("ways to share out give each row to one expert, but for a little, and each expert a stretch", "[shares]") {
  const moe::Model model = make_model({"gaussian", "linear", "linear", "softmax", 3, 1});
  const arma::mat points = on_a_line();
  moe::Random random(72);
  for (std::size_t way = 0; way < moe::kWaysToShare; ++way)
    for (int turn = 0; turn < 20; ++turn) {
      const arma::mat R = moe::shares(model, points, way, random);
      CAPTURE(way, turn);
      REQUIRE(R.n_rows == kPoints);
      REQUIRE(R.n_cols == 3);
      CHECK(R.min() > 0);
      if (way == 2) {  // as few rows of their own as there are coefficients, and one
        for (arma::uword k = 0; k < 3; ++k) {
          const arma::uvec own = arma::find(R.col(k) == 1);
          CHECK(own.n_elem >= 1);
          CHECK(own.n_elem <= 3);
          CHECK(arma::accu(R.col(k)) < 3 + 0.1);
        }
        continue;
      }
      CHECK(arma::approx_equal(arma::sum(R, 1), arma::ones(kPoints), "absdiff", 1e-12));
      for (arma::uword k = 0; k < 3; ++k) CHECK(contiguous(arma::find(R.col(k) > 0.9)));
      CHECK(arma::accu(R > 0.9) == kPoints);
    }
}

TEST_CASE("sharing with a new expert, or another, takes nothing from the others", "[shares]") {
  moe::Random random(73);
  arma::mat R(kPoints, 3);
  for (double& share : R) share = random.uniform(0.01, 1);
  arma::uvec side(kPoints);
  std::vector<bool> sides(kPoints);
  for (arma::uword n = 0; n < kPoints; ++n) sides[n] = (side[n] = random.below(2)) == 1;
  const arma::mat split = moe::split_shares(R, 1, side);
  REQUIRE(split.n_cols == 4);
  CHECK(arma::approx_equal(split.cols(arma::uvec{0, 2}), R.cols(arma::uvec{0, 2}), "absdiff", 0));
  CHECK(arma::approx_equal(split.col(1) + split.col(3), R.col(1), "absdiff", 1e-14));
  const arma::mat moved = moe::moved_shares(R, 0, 2, sides);
  REQUIRE(moved.n_cols == 3);
  CHECK(arma::approx_equal(moved.col(1), R.col(1), "absdiff", 0));
  CHECK(arma::approx_equal(moved.col(0) + moved.col(2), R.col(0) + R.col(2), "absdiff", 1e-14));
  for (arma::uword n = 0; n < kPoints; ++n) {
    CAPTURE(n);
    CHECK((split(n, 3) > split(n, 1)) == (side[n] == 1));
    CHECK((moved(n, 0) > moved(n, 2)) == (side[n] == 1));
  }
}
