// Many training steps in one call: the compiled step, its results copied over its inputs, again and again. A population
// is trained in groups of replicas, on several threads: each takes the next group, a block of steps at a time.

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

class Run {
 public:
    explicit Run(const Job& job) : job_(job), done_(job.groups), last_((job.count + job.block - 1) / job.block) {}

    // Take groups until none is left; any number of threads may do so at once.
    void work() {
        try {
            Taker taker(job_);
            for (int64_t item = next_++; begun(item / job_.groups, item % job_.groups); item = next_++) {
                const int64_t block = item / job_.groups, group = item % job_.groups;
                while (done_[group] < block && !error_)
                    sched_yield();
                if (error_)
                    return;
                const int64_t from = block * job_.block, to = std::min(from + job_.block, job_.count);
                if (AOTIRuntimeError error = taker.take(group, from, to))
                    return fail(error);
                done_[group] = block + 1;
            }
        } catch (...) {
            fail(1);
        }
    }

    AOTIRuntimeError error() const { return error_; }

    int64_t steps() const { return std::min(last_ * job_.block, job_.count); }

 private:
    // Runs one group at a time, on one thread.
    class Taker {
     public:
        explicit Taker(const Job& job)
            : job_(job), inputs_(job.inputs, job.inputs + job.input_count), outputs_(job.output_count) {
            inputs_.back().data = &number_;
        }

        AOTIRuntimeError take(int64_t group, int64_t from, int64_t to) {
            const int32_t states = job_.output_count - 1;
            for (int32_t index = 0; index < job_.input_count - 1; index++)
                inputs_[index].data = static_cast<char*>(job_.inputs[index].data) + group * job_.strides[index];
            char* losses = job_.losses + (from * job_.groups + group) * job_.bytes[states];
            number_ = job_.first + from;
            for (; from < to; from++, number_++, losses += job_.groups * job_.bytes[states]) {
                if (AOTIRuntimeError error = one_step())
                    return error;
                for (int32_t index = 0; index < states; index++)
                    std::memcpy(inputs_[index].data, outputs_[index].data, job_.bytes[index]);
                std::memcpy(losses, outputs_[states].data, job_.bytes[states]);
            }
            return 0;
        }

     private:
        AOTIRuntimeError one_step() {
            return job_.step(job_.model, job_.input_count, inputs_.data(), job_.output_count, outputs_.data());
        }

        const Job& job_;
        int64_t number_ = 0;
        std::vector<Tensor> inputs_, outputs_;
    };

    // Whether that block of that group is to be taken: all groups take the same steps, so who takes the first group of
    // a block says whether that block is begun, and the others wait for it.
    bool begun(int64_t block, int64_t group) {
        if (group == 0 && block < last_) {
            if (block && *job_.wanted)
                last_ = block;
            else
                open_ = block + 1;
        }
        while (block >= open_ && block < last_ && !error_)
            sched_yield();
        return block < last_ && !error_;
    }

    void fail(AOTIRuntimeError error) { error_ = error; }

    const Job& job_;
    std::vector<std::atomic<int64_t>> done_;  // blocks of each group
    std::atomic<int64_t> next_ = 0, open_ = 0, last_;
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
        Run run(*job);
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
