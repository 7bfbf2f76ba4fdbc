"""Numbers as track logs have them, and the files that only their user may read."""

from __future__ import annotations

import os
import struct
from typing import Callable, Dict, Tuple

Packers = Tuple[Callable[..., None], ...]


def varint(n: int) -> bytes:
    """Return the bytes of an unsigned number, seven bits in each."""
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def zigzag(n: int) -> int:
    """Return a difference of two numbers of 64 bits, which wraps around, as an unsigned one: small where it is near
    0."""
    n = (n + (1 << 63) & (1 << 64) - 1) - (1 << 63)
    return n << 1 if n >= 0 else ~(n << 1)


def point_packers(front: int, known: Dict[int, Packers]) -> Packers:
    """Return what packs points whose run and key take so many bytes and whose time takes one, two, three or four:
    kind, length, front, step, each byte of the time, value. Known are those made before."""
    if front not in known:
        known[front] = tuple(struct.Struct("<BB%ds%dBd" % (front, 1 + n)).pack_into for n in range(1, 5))
    return known[front]


def make_folder(path: str) -> None:
    """Make a folder, and those above it, where they are not there."""
    above = os.path.dirname(path)
    if above and not os.path.isdir(above):
        make_folder(above)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        pass


def make_file(folder: str, extension: str) -> Tuple[int, str]:
    """Make a file of a new name, and return its descriptor and path."""
    path = os.path.join(folder, os.urandom(8).hex() + extension)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    return os.open(path, flags, 0o600), path


def write_at(fd: int, data: bytes, at: int) -> None:
    """Write all the bytes to a place of a file."""
    os.lseek(fd, at, os.SEEK_SET)  # os.pwrite is not everywhere
    while data:
        data = data[os.write(fd, data) :]
