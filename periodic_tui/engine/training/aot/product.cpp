// Matrix products of any strides, by tiles whose sums stay in the processor's registers. A number of the result is one
// sum over the depth in order, so that it does not depend on how many threads there are.
//
// K. Goto, R. van de Geijn (2008), Anatomy of high-performance matrix multiplication, ACM TOMS 34(3): a panel of the
// right matrix is laid out for the registers once, then all rows of the left one pass by it.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace {

#ifdef __AVX512F__
constexpr int64_t REGISTER = 64, ROWS = 8;  // 24 of 32 registers are sums
#else
constexpr int64_t REGISTER = 32, ROWS = 4;  // 12 of 16
#endif
constexpr int64_t WIDEST = 3;  // registers in a row of a panel

template <typename T>
struct Matrix {
    T* data;
    int64_t rows, columns, row, column;  // strides

    T& at(int64_t i, int64_t j) const { return data[i * row + j * column]; }
};

// Columns of the right matrix, as many as `registers` hold.
template <typename T, int64_t registers>
class Panel {
 public:
    static constexpr int64_t LANES = REGISTER / sizeof(T), WIDE = registers * LANES;

    Panel(const Matrix<const T>& right, int64_t first, T* space)
        : first_(first), width_(std::min(WIDE, right.columns - first)), depth_(right.rows), numbers_(space) {
        if (right.column == 1)
            copy(right, space);
        else
            transpose(right, space);
    }

    void times(const Matrix<const T>& left, int64_t row, int64_t end, const Matrix<T>& out) const {
        constexpr int64_t tall = registers == 1 ? 2 * ROWS : ROWS;  // fewer sums than that would wait for each other
        for (; row + tall <= end; row += tall)
            tile<tall>(left, row, out);
        for (; row + 2 <= end; row += 2)
            tile<2>(left, row, out);
        for (; row < end; row++)
            tile<1>(left, row, out);
    }

 private:
    typedef T Register __attribute__((vector_size(REGISTER)));
    typedef T Anywhere __attribute__((vector_size(REGISTER), aligned(sizeof(T)), may_alias));

    // What lies beyond the panel's width may be anything: nobody looks at the sums of it. But nothing is read that lies
    // beyond the matrix.
    void copy(const Matrix<const T>& right, T* space) const {
        const T *line = &right.at(0, first_), *end = &right.at(depth_ - 1, right.columns - 1) + 1;
        for (int64_t k = 0; k < depth_; k++, line += right.row, space += WIDE)
            if (end - line >= WIDE)
                std::memcpy(space, line, WIDE * sizeof(T));
            else
                std::memcpy(space, line, width_ * sizeof(T));
    }

    // Some lines at a time, so that what is written stays near.
    void transpose(const Matrix<const T>& right, T* space) const {
        constexpr int64_t LINES = 16;
        for (int64_t from = 0; from < depth_; from += LINES)
            for (int64_t j = 0; j < width_; j++)
                for (int64_t k = from; k < std::min(from + LINES, depth_); k++)
                    space[k * WIDE + j] = right.at(k, first_ + j);
    }

    template <int64_t rows>
    void tile(const Matrix<const T>& left, int64_t row, const Matrix<T>& out) const {
        Register sums[rows][registers] = {};
        const T *number = &left.at(row, 0), *line = numbers_;
        for (int64_t k = 0; k < depth_; k++, number += left.column, line += WIDE)
#pragma GCC unroll 16
            for (int64_t i = 0; i < rows; i++)
#pragma GCC unroll 16
                for (int64_t j = 0; j < registers; j++)
                    sums[i][j] += number[i * left.row] * *reinterpret_cast<const Anywhere*>(line + j * LANES);
#pragma GCC unroll 16
        for (int64_t i = 0; i < rows; i++)
            put(sums[i], &out.at(row + i, first_), out.column);
    }

    void put(const Register* sums, T* place, int64_t stride) const {
        int64_t done = 0;
        if (stride == 1)
            for (; done + LANES <= width_; done += LANES)
                std::memcpy(place + done, &sums[done / LANES], REGISTER);
        for (; done < width_; done++)
            place[done * stride] = sums[done / LANES][done % LANES];
    }

    const int64_t first_, width_, depth_;
    const T* const numbers_;
};

template <typename T>
class Product {
 public:
    Product(const Matrix<const T>& left, const Matrix<const T>& right, const Matrix<T>& out)
        : left_(left), right_(right), out_(out) {}

    // Panels of about one width, each for as many parts of the rows as there are threads.
    void share(int64_t threads) const {
        const int64_t panels = (registers() + WIDEST - 1) / WIDEST;
        if (threads == 1)
            for (int64_t panel = 0; panel < panels; panel++)
                take(panel, panels, 0, left_.rows);
        else
#pragma omp parallel for num_threads(threads) schedule(static)
            for (int64_t task = 0; task < panels * threads; task++) {
                const int64_t part = task % threads;
                take(task / threads, panels, part * left_.rows / threads, (part + 1) * left_.rows / threads);
            }
    }

 private:
    static constexpr int64_t LANES = REGISTER / sizeof(T);

    int64_t registers() const { return (right_.columns + LANES - 1) / LANES; }

    void take(int64_t panel, int64_t panels, int64_t row, int64_t end) const {
        const int64_t first = panel * registers() / panels, wide = (panel + 1) * registers() / panels - first;
        if (wide == 1)
            pass<1>(first * LANES, row, end);
        else if (wide == 2)
            pass<2>(first * LANES, row, end);
        else
            pass<WIDEST>(first * LANES, row, end);
    }

    template <int64_t registers>
    void pass(int64_t first, int64_t row, int64_t end) const {
        static thread_local Space space;
        T* numbers = space.of(right_.rows * registers * LANES);
        Panel<T, registers>(right_, first, numbers).times(left_, row, end, out_);
    }

    // Kept from one product to the next one.
    class Space {
     public:
        T* of(int64_t count) {
            if (count > count_) {
                const size_t bytes = (count * sizeof(T) + REGISTER - 1) / REGISTER * REGISTER;
                numbers_.reset(static_cast<T*>(std::aligned_alloc(REGISTER, bytes)));
                count_ = numbers_ ? count : throw std::bad_alloc();
            }
            return numbers_.get();
        }

     private:
        struct Free {
            void operator()(T* numbers) const { std::free(numbers); }
        };
        std::unique_ptr<T, Free> numbers_;
        int64_t count_ = 0;
    };

    const Matrix<const T> left_, right_;
    const Matrix<T> out_;
};

template <typename T>
void multiply(const int64_t* sizes, const T* left, const T* right, T* out, bool together) {
    const auto [rows, depth, columns, a, b, c, d, e, f] = *reinterpret_cast<const int64_t(*)[9]>(sizes);
    int64_t threads = 1;
#ifdef _OPENMP
    if (together)
        threads = omp_get_max_threads();
#endif
    Product<T>({left, rows, depth, a, b}, {right, depth, columns, c, d}, {out, rows, columns, e, f}).share(threads);
}

}  // namespace

// `sizes`: rows, depth and columns, then the strides of left, right and out, along rows and along columns.
extern "C" void multiply_float32(const int64_t* sizes, const float* left, const float* right, float* out, bool together) {
    multiply(sizes, left, right, out, together);
}

extern "C" void multiply_float64(const int64_t* sizes, const double* left, const double* right, double* out, bool together) {
    multiply(sizes, left, right, out, together);
}
