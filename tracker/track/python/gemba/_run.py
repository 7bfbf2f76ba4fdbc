"""A run: one attempt at something."""

from __future__ import annotations

import functools
import os
import sys
import time
from typing import Any, Callable, Dict, Iterable, Mapping, Optional, TypeVar, cast

from . import _artifacts, _usage
from ._log import ARTIFACT, ENDED, LOGGED, Log, Series
from ._program import Program
from ._values import LEAST_STEP, MOST_STEP, number, param, to_json, whole

Call = TypeVar("Call", bound=Callable[..., Any])


def harmless(call: Call) -> Call:
    """Have a method tell of what it cannot log, instead of failing the program."""

    @functools.wraps(call)
    def careful(self: Run, *arguments: Any, **named: Any) -> Any:
        try:
            return call(self, *arguments, **named)
        except Exception as error:
            self._program.say("%s is not logged: %s" % (call.__name__, error))
            return None

    return cast(Call, careful)


class Run:
    """One attempt at something. Its methods may be called from several threads; they neither fail the program nor
    wait for anything.

    As a context manager it ends with the block: failed, when an exception leaves it.
    """

    def __init__(self, program: Program, told: Dict[str, Any], begun: bool, of_place: bool = False) -> None:
        """Told is the record of the run, begun says that it was opened before, of_place that it is the one that gemba
        named."""
        self.id: str = told["run"]
        self._program = program
        self._later = program.deferred
        self._told = told
        self._begun = begun
        self._of_place = of_place
        self._pid = os.getpid()
        self._ended = False
        self._log: Optional[Log] = None  # that it is opened in
        self._epoch = 0  # of the log, when the run was there last
        self._number = 0
        self._execution = ""
        self._series: Dict[str, Series] = {}
        self._attached()

    def __repr__(self) -> str:
        return "<gemba run %s%s>" % (self.id, " %r" % self._told["name"] if self._told["name"] else "")

    def metric(self, key: str, value: Any, step: Any = 0) -> None:
        """Add a point to the series of a key. NaN and infinite values are kept; scalars of other libraries are
        numbers."""
        self._point(key, value, step, 0)

    def metrics(self, values: Mapping[str, Any], step: Any = 0) -> None:
        """Log several metrics of the same step."""
        now = time.time_ns()
        for key, value in values.items():
            self._point(key, value, step, now)

    def _point(self, key: str, value: Any, step: Any, now: int) -> None:
        try:
            if type(value) is not float:
                value = number(value)
            if type(step) is not int or not LEAST_STEP <= step <= MOST_STEP:
                step = whole(step)
            log, series = self._log, self._series.get(key)
            if series is None or log is None or log.epoch != self._epoch or log.nested():
                self._new_point(key, value, step, now or time.time_ns())
            else:
                log.point(series, value, step, now)
        except Exception as error:
            self._program.say("metric %r is not logged: %s" % (key, error))
        finally:
            if self._later:
                self._program.resume()

    def _new_point(self, key: str, value: float, step: int, now: int) -> None:
        """Log a point where something has to be done before."""
        program = self._program
        if program.defer(self._new_point, key, value, step, now):
            return
        with program.lock:
            log = self._attached()
            if log is None:
                return
            series = self._series.get(key) or log.series(self._number, str(key))
            if series is not None:  # else the key found no room, and so did the point
                self._series[key] = series
                log.point(series, value, step, now)

    def _attached(self) -> Optional[Log]:
        """Return the log, in which the run is opened by now; None when there can be none.

        What is logged belongs to the cell that runs now, so a run is told again in each: as a part of one that is
        opened elsewhere, when it has been. So it is in the log of a child process.
        """
        program = self._program
        if program.nested():
            return None
        with program.lock:
            log = program.opened_log()
            if log is None:
                return None
            epoch, place = log.epoch, program.place()
            if log is not self._log or place.execution != self._execution:
                told = dict(self._told, execution=place.execution, pid=os.getpid())
                if self._begun:
                    told.update(goes=True, part=not self._of_place, started=time.time_ns())
                number = log.open(to_json({key: value for key, value in told.items() if value}))
                if number is None:
                    return None
                self._number, self._series, self._begun = number, {}, True
                self._execution, self._log = place.execution, log  # last: who is broken off before begins again
            self._epoch = epoch
            return log

    def _record(self, kind: int, value: Mapping[str, Any]) -> None:
        """Add a record of the run."""
        program = self._program
        if program.defer(self._record, kind, value):
            return
        with program.lock:
            log = self._attached()
            if log is not None:
                log.add(kind, self._number, to_json(value))
        program.resume()

    @harmless
    def param(self, name: str, value: Any) -> None:
        """Tell what the run was given. Numbers, truth values and texts are kept with their types, collections as
        JSON, all else as the text that str gives. A param keeps the first value that it was given."""
        text, kind = param(value)
        self._record(LOGGED, {"param": str(name), "value": text, "type": kind})

    @harmless
    def params(self, values: Any = None, **more: Any) -> None:
        """Log several params: of a mapping, of what has attributes (as argparse gives), and by name."""
        if values is not None and not isinstance(values, Mapping):
            values = vars(values)
        for name, value in dict(values or {}, **more).items():
            self.param(name, value)

    @harmless
    def tag(self, name: str, value: Any) -> None:
        """Note something about the run; the last value of a name counts."""
        self._record(LOGGED, {"tag": str(name), "value": str(value)})

    def note(self, text: str) -> None:
        """Describe the run, in Markdown."""
        self.tag("mlflow.note.content", text)  # which MLflow shows

    def hypothesis(self, text: str) -> None:
        """Tell what the run is to show."""
        self.tag("gemba.hypothesis", text)

    def conclusion(self, text: str) -> None:
        """Tell what the run has shown."""
        self.tag("gemba.conclusion", text)

    @harmless
    def artifact(self, data: Any, name: str = "", kind: str = "file", media: str = "") -> None:
        """Keep a file, or a folder with all in it, as it is now, or bytes, under a path in the run. Without a name it
        is the file's own. What cannot be read is recorded as missing."""
        self._keep(_artifacts.artifact(data, str(name), kind, media))

    @harmless
    def model(self, path: Any, name: str = "") -> None:
        """Keep a trained model, which is a file or a folder that its library saved."""
        self._keep(_artifacts.artifact(path, str(name), "model", ""))

    @harmless
    def text(self, name: str, text: str) -> None:
        """Keep a text."""
        self._keep([_artifacts.text(str(name), text)])

    @harmless
    def table(self, name: str, table: Any) -> None:
        """Keep a table. A frame (what has to_csv) and rows of cells, of which the first may be their names, are kept
        as CSV; text and bytes are CSV or JSON already; records and columns (dictionaries) are kept as JSON."""
        self._keep([_artifacts.table(str(name), table)])

    @harmless
    def image(self, name: str, image: Any) -> None:
        """Keep a picture: a file, the bytes of one, a picture of Pillow, a figure, or an array of height, width and
        1, 3 or 4 colours (of 8 bits, or from 0 to 1)."""
        self._keep([_artifacts.image(str(name), image)])

    @harmless
    def plot(self, name: str, figure: Any) -> None:
        """Keep a drawing: a figure of matplotlib or of plotly, or an SVG text."""
        self._keep([_artifacts.plot(str(name), figure)])

    @harmless
    def audio(self, name: str, data: Any) -> None:
        """Keep a sound, a file or the bytes of one, whose format the extension of the name tells."""
        self._keep([_artifacts.recording(str(name), data, "audio")])

    @harmless
    def video(self, name: str, data: Any) -> None:
        """Keep a film, as a sound."""
        self._keep([_artifacts.recording(str(name), data, "video")])

    def _keep(self, all: Iterable[_artifacts.Artifact]) -> None:
        """Write what is to be kept beside the log, and record it."""
        folder = self._program.place().folder
        for artifact in all:
            told = artifact.kept(folder)
            self._record(ARTIFACT, told)
            if "missing" in told:
                self._program.say("artifact %r is not kept: %s" % (told["path"], told["missing"]))

    @harmless
    def end(self, error: Any = None, status: str = "") -> None:
        """Tell that the run is over: finished, failed when there is an error, or killed. A run that is not ended ends
        with its program, and one that belongs to a session with the session. Outside of notebooks, where gemba
        measures what cells use, it logs what the program has used so far, unless GEMBA_USAGE is off."""
        if self._ended:
            return
        self._ended = True
        self._program.open.pop(self.id, None)
        if not self._told["session"] and os.environ.get("GEMBA_USAGE") != "off":
            self.metrics(_usage.usage())
        if error is not None:
            kind = type(error).__name__ + ": " if isinstance(error, BaseException) else ""
            self.tag("gemba.error", kind + str(error))
        self._record(ENDED, {"status": status or ("finished" if error is None else "failed"), "ended": time.time_ns()})

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: Any, error: Optional[BaseException], trace: Any) -> None:
        if self._pid != os.getpid():
            return  # a child left the block of its parent
        if isinstance(error, SystemExit) and not error.code or isinstance(error, GeneratorExit):
            error = None
        self.end(error, "killed" if isinstance(error, KeyboardInterrupt) else "")


