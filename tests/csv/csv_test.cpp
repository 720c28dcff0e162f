#include "moe/csv.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "moe/error.hpp"
#include "moe/random.hpp"
#include "scratch.hpp"
#include "throws.hpp"

using moe::CsvHeader;
using moe::CsvReader;
using moe::ErrorKind;
using Record = std::vector<std::string>;
using Table = std::vector<Record>;

namespace {

constexpr std::size_t kLongestLine = std::size_t{1} << 24;

/// The header and the rows.
Table table_at(const std::string& path, CsvHeader header = CsvHeader::kYes) {
  CsvReader reader(path, header);
  Table out = {reader.names()};
  while (reader.next()) out.emplace_back(reader.fields().begin(), reader.fields().end());
  return out;
}

Table table_of(std::string_view text, CsvHeader header = CsvHeader::kYes) {
  const ScratchDir scratch;
  return table_at(scratch.write("data.csv", text), header);
}

/// The error that reading the whole text gives, with every field read as a number; without the directory.
std::string complaint(std::string_view text, CsvHeader header = CsvHeader::kAutomatic,
                      ErrorKind kind = ErrorKind::kData) {
  const ScratchDir scratch;
  const std::string path = scratch.write("data.csv", text);
  ErrorKind seen{};
  const std::string sentence = sentence_of(
      [&] {
        CsvReader reader(path, header);
        while (reader.next()) {
          for (std::size_t column = 0; column < reader.names().size(); ++column) reader.number(column);
        }
      },
      &seen);
  if (sentence.empty()) return "";
  CHECK(seen == kind);
  CHECK(sentence.find_first_of("\n\r") == std::string::npos);
  REQUIRE(sentence.starts_with(scratch.path("")));
  return sentence.substr(scratch.path("").size());
}

/// A table with the header "a,b", rows "1234567,12345\n" (14 bytes), and one row of another length: `size` bytes in
/// all, without the last newline.
std::string table_of_size(std::size_t size) {
  std::string text = "a,b\n";
  while (text.size() + 28 < size) text += "1234567,12345\n";
  text += "7,";
  text.append(size - text.size(), '1');
  return text;
}

}  // namespace

TEST_CASE("a plain table", "[csv]") {
  const ScratchDir scratch;
  CsvReader reader(scratch.write("data.csv", "x1,y\n1.5,2\n-3e2,+4\n"));
  CHECK(reader.names() == Record{"x1", "y"});
  CHECK(reader.file_name() == scratch.path("data.csv"));
  REQUIRE(reader.next());
  CHECK(reader.number(0) == 1.5);
  CHECK(reader.number(1) == 2.0);
  CHECK(reader.place() == scratch.path("data.csv:2"));
  CHECK(reader.place(1) == scratch.path("data.csv:2:2 y"));
  REQUIRE(reader.next());
  CHECK(reader.number(0) == -300.0);
  CHECK(reader.number(1) == 4.0);
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.next());
}

TEST_CASE("the header: asked for, denied or guessed", "[csv]") {
  const std::string words = "a,b\nc,d\n", numbers = "1,2\n3,4\n", mixed = "a,2\nb,3\n";
  CHECK(table_of(words, CsvHeader::kAutomatic) == Table{{"a", "b"}, {"c", "d"}});
  CHECK(table_of(numbers, CsvHeader::kAutomatic) == Table{{"x1", "x2"}, {"1", "2"}, {"3", "4"}});
  CHECK(table_of(mixed, CsvHeader::kAutomatic) == Table{{"x1", "x2"}, {"a", "2"}, {"b", "3"}});
  CHECK(table_of(numbers, CsvHeader::kYes) == Table{{"1", "2"}, {"3", "4"}});
  CHECK(table_of(words, CsvHeader::kNo) == Table{{"x1", "x2"}, {"a", "b"}, {"c", "d"}});
}

