"""The live map of a sweep."""
