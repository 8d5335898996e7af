"""When the worker does what: chunks of steps, pictures, measurements; and how they give way to commands."""