TEST_CASE("a first row of numbers and missing cells is no header", "[csv]") {
  const auto header = [](const std::string& first, const std::string& second, std::vector<std::string> na = {}) {
    const ScratchDir scratch;
    moe::CsvOptions options;
    options.na = std::move(na);
    const std::string path = scratch.write("d.csv", first + "\n" + second + "\n");
    bool named = true;  // false where a name is refused
    sentence_of([&] { named = CsvReader(path, options).names()[0] != "x1"; });
    return named;
  };
  for (const std::string missing :
       {"NA", "?", "nan", "NaN", "", "inf", "-Inf", "1e999", "null", "NULL", "None", "N/A", "n/a", "<NA>", ".", "-"}) {
    INFO(missing);
    CHECK_FALSE(header(missing + ",2.0,4.0", "-2.194,4.237,-0.115"));
    CHECK_FALSE(header("1," + missing, "-2,4"));
    CHECK_FALSE(header("red," + missing + ",3", "blue,2,4"));
    if (!missing.empty()) CHECK_FALSE(header(missing + ",red", "1.5,blue"));
  }
  CHECK_FALSE(header("nan,inf", "1,2"));
  CHECK_FALSE(header("NA", "1"));
  CHECK(header("gone,2", "1,2"));
  CHECK_FALSE(header("gone,2", "1,2", {"gone"}));
  // Names, some of them odd.
  CHECK(header("K,NA,CL", "1,2,3"));
  CHECK(header("year,2019,2020", "1,2,3"));
  CHECK(header("na\u00efve,x", "1,2"));
  CHECK_FALSE(header("2019,2020", "1,2"));
  // An index without a name.
  CHECK(header(",a,b", "0,1,2"));
  CHECK(header(",0,1", "0,.5,2"));
  CHECK(header(",,", "1,2,3"));
}

TEST_CASE("the first row of a table without a header keeps its place", "[csv]") {
  CHECK(complaint("\n1,abc\n", CsvHeader::kNo) ==
        "data.csv:2:2 x2: 'abc' is not a number: expected a number such as 1.5 or -2e3");
}

TEST_CASE("line breaks: LF, CRLF, none at the end, empty lines", "[csv]") {
  const Table expected = {{"a", "b"}, {"1", "2"}, {"3", "4"}};
  CHECK(table_of("a,b\n1,2\n3,4\n") == expected);
  CHECK(table_of("a,b\n1,2\n3,4") == expected);
  CHECK(table_of("a,b\r\n1,2\r\n3,4\r\n") == expected);
  CHECK(table_of("a,b\r\n1,2\r\n3,4") == expected);
  CHECK(table_of("a,b\r\n1,2\r\n3,4\r") == expected);
  CHECK(table_of("\n\na,b\n\n1,2\n \t\n3,4\n\n\n") == expected);
  CHECK(table_of("\r\na,b\r\n\r\n1,2\r\n3,4\r\n\r\n") == expected);
}

TEST_CASE("a byte-order mark is passed over at the beginning and nowhere else", "[csv]") {
  CHECK(table_of("\xEF\xBB\xBF"
                 "a,b\n1,2\n") == Table{{"a", "b"}, {"1", "2"}});
  CHECK(table_of("\xEF\xBB\xBF\"a\",b\n1,2\n") == Table{{"a", "b"}, {"1", "2"}});
  CHECK(table_of("\xEF\xBB\xBF\n\xEF\xBB\xBF"
                 "a\n") == Table{{"\xEF\xBB\xBF"
                                  "a"}});
  CHECK(complaint("\xEF\xBB\xBF") == "data.csv: the file is empty: expected a header and rows");
}

TEST_CASE("a byte-order mark where a chunk begins is text", "[csv]") {
  std::string text = "a\n";
  while (text.size() < (3U << 20)) text += "\xEF\xBB\xBFx\n";
  const Table table = table_of(text);
  CHECK(table.size() == (text.size() - 2) / 5 + 1);
  for (std::size_t row = 1; row < table.size(); ++row) REQUIRE(table[row][0] == "\xEF\xBB\xBFx");
}

