// numpy: a Python module that needs nothing but NumPy, and its arrays by name beside it. The module goes through the rows in
// blocks, a line for each operation of the plan.
#include <cmath>

#include "exported_table.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/numeric.hpp"
#include "npz.hpp"

namespace moe {
namespace {

using Id = Plan::Id;
using Kind = Plan::Kind;
using Op = Formula::Op;

std::string python(const std::string& text) {
  return quoted(text, [](char32_t point) {
    char escape[16];
    std::snprintf(escape, sizeof escape, point > 0xFFFF ? "\\U%08X" : "\\u%04X", static_cast<unsigned>(point));
    return std::string(escape);
  });
}

std::string python(double value) {
  return std::isnan(value) ? "np.nan" : std::isinf(value) ? (value > 0 ? "np.inf" : "-np.inf") : format_number(value);
}

std::string python(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const std::string& text : texts) all.push_back(python(text));
  return "[" + join(all) + "]";
}

constexpr const char* kTable = R"TEXT(

def _missing(cell):
    return cell is None or str(cell).strip(" \t") in MISSING


def _decimal(cell):
    """What is written as a decimal: "1_000" is no number here."""
    if isinstance(cell, str) and "_" in cell:
        raise ValueError
    return float(cell)


def _number(cell, name):
    try:
        value = np.nan if _missing(cell) else _decimal(cell)
    except (TypeError, ValueError):
        raise ValueError("column %r: %r is no number" % (name, cell)) from None
    return np.nan if value in MISSING_NUMBERS else value


def _numbers(columns, name):
    cells = np.asarray(_column(columns, name))
    if cells.dtype.kind in "fiub":
        values = cells.astype(np.float64)
        for missing in MISSING_NUMBERS:
            values[values == missing] = np.nan
        return values
    return np.array([_number(cell, name) for cell in cells.tolist()], dtype=np.float64)


def _decimal_or_nan(cell):
    try:
        return _decimal(cell)
    except (TypeError, ValueError):
        return np.nan


class _Levels(dict):
    """From a cell to its level's place: 0 for one that is not known, -1 for a missing one without a level."""

    def __init__(self, comparison, levels, missing, blanks):
        super().__init__()
        text = str if blanks else lambda cell: str(cell).strip(" \t")
        self.key = {"text": text, "number": _decimal, "boolean": lambda cell: text(cell).lower()}[comparison]
        self.places = {self.key(level): place for place, level in enumerate(levels) if level != "(missing)"}
        self.missing = missing

    def __missing__(self, cell):
        try:
            place = None if cell is None else self.places.get(self.key(str(cell)))
        except ValueError:  # no number
            place = None
        if place is None:
            missing = _missing(cell) or str(cell) == "(missing)" or _decimal_or_nan(cell) in MISSING_NUMBERS
            place = self.missing if missing else 0
        if not _missing(cell):  # no NaN is found again
            self[cell] = place
        return place


def _column(columns, name):
    try:
        return columns[name]
    except (KeyError, ValueError, IndexError):
        raise KeyError("there is no column %r" % (name,)) from None


def _inputs(columns, rows):
    """The model's inputs, and which rows lack one that there is no rule for."""
    parts = []
    unknown = np.zeros(rows, dtype=bool)
    for column in INPUTS:
        if "levels" in column:
            levels = _Levels(column["comparison"], column["levels"], column["missing"], column["blanks"])
            cells = np.asarray(_column(columns, column["name"]), dtype=object).tolist()
            places = np.array([levels[cell] for cell in cells], dtype=np.int64)
            parts.append(places.reshape(-1, 1) == np.arange(1, len(column["levels"])))
            unknown |= places < 0
            continue
        values = _numbers(columns, column["name"])
        absent = np.isnan(values)
        values = np.where(absent, column["fill"], values)
        parts.append(values.reshape(-1, 1))
        unknown |= np.isnan(values)
        if column["indicator"]:
            parts.append(absent.reshape(-1, 1))
    return np.hstack(parts).astype(np.float64) if parts else np.empty((rows, 0)), unknown


def _rows(columns):
    """How many there are, by a column that the model reads, or any where it reads none."""
    for name in [column["name"] for column in INPUTS] + [OFFSET, EXPOSURE, TRIALS]:
        if name is not None:
            return len(_column(columns, name))
    return max((len(columns[name]) for name in columns), default=0)


def predict(columns):
    """A dict of arrays by name, all of one length (or a data frame) -> a dict of arrays: what OUTPUTS names."""
    rows = _rows(columns)
    x, unknown = _inputs(columns, rows)
    offset = np.zeros(rows)
    if OFFSET is not None:
        offset = offset + _numbers(columns, OFFSET)
    trials = np.zeros(rows) if TRIALS is None else _numbers(columns, TRIALS)
    result = {name: np.empty(rows) for name in OUTPUTS}
    with np.errstate(all="ignore"):
        if EXPOSURE is not None:
            offset = offset + np.log(_numbers(columns, EXPOSURE))
        for first in range(0, rows, BLOCK):
            block = slice(first, first + BLOCK)
            for name, values in zip(OUTPUTS, _compute(x[block], offset[block, None], trials[block, None])):
                result[name][block] = values
    unknown |= ~np.isfinite(offset) | np.isnan(trials)
    for values in result.values():
        values[unknown] = np.nan
    if LABELS:
        p = np.column_stack([result["p_" + label] for label in LABELS])
        label = np.array(LABELS, dtype=object)[p.argmax(axis=1)]
        label[unknown] = None
        result = {"label": label, **result}
    return result
)TEXT";

