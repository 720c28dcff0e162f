// Memory that the BLAS library takes for itself.
#pragma once

namespace moe {

/// Whether the calling thread may call BLAS: what that takes for one thread more is there. Once true, it stays so until the thread
/// ends.
bool may_call_blas() noexcept;

/// The same for a thread that cannot do without: throws OutOfMemory. From then on BLAS runs on the caller's thread alone.
void use_blas();

/// BLAS runs on the caller's thread from now on. Its own threads change the order of sums with their number, and lose on products
/// as thin as ours.
void keep_blas_to_one_thread();

}  // namespace moe