TEST_CASE("quotes", "[csv]") {
  CHECK(table_of("a,b\n\"1,5\",\"say \"\"yes\"\"\"\n") == Table{{"a", "b"}, {"1,5", "say \"yes\""}});
  CHECK(table_of("\"a\",\"b\"\n\"1\",\"\"\n") == Table{{"a", "b"}, {"1", ""}});
  CHECK(table_of("a,b\n\"\"\"\",\"\"\"\"\"\"\n") == Table{{"a", "b"}, {"\"", "\"\""}});
  CHECK(table_of("a,b\n5\" pipe,o\"k\"\n") ==
        Table{{"a", "b"}, {"5\" pipe", "o\"k\""}});  // a quote in the middle of a field is text
  CHECK(table_of("a,b\n  \"x y\"\t , \" z \" \n") == Table{{"a", "b"}, {"x y", " z "}});
  CHECK(table_of("a\n\"\"\n\n\"x\"") == Table{{"a"}, {""}, {"x"}});
  CHECK(complaint("a,b\n\"1\"2,3\n") ==
        "data.csv:2:1 a: text after the closing quote: '2,3': expected a comma or the end of the line");
}

TEST_CASE("line breaks within quotes", "[csv]") {
  const Table expected = {{"a", "b"}, {"1\n2", "x"}, {"\n\n", "y"}};
  CHECK(table_of("a,b\n\"1\n2\",x\n\"\n\n\",y\n") == expected);
  CHECK(table_of("a,b\r\n\"1\r\n2\",x\r\n\"\r\n\r\n\",\"y\"") == Table{{"a", "b"}, {"1\r\n2", "x"}, {"\r\n\r\n", "y"}});
  CHECK(table_of("\"a\nb\",c\n1,2\n") == Table{{"a\nb", "c"}, {"1", "2"}});
  CHECK(table_of("a\n\"x\n\"") == Table{{"a"}, {"x\n"}});
}

TEST_CASE("after a record of several lines the line numbers are still right", "[csv]") {
  CHECK(complaint("a,b\n\"1\n\n\",2\n3,x\n", CsvHeader::kYes).starts_with("data.csv:2:1 a: '1\\n\\n' is not a number"));
  CHECK(complaint("a,\"b\n\n\"\n\n1,2\n3\n") == "data.csv:6: 1 field: expected 2, as in the header");
  CHECK(complaint("a,b\n1,\"x\ny\" z\n") ==
        "data.csv:2:2 b: the quote that opens here closes 1 line below, with text behind it: 'z': expected a comma or "
        "the end "
        "of the line");
}

TEST_CASE("a quote that never closes is told with the line where it opens", "[csv]") {
  CHECK(complaint("a,b\n1,2\n3,\"4\n5,6\n7,8\n") ==
        "data.csv:3:2 b: the quote that opens here is never closed: expected a closing quote");
  CHECK(complaint("a,\"b") == "data.csv:1:2: the quote that opens here is never closed: expected a closing quote");
  std::string endless = "a\n\"";
  while (endless.size() < kLongestLine + 100) endless += "0123456789012345678901234567890123456789\n";
  CHECK(complaint(endless) ==
        "data.csv:2:1 a: the quote that opens here is not closed within 16 MiB: expected a closing quote");
}

TEST_CASE("blanks round a field without quotes go", "[csv]") {
  CHECK(table_of(" a ,\tb\n 1,2 \n ,x y\n") == Table{{"a", "b"}, {"1", "2"}, {"", "x y"}});
}

