#include "figures/figure_parts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "moe/error.hpp"

namespace moe {
namespace {

/// Beyond this, differences of values may overflow.
constexpr double kLargestDrawn = 1e300;

bool can_be_drawn(double value) { return std::abs(value) <= kLargestDrawn; }

/// The elements at which all of these vectors can be drawn; an empty vector is none of them.
arma::uvec drawn_elements(std::initializer_list<const arma::vec*> vectors) {
  std::vector<arma::uword> places;
  arma::uword count = 0;
  for (const arma::vec* values : vectors) count = std::max(count, values->n_elem);
  for (arma::uword i = 0; i < count; ++i)
    if (std::all_of(vectors.begin(), vectors.end(),
                    [&](const arma::vec* values) { return values->is_empty() || can_be_drawn((*values)[i]); }))
      places.push_back(i);
  return arma::conv_to<arma::uvec>::from(places);
}

/// Calls add(first, last) for each run of neighbouring elements.
template <class Add>
void for_runs(const arma::uvec& elements, const Add& add) {
  for (arma::uword first = 0; first < elements.n_elem;) {
    arma::uword last = first;
    while (last + 1 < elements.n_elem && elements[last + 1] == elements[last] + 1) ++last;
    add(elements[first], elements[last]);
    first = last + 1;
  }
}

arma::vec elements_of(const arma::vec& values, const arma::uvec& places) {
  return values.is_empty() ? values : arma::vec(values.elem(places));
}

void add_mark(Figure& figure, Mark mark) {
  if (!mark.x.is_empty() || !mark.y.is_empty()) figure.marks.push_back(std::move(mark));
}

}  // namespace

void add_line(Figure& figure, const std::string& series, const arma::vec& x, const arma::vec& y) {
  for_runs(drawn_elements({&x, &y}), [&](arma::uword first, arma::uword last) {
    add_mark(figure,
             {.kind = Mark::Kind::kLine, .series = series, .x = x.subvec(first, last), .y = y.subvec(first, last)});
  });
}

void add_diagonal(Figure& figure, const std::string& series) {
  figure.marks.push_back({.kind = Mark::Kind::kLine, .series = series, .x = {0, 1}, .y = {0, 1}, .reference = true});
}

void add_band(Figure& figure, const std::string& series, const arma::vec& x, const arma::vec& lower,
              const arma::vec& upper) {
  for_runs(drawn_elements({&x, &lower, &upper}), [&](arma::uword first, arma::uword last) {
    add_mark(figure, {.kind = Mark::Kind::kBand,
                      .series = series,
                      .x = x.subvec(first, last),
                      .y = lower.subvec(first, last),
                      .y2 = upper.subvec(first, last)});
  });
}

void add_chance(Figure& figure, const arma::vec& x, const arma::vec& lower, const arma::vec& upper) {
  const std::size_t before = figure.marks.size();
  add_band(figure, "95 % by chance", x, lower, upper);
  for (std::size_t i = before; i < figure.marks.size(); ++i) figure.marks[i].reference = true;
}

void add_points(Figure& figure, const std::string& series, const arma::vec& x, const arma::vec& y) {
  const arma::uvec places = drawn_elements({&x, &y});
  add_mark(figure, {.kind = Mark::Kind::kPoints, .series = series, .x = x.elem(places), .y = y.elem(places)});
}

void add_bars(Figure& figure, const std::string& series, const arma::vec& x, const arma::vec& y, const arma::vec& lower,
              const arma::vec& upper) {
  const arma::uvec places = drawn_elements({&x, &y, &lower, &upper});
  add_mark(figure, {.kind = Mark::Kind::kBars,
                    .series = series,
                    .x = x.elem(places),
                    .y = y.elem(places),
                    .lower = elements_of(lower, places),
                    .upper = elements_of(upper, places)});
}

void add_histogram(Figure& figure, const arma::vec& x, const arma::vec& x2, const arma::vec& y) {
  const arma::uvec places = drawn_elements({&x, &x2, &y});
  add_mark(figure, {.kind = Mark::Kind::kBars, .x = x.elem(places), .x2 = x2.elem(places), .y = y.elem(places)});
}

void add_cells(Figure& figure, const std::string& series, const Mark& cells) {
  arma::uvec places = drawn_elements({&cells.x, &cells.x2, &cells.y, &cells.y2, &cells.value});
  places = places.elem(arma::find(cells.value.elem(places) > 0));
  add_mark(figure, {.kind = Mark::Kind::kCells,
                    .series = series,
                    .x = cells.x.elem(places),
                    .x2 = cells.x2.elem(places),
                    .y = cells.y.elem(places),
                    .y2 = cells.y2.elem(places),
                    .value = cells.value.elem(places)});
}

void add_vertical_rule(Figure& figure, double x) {
  if (can_be_drawn(x)) add_mark(figure, {.kind = Mark::Kind::kRule, .x = arma::vec{x}});
}

void add_horizontal_rule(Figure& figure, double y) {
  if (can_be_drawn(y)) add_mark(figure, {.kind = Mark::Kind::kRule, .y = arma::vec{y}});
}

arma::vec counted_up(arma::uword count) {
  return count == 0 ? arma::vec() : arma::regspace(0, static_cast<double>(count) - 1);
}

std::string shown_name(const std::string& name) {
  constexpr std::size_t kLongest = 40;
  return name.empty() ? "\"\"" : printable(name, kLongest);
}

std::string shown_number(double value) {
  constexpr double kThousand = 1e3, kLargest = 1e9;
  char text[40];
  const bool whole = std::abs(value) >= kThousand && std::abs(value) < kLargest;
  std::snprintf(text, sizeof text, whole ? "%.0f" : "%.3g", value);
  return text;
}

std::string shown_percent(double part) {
  char text[40];
  const double percent = 100 * part;
  std::snprintf(text, sizeof text, percent > 0 && percent < 1 ? "%.1g %%" : "%.0f %%", percent);
  return text;
}

std::string shown_count(std::size_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string thinned(std::size_t drawn, std::size_t all, const std::string& verb) {
  if (drawn >= all) return "";
  return shown_count(drawn) + " of " + shown_count(all) + " rows are " + verb + ", chosen at random";
}

Axis categories_axis(const std::string& label, const std::vector<std::string>& categories) {
  Axis axis{label, Axis::Scale::kCategories, {}};
  for (const std::string& category : categories) axis.categories.push_back(shown_name(category));
  return axis;
}

}  // namespace moe
