"""The main screen: snapshots of a session into panes, keys into commands."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.events import Key
from textual.screen import Screen

from periodic_tui.engine.commands.base import Command, parse
from periodic_tui.engine.commands.on_loop import Load
from periodic_tui.engine.commands.on_run import ApplyRemedy
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording.library import Entry
from periodic_tui.engine.snapshot import Death, Snapshot, View
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.presets.builtin import Listed
from periodic_tui.ui.keys import KEYS
from periodic_tui.ui.messages import Messages, PrintsAside
from periodic_tui.ui.pane_screen import PaneScreen
from periodic_tui.ui.panes.events import EventsPane
from periodic_tui.ui.past.playback import Playback
from periodic_tui.ui.past.travel import HeldKey, Travel
from periodic_tui.ui.screens.dismissed_once import DismissedOnce
from periodic_tui.ui.screens.help import help_on
from periodic_tui.ui.screens.picker import Picker
from periodic_tui.ui.screens.prompt import Prompt
from periodic_tui.ui.screens.remedies import RemedyMenu
from periodic_tui.ui.screens.replay import Replay
from periodic_tui.ui.session import EventLoop, Session, Wake
from periodic_tui.ui.svg_file import hand_over
from periodic_tui.ui.widgets.pane import Pane
from periodic_tui.ui.widgets.past_bar import PastBar


class Dashboard(PaneScreen):
    """Shows one snapshot; sends commands and never guesses what they will do."""

    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(
        self,
        session: Session,
        presets: Sequence[Listed],
        glyphs: Glyphs = "braille",
        recordings: Callable[[], Sequence[Entry]] = lambda: (),
    ) -> None:
        super().__init__(glyphs)
        self.recordings = recordings
        self.session, self.presets = session, presets
        self.travel, self._held = Travel(session), HeldKey()
        self.messages = Messages(None)
        self.view = View()
        self.greets = False
        """Whether keys are named that go with the first one."""

    # What is shown.

    def on_mount(self) -> None:
        self.messages = Messages(self.app.stray if isinstance(self.app, PrintsAside) else None)
        self.poll()
        self.place()

    def poll(self) -> None:
        """Show the newest snapshot: header, panes and their places change in one update of the terminal.

        A session may wake a screen that is being closed, and that has lost its parts.
        """
        if not (self.is_attached and self.display):
            return
        if told := self.travel.look_up():
            self.notify(told, markup=False)
        shown = self.travel.shown
        self.snapshot = self.messages.look(shown.latest())
        self.key_line.messages = self.messages.count
        self.paint()
        self.call_after_refresh(shown.drawn, self.snapshot)

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        first = View(panes=self.view.panes)
        if old.run and new.run != old.run and self.view != first:
            self.look(first)
        super().watch_snapshot(old, new)

    def ask(self, panes: tuple[str, ...]) -> None:
        """Tell the session."""
        if panes != self.view.panes:
            self.look(replace(self.view, panes=panes))

    def on_key(self, event: Key) -> None:
        """The greeting goes with the first key."""
        if self.greets:
            self.greets = False
            self.app.clear_notifications()

    # Keys that only concern the screen.

    def action_messages(self) -> None:
        self.show_pane("events")

    def action_back(self) -> None:
        if self.travel.leave():
            self.poll()
        else:
            self.show_all()

    def action_landscape(self) -> None:
        if self.arrangement and "landscape" in self.arrangement.shown:
            self.want(near=not self.view.near)
        else:
            self.show_pane("landscape")

    def action_stop_at_death(self) -> None:
        """Stop at the next death; where training has stopped at one, go on to the next; while it goes on, no longer."""
        if self.view.stop_at_death and self.snapshot.state == "paused":
            self.action_send("resume")
            return
        stop = not self.view.stop_at_death
        if self.want(stop_at_death=stop):
            self.notify("stops at the next death" if stop else "no longer stops at a death", markup=False)

    def _open(self, screen: Screen[Any], then: Callable[[Any], None] | None = None) -> None:
        """Lay a screen over the panes, unless one lies there: keys that come together all reach the dashboard."""
        if self.app.screen is self:
            self.app.push_screen(screen, then)

    def action_help(self) -> None:
        self._open(help_on(self, self.snapshot, self.glyphs))

    def action_list_presets(self) -> None:
        presets = [] if isinstance(self.session, Playback) else self.presets
        picker = Picker(presets, self.snapshot.preset, self.recordings, self.glyphs)
        self._open(picker, self._take)

    def _take(self, chosen: str | Path | None) -> None:
        """Load a preset, or replay a recording over this once the list has gone."""
        if isinstance(chosen, Path):
            self.call_later(self.replay, chosen)
        else:
            self._send_chosen(Load, chosen)

    def replay(self, folder: Path) -> None:
        """Play a recording over this."""
        self._open(ReplayScreen(Playback(folder), self.presets, self.glyphs, self.recordings))

    def action_remedies(self) -> None:
        if self.snapshot.remedies:
            menu = RemedyMenu(self.snapshot.remedies, self.snapshot.verdict.code, self.glyphs)
            self._open(menu, partial(self._send_chosen, ApplyRemedy))

    def action_play_death(self) -> None:
        """Play the last death again."""
        if self.snapshot.deaths:
            self.play(self.snapshot.deaths[-1])
        else:
            self.notify("no unit has died yet", markup=False)

    def on_events_pane_play(self, message: EventsPane.Play) -> None:
        self._play_number(message.number)

    def _play_number(self, number: int) -> None:
        for death in self.snapshot.deaths:
            if death.number == number:
                self.play(death)

    def play(self, death: Death) -> None:
        """Show a death over the panes."""
        self._open(Replay(death, self.snapshot.preset, self.glyphs, self.snapshot.past is not None))

    def action_compare(self) -> None:
        self.want(compare=not self.view.compare)

    def action_turn_replica(self, by: int) -> None:
        self.want(focus=(self.view.focus + by) % self.snapshot.replicas)

    def on_pane_look(self, message: Pane.Look) -> None:
        self.want(**message.changes)

    def want(self, **changes: Any) -> bool:
        """Look at something else, as a key wants it; whether that can be: a recorded picture is as it was taken."""
        if self.snapshot.past:
            self.notify("a recorded picture shows what was looked at then", markup=False)
            return False
        self.look(replace(self.view, **changes))
        return True

    # Keys for what was recorded.

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Say in one line why something cannot be done."""
        try:
            yield
        except Refused as refusal:
            self.notify(str(refusal), markup=False)

    def action_scrub(self, way: int) -> None:
        with self.telling():
            self.travel.turn(self._held.pressed(way))

    def on_past_bar_turn(self, message: PastBar.Turn) -> None:
        with self.telling():
            self.travel.turn(message.by)

    def on_events_pane_go(self, message: EventsPane.Go) -> None:
        """Go to the picture before an event; where nothing is recorded, play the death that it tells of."""
        if message.event.death is not None and not self.snapshot.recording:
            self._play_number(message.event.death)
        else:
            with self.telling():
                self.travel.go_before(message.event.step)

    def action_branch(self) -> None:
        with self.telling():
            self.travel.branch()
        self.poll()

    def action_export_picture(self) -> None:
        with self.telling():
            hand_over(self.app, f"{self.snapshot.preset}-{self.snapshot.step}")

    def look(self, view: View) -> None:
        """Ask the session for other snapshots."""
        self.view = view
        self.session.look(view)

    # Keys that are commands.

    def action_send(self, words: str) -> None:
        self.deliver(parse(words))

    def deliver(self, command: Command) -> None:
        """Send a command to the session, if it is one for what is shown; space goes back from the past."""
        with self.telling():
            self.travel.send(command)
        if self.snapshot.past:
            self.poll()

    def action_prompt(self) -> None:
        self._open(Prompt([offer.name for offer in self.snapshot.remedies]), self._send_typed)

    def _send_typed(self, words: str | None) -> None:
        if words is not None:
            self.action_send(words)

    def action_load_preset(self, number: int) -> None:
        known = number <= len(self.presets)
        if known or isinstance(self.session, Playback):
            self.deliver(Load(self.presets[number - 1].name if known else str(number)))

    def _send_chosen(self, command: Callable[[str], Command], name: str | None) -> None:
        """Queue a command for what was chosen from a menu, if anything was."""
        if name is not None:
            self.deliver(command(name))

    def palette(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        """Title, help and deed of all that the command palette offers, besides the program's own."""
        others = ("palette", *(f"preset-{number}" for number in range(1, 10)))
        seen = set[str]()
        for binding in (entry.binding for entry in self.active_bindings.values()):
            if binding.tooltip and binding.id not in others and binding.action not in seen:
                seen.add(binding.action)
                told = f"{self.app.get_key_display(binding)}: {binding.tooltip}"
                yield binding.description, told, partial(self.run_action, binding.action)
        if self.snapshot.script:
            return
        for offer in self.snapshot.remedies:
            if not offer.unfit:
                yield f"remedy {offer.name}", offer.what, partial(self.deliver, ApplyRemedy(offer.name))
        for preset in self.presets:
            yield f"load {preset.name}", preset.title, partial(self.deliver, Load(preset.name))


class ReplayScreen(DismissedOnce, Dashboard):
    """Plays a recording over the dashboard, in a thread of its own; esc closes it."""

    HINTS = (("close", "close the replay"),)

    def on_mount(self) -> None:
        """Called beside that of the dashboard. The story has been read there."""
        self.hidden = frozenset({"story"})
        self.session.on_wake = Wake(EventLoop(), self.poll)
        threading.Thread(target=self.session.run, name="playback", daemon=True).start()

    def on_unmount(self) -> None:
        self.session.stop()

    def action_back(self) -> None:
        if self.zoomed or self.summoned:
            super().action_back()
        else:
            self.dismiss()