TEST_CASE("a row of another length", "[csv]") {
  CHECK(complaint("a,b,c,d,e\n1,2,3,4,5\n\n\n\n\n1,2,3\n") == "data.csv:7: 3 fields: expected 5, as in the header");
  CHECK(complaint("1,2\n3,4,5\n") == "data.csv:2: 3 fields: expected 2, as in the first row");
  CHECK(complaint("a,b\n1,2,\n") == "data.csv:2: 3 fields: expected 2, as in the header");
}

TEST_CASE("nothing, or a header only", "[csv]") {
  CHECK(complaint("") == "data.csv: the file is empty: expected a header and rows");
  CHECK(complaint("\n\r\n \n") == "data.csv: the file is empty: expected a header and rows");
  CHECK(complaint("", CsvHeader::kNo) == "data.csv: the file is empty: expected rows");
  CHECK(table_of("a,b\n") == Table{{"a", "b"}});
  CHECK(table_of("a,b") == Table{{"a", "b"}});
  CHECK(sentence_of([] { CsvReader("/dev/null"); }) == "/dev/null: the file is empty: expected a header and rows");
}

TEST_CASE("names of columns that are used are there, once each", "[csv]") {
  const ScratchDir scratch;
  const auto refused = [&](const std::string& text, const std::vector<std::size_t>& columns) {
    const CsvReader reader(scratch.write("data.csv", text));
    const std::string sentence = sentence_of([&] { reader.require_names(columns); });
    return sentence.empty() ? "" : sentence.substr(scratch.path("").size());
  };
  const std::string twice = ": the name 'x' stands twice: expected each column's name once";
  const std::string empty = ": the name is empty: expected a name for each column, or --features without it";
  CHECK(refused("x,y,x\n", {0, 1}) == "data.csv:1:3 x" + twice);
  CHECK(refused("x,y,x\n", {2}) == "data.csv:1:3 x" + twice);
  CHECK(refused("x,y,x\n", {1}).empty());
  CHECK(refused("x,y,x,y\n", {1}) == "data.csv:1:4 y: the name 'y' stands twice: expected each column's name once");
  CHECK(refused("x,,y\n", {0, 1, 2}) == "data.csv:1:2" + empty);
  CHECK(refused("x,\"\"\n", {1}) == "data.csv:1:2" + empty);
  CHECK(refused("x,y,,\n", {0, 1}).empty());
  CHECK(table_of("x,,x\n1,2,3\n").front() == std::vector<std::string>{"x", "", "x"});
  CHECK(complaint("\"a\nb\"\n1\nx\n").starts_with("data.csv:4:1 a\\nb: 'x' is not a number"));
}

TEST_CASE("a cell that is no number", "[csv]") {
  const auto of_cell = [](const std::string& cell) {
    return complaint("x1,x2\n0,0\n1," + cell + "\n", CsvHeader::kYes);
  };
  const std::string number = ": expected a number such as 1.5 or -2e3";
  CHECK(of_cell("abc") == "data.csv:3:2 x2: 'abc' is not a number" + number);
  CHECK(of_cell("") == "data.csv:3:2 x2: the cell is empty" + number);
  CHECK(of_cell("\" \"") == "data.csv:3:2 x2: the cell is empty" + number);
  CHECK(of_cell("nan") == "data.csv:3:2 x2: 'nan' is not finite" + number);
  CHECK(of_cell("-inf") == "data.csv:3:2 x2: '-inf' is not finite" + number);
  CHECK(of_cell("1e400") == "data.csv:3:2 x2: '1e400' is not finite" + number);
  CHECK(of_cell("0x10") == "data.csv:3:2 x2: '0x10' is not a number" + number);
  CHECK(of_cell("\"1,5\"") == "data.csv:3:2 x2: '1,5' is not a number: expected a point as the decimal mark");
  CHECK(of_cell("\"1,234.5\"") == "data.csv:3:2 x2: '1,234.5' is not a number" + number);
  CHECK(of_cell("\"1,2,3\"") == "data.csv:3:2 x2: '1,2,3' is not a number" + number);
  CHECK(of_cell(std::string(100, 'z')) ==
        "data.csv:3:2 x2: '" + std::string(40, 'z') + "...' is not a number" + number);
  CHECK(of_cell("\x1b[2J") == "data.csv:3:2 x2: '\\x1b[2J' is not a number" + number);
  CHECK(of_cell("\xff") == "data.csv:3:2 x2: '\\xff' is not a number" + number);
  CHECK(of_cell("1\r2") == "data.csv:3:2 x2: '1\\r2' is not a number" + number);
  CHECK(of_cell("\"1\"").empty());
  CHECK(of_cell("1e-400").empty());
}

