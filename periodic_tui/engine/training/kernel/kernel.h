// How lanes work together, and who works on which replica.

#define WARP 32

#ifdef __CUDACC__
DEVICE void meet() {
  if (LANES <= WARP) __syncwarp();
  else __syncthreads();
}
template <int COUNT, class Fold, class T>
DEVICE T across(T total, unsigned) {
  for (int distance = COUNT / 2; distance; distance /= 2)
    total = Fold().join(total, __shfl_xor_sync(0xffffffffu, total, distance));
  return total;
}
#elif LANES == 1
DEVICE void meet() {}
template <int COUNT, class Fold, class T>
DEVICE T across(T total, unsigned) { return total; }
#endif

DEVICE void replica_steps(const Given& given, unsigned replica, unsigned lane, char* memory);

#ifdef __CUDACC__
extern "C" __global__ void steps(const Given given) {
  extern __shared__ __align__(16) char memory[];
  const unsigned replica = blockIdx.x * blockDim.y + threadIdx.y;
  if (replica < given.replica_count) replica_steps(given, replica, threadIdx.x, memory + threadIdx.y * MEMORY);
}
#elif LANES == 1
extern "C" void steps(const Given* given) {
  static char memory[MEMORY];
  for (int replica = 0; replica < given->replica_count; ++replica) replica_steps(*given, replica, 0, memory);
}
#endif
