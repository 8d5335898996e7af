// What every kernel begins with: the operations that C++ does not have as torch has them. Compilers for other
// processors than CUDA's take it, too.

#ifdef __CUDACC__
#define DEVICE static __device__ __forceinline__
#define CONSTANT static __device__ const
#define INFINITE __longlong_as_double(0x7ff0000000000000LL)
#else
#include <cmath>
using namespace std;
#define DEVICE static inline
#define CONSTANT static const
#define INFINITE __builtin_huge_val()
#endif

typedef long long whole;


DEVICE float plus(float a, float b) { return a + b; }
DEVICE double plus(double a, double b) { return a + b; }
DEVICE whole plus(whole a, whole b) { return (unsigned long long)a + (unsigned long long)b; }
DEVICE float minus(float a, float b) { return a - b; }
DEVICE double minus(double a, double b) { return a - b; }
DEVICE whole minus(whole a, whole b) { return (unsigned long long)a - (unsigned long long)b; }
DEVICE bool times(bool a, bool b) { return a && b; }
DEVICE float times(float a, float b) { return a * b; }
DEVICE double times(double a, double b) { return a * b; }
DEVICE whole times(whole a, whole b) { return (unsigned long long)a * (unsigned long long)b; }

DEVICE bool inverse(bool a) { return !a; }
DEVICE whole inverse(whole a) { return ~a; }

// Python's remainder, which has the sign of the divisor.
DEVICE whole modulo(whole a, whole b) {
  const whole rest = a % b;
  return rest && (rest ^ b) < 0 ? rest + b : rest;
}
template <class T>
DEVICE T modulo(T a, T b) {
  const T rest = fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

// The quotient below or at the exact one.
DEVICE whole quotient(whole a, whole b) { return (a - modulo(a, b)) / b; }
template <class T>
DEVICE T quotient(T a, T b) {
  const T rest = fmod(a, b);
  return b == 0 ? a / b : rint((a - rest) / b) - T(rest != 0 && (rest < 0) != (b < 0));
}

DEVICE whole towards_zero(whole a) { return a; }
template <class T>
DEVICE T towards_zero(T a) {
  return trunc(a);
}

template <class T>
DEVICE T magnitude(T a) {
  return a < 0 ? -a : a == 0 ? T(0) : a;
}
template <class T>
DEVICE T sign(T a) {
  return T(a > 0) - T(a < 0);
}
// What is not a number stays so.
template <class T>
DEVICE T larger(T a, T b) {
  return a > b || a != a ? a : b;
}
template <class T>
DEVICE T smaller(T a, T b) {
  return a < b || a != a ? a : b;
}
template <class T>
DEVICE T power(T a, T b) {
  return pow(a, b);
}

// log(exp(a) + exp(b))
template <class T>
DEVICE T log_of_sum(T a, T b) {
  return a == b && magnitude(a) == INFINITE ? a : larger(a, b) + log1p(exp(-magnitude(a - b)));
}

struct Sum {
  template <class T> DEVICE T start(T) { return 0; }
  template <class T> DEVICE T join(T a, T b) { return a + b; }
};
struct All {
  template <class T> DEVICE T start(T) { return 1; }
  template <class T> DEVICE T join(T a, T b) { return a && b; }
};
struct Any {
  template <class T> DEVICE T start(T) { return 0; }
  template <class T> DEVICE T join(T a, T b) { return a || b; }
};
struct Largest {
  template <class T> DEVICE T start(T) { return -INFINITE; }
  template <class T> DEVICE T join(T a, T b) { return larger(a, b); }
};
struct Smallest {
  template <class T> DEVICE T start(T) { return INFINITE; }
  template <class T> DEVICE T join(T a, T b) { return smaller(a, b); }
};
