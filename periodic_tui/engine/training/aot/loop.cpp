// Many training steps in one call: the compiled step, its results copied over its inputs, again and again. A population
// is trained in groups of replicas, on several threads: each takes group after group, a block of steps at a time.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <vector>

#include <pthread.h>
#include <sched.h>

#include <torch/csrc/inductor/aoti_runtime/interface.h>

using Tensor = AOTInductorArrayRefTensor;
using Step = AOTIRuntimeError (*)(AOTInductorModelHandle, int32_t, const Tensor*, int32_t, Tensor*);

namespace {

constexpr size_t STACK = 8 << 20;  // of a thread: steps keep what they need on it
constexpr int64_t NEAR = 4096;     // bytes of a part of a state up to which it is copied while steps are taken

struct Job {
    Step step;
    AOTInductorModelHandle model;
    const Tensor* inputs;      // of the first group: the state, whatever else the step takes, and last the step's number
    int32_t input_count;
    const int64_t* strides;    // bytes from a group's inputs to those of the next one; 0 where all take the same
    int32_t output_count;      // the state, and last the losses
    const int64_t* bytes;      // sizes of a group's outputs
    char* losses;              // of every step those of every group
    int64_t groups, first, count, block;
    const volatile int32_t* wanted;  // once somebody else has set it, no step but the first ones is begun
};

// Runs one group at a time, on one thread.
class Taker {
 public:
    explicit Taker(const Job& job)
        : job_(job), inputs_(job.inputs, job.inputs + job.input_count), outputs_(job.output_count) {
        inputs_.back().data = &number_;
        near_.resize(job.output_count - 1);
        for (size_t index = 0; index < near_.size(); index++)
            if (job.bytes[index] <= NEAR)
                near_[index].resize(job.bytes[index] / sizeof(Line) + 1);
    }

    AOTIRuntimeError take(int64_t group, int64_t from, int64_t to) {
        const int32_t states = job_.output_count - 1;
        for (int32_t index = 0; index < job_.input_count - 1; index++)
            inputs_[index].data = place(group, index);
        for (int32_t index = 0; index < states; index++)
            if (!near_[index].empty())
                inputs_[index].data = std::memcpy(near_[index].data(), place(group, index), job_.bytes[index]);
        char* losses = job_.losses + (from * job_.groups + group) * job_.bytes[states];
        number_ = job_.first + from;
        for (; from < to; from++, number_++, losses += job_.groups * job_.bytes[states]) {
            if (AOTIRuntimeError error = step())
                return error;
            for (int32_t index = 0; index < states; index++)
                std::memcpy(inputs_[index].data, outputs_[index].data, job_.bytes[index]);
            std::memcpy(losses, outputs_[states].data, job_.bytes[states]);
        }
        for (int32_t index = 0; index < states; index++)
            if (!near_[index].empty())
                std::memcpy(place(group, index), near_[index].data(), job_.bytes[index]);
        return 0;
    }

 private:
    struct alignas(64) Line {
        char bytes[64];
    };

    void* place(int64_t group, int32_t index) const {
        return static_cast<char*>(job_.inputs[index].data) + group * job_.strides[index];
    }

    AOTIRuntimeError step() {
        return job_.step(job_.model, job_.input_count, inputs_.data(), job_.output_count, outputs_.data());
    }

    const Job& job_;
    int64_t number_ = 0;
    std::vector<Tensor> inputs_, outputs_;
    std::vector<std::vector<Line>> near_;  // small parts of a state, which lie on cache lines with those of other groups
};

class Run {
 public:
    Run(const Job& job, int64_t threads) : job_(job), threads_(threads), progress_(job.groups) {}

    // Take groups, block after block; each thread calls it once.
    void work() {
        try {
            Taker taker(job_);
            const int64_t own = threads_begun_++ * job_.groups / threads_;
            for (int64_t block = 0; begun(block); block++)
                while (left(block, own, taker))
                    sched_yield();
        } catch (...) {
            error_ = 1;
        }
    }

    AOTIRuntimeError error() const { return error_; }

    int64_t steps() const { return std::min((open_ & ~STOP) * job_.block, job_.count); }

 private:
    static constexpr int64_t STOP = int64_t(1) << 62;

    // How many blocks of a group were taken by a thread, and how many of them are done; on a cache line of its own.
    struct alignas(64) Progress {
        std::atomic<int64_t> taken = 0, done = 0;
    };

    // Whether that block is to be taken: all groups take the same steps, so the first thread to ask decides.
    bool begun(int64_t block) {
        int64_t open = open_;
        while (open == block) {
            const bool over = block * job_.block >= job_.count || (block && *job_.wanted);
            if (open_.compare_exchange_weak(open, over ? block | STOP : block + 1))
                open = open_;
        }
        return (open & ~STOP) > block && !error_;
    }

    // Take what nobody has taken of a block, the own groups first: their state is near this thread's core. Returns
    // whether there are groups left that another thread is still at, in the block before.
    bool left(int64_t block, int64_t own, Taker& taker) {
        bool busy = false;
        for (int64_t index = 0; index < job_.groups && !error_; index++) {
            const int64_t group = (own + index) % job_.groups;
            Progress& progress = progress_[group];
            if (progress.taken != block)
                continue;
            if (progress.done != block) {
                busy = true;
                continue;
            }
            int64_t expected = block;
            if (!progress.taken.compare_exchange_strong(expected, block + 1))
                continue;
            const int64_t from = block * job_.block;
            if (AOTIRuntimeError error = taker.take(group, from, std::min(from + job_.block, job_.count)))
                error_ = error;
            progress.done = block + 1;
        }
        return busy && !error_;
    }

    const Job& job_;
    const int64_t threads_;
    std::vector<Progress> progress_;
    std::atomic<int64_t> threads_begun_ = 0, open_ = 0;
    std::atomic<AOTIRuntimeError> error_ = 0;
};

void* work(void* run) {
    static_cast<Run*>(run)->work();
    return nullptr;
}

// As many threads more, or as many as the system gives.
std::vector<pthread_t> started(Run& run, int64_t threads) {
    std::vector<pthread_t> others;
    others.reserve(threads);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    for (pthread_t other; threads > 0 && !pthread_create(&other, &attributes, work, &run); threads--)
        others.push_back(other);
    pthread_attr_destroy(&attributes);
    return others;
}

}  // namespace

extern "C" {

extern const int64_t tensor_bytes = sizeof(Tensor);

// Run the job's steps on so many threads; `steps` says how many were run.
int32_t run_steps(const Job* job, int64_t threads, int64_t* steps) {
    try {
        Run run(*job, threads);
        const std::vector<pthread_t> others = started(run, threads - 1);
        run.work();
        for (pthread_t other : others)
            pthread_join(other, nullptr);
        *steps = run.steps();
        return run.error();
    } catch (...) {
        return 1;
    }
}

}
