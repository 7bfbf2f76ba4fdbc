"""gemba: log what a Python program or cell does: runs with params, metrics, tags and artifacts.

    import gemba

    with gemba.start("baseline", experiment="mnist") as run:
        run.param("learning_rate", 0.01)
        for step in range(steps):
            run.metric("loss", loss, step)
        run.artifact("out/model.bin")

In a notebook there is nothing to open: here is the run of the session, and gemba.metric("loss", loss, step) logs to
it. A call neither waits for anything nor fails the program: what is logged is in a file's memory at once, outlives
sys.exit, a crash and SIGKILL, and gemba moves it into the ledger from there. Where it cannot be kept (a full disk),
what is lost is counted, and recorded as a gap.

The package uses the standard library alone, and reads nothing but its own files. It has the API of gemba's Go package
track.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional

from . import _kept, _run
from ._kept import StaleError
from ._program import program as _program
from ._run import Run

__all__ = [
    "Run", "StaleError", "artifact", "audio", "conclusion", "get", "here", "hypothesis", "image", "keep", "metric",
    "metrics", "model", "note", "param", "params", "plot", "start", "table", "tag", "text", "video",
]


def start(name: str = "", *, experiment: str = "", parent: Optional[Run] = None, resume: str = "") -> Run:
    """Open a run, in an experiment of that name. With a parent it is a part of that run.

    With resume, the id of a run, go on with that one. It need not have ended, nor be in the ledger yet: several
    programs may log to one run. It runs again until it is ended again. Raises ValueError for what is no id.
    """
    return _run.start(_program, name, experiment, parent, resume)


def here() -> Run:
    """Return the run that this program belongs to: in a cell, that of the notebook's session, which opens by itself
    with the first thing that is logged; elsewhere one that here opens."""
    return _run.here(_program)


def metric(key: str, value: Any, step: Any = 0) -> None:
    """Add a point to a series of the run here. See Run.metric, and so for the others."""
    here().metric(key, value, step)


def metrics(values: Mapping[str, Any], step: Any = 0) -> None:
    """Log several metrics of the same step."""
    here().metrics(values, step)


def param(name: str, value: Any) -> None:
    """Tell what the run was given."""
    here().param(name, value)


def params(values: Any = None, **more: Any) -> None:
    """Log several params."""
    here().params(values, **more)


def tag(name: str, value: Any) -> None:
    """Note something about the run."""
    here().tag(name, value)


def note(text: str) -> None:
    """Describe the run, in Markdown."""
    here().note(text)


def hypothesis(text: str) -> None:
    """Tell what the run is to show."""
    here().hypothesis(text)


def conclusion(text: str) -> None:
    """Tell what the run has shown."""
    here().conclusion(text)


def artifact(data: Any, name: str = "", kind: str = "file", media: str = "") -> None:
    """Keep a file, a folder or bytes."""
    here().artifact(data, name, kind, media)


def model(path: Any, name: str = "") -> None:
    """Keep a trained model, a file or a folder."""
    here().model(path, name)


def text(name: str, text: str) -> None:
    """Keep a text."""
    here().text(name, text)


def table(name: str, table: Any) -> None:
    """Keep a table."""
    here().table(name, table)


def image(name: str, image: Any) -> None:
    """Keep a picture."""
    here().image(name, image)


def plot(name: str, figure: Any) -> None:
    """Keep a drawing."""
    here().plot(name, figure)


def audio(name: str, data: Any) -> None:
    """Keep a sound."""
    here().audio(name, data)


def video(name: str, data: Any) -> None:
    """Keep a film."""
    here().video(name, data)


def keep(name: str, value: Any) -> None:
    """Keep a value, of bytes or as JSON, for other programs of the notebook's session: scripts that its cells start,
    or the next life of a kernel's memory. A value of the same name is replaced. Raises TypeError or ValueError for
    what cannot be kept."""
    _kept.keep(_program, name, value)


def get(name: str) -> Any:
    """Return the value that a program of the session kept. Raises KeyError when there is none, and StaleError, which
    has the value, when the code of the cell that kept it, a file that the cell read or a value that it had got has
    changed since."""
    return _kept.get(_program, name)


def _refresh() -> None:
    """Tell that another cell begins. Whoever keeps GEMBA_TRACK's file live calls this, which takes no time, before
    each."""
    _program.refresh()
