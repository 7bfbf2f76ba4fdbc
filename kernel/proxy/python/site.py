"""Python runs this at its start, as its sitecustomize: gemba put the folder first on PYTHONPATH. It lets the hook begin, and makes way for
the sitecustomize that the user has, if any. It comes before every Python, so all of them have to understand it.
"""

import os
import sys


def begin():
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [p for p in sys.path if os.path.abspath(p) != folder]
    spool = os.environ.get("GEMBA_SPOOL")
    if not spool or not os.path.isdir(spool) or sys.version_info < (3, 8):
        return
    sys.path.insert(0, folder)
    try:
        import _gemba_program as program
    finally:
        sys.path.remove(folder)
        sys.path_importer_cache.pop(folder, None)
        sys.modules.pop("_gemba_program", None)
    sys.path.append(os.path.join(folder, "modules"))
    program.Program(spool, os.path.join(folder, "names.py")).begin()


try:
    begin()
except Exception:  # what cannot be observed runs all the same
    pass
myself = sys.modules.pop(__name__)
import sitecustomize  # noqa: E402 the user's; where there is none, site takes the error for just that
