"""Teaches papermill to put parameters into Go notebooks. Installed by gemba install --papermill.

Papermill has no hook for translators, but it loads every entry point of the group papermill.engine when it
is imported. Loading this one, an engine that is papermill's own, registers the translator on the way.

A parameter keeps the type that the cell tagged "parameters" declares for it: papermill shows that cell to
inspect() right before it calls codify().
"""

import json
import math
import re

from papermill.engines import NBClientEngine
from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

Engine = NBClientEngine


class GoTranslator(Translator):
    """Writes parameters as Go declarations."""

    declared = {}  # name: (var or const, type) of the parameters cell inspected last

    @classmethod
    def inspect(cls, parameters_cell):
        found = list(declarations(parameters_cell.source))
        cls.declared = {name: (keyword, kind) for keyword, name, kind, _, _ in found}
        return [Parameter(name, kind or infer(value) or "None", value, note) for _, name, kind, value, note in found]

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        declared, cls.declared = cls.declared, {}  # those of one notebook must not reach the next
        lines = [f"// {comment}"]
        for name, value in parameters.items():
            try:
                lines.append(declaration(name, value, *declared.get(name, ("var", None))))
            except ValueError as e:
                raise PapermillException(f"parameter {name} cannot be set: {e}") from e
        return "\n".join(lines)


# Reading the parameters cell.


def declarations(source):
    """Yields (keyword, name, type, value, comment) for the variables and constants declared before any %%."""
    group = None
    for line in map(str.strip, source.splitlines()):
        if line in ("%%", "%main") or line.startswith("%% "):
            return
        begins = re.match(r"(var|const)\b\s*(.*)", line)
        if begins and begins[2].startswith("("):
            group = begins[1]
        elif group and line.startswith(")"):
            group = None
        elif begins or group:
            keyword, text = begins.groups() if begins else (group, line)
            text, note = without_comment(text)
            left, _, value = text.partition("=")
            if spec := re.fullmatch(r"([^\W\d]\w*)(?:\s+(\S.*?))?\s*", left):
                kind = spec[2] or (infer(value.strip()) if keyword == "var" else None)
                yield keyword, spec[1], kind, value.strip(), note


def without_comment(text):
    """Parts a line of Go from the comment at its end."""
    for part in re.finditer(r'"(?:[^"\\]|\\.)*"|`[^`]*`|//\s*(.*)', text):
        if part[1] is not None:
            return text[: part.start()].rstrip(), part[1]
    return text, ""


LOOKS = (  # what a value looks like, and the type that it gives a variable
    (r'"(?:[^"\\]|\\.)*"|`[^`]*`', "string"),
    (r"true|false", "bool"),
    (r"[+-]?(?:0[xX][\da-fA-F_]+|\d[\d_]*)", "int"),
    (r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", "float64"),
    (r".*\btime\.(?:Nanosecond|Microsecond|Millisecond|Second|Minute|Hour)\b.*", "time.Duration"),
)


def infer(value):
    """The type of a Go expression, as far as its look tells; else None."""
    for look, kind in LOOKS:
        if re.fullmatch(look, value):
            return kind
    composite = re.match(r"((?:\[\])+\w[\w.]*)\{", value)
    return composite and composite[1]


# Writing the cell that is injected.


def declaration(name, value, keyword, kind):
    expression = literal(kind or go_type(value), value)
    if keyword == "const" and not kind:  # stays untyped, so that it still fits wherever it is used
        return f"const {name} = {expression}"
    return f"{keyword} {name} {kind or go_type(value)} = {expression}"


def go_type(value):
    """The Go type of a value that nobody declared."""
    if isinstance(value, (list, tuple)):
        return "[]" + common_type(value)
    if isinstance(value, dict):
        return "map[string]" + common_type(value.values())
    for python, go in ((bool, "bool"), (int, "int"), (float, "float64"), (str, "string")):
        if isinstance(value, python):
            return go
    raise ValueError(f"Go has no {value!r}")


def common_type(values):
    """The narrowest type that all values have."""
    kinds = {go_type(v) for v in values}
    if kinds == {"int", "float64"}:
        return "float64"
    return kinds.pop() if len(kinds) == 1 else "any"


def literal(kind, value):
    """Writes value as a Go expression of type kind."""
    if kind == "any":
        kind = go_type(value)
    if kind.startswith("[]") and isinstance(value, (list, tuple)):
        return kind + "{" + ", ".join(literal(kind[2:], v) for v in value) + "}"
    if kind.startswith("map[string]") and isinstance(value, dict):
        return kind + "{" + ", ".join(f"{quoted(k)}: {literal(kind[11:], v)}" for k, v in value.items()) + "}"
    if kind == "string" and isinstance(value, (str, int, float)):
        return quoted(value)
    if kind == "bool" and isinstance(value, bool):
        return "true" if value else "false"
    if kind == "time.Duration" and isinstance(value, str):
        return f"time.Duration({nanoseconds(value)})"
    if not kind.startswith(("[]", "map[")) and kind not in ("bool", "string"):
        if isinstance(value, str) and not NUMBER.fullmatch(kind):  # a string type of the notebook's own
            return quoted(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return number(kind, value)
    raise ValueError(f"it is declared as {kind}, which {value!r} is not")


NUMBER = re.compile(r"u?int(?:8|16|32|64|ptr)?|float(?:32|64)|byte|rune|time\.Duration")


def quoted(value):
    return json.dumps(str(value), ensure_ascii=False)


def number(kind, value):
    if isinstance(value, float) and not math.isfinite(value):
        name = "NaN()" if math.isnan(value) else f"Inf({math.copysign(1, value):.0f})"
        return f"{kind}(math.{name})"
    if NUMBER.fullmatch(kind) and not kind.startswith("float") and value != int(value):
        raise ValueError(f"it is declared as {kind}, and {value!r} is no whole number")
    return repr(value)


def nanoseconds(text):
    """Reads 1m30s."""
    units = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
    digits = text.removeprefix("-")
    parts = re.findall(r"([\d.]+)(ns|us|µs|ms|s|m|h)", digits)
    if not parts or "".join(n + unit for n, unit in parts) != digits:
        raise ValueError(f"{text!r} is no time.Duration; write it as 1m30s")
    return round(sum(float(n) * units[unit] for n, unit in parts)) * (-1 if digits != text else 1)


for language in ("go", "gemba", "gonb"):
    papermill_translators.register(language, GoTranslator)
