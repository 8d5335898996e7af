"""What comes from the terminal: bytes into keys, clicks and answers, in a thread of its own."""

from __future__ import annotations

import os
import re
import select
import signal
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from threading import Thread

from textual import events
from textual._xterm_parser import XTermParser
from textual.keys import Keys
from textual.message import Message

from periodic_tui.ui.terminal.line import Line

MOST = 1 << 14
"""Bytes that are read at once."""
TICK = 0.05
"""Seconds between two looks whether an escape sequence goes on."""
ASIDE = 0.2
"""Seconds until the next look where others have the terminal."""
X10 = b"\x1b[M"
"""Begins a mouse report in the oldest form: three bytes follow, each 32 more than button, column and row."""
PAYLOAD = 3
_ANSWERS = re.compile(r"\x1b\[[?>=][\d;]*[cnu]|\x1b\[0n")
"""Of a terminal that was asked for its attributes, its state or its keyboard."""
_MODES = re.compile(r"\x1b\[\?[\d;]*\$y")
_STRINGS = re.compile(r"\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)")


class Decoder:
    """Bytes into text, whatever they are. What is no UTF-8 becomes U+FFFD, and may be cut anywhere (textual #6456); the
    payload of a mouse report of the X10 form becomes characters of the same numbers (textual #6668)."""

    def __init__(self) -> None:
        self._utf8 = getincrementaldecoder("utf-8")("replace").decode
        self._due = 0
        """Bytes of a payload that have not come yet."""
        self._last = b""
        """The end of what came before, as far as it may begin a report."""

    def __call__(self, data: bytes) -> str:
        """The text of the next bytes."""
        return "".join(self._pieces(data))

    def _pieces(self, data: bytes) -> Iterator[str]:
        while data:
            if self._due:
                yield data[: self._due].decode("latin-1")
                data, self._due = data[self._due :], max(0, self._due - len(data))
                continue
            known = len(self._last)
            at = (self._last + data).find(X10)
            piece, data = (data, b"") if at < 0 else (data[: at + len(X10) - known], data[at + len(X10) - known :])
            self._due = 0 if at < 0 else PAYLOAD
            self._last = b"" if self._due else (self._last + piece)[-len(X10) + 1 :]
            yield self._utf8(piece)


class Parser(XTermParser):
    """Text into messages. What is not understood is dropped, and never ends the program."""

    def __init__(self, answered: Callable[[str], None]) -> None:
        """`answered` is called with every answer to a query that is for none but this program."""
        super().__init__()
        self._answered = answered

    @property
    def waits(self) -> bool:
        """Whether a sequence has begun that may have ended."""
        return self._timeout_time is not None

    def parse_mouse_code(self, code: str) -> Message | None:
        if code.startswith("\x1b[M"):
            button, column, row = (ord(character) - 32 for character in code[3:])
            released = button & 3 == 3 and not button & 0b1100000
            code = f"\x1b[<{button & ~3 if released else button};{column};{row}{'m' if released else 'M'}"
        return super().parse_mouse_code(code)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        answer = _ANSWERS.fullmatch(sequence)
        if answer or _MODES.fullmatch(sequence):
            self._answered(sequence)
        if answer:
            return [events.Key(Keys.Ignore, sequence)]
        return super()._sequence_to_key_events(sequence, alt)


class Reader(Thread):
    """Reads from a terminal until it is stopped, or the terminal is gone."""

    def __init__(
        self,
        line: Line,
        take: Callable[[Message], None],
        answered: Callable[[str], None],
        gone: Callable[[], None],
    ) -> None:
        """All are called in this thread: `take` with every message, `answered` with the answers to queries, `gone` once
        where the terminal has been closed."""
        super().__init__(name="terminal-input", daemon=True)
        self.deaf = False
        """Whether messages are dropped, but for answers."""
        self._line, self._take, self._answered, self._gone = line, take, answered, gone
        self._decode, self._parser = Decoder(), Parser(answered)
        self._bell, self._ringer = os.pipe()

    def stop(self) -> None:
        """Have it end, and wait until it reads no more."""
        os.write(self._ringer, b"!")
        self.join()
        os.close(self._ringer)
        os.close(self._bell)

    def run(self) -> None:
        """The body of the thread. In the background reading is an error for it, where the process would be stopped."""
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTIN])
        while True:
            ready = select.select([self._line.descriptor, self._bell], [], [], TICK if self._parser.waits else None)[0]
            if self._bell in ready:
                return
            if ready and not self._read():
                self._gone()
                return
            self._hand_on(self._parsed(self._parser.tick))

    def _read(self) -> bool:
        """Take what has come; False where nothing will come any more, which `select` would tell for ever (textual
        #6690)."""
        try:
            data = os.read(self._line.descriptor, MOST)
        except BlockingIOError:
            return True
        except OSError:
            if self._line.is_gone():
                return False
            time.sleep(ASIDE)
            return True
        messages: list[Message] = []
        for piece in pieces(self._decode(data)):
            messages += self._parsed(partial(self._parser.feed, piece))
        self._hand_on(messages)
        return bool(data)

    def _parsed(self, parse: Callable[[], Iterable[Message]]) -> list[Message]:
        """The messages up to what the parser cannot take; it then begins afresh."""
        messages: list[Message] = []
        try:
            messages.extend(parse())
        except Exception:
            self._parser = Parser(self._answered)
        return messages

    def _hand_on(self, messages: Sequence[Message]) -> None:
        """Of moves of the mouse that follow one another one is enough."""
        for message, following in zip_longest(messages, messages[1:]):
            if isinstance(message, events.MouseMove) and isinstance(following, events.MouseMove):
                following._delta_x += message._delta_x
                following._delta_y += message._delta_y
            elif not self.deaf:
                self._take(message)


def pieces(text: str) -> list[str]:
    """Cut before every escape sequence, so that one that is not understood costs no other; without strings, which are
    answers to queries of other programs."""
    return [piece for piece in re.split("(?=\x1b)", _STRINGS.sub("", text)) if piece]
