"""Values that the programs of a notebook's session keep for each other. FORMAT.md, of gemba's tracker, has the files.

What makes a value stale is found out by two: gemba, which sees the code of cells, leaves a file with the reason,
named by the value's id, and one with the files that a cell read, named by its execution; who gets a value looks at
those, and at the values behind it.
"""

from __future__ import annotations

import json
import os
from typing import IO, Any, Dict, Optional, Set, Tuple

from ._artifacts import remove
from ._bytes import make_file, make_folder
from ._program import Program
from ._values import to_json

MAX_KEPT = 4 << 30  # bytes that the values of a session may have together
NANOSECOND = 10**9


class StaleError(Exception):
    """A value is no longer what running the notebook again would give. It is here all the same, as value."""

    def __init__(self, name: str, reason: str, value: Any) -> None:
        super().__init__("the kept value %r is stale: %s; run the cell that keeps it again" % (name, reason))
        self.name, self.reason, self.value = name, reason, value


def folder_of(program: Program) -> str:
    """Return where the values are."""
    place = program.place()
    if not place.session:
        raise RuntimeError("values are kept in the session of a notebook, and this program belongs to none")
    return os.path.join(place.folder, "kept")


def short_sum(data: bytes) -> str:
    """Return the first 16 bytes of a SHA-256."""
    import hashlib  # here, since few programs keep values

    return hashlib.sha256(data).hexdigest()[:32]


def path_of(folder: str, name: str) -> str:
    """Return the path of a value: names are the user's, and may be anything."""
    return os.path.join(folder, short_sum(name.encode("utf-8", "surrogatepass")) + ".value")


def keep(program: Program, name: str, value: Any) -> None:
    """Keep a value under another name first, so that it is whole or not there."""
    folder = folder_of(program)
    make_folder(folder)
    is_bytes = isinstance(value, (bytes, bytearray, memoryview))
    kind, data = ("bytes", bytes(value)) if is_bytes else ("json", exact_json(value))
    path = path_of(folder, name)
    others = sum(entry.stat().st_size for entry in os.scandir(folder) if entry.name != os.path.basename(path))
    if others + len(data) > MAX_KEPT:
        raise ValueError("keep %r: the values of a session may have %d GB together" % (name, MAX_KEPT >> 30))
    uses = {used: id for used, id in program.got.items() if used != name}  # its own past makes no value stale
    head: Dict[str, Any] = {"name": name, "id": short_sum(data), "format": kind, "type": type(value).__name__}
    head.update({key: told for key, told in (("execution", program.place().execution), ("uses", uses)) if told})
    fd, fresh = make_file(folder, ".tmp")
    try:
        with open(fd, "wb") as file:
            file.write(to_json(head) + b"\n" + data)
        remove(os.path.join(folder, head["id"] + ".stale"))  # the same bytes, made again
        os.replace(fresh, path)
    except BaseException:
        remove(fresh)
        raise


def exact_json(value: Any) -> bytes:
    """Return the JSON of what reads back as it was: no value of another library, nothing that is but like a list."""
    data = json.dumps(value).encode("ascii")
    if json.loads(data) != value and value == value:
        raise TypeError("JSON gives another value back; keep bytes instead")
    return data


def get(program: Program, name: str) -> Any:
    """Return what a program of the session kept. Raises KeyError, and StaleError."""
    folder = folder_of(program)
    try:
        with open(path_of(folder, name), "rb") as file:
            head, data = read_head(file), file.read()
    except FileNotFoundError:
        what = "no such value is kept in this session: %r; its cells keep: %s" % (name, names(folder))
        raise KeyError(what) from None
    if head["format"] not in ("json", "bytes"):
        raise TypeError("get %r: it was kept as %r, which Python does not read" % (name, head["format"]))
    value = json.loads(data) if head["format"] == "json" else data
    program.got[name] = head["id"]
    reason = staleness(folder, head, set())
    if reason:
        raise StaleError(name, reason, value)
    return value


def read_head(file: IO[bytes]) -> Dict[str, Any]:
    """Return the line that tells what a value is."""
    head: Dict[str, Any] = json.loads(file.readline())
    return head


def head_of(path: str) -> Optional[Dict[str, Any]]:
    """Return the head of a value, None when there is none."""
    try:
        with open(path, "rb") as file:
            return read_head(file)
    except (OSError, ValueError):
        return None


def names(folder: str) -> str:
    """List what is kept, for a message."""
    files = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    heads = [head_of(os.path.join(folder, file)) for file in files if file.endswith(".value")]
    return ", ".join(repr(head["name"]) for head in heads if head) or "nothing"


def staleness(folder: str, head: Dict[str, Any], seen: Set[str]) -> str:
    """Return why a value is stale, nothing when it is not."""
    if head["id"] in seen:
        return ""
    seen.add(head["id"])
    try:
        with open(os.path.join(folder, head["id"] + ".stale"), encoding="utf-8") as file:
            return file.read()
    except OSError:
        pass
    path = changed_input(os.path.join(folder, head.get("execution", "") + ".inputs"))
    if path:
        return "%s, which the cell that kept it had read, has changed" % path
    for name, id in sorted(head.get("uses", {}).items()):
        used = head_of(path_of(folder, name))
        if used is None or used["id"] != id:
            return "%r, which it was made from, is another one now" % name
        reason = staleness(folder, used, seen)
        if reason:
            return "%r, which it was made from, is stale: %s" % (name, reason)
    return ""


def changed_input(path: str) -> str:
    """Return a file that is not as it was, as the list in a file tells."""
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file).get("files") or []
    except (OSError, ValueError):
        return ""  # nothing is known of what it read
    for file_told in told:
        try:
            is_now = os.stat(file_told["path"])
        except OSError:
            return str(file_told["path"])
        if (is_now.st_size, is_now.st_mtime_ns) != (file_told["size"], nanoseconds(file_told["mod_time"])):
            return str(file_told["path"])
    return ""


def nanoseconds(text: str) -> int:
    """Return the nanoseconds since 1970 of a time as Go writes it (RFC 3339)."""
    from datetime import datetime, timezone  # here, as above

    day, zone = split_zone(text)
    seconds, _, fraction = day.partition(".")
    moment = datetime.strptime(seconds + zone, "%Y-%m-%dT%H:%M:%S%z").astimezone(timezone.utc)
    whole = int((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds())
    return whole * NANOSECOND + int(fraction.ljust(9, "0") or 0)


def split_zone(text: str) -> Tuple[str, str]:
    """Split a time into what comes before its zone, and the zone."""
    if text.endswith("Z"):
        return text[:-1], "+0000"
    return text[:-6], text[-6:].replace(":", "")
