"""What `train` says: JSON Lines for scripts, a summary for people."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

from periodic_tui.cli.say import glyphs_on, say
from periodic_tui.engine.arrays import finite, scalar_or_list
from periodic_tui.engine.plural import counted
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.axes import follow, step_axis
from periodic_tui.plotting.cells import Glyphs, Ink
from periodic_tui.plotting.figures import curve_figure, names
from periodic_tui.plotting.steps import StepCurve

if TYPE_CHECKING:
    from periodic_tui.engine.diagnosis import Report


def print_snapshot(report: Report, rate: float) -> None:
    """The JSON line of one snapshot; `rate` in steps a second."""
    fields = {
        "event": "snapshot",
        "step": report.step,
        "loss": report.loss,
        "train_loss": report.train_loss,
        "omega": scalar_or_list(report.omega),
        "steps_per_second": rate,
    }
    say(json_line(fields))


def print_summary(summary: dict[str, Any], as_json: bool) -> None:
    """The summary, as a JSON line or in words."""
    if as_json:
        say(json_line({"event": "summary", **summary}))
    else:
        say(*summary_lines(summary))


def print_plot(snapshot: Snapshot, err: bool) -> None:
    """The losses over the steps; on stderr where stdout is read by a program."""
    say(*loss_plot(snapshot, glyphs_on(sys.stderr if err else sys.stdout)), err=err)


def json_line(fields: dict[str, Any]) -> str:
    """Fields as one line of JSON; numbers that are not finite become null."""
    return json.dumps(finite(fields), allow_nan=False)


def summary_lines(summary: dict[str, Any]) -> list[str]:
    """The summary for people."""
    lines = [
        "{preset}: {status} after {steps:,} steps in {seconds:.1f} s ({steps_per_second:,.0f} steps/s)".format(
            **summary
        ),
        "seed {seed}, replicas {replicas}, {engine}, {device}{threads}, {dtype}".format(
            **summary | {"threads": _threads(summary)}
        ),
        f"loss {_figure(summary['loss'])}",
    ]
    if summary["steps"]:
        lines[-1] += f", last batch {_figure(summary['train_loss'])}"
    if summary["loss_test"] is not None:
        lines[-1] += f", on the test domain {_figure(summary['loss_test'])}"
    if summary["omega"] is not None:
        distance = summary["answer_error"]
        known = "" if distance is None else f", {_figure(distance)} from the answer"
        lines.append(f"omega {_figure(summary['omega'])}{known}")
    lines.append("{code}: {text}".format(**summary["verdict"]))
    if summary["replicas"] > 1:
        lines.append("replicas: " + ", ".join(f"{count} {code}" for code, count in summary["outcomes"].items()))
    lines += ["step {step:,}: {text}".format(**event) for event in summary["journal"]]
    return lines


def _threads(summary: dict[str, Any]) -> str:
    count = summary["threads"]
    return f" with {counted(count, 'thread')}" if summary["device"] == "cpu" else ""


def _figure(value: float | list[float] | None) -> str:
    if isinstance(value, list):
        return ", ".join(map(_figure, value))
    return "not finite" if value is None else f"{value:.6g}"


def loss_plot(snapshot: Snapshot, glyphs: Glyphs) -> list[str]:
    """The losses over the steps, as wide as the terminal."""
    columns, rows = min(shutil.get_terminal_size().columns, 120), 16
    batch, probe = snapshot.train_curve, snapshot.probe_curve
    series = [
        StepCurve.of(batch, batch.low, batch.high, ink=Ink.PALE, style="band", label="batch"),
        StepCurve.of(probe, ink=Ink.NETWORK, label="probe"),
    ]
    y_axis = follow(None, [batch.low, batch.high, probe.middle], rows // 3, "log")
    x_axis = step_axis(snapshot.step, columns // 16)
    figure = curve_figure((columns, rows), series, x_axis, y_axis, x_label="step", glyphs=glyphs)
    legend = "   ".join(f"{name.sample} {name.label}" for name in names(series, x_axis, y_axis, glyphs))
    return [line.rstrip() for line in [legend.rjust(columns), *figure.text()]]
