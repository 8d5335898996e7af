"""The line to the terminal: what goes out, what comes in, and the modes that are put back."""
