// How lanes work together, and who works on which replica.

#define WARP 32

// Each element i of so many, and each number k of those of which a lane takes one in `together`, in as many rounds as
// the compiler knows.
#define EACH(size)                                                                              \
  for (unsigned round = 0, i = lane; round < ((size) + LANES - 1) / LANES; ++round, i += LANES) \
    if ((size) % LANES == 0 || i < (size))
#define SHARE(count, together)                                                                  \
  for (unsigned turn = 0, k = lane % (together); turn < ((count) + (together) - 1) / (together); \
       ++turn, k += (together))                                                                 \
    if ((count) % (together) == 0 || k < (count))

DEVICE void replica_steps(const Given& given, unsigned replica, unsigned lane, char* memory);
DEVICE void meet();
// What the numbers of so many lanes, a power of two, come to together.
template <int COUNT, class Fold, class T>
DEVICE T across(T number, unsigned lane);

#ifdef __CUDACC__
DEVICE void meet() {
  if (LANES == WARP)
    __syncwarp();
  else
    __syncthreads();
}

template <int COUNT, class Fold, class T>
DEVICE T across(T number, unsigned) {
  for (int distance = COUNT / 2; distance; distance /= 2)
    number = Fold().join(number, __shfl_xor_sync(0xffffffffu, number, distance));
  return number;
}

extern "C" __global__ void __launch_bounds__(LANES) steps(const Given given) {
  extern __shared__ __align__(16) char memory[];
  replica_steps(given, blockIdx.x, threadIdx.x, memory);
}
#endif