/// The body of _compute, and the arrays that it reads.
class Computation {
 public:
  Computation(const Plan& plan, const std::vector<PredictedColumn>& columns) : plan_(plan) {
    for (const Id id : values_of(columns, plan)) {
      const Plan::Value& value = plan.values[id];
      if (value.kind == Kind::kNumbers) {
        names_[id] = numbers(value);
        continue;
      }
      const std::string own = expression(value);
      names_[id] = "v" + std::to_string(id);
      text_ += "    " + names_[id] + " = " + own + "\n";
    }
    std::string outputs;
    for (const PredictedColumn& column : columns) {
      const std::string whole = of_rows(column.value);
      outputs += (outputs.empty() ? "" : ", ") + whole + "[:, " + std::to_string(column.element) + "]";
    }
    text_ += "    return (" + outputs + ",)\n";
  }

  const std::string& text() const { return text_; }
  const Npz& arrays() const { return arrays_; }

 private:
  const std::string& name(Id id) const { return names_.at(id); }
  /// An array with a row for each row.
  std::string of_rows(Id id) const {
    if (plan_.values[id].kind != Kind::kNumbers) return name(id);
    return "np.broadcast_to(" + name(id) + ", (len(x), " + std::to_string(plan_.values[id].width) + "))";
  }

  template <class Values>
  std::string array(const char* stem, const Values& values) {
    const std::string name = stem + std::to_string(++count_[stem]);
    arrays_.add(name, values);
    return "A[\"" + name + "\"]";
  }
  std::string numbers(const Plan::Value& value) {
    return value.width == 1 ? python(value.numbers[0]) : array("numbers_", value.numbers);
  }

  std::string expression(const Plan::Value& value) {
    const std::string of = value.of.empty() ? "" : name(value.of[0]);
    const std::string run = std::to_string(value.run);
    switch (value.kind) {
      case Kind::kInputs:
        return "x";
      case Kind::kOffset:
        return "offset";
      case Kind::kTrials:
        return "trials";
      case Kind::kDense: {
        const std::string weights = array("weights_", value.weights);
        return of + " @ " + weights + " + " + array("intercepts_", value.numbers);
      }
      case Kind::kPick:
        return pick(of, value);
      case Kind::kJoin: {
        std::vector<std::string> parts;
        for (const Id part : value.of) parts.push_back(of_rows(part));
        return "np.hstack((" + join(parts) + "))";
      }
      case Kind::kSum:
      case Kind::kLargest: {
        const std::string function = value.kind == Kind::kSum ? "sum" : "max";
        if (value.width == 1) return of + "." + function + "(axis=1, keepdims=True)";
        return of + ".reshape(len(x), -1, " + run + ")." + function + "(axis=2)";
      }
      default:
        return each(value);
    }
  }