TEST_CASE("a NUL byte is refused where it stands, after the rows before it", "[csv]") {
  using namespace std::string_view_literals;
  CHECK(complaint("a,b\n1,2\n3\0,4\n5,6\n"sv) == "data.csv:3: a NUL byte: expected text");
  CHECK(complaint("a,b\n1,2\n3,4\0"sv) == "data.csv:3: a NUL byte: expected text");
  CHECK(complaint("\0"sv) == "data.csv:1: a NUL byte: expected text");
  CHECK(complaint("a,b\n1\n\0"sv) == "data.csv:2: 1 field: expected 2, as in the header");
}

TEST_CASE("what cannot be read is not an empty table", "[csv]") {
  const ScratchDir scratch;
  ErrorKind kind{};
  CHECK(sentence_of([&] { CsvReader(scratch.path("")); }, &kind) == scratch.path("") + ": cannot read: Is a directory");
  CHECK(kind == ErrorKind::kIo);
  CHECK(sentence_of([&] { CsvReader(scratch.path("none.csv")); }) ==
        scratch.path("none.csv") + ": cannot open: No such file or directory");
  CHECK(sentence_of([] { CsvReader("/proc/self/mem"); }, &kind) == "/proc/self/mem: cannot read: Input/output error");
  CHECK(kind == ErrorKind::kIo);
}

// Sizes of the blocks of the line reader and of its input: 2^20, 2^24 and multiples.
TEST_CASE("a last line without newline at every block's edge", "[csv]") {
  for (const std::size_t edge :
       {std::size_t{1} << 20, std::size_t{1} << 21, std::size_t{1} << 24, std::size_t{1} << 25}) {
    for (const long off : {-1L, 0L, 1L}) {
      const std::size_t size = edge + static_cast<std::size_t>(off);
      CAPTURE(size);
      const ScratchDir scratch;
      const std::string text = table_of_size(size);
      CsvReader reader(scratch.write("data.csv", text));
      std::size_t bytes = 4;
      std::string last;
      while (reader.next()) {
        bytes += reader.fields()[0].size() + reader.fields()[1].size() + 2;
        last = reader.fields()[1];
      }
      CHECK(bytes == size + 1);
      CHECK(last == text.substr(text.rfind(',') + 1));
    }
  }
}

TEST_CASE("lines of fixed width to a size beyond all buffers, the last without newline", "[csv]") {
  std::string text =
      "column_a,columnb\n";  // each line has 16 bytes, so that line ends of an earlier block are where the end will be
  while (text.size() < (50U << 20)) text += "1234567,1234567\n";
  text.pop_back();
  const ScratchDir scratch;
  CsvReader reader(scratch.write("data.csv", text));
  std::size_t rows = 0;
  for (; reader.next(); ++rows) REQUIRE((reader.fields().size() == 2 && reader.fields()[1] == "1234567"));
  CHECK(rows == (text.size() + 1 - 17) / 16);
}

