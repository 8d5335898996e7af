"""The layers of a network that a script trains: a row each, and where the cursor goes among them."""
