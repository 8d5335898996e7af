"""Populations of small networks as one CUDA kernel, which keeps a replica on its processor from step to step."""
