"""Steps compiled ahead of time for the CPU: built in a process of their own, cached, called from a C++ loop."""