def start(
    program: Program, name: str = "", experiment: str = "", parent: Optional[Run] = None, resume: str = ""
) -> Run:
    """Open a run, or go on with the one of an id."""
    if resume and (len(resume) != 32 or resume.strip("0123456789abcdef")):
        raise ValueError("resume run %r: that is no id of a run, which has 32 hexadecimal digits" % resume)
    told = opened(program, resume, name)
    told.update(parent=parent.id if parent else "", experiment=experiment or told["experiment"])
    run = Run(program, dict(told, goes=bool(resume)), begun=False)
    if not told["session"]:
        program.open[run.id] = run
    return run


def here(program: Program) -> Run:
    """Return the run that the program belongs to."""
    first = program.first
    if first is not None and (not program.unread or program.nested()):
        return first
    if program.nested():  # in the middle of another call nobody waits for a lock
        return run_of_place(program)
    with program.lock:
        return run_of_place(program)


def run_of_place(program: Program) -> Run:
    """Return the run of the place of now, which is opened if it has not been."""
    place, first = program.place(), program.first
    if first is None or place.run not in ("", first.id):
        told = opened(program, place.run, place.name)
        first = program.first = Run(program, dict(told, goes=bool(place.run)), begun=False, of_place=bool(place.run))
        if not place.session:
            program.open[first.id] = first
    return first


def opened(program: Program, id: str, name: str) -> Dict[str, Any]:
    """Return the record of a run that begins, but for its execution."""
    place = program.place()
    host = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return {
        "run": id or os.urandom(16).hex(), "experiment": place.experiment, "name": str(name), "parent": "",
        "session": place.session, "execution": "", "user": os.environ.get("USER", ""),
        "source": place.notebook or sys.argv[0], "host": host, "pid": 0, "started": time.time_ns(), "goes": False,
    }
