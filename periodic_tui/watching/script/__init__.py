"""The script in a process of its own, which finds everything as it is without us."""
