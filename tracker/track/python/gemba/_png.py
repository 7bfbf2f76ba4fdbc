"""Pictures from arrays of any library, as PNG (RFC 2083)."""

from __future__ import annotations

import struct
from typing import Any

COLOURS = {1: 0, 3: 2, 4: 6}  # how many: PNG's type


def of_array(array: Any) -> bytes:
    """Return the PNG of an array of height, width and, unless they are grey, 1, 3 or 4 colours. Whole numbers go from
    0 to 255, and others from 0 to 1. Raises TypeError and ValueError for other arrays."""
    for step in ("detach", "cpu", "numpy", "__array__"):  # of a tensor of PyTorch, TensorFlow, JAX
        if not hasattr(array, "tobytes") and callable(getattr(array, step, None)):
            array = getattr(array, step)()
    shape = tuple(getattr(array, "shape", ()))
    colours = 1 if len(shape) == 2 else shape[-1] if shape else 0
    if len(shape) not in (2, 3) or colours not in COLOURS or 0 in shape:
        raise ValueError("a picture is an array of height, width and 1, 3 or 4 colours, not of the shape %s" % (shape,))
    if array.dtype.kind == "f":
        array = (array * 255).round()
    elif array.dtype.kind == "b":
        array = array.astype("uint8") * 255
    return encode(shape[1], shape[0], colours, array.clip(0, 255).astype("uint8").tobytes())


def encode(width: int, height: int, colours: int, pixels: bytes) -> bytes:
    """Return the PNG of pixels of 8 bits a colour, row by row."""
    import zlib  # here, since it is rarely needed

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = width * colours
    raw = b"".join(b"\0" + pixels[at : at + row] for at in range(0, height * row, row))
    head = struct.pack(">IIBBBBB", width, height, 8, COLOURS[colours], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
