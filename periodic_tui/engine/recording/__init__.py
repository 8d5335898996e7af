"""Recordings: what happened in a run, kept in a folder of plain files.

Whoever trains tells one (`recorder`), and a thread of its own writes the files (`writer`); resuming, going back,
replaying and following read them (`recording`). docs/recordings.md describes them. Nothing here imports torch.
"""
