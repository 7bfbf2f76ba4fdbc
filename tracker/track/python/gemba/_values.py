"""What Python's values are in a ledger: numbers, params and lines of JSON. Those of numpy, PyTorch, TensorFlow, JAX
are known by what they can do, since nobody here imports them."""

from __future__ import annotations

import json
import operator
from typing import Any, Tuple

LEAST_STEP, MOST_STEP = -(1 << 63), (1 << 63) - 1


def plain(value: Any) -> Any:
    """Return the plain Python value of a scalar of another library, anything else as it is."""
    if type(value).__module__ != "builtins" and callable(getattr(value, "item", None)):
        try:
            return value.item()
        except (TypeError, ValueError, RuntimeError):  # it has more than one
            return value
    return value


def number(value: Any) -> float:
    """Return a metric's value. Raises TypeError, ValueError or OverflowError for what is no number."""
    return float(plain(value))


def whole(step: Any) -> int:
    """Return a step. Raises TypeError or ValueError for what is no whole number of 64 bits."""
    step = plain(step)
    if isinstance(step, float) and step.is_integer():
        step = int(step)
    step = operator.index(step)
    if not LEAST_STEP <= step <= MOST_STEP:
        raise ValueError("a step has 64 bits, and %d does not fit" % step)
    return step


def param(value: Any) -> Tuple[str, str]:
    """Return a param's text and type. Numbers are written so that they read back exactly."""
    if type(value).__module__ == "numpy" and isinstance(plain(value), float):
        return str(value), "float"  # 0.1 of 32 bits is 0.1
    value = plain(value)
    for kind, name in ((bool, "bool"), (int, "int"), (float, "float"), (str, "text")):
        if isinstance(value, kind):
            return (str(value).lower() if kind is bool else kind.__str__(value)), name
    if callable(getattr(value, "tolist", None)):  # an array
        value = value.tolist()
    if value is None or isinstance(value, (dict, list, tuple, set, frozenset)):
        try:
            return to_json(value).decode(), "json"
        except (TypeError, ValueError):  # not a number, or inside of itself
            pass
    return str(value), "text"


def to_json(value: Any) -> bytes:
    """Return the JSON text of a value. Raises TypeError, or ValueError for numbers that JSON cannot hold."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, default=_other).encode("ascii")


def _other(value: Any) -> Any:
    """Return what stands for a value that JSON has no form of."""
    simple = plain(value)
    if simple is not value:
        return simple
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if callable(getattr(value, "tolist", None)):
        return value.tolist()
    return str(value)
