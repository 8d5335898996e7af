// Many training steps in one call: the compiled step, its results copied over its inputs, again and again.

#include <cstdint>
#include <cstring>

#include <torch/csrc/inductor/aoti_runtime/interface.h>

using Tensor = AOTInductorArrayRefTensor;
using Step = AOTIRuntimeError (*)(AOTInductorModelHandle, int32_t, const Tensor*, int32_t, Tensor*);

extern "C" {

extern const int64_t tensor_bytes = sizeof(Tensor);

// The inputs are the state, whatever else the step takes, and last the step's number; its outputs are the state and
// last the losses, of which `losses` takes `count` times as many. `bytes` are the outputs' sizes. Once somebody else has
// set `wanted`, no step but the first is begun; the step's number says how many were.
int32_t run_steps(Step step, AOTInductorModelHandle model, int64_t count, const Tensor* inputs, int32_t input_count,
                  Tensor* outputs, int32_t output_count, const int64_t* bytes, char* losses,
                  const volatile int32_t* wanted) {
    const int32_t states = output_count - 1;
    auto* number = static_cast<int64_t*>(inputs[input_count - 1].data);
    for (int64_t done = 0; done < count && !(done && *wanted); done++, ++*number, losses += bytes[states]) {
        if (AOTIRuntimeError error = step(model, input_count, inputs, output_count, outputs))
            return error;
        for (int32_t index = 0; index < states; index++)
            std::memcpy(inputs[index].data, outputs[index].data, bytes[index]);
        std::memcpy(losses, outputs[states].data, bytes[states]);
    }
    return 0;
}

}
