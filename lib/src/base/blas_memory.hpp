// Memory that the BLAS library takes for itself.
#pragma once

namespace moe {

/// Whether the calling thread may call BLAS, which needs memory for each thread. Once true, it stays true until the
/// thread ends.
bool may_call_blas() noexcept;

/// The same for a thread that must call BLAS: throws OutOfMemory. From then on BLAS uses the caller's thread only.
void use_blas();

/// Makes BLAS use the caller's thread only. BLAS's own threads change the order of sums with their number, and lose
/// time on products as thin as ours.
void keep_blas_to_one_thread();

}  // namespace moe
