"""Remedies for hidden units that are dead, duplicate or of the wrong sign."""
