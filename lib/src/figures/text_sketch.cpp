// A figure in ASCII characters: for a look at it in a terminal.
#include <algorithm>
#include <cmath>

#include "figures/scales.hpp"
#include "moe/error.hpp"
#include "moe/figure.hpp"

namespace moe {
namespace {

/// The beginning of the text, printable, in at most `width` characters.
std::string at_most(const std::string& text, std::size_t width) {
  std::string result = printable(text, width);
  if (characters_in(result) <= width) return result;
  return printable(text, width > 3 ? width - 3 : 1);
}

std::string to_the_right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, characters_in(text)), ' ') + text;
}

/// The sign of a series. Experts have their numbers.
char sign_of(const DrawnSeries& series) {
  constexpr const char* kSigns = "*+x#%@&$";
  if (series.reference) return '.';
  if (series.name.starts_with("expert ") && series.number < 9) return static_cast<char>('1' + series.number);
  if (series.neutral) return 'o';
  if (series.kind == Mark::Kind::kBand) return ':';
  if (series.kind == Mark::Kind::kBars) return '#';
  return kSigns[series.number % 8];
}

/// The plot of a sketch: characters at columns (from the left) and lines (from the top).
class Sketch {
 public:
  Sketch(const FigureScales& scales, std::size_t columns, std::size_t lines)
      : scales_(scales), columns_(columns), lines_(lines), rows_(lines, std::string(columns, ' ')) {}

  const std::vector<std::string>& rows() const { return rows_; }
  std::size_t column_of(double x) const { return place(scales_.x.place(x), columns_); }
  std::size_t line_of(double y) const { return lines_ - 1 - place(scales_.y.place(y), lines_); }

  void draw(const Mark& mark, char sign) {
    switch (mark.kind) {
      case Mark::Kind::kLine:
        return draw_line(mark, sign);
      case Mark::Kind::kBand:
        return draw_band(mark, sign);
      case Mark::Kind::kPoints:
        return draw_points(mark, sign);
      case Mark::Kind::kBars:
        return draw_bars(mark, sign);
      case Mark::Kind::kCells:
        return draw_cells(mark, sign);
      case Mark::Kind::kRule:
        return draw_rule(mark);
    }
  }

 private:
  static std::size_t place(double part, std::size_t count) {
    const double last = static_cast<double>(count) - 1;
    return static_cast<std::size_t>(std::clamp(std::round(part * last), 0.0, last));
  }
  void put(std::size_t column, std::size_t line, char sign) { rows_[line][column] = sign; }

  /// The value of a curve at a column, between its neighbours; nothing outside of it.
  static bool value_at(const arma::vec& places, const arma::vec& values, double place, double& value) {
    if (place < places.front() || place > places.back()) return false;
    const auto above = std::lower_bound(places.begin(), places.end(), place);
    const auto i = static_cast<arma::uword>(above - places.begin());
    const double step = i > 0 ? places[i] - places[i - 1] : 0;
    value = step > 0 ? values[i - 1] + (values[i] - values[i - 1]) * ((place - places[i - 1]) / step) : values[i];
    return true;
  }
  /// Places of the columns on an x axis from 0 to 1, and of marks on it.
  arma::vec on_axis(const arma::vec& x) const {
    arma::vec result = x;
    return result.transform([&](double value) { return scales_.x.place(value); });
  }

  void draw_line(const Mark& mark, char sign) {
    const arma::vec x = on_axis(mark.x);
    for (std::size_t c = 0; c < columns_; ++c) {
      double y = 0;
      if (value_at(x, mark.y, static_cast<double>(c) / static_cast<double>(columns_ - 1), y)) put(c, line_of(y), sign);
    }
    for (arma::uword i = 0; i < x.n_elem; ++i) put(column_of(mark.x[i]), line_of(mark.y[i]), sign);
  }

  void draw_band(const Mark& mark, char sign) {
    const arma::vec x = on_axis(mark.x);
    for (std::size_t c = 0; c < columns_; ++c) {
      double low = 0, high = 0;
      const double at = static_cast<double>(c) / static_cast<double>(columns_ - 1);
      if (!value_at(x, mark.y, at, low) || !value_at(x, mark.y2, at, high)) continue;
      for (std::size_t line = line_of(high); line <= line_of(low); ++line)
        if (rows_[line][c] == ' ') put(c, line, sign);
    }
  }

  void draw_points(const Mark& mark, char sign) {
    for (arma::uword i = 0; i < mark.x.n_elem; ++i) put(column_of(mark.x[i]), line_of(mark.y[i]), sign);
  }

