// Arrays by name in one file, as NumPy's np.load reads them: a zip archive, nothing compressed, of a .npy file each.
#pragma once

#include <armadillo>
#include <cstdint>
#include <string>
#include <vector>

namespace moe {

class Npz {
 public:
  void add(const std::string& name, const arma::mat& values);                 ///< two dimensions
  void add(const std::string& name, const std::vector<double>& values);       ///< one
  void add(const std::string& name, const std::vector<arma::uword>& values);  ///< one, of int64
  /// The whole file; the same arrays give the same bytes. Throws Error (usage) beyond the 4 GB of a plain zip archive.
  std::string bytes() const;

 private:
  struct Entry {
    std::string name, bytes;
  };
  void add(const std::string& name, const char* type, const std::string& shape, bool by_columns, const void* data,
           std::size_t bytes);

  std::vector<Entry> entries_;
};

}  // namespace moe
