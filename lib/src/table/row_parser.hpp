// Turns a block of text into rows of numbers. A plan says what to do with each column.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/page_buffer.hpp"
#include "csv/csv_blocks.hpp"
#include "table/levels.hpp"

namespace moe {

/// What the cells of a column become.
struct CellUse {
  enum class Kind {
    kNumber,  ///< a finite number
    kFresh,   ///< a level, by its number among the levels of the block
    kKnown,   ///< one of the levels `known`, by its number
    kText     ///< a text
  };
  Kind kind = Kind::kNumber;
  std::size_t slot = 0;    ///< the place in the row's values, or in its texts
  bool fills = false;      ///< a missing cell becomes NaN; otherwise it is an error, or its row is dropped
  bool surveyed = false;   ///< with `fills`: the missing cell is also noted, as an error that it would otherwise be
  bool text_only = false;  ///< a fresh level must look like text: it may be no date and no decimal comma
  /// Keep the texts of a number that has only a few whole values (one column at most); see ParsedRows::levels.
  bool spelt = false;
  const KnownLevels* known = nullptr;
  double unknown = -1;  ///< the number for a text that is no known level; -1: such a text is an error
  const char* what = "level";
  std::string hint{};  ///< what the user may have meant; follows "expected a number .."
  std::string missing_hint{};
  /// Returns a sentence where the number is impossible, else "". May be empty.
  std::function<std::string(double value, std::string_view cell)> check{};
};

struct RowPlan {
  std::vector<std::vector<CellUse>> columns;  ///< by column of the table; a column may have no use, or several
  std::size_t values = 0, texts = 0;          ///< how many values and texts a row has
  bool drop = false;                          ///< drop rows in which a cell is missing
  bool survey = false;                        ///< a missing cell that would be an error is noted, and its row dropped
  bool records = false;                       ///< keep the records as CSV text
  std::vector<std::string> na{};
  /// Checks a whole row of values. Returns the column of a wrong cell and the sentence for it.
  std::function<std::optional<std::pair<std::size_t, std::string>>(const double* row)> check{};

  CellUse& add(std::size_t column, CellUse use) {
    use.slot = use.kind == CellUse::Kind::kText ? texts++ : values++;
    columns[column].push_back(std::move(use));
    return columns[column].back();
  }
};

/// The rows of a block, up to its end or to the first fault.
struct ParsedRows {
  std::size_t rows = 0, dropped = 0, lines = 0;
  std::shared_ptr<double> values{};  // rows x RowPlan::values
  /// By slot. For fresh levels: the levels of the block. For a number whose texts are kept: its texts, up to the cell
  /// that shows that the column does not have only a few whole values. Otherwise empty.
  std::vector<LevelTable> levels{};
  /// By slot, the first whole number that a double cannot hold.
  std::vector<LevelTable::Level> rounded{};
  std::vector<std::size_t> missing{};  // how many cells are missing, by slot
  std::vector<std::string> texts{};    // rows x RowPlan::texts
  std::vector<std::string> records{};
  std::optional<CsvFault> fault{}, first_missing{};  // first_missing: with RowPlan::survey
};

/// The levels of a column by their fields as they stand in the text, quotes included. Most fields are found here
/// without the tokenizer.
class WrittenLevels {
 public:
  /// LevelTable::kNone where the field is not known in this spelling.
  std::size_t find(std::string_view field) const {
    const std::size_t found = fields_.find(field);
    return found == LevelTable::kNone ? found : levels_[found];
  }
  void add(std::string_view field, std::size_t level) {
    if (fields_.size() == kMostLevels) return;
    fields_.insert(field, 0);
    levels_.push_back(level);
  }

 private:
  LevelTable fields_;
  std::vector<std::size_t> levels_;
};

/// Up to so many different texts of whole numbers are kept, and one more, which shows that there are too many.
constexpr std::size_t kMostSpelt = 32;

/// Parses blocks. Each thread needs one of its own, as it keeps the memory for a block's values.
class RowParser {
 public:
  RowParser(const CsvBlocks& blocks, const RowPlan& plan);
  ParsedRows parse(const CsvBlock& block);

 private:
  void make_room(const CsvText& text);
  bool number(const CellUse& use);
  void note_number(const CellUse& use, double value, std::string_view text);
  void keep_spelling();
  bool record();
  void level(const CellUse& use, std::size_t column);
  void unknown_level(const CellUse& use, std::size_t column, std::string_view guess);
  void cell(std::size_t column, std::string_view text);
  bool is_level(const CellUse& use, std::string_view text);
  void take_known(const CellUse& use, std::size_t level);
  void take(const CellUse& use, std::size_t column, std::string_view text);
  void take_number(const CellUse& use, std::size_t column, double value, std::string_view text);
  void take_level(const CellUse& use, std::size_t column, std::string_view text);
  void take_missing(const CellUse& use, std::size_t column, std::string_view text);
  void refuse_missing(const CellUse& use, std::size_t column, std::string_view text);
  bool is_missing(const CellUse& use, std::string_view text) const;
  [[noreturn]] void refuse(std::size_t column, const std::string& sentence);
  [[noreturn]] void refuse_record(std::size_t column, std::size_t fields, const std::string& sentence);
  [[noreturn]] void refuse_text(const CellUse& use, std::size_t column, std::string_view text);
  bool is_number_column(std::size_t column) const;
  bool numbers_before(std::size_t column) const;

  const CsvBlocks& blocks_;
  const RowPlan& plan_;
  // For each column: its use, if it has only one, and that is a plain number or a level.
  std::vector<const CellUse*> numbers_, levels_;
  // The slot of the number whose texts are kept, as long as they are a few whole ones; and the number's text in this
  // record.
  std::optional<std::size_t> spelt_slot_;
  std::string_view spelt_{};
  std::vector<WrittenLevels> written_;  // by slot, the levels of this block
  std::vector<double> na_numbers_;
  std::unique_ptr<double[]> room_;
  std::size_t room_size_ = 0;
  PageArena arena_;
  CsvCursor* cursor_ = nullptr;
  ParsedRows* out_ = nullptr;
  double* row_ = nullptr;
  bool dropped_ = false, first_record_ = false;
};

}  // namespace moe
