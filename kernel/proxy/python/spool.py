"""The lines that go to gemba: JSON, appended to a file, each with one write, so that processes can share it.

It needs no module that a user's file could stand for: what writes JSON is here, or is the interpreter's own.
"""

from __future__ import annotations

import os

try:
    from _json import encode_basestring_ascii as quote
except ImportError:  # an interpreter of another make
    from json.encoder import encode_basestring_ascii as quote

from binascii import b2a_base64


def encode(value: object) -> str:
    """Writes a value as JSON. A text that is not UTF-8, as paths may be, becomes {"b64": …}."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, dict):
        return "{" + ",".join(quote(k) + ":" + encode(v) for k, v in value.items()) + "}"
    return "[" + ",".join(map(encode, value)) + "]"


def text(value: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raw = value.encode("utf-8", "surrogateescape" if os.name != "nt" else "surrogatepass")
            return '{"b64":"' + b2a_base64(raw, newline=False).decode() + '"}'
    return quote(value)


class Spool:
    """The file. It is opened for each line: a program may close what it finds open, and open something else in its place."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)

    def write(self, line: dict, more: bytes = b"") -> bool:
        """Appends a line, and behind it bytes, whose number is its member "raw", and a line end. A line that another writer left
        half written does not spoil it."""
        if more:
            line["raw"] = len(more)
        raw = b"".join((b"\n", encode(line).encode(), b"\n", more, b"\n" if more else b""))
        try:
            fd = os.open(self.path, self.flags, 0o600)
        except OSError:
            return False
        try:
            while raw:
                raw = raw[os.write(fd, raw):]
        except OSError:
            return False
        finally:
            os.close(fd)
        return True