  std::string pick(const std::string& of, const Plan::Value& value) {
    const auto& indices = value.indices;
    if (!value.is_range()) return of + "[:, " + array("columns_", indices) + "]";
    const arma::uword first = indices.empty() ? 0 : indices[0];
    return of + "[:, " + std::to_string(first) + ":" + std::to_string(first + indices.size()) + "]";
  }

  std::string each(const Plan::Value& value) const {
    const std::string a = name(value.of[0]), b = value.of.size() > 1 ? name(value.of[1]) : "";
    const auto call = [&](const std::string& function) {
      return "np." + function + "(" + a + (b.empty() ? "" : ", " + b) + ")";
    };
    if (const char* sign = sign_of(value.op)) return a + " " + sign + " " + b;
    switch (value.op) {
      case Op::kExp:
        return call("exp");
      case Op::kExpm1:
        return call("expm1");
      case Op::kLog:
        return call("log");
      case Op::kLog1p:
        return call("log1p");
      case Op::kSqrt:
        return call("sqrt");
      case Op::kAbs:
        return call("abs");
      case Op::kFloor:
        return call("floor");
      case Op::kTanh:
        return call("tanh");
      case Op::kMin:
        return call("minimum");
      case Op::kMax:
        return call("maximum");
      case Op::kIfPositive:
        return "np.where(" + a + " > 0, " + b + ", " + name(value.of[2]) + ")";
      default:
        throw Error(ErrorKind::kUsage,
                    "format numpy cannot express a function of this family that NumPy lacks: "
                    "expected --format c or json");
    }
  }

  const Plan& plan_;
  std::map<Id, std::string> names_;
  std::map<std::string, int> count_;
  std::string text_;
  Npz arrays_;
};

std::string inputs(const Schema& schema) {
  std::string text = "INPUTS = [\n";
  for (const Column& column : columns_of(schema)) {
    text += "    {\"name\": " + python(column.name);
    if (column.category) {
      const std::optional<std::size_t> missing = missing_level(column);
      text += ", \"levels\": " + python(column.levels) + ", \"comparison\": \"" + name_of(comparison_of(column)) +
              "\", \"blanks\": " + (ignores_blanks(column) ? "False" : "True") +
              ", \"missing\": " + (missing ? std::to_string(*missing) : "-1") + "},\n";
    } else {
      text +=
          ", \"fill\": " + python(column.fill) + ", \"indicator\": " + (column.indicator ? "True" : "False") + "},\n";
    }
  }
  return text + "]\n";
}

std::string head(const Model& model) {
  return "\"\"\"" + title_of(model) + R"(, written by moe )" MOE_VERSION R"(. It needs NumPy alone.

predict(columns) takes the model's columns by name, in the data's own units, and gives predictions by the names that
`moe predict` has for them. A missing cell is None, NaN or what MISSING lists; a level that is not known counts as the
first one. A row with a missing cell that the model has no rule for is predicted as NaN, its label as None.
"""
import os

import numpy as np

A = dict(np.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), "moe_model.npz"), allow_pickle=False))
BLOCK = 2048
)";
}

}  // namespace

std::vector<ExportedFile> export_numpy(const Model& model, const ExportOptions&) {
  const Plan plan = plan_of(model);
  const std::vector<PredictedColumn> columns = predicted_columns(model, plan);
  const Computation computation(plan, columns);
  const Schema& schema = model.schema;
  const auto optional = [](const std::string& name) { return name.empty() ? "None" : python(name); };
  std::vector<std::string> outputs, numbers;
  for (const PredictedColumn& column : columns) outputs.push_back(column.name);
  for (const double number : missing_numbers(schema)) numbers.push_back(python(number));
  std::vector<std::string> words = missing_words(schema);
  words.emplace_back("<NA>");  // as data frames print theirs
  const std::string text = head(model) + inputs(schema) + "OFFSET = " + optional(schema.offset) +
                           "\nEXPOSURE = " + optional(schema.exposure) + "\nTRIALS = " + optional(schema.trials) +
                           "\nMISSING = " + python(words) + "\nMISSING_NUMBERS = [" + join(numbers) +
                           "]\nLABELS = " + python(schema.labels) + "\nOUTPUTS = " + python(outputs) + "\n" + kTable +
                           "\n\ndef _compute(x, offset, trials):\n" + computation.text();
  return {{"moe_model.py", text}, {"moe_model.npz", computation.arrays().bytes()}};
}

}  // namespace moe
