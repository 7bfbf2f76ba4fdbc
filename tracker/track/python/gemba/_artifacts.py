"""Files that a run keeps. They lie beside the log until gemba has taken them into the ledger."""

from __future__ import annotations

import io
import json
import os
import stat
from typing import Any, Callable, Dict, Iterable, Iterator

from . import _png
from ._bytes import make_file
from ._values import param, to_json

CSV, JSON = "text/csv", "application/json"

MEDIA = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".flac": "audio/flac", ".m4a": "audio/mp4",
    ".mp4": "video/mp4", ".webm": "video/webm", ".mov": "video/quicktime", ".avi": "video/x-msvideo",
    ".txt": "text/plain", ".md": "text/markdown", ".html": "text/html", ".csv": CSV, ".json": JSON,
}  # of the extensions that a run is likely to keep

Writer = Callable[[io.BufferedIOBase], None]


class Artifact:
    """What is to be kept: write puts its bytes into a file."""

    def __init__(self, path: str, kind: str, media: str, write: Writer) -> None:
        self.path, self.kind, self.media, self.write = path.replace(os.sep, "/"), kind, media, write

    def kept(self, folder: str) -> Dict[str, Any]:
        """Write the bytes to a new file of the folder, and return the record. What cannot be kept says why."""
        told: Dict[str, Any] = {"path": self.path, "kind": self.kind}
        if self.media:
            told["media"] = self.media
        stored = ""
        try:
            fd, stored = make_file(folder, ".artifact")
            with open(fd, "wb") as file:
                self.write(file)
                size = file.tell()
            return dict(told, stored=os.path.basename(stored), bytes=size)
        except Exception as error:
            remove(stored)
            return dict(told, bytes=0, missing=str(error) or type(error).__name__)
        except BaseException:  # it was interrupted
            remove(stored)
            raise


def remove(path: str) -> None:
    """Remove a file that may not be there."""
    try:
        os.remove(path)
    except OSError:
        pass


def media_of(name: str) -> str:
    """Return the media type that a name's extension tells, nothing when it tells none."""
    return MEDIA.get(os.path.splitext(name)[1].lower(), "")


def of_bytes(name: str, kind: str, media: str, data: Any) -> Artifact:
    """Return bytes as an artifact."""
    return Artifact(name, kind, media, lambda file: write_all(file, data))


def write_all(file: io.BufferedIOBase, data: Any) -> None:
    """Write bytes. An array's are no file of any format."""
    view = memoryview(data)
    if view.format not in ("B", "b", "c"):
        raise TypeError("%r holds numbers, and not the bytes of a file" % type(data).__name__)
    file.write(view.cast("B"))


def is_path(data: Any) -> bool:
    """Say whether something names a file."""
    return isinstance(data, (str, os.PathLike))


def artifact(data: Any, name: str, kind: str, media: str) -> Iterator[Artifact]:
    """Return what is kept of a file, a folder or bytes."""
    if not is_path(data):
        media = media or media_of(name)
        first = media.split("/")[0]
        if kind == "file" and first in ("image", "audio", "video", "text"):
            kind = first
        yield of_bytes(name or "data", kind, media, data)
        return
    path = os.fspath(data)
    name = name or os.path.basename(os.path.abspath(path))
    if not os.path.isdir(path):
        yield of_file(path, name, kind, media)
        return

    def fail(error: OSError) -> None:
        raise error

    for folder, _, files in os.walk(path, onerror=fail):
        for file in sorted(files):
            full = os.path.join(folder, file)
            yield of_file(full, os.path.join(name, os.path.relpath(full, path)), kind, media)


def of_file(path: str, name: str, kind: str, media: str) -> Artifact:
    """Return a regular file as an artifact. Others (pipes, devices) have no bytes to keep."""

    def copy(to: io.BufferedIOBase) -> None:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))  # waits for no pipe
        with open(fd, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError("%s is not a regular file" % path)
            for part in iter(lambda: file.read(1 << 20), b""):
                to.write(part)

    return Artifact(name, kind, media, copy)


def text(name: str, value: Any) -> Artifact:
    """Return a text as an artifact."""
    return of_bytes(name, "text", "text/plain", str(value).encode("utf-8", "replace"))


def recording(name: str, data: Any, kind: str) -> Artifact:
    """Return a picture, sound or film, a file or the bytes of one, as an artifact. A type that tells nothing is one
    of its kind."""
    media = media_of(name) or (media_of(os.fspath(data)) if is_path(data) else "")
    media = media if media.startswith(kind + "/") else kind + "/*"
    return of_file(os.fspath(data), name, kind, media) if is_path(data) else of_bytes(name, kind, media, data)


def image(name: str, picture: Any) -> Artifact:
    """Return a picture as an artifact."""
    if is_path(picture) or isinstance(picture, (bytes, bytearray, memoryview)):
        return recording(name, picture, "image")
    if callable(getattr(picture, "savefig", None)):
        return Artifact(name, "image", "image/png", lambda file: picture.savefig(file, format="png"))
    if callable(getattr(picture, "save", None)):
        return Artifact(name, "image", "image/png", lambda file: picture.save(file, format="PNG"))
    return Artifact(name, "image", "image/png", lambda file: write_all(file, _png.of_array(picture)))


def plot(name: str, figure: Any) -> Artifact:
    """Return a drawing as an artifact."""
    figure = figure if hasattr(figure, "savefig") else getattr(figure, "figure", None) or figure  # of axes
    if callable(getattr(figure, "savefig", None)):
        return Artifact(name, "plot", "image/svg+xml", lambda file: figure.savefig(file, format="svg"))
    if callable(getattr(figure, "to_plotly_json", None)):
        media = "application/vnd.plotly.v1+json"
        return Artifact(name, "plot", media, lambda file: write_all(file, figure.to_json().encode()))
    if not isinstance(figure, str):
        raise TypeError("%r is no figure, and no SVG text" % type(figure).__name__)
    return of_bytes(name, "plot", "image/svg+xml", figure.encode())


def table(name: str, value: Any) -> Artifact:
    """Return a table as an artifact."""
    if callable(getattr(value, "to_csv", None)):  # pandas
        return of_bytes(name, "table", CSV, value.to_csv(index=False).encode())
    if callable(getattr(value, "write_csv", None)):  # Polars
        return of_bytes(name, "table", CSV, value.write_csv().encode())
    if isinstance(value, (str, bytes)):
        data = value.encode() if isinstance(value, str) else value
        return of_bytes(name, "table", JSON if is_json(data) else CSV, data)
    if callable(getattr(value, "tolist", None)):
        value = value.tolist()
    if isinstance(value, (list, tuple)) and all(isinstance(row, (list, tuple)) for row in value):
        return of_bytes(name, "table", CSV, cells(value))
    return Artifact(name, "table", JSON, lambda file: write_all(file, to_json(value) + b"\n"))


def is_json(data: bytes) -> bool:
    """Say whether bytes are a JSON array or object."""
    try:
        return isinstance(json.loads(data), (list, dict))
    except ValueError:
        return False


def cells(rows: Iterable[Iterable[Any]]) -> bytes:
    """Return rows as CSV. Numbers are written as those of params are."""
    import csv  # here, since many programs import gemba and few keep tables

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow(["" if cell is None else param(cell)[0] for cell in row])
    return out.getvalue().encode()
