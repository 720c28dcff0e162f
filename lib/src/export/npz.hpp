// Writes arrays in NumPy's .npz format, which np.load() reads: an uncompressed zip archive with a .npy file for each
// array.
#pragma once

#include <armadillo>
#include <cstdint>
#include <string>
#include <vector>

namespace moe {

class Npz {
 public:
  void add(const std::string& name, const arma::mat& values);                 ///< of two dimensions
  void add(const std::string& name, const std::vector<double>& values);       ///< of one dimension
  void add(const std::string& name, const std::vector<arma::uword>& values);  ///< of one dimension, int64
  /// The bytes of the file. The same arrays give the same bytes. Throws Error (usage) above 4 GB, the limit of a plain
  /// zip archive.
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
