"""This program: where it is, its log, and what becomes of both when it forks or ends."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Callable, Deque, Dict, Optional, Set, Tuple

from . import _place
from ._log import Log
from ._written import open_log

if TYPE_CHECKING:
    from ._run import Run


class Program:
    """A process that logs. There is one of it; a child that is forked begins anew, with a log of its own."""

    def __init__(self) -> None:
        self.said: Set[str] = set()
        # Calls that came in the middle of others.
        self.deferred: Deque[Tuple[Callable[..., Any], Tuple[Any, ...]]] = deque()
        self.begin()

    def begin(self) -> None:
        """Forget what was."""
        self.deferred.clear()
        self.lock = threading.RLock()
        self.log: Optional[Log] = None
        self.fault: Optional[Exception] = None
        self.first: Optional[Run] = None  # of here
        self.known: Optional[_place.Place] = None
        self.unread = False  # the place has changed
        self.open: Dict[str, Run] = {}  # runs that end with this program
        self.got: Dict[str, str] = {}  # ids of the kept values that it got, by name

    def place(self) -> _place.Place:
        """Return where the program is now."""
        if self.known is None:
            self.known = _place.here()
            self.unread = False
        elif self.unread:
            self.unread = False
            self.known = self.known.now()
        return self.known

    def opened_log(self) -> Optional[Log]:
        """Return the log, None when there can be none."""
        if self.log is None and self.fault is None:
            try:
                self.log = open_log(self.place().folder)
            except Exception as error:  # of the system, whatever it is
                self.fault = error
                self.say("what this program logs is not kept: %s" % error)  # nothing else can tell of it
        return self.log

    def nested(self) -> bool:
        """Say whether this thread is in the middle of another call."""
        return self.log is not None and self.log.nested() and not self.log.mend()

    def defer(self, call: Callable[..., Any], *arguments: Any) -> bool:
        """Put a call off when this thread is in the middle of another one, and say whether it is."""
        if not self.nested():
            return False
        self.deferred.append((call, arguments))
        return True

    def resume(self) -> None:
        """Do what was put off, when nobody is in the middle of a call any more."""
        while self.deferred and not self.nested():
            try:
                call, arguments = self.deferred.popleft()
            except IndexError:  # another thread has done it
                return
            call(*arguments)

    def refresh(self) -> None:
        """Have the next call that logs read the place again, as a kernel does before each cell."""
        self.unread = True
        if self.log is not None:
            self.log.epoch += 1
            self.log.mend()

    def forked(self) -> None:
        """Go on as a child: the parent's log is the parent's."""
        if self.log is not None:
            self.log.leave()
        first = self.first
        self.begin()
        self.first = first

    def ends(self) -> None:
        """End the runs that nobody has ended. Those of a session end with it."""
        self.resume()
        error = getattr(sys, "last_value", None)  # that the interpreter told of, before it gave up
        for run in list(self.open.values()):
            run.end(error)

    def say(self, what: str) -> None:
        """Tell the user something, once."""
        if what in self.said or len(self.said) > 100 or sys.stderr is None:
            return
        self.said.add(what)
        try:
            sys.stderr.write("gemba: %s\n" % what)
        except (OSError, ValueError):  # it is closed
            pass


program = Program()
atexit.register(program.ends)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=program.forked)