TEST_CASE("a line may have 16 MiB with its newline, no more", "[csv]") {
  const auto with_line = [](std::size_t length) { return "a\n" + std::string(length, 'x') + "\nlast\n"; };
  const Table table = table_of(with_line(kLongestLine - 1));
  REQUIRE(table.size() == 3);
  CHECK(table[1][0].size() == kLongestLine - 1);
  CHECK(table[2][0] == "last");
  const std::string sentence = "data.csv:2: the line is longer than 16 MiB: expected a line break before that";
  CHECK(complaint(with_line(kLongestLine)).starts_with("data.csv:2"));
  const ScratchDir scratch;
  const auto read_all = [&](const std::string& text) {
    return sentence_of([&] { table_at(scratch.write("data.csv", text)); });
  };
  CHECK(read_all(with_line(kLongestLine)) == scratch.path(sentence));
  CHECK(read_all("a\n" + std::string(kLongestLine - 1, 'x')).empty());
  CHECK(read_all("a\n" + std::string(kLongestLine, 'x')) == scratch.path(sentence));
  CHECK(read_all("a\n" + std::string(3 * kLongestLine, 'x')) == scratch.path(sentence));
}

TEST_CASE("rows of a pipe are there as soon as they are written", "[csv]") {
  const ScratchDir scratch;
  const std::string path = scratch.path("fifo");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  int go[2];
  REQUIRE(::pipe(go) == 0);
  std::thread writer([&] {
    const int descriptor = ::open(path.c_str(), O_WRONLY);
    char byte = 0;
    for (const char* piece : {"a,b\n1,", "2\n3,4\n5", ",6"}) {
      static_cast<void>(!::write(descriptor, piece, std::string_view(piece).size()));
      if (piece[0] == '2') static_cast<void>(!::read(go[0], &byte, 1));  // waits until row 2 has been read
    }
    ::close(descriptor);
  });
  CsvReader reader(path);
  REQUIRE(reader.next());
  CHECK(reader.number(1) == 2.0);
  REQUIRE(reader.next());
  CHECK(reader.number(1) == 4.0);
  static_cast<void>(!::write(go[1], "!", 1));
  REQUIRE(reader.next());
  CHECK(reader.number(0) == 5.0);
  CHECK(reader.number(1) == 6.0);
  CHECK_FALSE(reader.next());
  writer.join();
  ::close(go[0]);
  ::close(go[1]);
}

TEST_CASE("a hundred thousand columns", "[csv]") {
  std::string header, row;
  for (int i = 0; i < 100'000; ++i) {
    header += (i > 0 ? ",c" : "c") + std::to_string(i);
    row += (i > 0 ? "," : "") + std::to_string(i);
  }
  const Table table = table_of(header + "\n" + row + "\n");
  REQUIRE(table.size() == 2);
  CHECK(table[0].back() == "c99999");
  CHECK(table[1].back() == "99999");
}

TEST_CASE("what append_csv_field writes the reader reads", "[csv]") {
  moe::Random random(1);
  const std::vector<std::string> pieces = {"a",        "1", ",", "\"", "\n", " ", "\t", "\r", "\xEF\xBB\xBF",
                                           "\xc3\xa9", ";", "'"};
  for (int round = 0; round < 300; ++round) {
    const std::size_t columns = 2 + random.below(4), rows = 1 + random.below(6);
    Table table(rows + 1, Record(columns));
    std::string text;
    for (std::size_t row = 0; row <= rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column) {
        std::string& field = table[row][column];
        if (row == 0) field = "n" + std::to_string(column);
        for (std::uint64_t left = random.below(5); left > 0; --left) field += pieces[random.below(pieces.size())];
        if (column > 0) text += ',';
        moe::append_csv_field(text, field);
      }
      text += '\n';
    }
    CAPTURE(text);
    REQUIRE(table_of(text) == table);
  }
  std::string plain;
  moe::append_csv_field(plain, "x 1.5");
  CHECK(plain == "x 1.5");
}

