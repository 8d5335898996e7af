"""Textual's driver, as this program needs it."""

from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    """Reads keys from the terminal and writes to it."""
