"""The track log of this program. FORMAT.md, of gemba's tracker, has the bytes.

Its records are written where the file is mapped to memory, and counted as there by one word that is changed after
each: so a reader sees whole records only, whenever the program dies. A log waits for no disk, and raises nothing when
one is full.

A call may be broken off between any two of its steps, by KeyboardInterrupt. It may also be entered again in the
middle, by a signal's handler or a destructor that logs. So what a log knows of itself is one tuple, which counts when
the word in the file agrees with it; and who finds himself in the middle of another call of his own thread
(Log.nested) puts his off.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
import time
from typing import Any, Callable, Dict, Optional, Tuple

from ._bytes import Packers, make_file, make_folder, point_packers, varint, write_at, zigzag

try:
    import fcntl
    import mmap
except ImportError:  # Windows: see _written
    fcntl = None  # type: ignore[assignment]

MAGIC = b"gmbtrk1\n"
HEAD = 64  # bytes: magic, where the last record ends, how many found no room, 16 bytes that name the log
END, LOST = 1, 2  # words of the head

# The kinds of records.
RUN, KEY, METRIC, LOGGED, ARTIFACT, ENDED = 1, 2, 3, 4, 5, 6

FIRST_WINDOW, LAST_WINDOW = 64 << 10, 4 << 20  # bytes that are mapped at a time: each time twice as many
STAYS_FULL = 0.1  # seconds that a full disk counts as full before it is tried again
MAX_RECORD = 32 << 20  # bytes: a reader takes a longer record for damage
LONGEST_POINT = 50  # bytes

# What is known of a log: where it ends, the last point's step and time, how many keys and runs it has told.
State = Tuple[int, int, int, Tuple[int, int]]
# What a point begins with, the varints of run and key, and what packs it.
Series = Tuple[bytes, Packers]
EMPTY: State = (HEAD, 0, 0, (0, 0))


def fence_for(machine: str) -> Optional[Callable[[], None]]:
    """Return what keeps one write to memory before the next in the eyes of other processors, None where all are kept
    so."""
    if machine.lower() in ("x86_64", "amd64", "i386", "i686", "x86"):
        return None
    lock = threading.Lock()

    def fence() -> None:
        with lock:  # what was written comes before its release,
            pass
        with lock:  # and what will be after its next acquisition
            pass

    return fence


class Log:
    """The log of one program. Nobody may call it who is nested: Program.deferred is for that."""

    def __init__(self, folder: str) -> None:
        """Make the file. It is locked as long as the program lives, which is how gemba knows that it does."""
        make_folder(folder)
        self.folder = folder
        self.epoch = 0  # changes when runs have to ask where they are
        self.lock = threading.RLock()
        # Is this thread in the middle of a call?
        self.nested: Callable[[], bool] = self.lock._is_owned  # type: ignore[attr-defined]
        self.fence = fence_for(os.uname().machine) if fcntl else None
        self.keys: Dict[str, int] = {}
        self.packers: Dict[int, Packers] = {}
        self.more, self.size, self.full = FIRST_WINDOW, 0, 0.0
        self.last = self.before = EMPTY
        self.fd, path = make_file(folder, ".track")
        info = os.fstat(self.fd)
        self.file = (info.st_dev, info.st_ino)
        try:
            self._begin()
        except BaseException:
            os.close(self.fd)
            os.remove(path)
            raise

    def _begin(self) -> None:
        """Lock the file and write its head. A file without it is not a log yet."""
        fcntl.flock(self.fd, fcntl.LOCK_EX)  # waits for a gemba that just looks whether anybody writes to it
        self._reserve(FIRST_WINDOW)
        self.head: Any = mmap.mmap(self.fd, mmap.PAGESIZE)
        self.words = memoryview(self.head).cast("Q")  # each is written at once
        # What is mapped, and where in the file it begins and ends.
        self.window: Tuple[Any, int, int] = (mmap.mmap(self.fd, FIRST_WINDOW), 0, FIRST_WINDOW)
        self.head[24:40] = os.urandom(16)
        self.words[END] = HEAD
        self.head[:8] = MAGIC

    def leave(self) -> None:
        """Let go of the log of this process's parent: it would be locked as long as somebody has it open."""
        self.epoch += 1
        try:
            self.words.release()
            self.window[0].close()
            self.head.close()
        except BufferError:  # the process was made in the middle of a call
            pass
        if self._has_file():
            os.close(self.fd)

    def _has_file(self) -> bool:
        """Say whether the file is open still: a program that closes all files may have given its number to another."""
        try:
            info = os.fstat(self.fd)
        except OSError:
            return False
        return (info.st_dev, info.st_ino) == self.file

    def mend(self) -> bool:
        """Say whether no call of this thread is in the middle of the log, though it holds the lock: KeyboardInterrupt
        came where a block ends, which Python before 3.11 does not protect. The lock is free then."""
        frame: Any = sys._getframe()
        while frame is not None:
            if frame.f_code in CRITICAL:
                return False
            frame = frame.f_back
        while self.nested():
            self.lock.release()
        return True

    def point(self, series: Series, value: float, step: int, now: int = 0) -> None:
        """Add a point, of this moment when no time is given. Programs log it by the million, so all of it is in one
        place."""
        with self.lock:
            last = self.last
            if last[0] != self.words[END]:
                last = self._state()
            end, before, then, told = last
            if not now:
                now = time.time_ns()
            view, base, limit = self.window
            ahead, wait = step - before, now - then << 1
            if not (-64 <= ahead < 64 and 0 <= wait < 1 << 28 and end + LONGEST_POINT <= limit):
                body = series[0] + varint(zigzag(ahead)) + varint(zigzag(now - then)) + struct.pack("<d", value)
                self._append(METRIC, body, step, now)
                return
            ahead = ahead << 1 if ahead >= 0 else ~(ahead << 1)
            front, packs = series
            at, rest = end - base, len(front) + 10  # what follows kind and length, when the time takes a byte
            low, middle = wait & 127 | 128, wait >> 7 & 127 | 128
            if wait < 0x80:
                packs[0](view, at, METRIC, rest, front, ahead, wait, value)
            elif wait < 0x4000:
                rest += 1
                packs[1](view, at, METRIC, rest, front, ahead, low, wait >> 7, value)
            elif wait < 0x200000:
                rest += 2
                packs[2](view, at, METRIC, rest, front, ahead, low, middle, wait >> 14, value)
            else:
                rest += 3
                packs[3](view, at, METRIC, rest, front, ahead, low, middle, wait >> 14 & 127 | 128, wait >> 21, value)
            end += 2 + rest
            self.before = last
            self.last = (end, step, now, told)
            if self.fence:
                self.fence()
            self.words[END] = end

    def add(self, kind: int, run: int, text: bytes) -> None:
        """Add a record of a run."""
        with self.lock:
            self._append(kind, varint(run) + text)

    def open(self, text: bytes) -> Optional[int]:
        """Add the record of a run and return its number, None when it found no room."""
        with self.lock:
            number = self._state()[3][1]
            return number if self._append(RUN, text, runs=1) else None

    def series(self, run: int, key: str) -> Optional[Series]:
        """Return the series of a run and a key, None when the key found no room."""
        with self.lock:
            number = self.keys.get(key)
            if number is None:
                number = self._state()[3][0]
                text = key.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode("utf-8")
                if self._append(KEY, text, keys=1):
                    self.keys[key] = number
            if key not in self.keys:
                return None
            front = varint(run) + varint(number)
            return front, point_packers(len(front), self.packers)

    def _state(self) -> State:
        """Return what is known of the log, and not what a call that was broken off would have made of it."""
        if self.last[0] != self.words[END]:
            self.last = self.before
        return self.last

    def _append(
        self, kind: int, body: bytes, step: Optional[int] = None, now: int = 0, keys: int = 0, runs: int = 0
    ) -> bool:
        """Add a record. Step and time are those of a point; keys and runs, how many it tells of."""
        old = end, last_step, last_time, told = self._state()
        record = bytes((kind,)) + varint(len(body)) + body
        room = self._room(end, len(record)) if len(body) <= MAX_RECORD else None
        if room:
            view, at = room
            view[at : at + len(record)] = record
            if step is None:
                step, now = last_step, last_time
            if self._commit(old, (end + len(record), step, now, (told[0] + keys, told[1] + runs))):
                return True
        self._lose()
        return False

    def _commit(self, old: State, new: State) -> bool:
        """Tell readers how far the log goes."""
        self.before = old
        self.last = new
        if self.fence:
            self.fence()
        self.words[END] = new[0]
        return True

    def _lose(self) -> None:
        """Count a record that found no room."""
        self.words[LOST] += 1

    def _room(self, end: int, n: int) -> Optional[Tuple[Any, int]]:
        """Return memory for n bytes at the end of the log, and where in it they begin; None when there is none."""
        view, base, limit = self.window
        if end + n <= limit:
            return view, end - base
        if time.monotonic() < self.full:
            return None
        page = mmap.ALLOCATIONGRANULARITY
        base = end - end % page
        least = n - n % page + 2 * page
        for length in (max(self.more, least), least):  # a little, where there is no room for more
            try:
                self._reserve(base + length)
                self.window = (mmap.mmap(self.fd, length, offset=base), base, base + length)
            except (OSError, ValueError):
                continue
            view.close()
            self.more = min(2 * self.more, LAST_WINDOW)
            return self.window[0], end - base
        self.full = time.monotonic() + STAYS_FULL
        return None

    def _reserve(self, size: int) -> None:
        """Make the file so long, with a place on the disk for all of it: what is mapped and has none would kill the
        program."""
        if not self._has_file():
            raise OSError("the program has closed it")
        if self.size < size and hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(self.fd, self.size, size - self.size)
                self.size = size
            except OSError:  # it is full, or cannot: writing will tell
                pass
        while self.size < size:
            zeros = bytes(min(1 << 20, size - self.size))
            write_at(self.fd, zeros, self.size)
            self.size += len(zeros)


CRITICAL = [method.__code__ for method in (Log.point, Log.add, Log.open, Log.series)]  # what holds the lock
