"""Recordings: what happened in a run, kept in a folder of plain files.

Whoever trains writes one (`recorder`); resuming, going back, replaying and following read the same files
(`recording`). docs/recordings.md describes them. Nothing here imports torch.
"""
