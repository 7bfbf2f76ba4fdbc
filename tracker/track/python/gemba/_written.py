"""A track log where memory cannot be shared with a file: each record is written by a call, slower, and as safe."""

from __future__ import annotations

import errno
import os
from typing import Any, Optional, Tuple

from . import _log
from ._bytes import write_at
from ._log import EMPTY, END, HEAD, MAGIC, Log, State

NOT_MAPPED = (errno.ENODEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)  # as some network folders say


class WrittenLog(Log):
    """A log whose windows end before they begin, so that each record asks for room."""

    def _begin(self) -> None:
        if _log.fcntl:
            _log.fcntl.flock(self.fd, _log.fcntl.LOCK_EX)
        self.head = bytearray(HEAD)
        self.words = memoryview(self.head).cast("Q")
        self.window = (bytearray(), 0, 0)
        self.head[24:40] = os.urandom(16)
        self.words[END] = EMPTY[0]
        self.head[:8] = MAGIC
        write_at(self.fd, bytes(self.head), 0)

    def leave(self) -> None:
        self.epoch += 1
        if self._has_file():
            os.close(self.fd)

    def _room(self, end: int, n: int) -> Optional[Tuple[Any, int]]:
        self.window = (bytearray(n), 0, 0)
        return self.window[0], 0

    def _commit(self, old: State, new: State) -> bool:
        self.before = old
        self.last = new
        try:
            if not self._has_file():
                return False
            write_at(self.fd, bytes(self.window[0]), old[0])
        except OSError:
            return False  # the log is as long as it was
        self.words[END] = new[0]
        self._write_head()
        return True

    def _lose(self) -> None:
        super()._lose()
        self._write_head()

    def _write_head(self) -> None:
        try:
            if self._has_file():
                write_at(self.fd, bytes(self.head), 0)
        except OSError:
            pass  # the next one tells


def open_log(folder: str) -> Log:
    """Make the log of this program. Raises OSError."""
    if not _log.fcntl:
        return WrittenLog(folder)
    try:
        return Log(folder)
    except OSError as error:
        if error.errno not in NOT_MAPPED:
            raise
        return WrittenLog(folder)
