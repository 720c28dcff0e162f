// predict MODEL ROWS: prints the mean and standard deviation of each row, with the C++ library.
#include <cstdio>
#include <moe/moe.hpp>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    const moe::Model model = moe::load_model(argv[1]);
    moe::CsvReader reader(argv[2]);
    moe::TableReader table(reader, model.schema, moe::TableReader::Target::kIgnored);
    moe::Predictive predictive(model);
    std::puts("mean,sd");
    constexpr arma::uword kRows = 1024;
    for (moe::Dataset rows; table.next(rows, kRows);) {
      predictive.at(rows);
      const arma::vec mean = predictive.mean(), sd = predictive.sd();
      for (arma::uword n = 0; n < rows.rows(); ++n)
        std::printf("%s,%s\n", moe::format_number(mean[n]).c_str(), moe::format_number(sd[n]).c_str());
    }
  } catch (const moe::Error& error) {
    std::fprintf(stderr, "predict: %s\n", error.what());
    return static_cast<int>(error.kind());
  }
}