TEST_CASE("separators: told, or the one that the first two records have in common", "[csv]") {
  const Table expected = {{"a", "b"}, {"1", "2"}, {"3", "4"}};
  const ScratchDir scratch;
  for (const char delimiter : {',', ';', '\t', '|'}) {
    std::string text = "a,b\n1,2\n3,4\n";
    std::replace(text.begin(), text.end(), ',', delimiter);
    CAPTURE(text);
    CHECK(table_of(text) == expected);
    moe::CsvOptions options;
    options.header = CsvHeader::kYes;
    options.delimiter = delimiter;
    CsvReader reader(scratch.write("data.csv", text), options);
    CHECK(reader.names() == expected[0]);
  }
  CHECK(table_of("a;b\n1,5;2\n") == Table{{"a", "b"}, {"1,5", "2"}});
  CHECK(table_of("a,b\nx;y,\"1|2\"\n") == Table{{"a", "b"}, {"x;y", "1|2"}});
  CHECK(table_of("a\tb\n\t2\n1\t\n") == Table{{"a", "b"}, {"", "2"}, {"1", ""}});
  CHECK(table_of("a\n1;2\n") == Table{{"a"}, {"1;2"}});
  CHECK(table_of("\"a;b\",c\n1,2\n") == Table{{"a;b", "c"}, {"1", "2"}});
  CHECK(complaint("1,5;2\n3,5;4\n") ==
        "data.csv: both ',' and ';' could stand between the columns: expected --delimiter to say which");
}

TEST_CASE("lines that end by CR alone, where the first one does", "[csv]") {
  const Table expected = {{"a", "b"}, {"1", "2"}, {"3", "4"}};
  CHECK(table_of("a,b\r1,2\r3,4\r") == expected);
  CHECK(table_of("a,b\r1,2\r3,4") == expected);
  CHECK(table_of("a,b\r\r1,2\r\n3,4\r\n") == expected);
  CHECK(table_of("a,b\r\"x\ry\",2\r") == Table{{"a", "b"}, {"x\ry", "2"}});
  CHECK(complaint("a,b\r1,2\r3,x\r") == "data.csv:3:2 b: 'x' is not a number: expected a number such as 1.5 or -2e3");
}

TEST_CASE("comment lines, where they are asked for", "[csv]") {
  const ScratchDir scratch;
  moe::CsvOptions options;
  options.comment = '#';
  CsvReader reader(scratch.write("data.csv", "# about, \"quotes\n#,\"\na,b\n1,2\n#,\"x\n3,4#\n# end"), options);
  CHECK(reader.names() == Record{"a", "b"});
  REQUIRE(reader.next());
  REQUIRE(reader.next());
  CHECK(reader.fields()[1] == "4#");
  CHECK(reader.place() == scratch.path("data.csv:6"));
  CHECK_FALSE(reader.next());
}

TEST_CASE("gzip and zstd are undone, several of them one after the other", "[csv]") {
  const ScratchDir scratch;
  const std::string text = table_of_size(3U << 20);
  const std::string path = scratch.path("data.csv.gz");
  for (const char* mode : {"wb", "ab"}) {
    gzFile file = gzopen(path.c_str(), mode);
    REQUIRE(gzwrite(file, text.data(), static_cast<unsigned>(text.size())) > 0);
    gzputc(file, '\n');
    gzclose(file);
  }
  Table twice = table_of(text);
  const Table once = twice;
  twice.insert(twice.end(), once.begin(), once.end());
  CHECK(table_at(path) == twice);
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  CHECK(table_of(packed) == once);
  CHECK(complaint(packed.substr(0, packed.size() - 9)) ==
        "data.csv: the zstd data ends in the middle: expected the whole file");
}

