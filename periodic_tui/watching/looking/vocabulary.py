"""Names of torch's functions, by what they mean for what is seen."""

from __future__ import annotations

ARRANGING = frozenset(
    ("view", "reshape", "squeeze", "unsqueeze", "flatten", "float", "double", "half", "bfloat16", "to", "contiguous",
     "clone", "transpose", "permute", "t", "expand", "view_as", "reshape_as", "type", "cpu", "cuda", "chunk", "split",
     "__getitem__", "select", "narrow", "unflatten", "movedim", "ravel", "dropout", "type_as", "expand_as",
     "swapaxes", "adjoint", "unbind")
)  # fmt: skip
"""What arranges values anew and leaves them as they are."""
JOINING = frozenset(("stack", "cat", "concat", "concatenate", "hstack", "vstack", "column_stack"))
"""What does so with several tensors: what made them all has made the result."""
REDUCING = frozenset(
    ("mean", "sum", "norm", "linalg_vector_norm", "linalg_norm", "nanmean", "median", "logsumexp", "max")
)
"""What may make the number of a loss from differences."""
WEIGHING = frozenset(
    ("linear", "matmul", "__matmul__", "__rmatmul__", "mm", "mv", "bmm", "addmm", "baddbmm", "einsum", "embedding",
     "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "bilinear", "dot")
)  # fmt: skip
"""What multiplies with parameters: a layer, where these are no module's. No difference survives it."""
LOSING_AXES = frozenset(
    ("transpose", "permute", "flatten", "movedim", "view", "reshape", "swapaxes", "mean", "unflatten")
)
"""What may put the dimension of the units elsewhere."""
CLAMPING = frozenset(("clamp", "clamp_", "clamp_min", "clamp_min_", "clip", "clip_"))
