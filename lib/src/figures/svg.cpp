// Figures as SVG. A panel is, from top to bottom, its title, its legend, the plot with its axes, and the caption.
// Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; beyond them lines are dashed.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "figures/scales.hpp"
#include "figures/svg_marks.hpp"
#include "figures/svg_text.hpp"
#include "moe/figure.hpp"

namespace moe {
namespace {

constexpr double kTitleSize = 15, kTextSize = 12, kCaptionSize = 11.5, kLineHeight = 16;
constexpr double kMargin = 12, kTickLength = 4, kWidestLabel = 200;

// Colours by class, so that they can follow the reader's preference. Print is always on light ground.
constexpr const char* kStyle = R"(
.moe-paper{fill:#fff}.moe-ink{fill:#222}.moe-soft{fill:#555}
.moe-axis{fill:none;stroke:#222}.moe-grid{fill:none;stroke:#e4e4e4}
.moe-rule{fill:none;stroke:#777;stroke-dasharray:5 4}
.moe-reference{fill:none;stroke:#777;stroke-width:1.5;stroke-dasharray:5 4}
.moe-line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.moe-area{fill:currentColor;stroke:none}
.moe-error{fill:none;stroke:#222;stroke-width:1.5}
.moe-n{color:#222}.moe-grey{color:#888}
.moe-c0{color:#0072b2}.moe-c1{color:#e69f00}.moe-c2{color:#009e73}.moe-c3{color:#d55e00}
.moe-c4{color:#cc79a7}.moe-c5{color:#56b4e9}.moe-c6{color:#6b6b6b}
@media screen and (prefers-color-scheme:dark){
.moe-paper{fill:#16181c}.moe-ink{fill:#e8e8e8}.moe-soft{fill:#b4b4b4}
.moe-axis,.moe-error{stroke:#d0d0d0}.moe-grid{stroke:#33363c}.moe-rule,.moe-reference{stroke:#999}
.moe-n{color:#e8e8e8}.moe-grey{color:#999}
.moe-c0{color:#4da3e0}.moe-c1{color:#f0b429}.moe-c2{color:#2bbf93}.moe-c3{color:#ff8548}
.moe-c4{color:#e09bc2}.moe-c5{color:#86ccf5}.moe-c6{color:#adadad}}
)";

std::string text_element(double x, double y, const std::string& words, const char* anchor,
                         const std::string& more = "") {
  return "<text" + svg_attribute("x", x) + svg_attribute("y", y) + " text-anchor=\"" + anchor + "\"" + more + ">" +
         xml_escaped(words) + "</text>\n";
}

std::string with_minus(std::string label) {
  if (label.starts_with("-")) label.replace(0, 1, "\xe2\x88\x92");
  return label;
}

/// One figure's place on the page.
class Panel {
 public:
  Panel(const Figure& figure, const SvgOptions& options, double top)
      : figure_(figure), options_(options), scales_(scales_of(figure)), series_(series_of(figure)), top_(top) {
    label_rows();
  }

  /// How far from the left edge the plot begins, and another place for that.
  double left() const { return left_; }
  void move_left_edge(double left) { left_ = left; }

  /// Writes the panel. Returns where it ends.
  double write(std::ostream& out) {
    double y = top_ + kMargin;
    for (const std::string& line : wrapped_text(figure_.title, options_.width - 2 * kMargin, kTitleSize)) {
      y += kTitleSize + 2;
      out << text_element(kMargin, y, line, "start", " class=\"moe-ink\" font-weight=\"600\" font-size=\"15\"");
    }
    y = write_legend(out, y + 8);
    lay_out(y);
    out << grid() << SvgMarks(figure_, scales_, series_, width(), height()).view(left_, plot_top_) << axes();
    y = bottom_ + below_;
    for (const std::string& line :
         wrapped_text(figure_.caption + (figure_.thinned.empty() ? "" : " (" + figure_.thinned + ".)"),
                      options_.width - 2 * kMargin, kCaptionSize)) {
      y += kCaptionSize + 3;
      out << text_element(kMargin, y, line, "start", " class=\"moe-soft\" font-size=\"11.5\"");
    }
    return y + kMargin;
  }

 private:
  double width() const { return right_ - left_; }
  double height() const { return bottom_ - plot_top_; }
  // Within the plot, whose upper left corner is the origin.
  double at_x(double x) const { return width() * scales_.x.place(x); }
  double at_y(double y) const { return height() * (1 - scales_.y.place(y)); }

  double write_legend(std::ostream& out, double y) const {
    constexpr double kSwatch = 22, kGap = 6, kBetween = 18;
    double x = kMargin;
    bool any = false;
    if (series_.size() < 2) return y;  // the title says what it is
    for (const DrawnSeries& series : series_) {
      if (series.name.empty()) continue;
      const std::string name = fitting_text(series.name, options_.width - 2 * kMargin - kSwatch - kGap, kTextSize);
      const double room = kSwatch + kGap + text_width(name, kTextSize) + kBetween;
      if (!any || x + room - kBetween > options_.width - kMargin) {
        x = kMargin;
        y += kLineHeight + 2;
      }
      any = true;
      out << "<g class=\"" << colour_class(series) << "\">" << swatch(series, x, y - 4) << "</g>"
          << text_element(x + kSwatch + kGap, y, name, "start", " class=\"moe-ink\"");
      x += room;
    }
    return any ? y + 6 : y;
  }

  static std::string swatch(const DrawnSeries& series, double x, double y) {
    const std::string line = "d=\"M" + svg_number(x) + "," + svg_number(y) + "h22\"";
    switch (series.kind) {
      case Mark::Kind::kLine:
        return "<path class=\"" + std::string(series.reference ? "moe-reference" : "moe-line") + "\"" +
               (series.reference ? "" : dashes_of(series)) + " " + line + "/>";
      case Mark::Kind::kPoints:
        return "<circle class=\"moe-area\"" + svg_attribute("cx", x + 11) + svg_attribute("cy", y) + " r=\"3\"/>";
      default:
        return "<rect class=\"moe-area\"" + svg_attribute("x", x) + svg_attribute("y", y - 6) +
               " width=\"22\" height=\"12\"" + (series.kind == Mark::Kind::kBand ? " fill-opacity=\"0.25\"" : "") +
               "/>";
    }
  }

  /// Makes the labels of the y axis, which decide where the plot begins.
  void label_rows() {
    const bool rows_of_names = figure_.y.scale == Axis::Scale::kCategories;
    y_ticks_ = ticks_of(figure_.y, scales_.y, rows_of_names ? figure_.y.categories.size() : 6);
    double widest = 0;
    for (Tick& tick : y_ticks_) {
      tick.label = rows_of_names ? fitting_text(tick.label, kWidestLabel, kTextSize) : with_minus(tick.label);
      widest = std::max(widest, text_width(tick.label, kTextSize));
    }
    left_ = kMargin + (figure_.y.label.empty() ? 0 : kLineHeight + 4) + widest + kTickLength + 6;
  }

  /// Finds the plot's other edges.
  void lay_out(double top) {
    const bool rows_of_names = figure_.y.scale == Axis::Scale::kCategories;
    plot_top_ = top + 10;
    const double names = static_cast<double>(figure_.y.categories.size());
    const double usual = std::max(0.55 * options_.height, options_.height - (plot_top_ - top_) - 90);
    bottom_ = plot_top_ + (rows_of_names ? std::max({90.0, std::min(usual, 36 * names), 18 * names}) : usual);
    right_ = options_.width - kMargin - 6;
    lay_out_x();
  }

  void lay_out_x() {
    const bool names = figure_.x.scale == Axis::Scale::kCategories;
    constexpr double kNarrowestName = 15;
    x_ticks_ = ticks_of(figure_.x, scales_.x, names ? static_cast<std::size_t>(width() / kNarrowestName) : 8);
    double widest = 0;
    for (Tick& tick : x_ticks_) {
      tick.label = names ? fitting_text(tick.label, 120, kTextSize) : with_minus(tick.label);
      widest = std::max(widest, text_width(tick.label, kTextSize));
    }
    slanted_ = names && widest + 6 > width() / static_cast<double>(std::max<std::size_t>(x_ticks_.size(), 1));
    const double labels = slanted_ ? 0.72 * widest + 12 : kLineHeight;
    below_ = kTickLength + labels + (figure_.x.label.empty() ? 4 : kLineHeight + 8);
  }

  std::string grid() const {
    std::string text = "<path class=\"moe-grid\" d=\"";
    if (figure_.marks.front().kind != Mark::Kind::kCells)
      for (const Tick& tick : y_ticks_)
        text += "M" + svg_number(left_) + "," + svg_number(plot_top_ + at_y(tick.value)) + "H" + svg_number(right_);
    if (figure_.y.scale == Axis::Scale::kCategories && figure_.marks.front().kind != Mark::Kind::kCells)
      for (const Tick& tick : x_ticks_)
        text += "M" + svg_number(left_ + at_x(tick.value)) + "," + svg_number(plot_top_) + "V" + svg_number(bottom_);
    return text + "\"/>\n";
  }

  std::string axes() const {
    std::string lines =
        "M" + svg_number(left_) + "," + svg_number(plot_top_) + "V" + svg_number(bottom_) + "H" + svg_number(right_);
    std::string labels;
    for (const Tick& tick : y_ticks_)
      labels += text_element(left_ - kTickLength - 4, plot_top_ + at_y(tick.value) + 4, tick.label, "end");
    for (const Tick& tick : x_ticks_) {
      const double x = left_ + at_x(tick.value), y = bottom_ + kTickLength + (slanted_ ? 10 : 13);
      lines += "M" + svg_number(x) + "," + svg_number(bottom_) + "v4";
      labels += slanted_ ? text_element(x + 3, y, tick.label, "end",
                                        " transform=\"rotate(-45 " + svg_number(x + 3) + " " + svg_number(y) + ")\"")
                         : text_element(x, y, tick.label, "middle");
    }
    const double middle = 0.5 * (plot_top_ + bottom_);
    if (!figure_.y.label.empty())
      labels += text_element(kMargin + 10, middle, fitting_text(figure_.y.label, height() + 40, kTextSize), "middle",
                             " transform=\"rotate(-90 " + svg_number(kMargin + 10) + " " + svg_number(middle) + ")\"");
    if (!figure_.x.label.empty())
      labels += text_element(0.5 * (left_ + right_), bottom_ + below_ - 4,
                             fitting_text(figure_.x.label, width(), kTextSize), "middle");
    return "<path class=\"moe-axis\" d=\"" + lines + "\"/>\n<g class=\"moe-ink\">\n" + labels + "</g>\n";
  }

  const Figure& figure_;
  const SvgOptions& options_;
  FigureScales scales_;
  std::vector<DrawnSeries> series_;
  double top_, left_ = 0, right_ = 0, plot_top_ = 0, bottom_ = 0, below_ = 0;
  bool slanted_ = false;
  std::vector<Tick> x_ticks_, y_ticks_;
};

}  // namespace

std::string to_svg(const std::vector<Figure>& figures, const SvgOptions& options) {
  std::ostringstream body;
  std::string titles, captions;
  double y = 0;
  for (const Figure& figure : figures) {
    if (figure.marks.empty()) continue;
    Panel panel(figure, options, y);
    for (const Figure& other : figures)  // plots over the same axis begin at the same place
      if (!other.marks.empty() && other.x.label == figure.x.label)
        panel.move_left_edge(std::max(panel.left(), Panel(other, options, 0).left()));
    y = panel.write(body);
    titles += (titles.empty() ? "" : "; ") + figure.title;
    captions += (captions.empty() ? "" : " ") + figure.caption;
  }
  const std::string width = svg_number(options.width), height = svg_number(y);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + width + " " + height + "\" width=\"" + width +
         "\" height=\"" + height +
         "\" role=\"img\" font-family=\"system-ui, 'Helvetica Neue', Arial, sans-serif\" font-size=\"12\">\n<title>" +
         xml_escaped(titles) + "</title>\n<desc>" + xml_escaped(captions) + "</desc>\n<style>" + kStyle +
         "</style>\n<rect class=\"moe-paper\" width=\"" + width + "\" height=\"" + height + "\"/>\n" + body.str() +
         "</svg>\n";
}

}  // namespace moe
