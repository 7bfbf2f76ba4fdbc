"""Where this program logs: what gemba tells by GEMBA_TRACK, else the ledger as every gemba finds it."""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

VARIABLE = "GEMBA_TRACK"


class Place(NamedTuple):
    """A place as gemba tells it. A program that outlives a cell, as a kernel does, reads the one of now from the file
    live."""

    folder: str  # of track logs
    run: str = ""  # that the session has opened, or will with the first thing logged
    name: str = ""  # of that run
    session: str = ""
    execution: str = ""
    experiment: str = ""  # its name
    notebook: str = ""
    live: str = ""

    def now(self) -> Place:
        """Return what the file live says, or this place where that cannot be read."""
        if not self.live:
            return self
        try:
            with open(self.live, encoding="utf-8") as file:
                place = parse(file.read())
        except (OSError, ValueError):
            return self
        return place._replace(live=self.live) if place else self


def parse(text: str) -> Place | None:
    """Return the place that a JSON text tells, None when it tells none. Members that are not known are passed over."""
    told: Any = json.loads(text)
    if not isinstance(told, dict) or not told.get("folder"):
        return None
    return Place(**{name: str(told[name]) for name in Place._fields if told.get(name)})


def here() -> Place:
    """Return the place of this program."""
    try:
        place = parse(os.environ.get(VARIABLE, ""))
    except ValueError:
        place = None
    return place.now() if place else Place(os.path.join(ledger(), "track"))


def ledger() -> str:
    """Return the ledger's folder: what GEMBA_LEDGER says, else .gemba at the root of the repository, else in the
    working folder."""
    if os.environ.get("GEMBA_LEDGER"):
        return os.environ["GEMBA_LEDGER"]
    try:
        begin = os.getcwd()
    except OSError:  # it was removed
        begin = "."
    folder = begin
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return os.path.join(begin, ".gemba")
        folder = above
    return os.path.join(folder, ".gemba")
