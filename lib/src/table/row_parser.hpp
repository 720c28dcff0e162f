// Rows of numbers from a block of text, as a plan for each column says.
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

/// What a column's cells are to become.
struct CellUse {
  enum class Kind {
    kNumber,  ///< a finite number
    kFresh,   ///< a level: its number among those of its block
    kKnown,   ///< one of `known`: its number
    kText     ///< kept as text
  };
  Kind kind = Kind::kNumber;
  std::size_t slot = 0;    ///< of the row's values, or of its texts
  bool fills = false;      ///< a missing cell is NaN; else it is an error, or its row is dropped
  bool surveyed = false;   ///< .. but noted as an error that it would be
  bool text_only = false;  ///< a fresh level must look like text: no dates, no decimal commas
  bool spelt = false;      ///< a number, one at most: the texts of a few whole ones are kept, see ParsedRows::levels
  const KnownLevels* known = nullptr;
  double unknown = -1;  ///< a level's number where it is none of them; -1: an error
  const char* what = "level";
  std::string hint{};  ///< what the user might have meant, behind "expected a number .."
  std::string missing_hint{};
  /// A sentence on a number that cannot be; nothing else is called where there is none.
  std::function<std::string(double value, std::string_view cell)> check{};
};

struct RowPlan {
  std::vector<std::vector<CellUse>> columns;  ///< of the table; a column may have no use, or several
  std::size_t values = 0, texts = 0;          ///< slots in a row
  bool drop = false;                          ///< rows in which a cell is missing
  bool survey = false;   ///< a missing cell that would end the reading is noted, and its row dropped
  bool records = false;  ///< keep them as CSV text
  std::vector<std::string> na{};
  /// A last look at a row's values: what is wrong with the cell of a column.
  std::function<std::optional<std::pair<std::size_t, std::string>>(const double* row)> check{};

  CellUse& add(std::size_t column, CellUse use) {
    use.slot = use.kind == CellUse::Kind::kText ? texts++ : values++;
    columns[column].push_back(std::move(use));
    return columns[column].back();
  }
};

/// The rows of a block, up to its end or the first fault.
struct ParsedRows {
  std::size_t rows = 0, dropped = 0, lines = 0;
  std::shared_ptr<double> values{};  // rows x RowPlan::values
  /// By slot: fresh levels; of numbers whose texts are kept, those of all cells, or those up to one that settles that they are not a
  /// few whole ones; else empty.
  std::vector<LevelTable> levels{};
  /// By slot: the first whole number that no double holds.
  std::vector<LevelTable::Level> rounded{};
  std::vector<std::size_t> missing{};  // cells, by slot
  std::vector<std::string> texts{};    // rows x RowPlan::texts
  std::vector<std::string> records{};
  std::optional<CsvFault> fault{}, first_missing{};  // the latter of a survey
};

/// The levels of a column by their fields as they are written: most need no tokenizer then.
class WrittenLevels {
 public:
  /// LevelTable::kNone where none is known by this.
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

/// As many different texts of whole numbers are kept, and one more.
constexpr std::size_t kMostSpelt = 32;

/// One for each thread: it keeps room for a block's values.
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
  // By column: its only use, where that is a number without more ado, or a level.
  std::vector<const CellUse*> numbers_, levels_;
  // The number whose texts are kept in a block as long as they are few whole ones; and its text in the record at hand.
  std::optional<std::size_t> spelt_slot_;
  std::string_view spelt_{};
  std::vector<WrittenLevels> written_;  // by slot, of a block
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