  void draw_bars(const Mark& mark, char sign) {
    constexpr double kHalf = 0.3;
    for (arma::uword i = 0; i < mark.x.n_elem; ++i) {
      const bool category = mark.x2.is_empty();
      const std::size_t first = column_of(category ? mark.x[i] - kHalf : mark.x[i]),
                        end = column_of(category ? mark.x[i] + kHalf : mark.x2[i]);
      const auto [top, bottom] = std::minmax({line_of(mark.y[i]), line_of(0)});
      for (std::size_t c = first; c < std::max(end, first + 1); ++c)
        for (std::size_t line = top; line <= bottom; ++line) put(c, line, sign);
      if (mark.lower.is_empty()) continue;
      for (std::size_t line = line_of(mark.upper[i]); line <= line_of(mark.lower[i]); ++line)
        put((first + std::max(end, first + 1)) / 2, line, '|');
    }
  }

  void draw_cells(const Mark& mark, char sign) {
    constexpr double kShown = 0.5;
    for (arma::uword i = 0; i < mark.x.n_elem; ++i) {
      if (mark.value[i] < 0.5 * kShown) continue;
      const std::size_t left = column_of(mark.x[i]), right = column_of(mark.x2[i]);
      const std::size_t top = line_of(mark.y2[i]), low = line_of(mark.y[i]);
      for (std::size_t c = left; c < std::max(right, left + 1); ++c)
        for (std::size_t line = top; line < std::max(low, top + 1); ++line)
          put(c, line, mark.value[i] >= kShown ? sign : '.');
    }
  }

  void draw_rule(const Mark& mark) {
    for (const double x : mark.x)
      for (std::string& row : rows_)
        if (row[column_of(x)] == ' ') row[column_of(x)] = '|';
    if (mark.x.is_empty())
      for (const double y : mark.y)
        for (char& c : rows_[line_of(y)])
          if (c == ' ') c = '-';
  }

  FigureScales scales_;
  std::size_t columns_, lines_;
  std::vector<std::string> rows_;
};

/// "* mean   : 90 % interval", in one line.
std::string legend_line(const std::vector<DrawnSeries>& series, std::size_t columns) {
  std::string text;
  for (const DrawnSeries& one : series)
    if (!one.name.empty()) text += std::string(text.empty() ? "" : "   ") + sign_of(one) + " " + one.name;
  return text.empty() ? "" : at_most(text, columns) + "\n";
}

/// The line of labels below the plot, those left out that would touch another one.
std::string labels_below(const std::vector<Tick>& ticks, const Sketch& sketch, std::size_t left, std::size_t columns) {
  std::string text;
  std::size_t used = 0;
  for (const Tick& tick : ticks) {
    const std::string label = at_most(tick.label, 12);
    const std::size_t width = characters_in(label), center = left + sketch.column_of(tick.value);
    const std::size_t begin = std::min(center - std::min(center, width / 2), columns - std::min(columns, width));
    if (!text.empty() && begin < used + 1) continue;
    text += std::string(begin - std::min(begin, used), ' ') + label;
    used = begin + width;
  }
  return text + "\n";
}

}  // namespace

std::string to_text(const Figure& figure, std::size_t columns, std::size_t lines) {
  constexpr std::size_t kFewestColumns = 40, kFewestLines = 12, kWidestName = 20;
  columns = std::max(columns, kFewestColumns);
  lines = std::max(lines, kFewestLines);
  const FigureScales scales = scales_of(figure);
  const std::vector<DrawnSeries> series = series_of(figure);
  const std::string legend = legend_line(series, columns);
  const bool names = figure.y.scale == Axis::Scale::kCategories;
  const std::size_t height = lines - 4 - (legend.empty() ? 0 : 1) - (figure.y.label.empty() ? 0 : 1);
  const std::vector<Tick> y_ticks = ticks_of(figure.y, scales.y, names ? height : 5);
  std::size_t left = 0;
  for (const Tick& tick : y_ticks) left = std::max(left, characters_in(at_most(tick.label, kWidestName)));
  Sketch sketch(scales, columns - left - 2, height);
  for (const Mark& mark : figure.marks)
    sketch.draw(mark, mark.kind == Mark::Kind::kRule ? ' ' : sign_of(series_of(series, mark)));

  std::vector<std::string> labels(height);
  for (const Tick& tick : y_ticks) labels[sketch.line_of(tick.value)] = at_most(tick.label, kWidestName);
  std::string text = at_most(figure.title, columns) + "\n" + legend;
  if (!figure.y.label.empty()) text += at_most(figure.y.label, columns) + "\n";
  for (std::size_t i = 0; i < height; ++i) text += to_the_right(labels[i], left) + " |" + sketch.rows()[i] + "\n";
  text += std::string(left + 1, ' ') + "+" + std::string(columns - left - 2, '-') + "\n";
  text += labels_below(ticks_of(figure.x, scales.x, 8), sketch, left + 2, columns);
  const std::string label = at_most(figure.x.label, columns - left);
  return text + std::string((columns + left - std::min(columns + left, characters_in(label))) / 2, ' ') + label + "\n";
}

}  // namespace moe
