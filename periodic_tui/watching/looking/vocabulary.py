"""Names of torch's functions, by what they mean for what is seen."""

from __future__ import annotations

ARRANGING = frozenset(
    ("view", "reshape", "squeeze", "unsqueeze", "flatten", "float", "double", "half", "bfloat16", "to", "contiguous",
     "clone", "transpose", "permute", "t", "expand", "view_as", "reshape_as", "type", "cpu", "cuda", "chunk", "split",
     "__getitem__", "select", "narrow", "unflatten", "movedim", "ravel", "dropout", "type_as", "expand_as", "stack",
     "cat", "swapaxes", "adjoint", "unbind", "concat")
)  # fmt: skip
"""What arranges values anew and leaves them as they are."""
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