namespace {

/// A gzip member that contains `text`.
std::string gzip_member(const std::string& text) {
  const ScratchDir scratch;
  const std::string path = scratch.path("member.gz");
  gzFile file = gzopen(path.c_str(), "wb");
  if (!text.empty()) gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return ScratchDir::read(path);
}

std::string zstd_frame(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

/// A skippable zstd frame of kind 0 .. 15: its magic number, the length of its content, and that content.
std::string skippable_frame(int kind, const std::string& bytes) {
  std::string frame = {static_cast<char>(0x50 + kind), 0x2a, 0x4d, 0x18};
  for (int shift = 0; shift < 32; shift += 8) frame += static_cast<char>(bytes.size() >> shift & 0xff);
  return frame + bytes;
}

}  // namespace

TEST_CASE("zstd frames that are to be skipped are, wherever they stand, and empty ones hold nothing", "[csv]") {
  const std::string half = table_of_size(1U << 19), a = zstd_frame(half + "\n"), b = zstd_frame("7,8\n"),
                    empty = zstd_frame("");
  const Table whole = table_of(half + "\n7,8\n");
  const std::string sizes = skippable_frame(0, std::string("\x10\0\0\0", 4)),
                    large = skippable_frame(15, std::string(300000, 'x')), nothing = skippable_frame(7, "");
  for (const std::string& packed :
       {sizes + a + b, a + large + b, a + b + sizes, large + nothing + empty + a + sizes + empty + b + nothing})
    CHECK(table_of(packed) == whole);
  CHECK(complaint((large + a).substr(0, 200000)) ==
        "data.csv: the zstd data ends in the middle: expected the whole file");
  CHECK(complaint(sizes.substr(0, 6)) == "data.csv: the zstd data ends in the middle: expected the whole file");
  // Words of one to three such letters, and text that begins like such a frame.
  CHECK(table_of("P\n1\n")[0] == Record{"P"});
  CHECK(table_of("P*M\n1\n")[0] == Record{"P*M"});
  if (std::system("command -v pzstd > /dev/null") != 0) return;
  const ScratchDir scratch;
  const std::string path = scratch.write("data.csv", half + "\n7,8\n");
  REQUIRE(std::system(("pzstd -q " + path).c_str()) == 0);
  CHECK(table_at(path + ".zst") == whole);
}

TEST_CASE("zeros behind gzip's last member are passed over, and nothing else is", "[csv]") {
  const std::string half = table_of_size(1U << 19), a = gzip_member(half + "\n"), b = gzip_member("7,8\n"),
                    empty = gzip_member("");
  const Table whole = table_of(half + "\n7,8\n");
  for (const std::string& packed : {a + b, a + b + std::string(1, '\0'), a + b + std::string(400000, '\0'),
                                    empty + a + empty + empty + b + empty, a + b + empty + std::string(512, '\0')})
    CHECK(table_of(packed) == whole);
  const std::string else_sentence =
      "data.csv: something else stands behind the gzip data: expected its end, zeros to the end, or more of it";
  for (const std::string& behind : {std::string("garbage"), std::string(3, '\0') + "garbage", std::string(3, '\0') + b,
                                    std::string(300000, '\0') + "x", std::string("\n")})
    CHECK(complaint(a + behind) == else_sentence);
  CHECK(complaint(a + b.substr(0, 1)) == "data.csv: the gzip data ends in the middle: expected the whole file");
}

TEST_CASE("csv-spectrum", "[csv]") {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(MOE_SOURCE "/testdata/csv-spectrum")) {
    if (entry.path().extension() != ".csv") continue;
    CAPTURE(entry.path().filename().string());
    ++files;
    std::filesystem::path answer = entry.path();
    CsvReader reader(entry.path().string(), CsvHeader::kYes);
    for (const auto& record :
         nlohmann::ordered_json::parse(ScratchDir::read(answer.replace_extension(".json").string()))) {
      REQUIRE(reader.next());
      Record names, fields;
      for (const auto& [name, field] : record.items()) {
        names.push_back(name);
        fields.push_back(field.get<std::string>());
      }
      CHECK(reader.names() == names);
      CHECK(Record(reader.fields().begin(), reader.fields().end()) == fields);
    }
    CHECK_FALSE(reader.next());
  }
  CHECK(files == 12);
}
