"""What a program has used so far."""

from __future__ import annotations

import sys
from typing import Dict

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def usage() -> Dict[str, float]:
    """Return what this program and the children that it waited for have used, as metrics; nothing where the system
    does not tell."""
    if resource is None:
        return {}
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1.0 if sys.platform in ("darwin", "ios") else 1024.0  # of the peak: getrusage(2)
    peak = max(own.ru_maxrss, children.ru_maxrss) * unit  # the most that one of them had resident
    return {
        "system/program_user_seconds": own.ru_utime + children.ru_utime,
        "system/program_system_seconds": own.ru_stime + children.ru_stime,
        "system/program_memory_megabytes": peak / 1e6,
    }
