"""Sets up gemba's hook before a program's own code runs. Python imports this by its name; a file of that name that the user has
of his own is run behind it, as it would have been.

The folder of this file is on PYTHONPATH for this program and those that it starts, and is taken off sys.path here.
"""

import os
import sys


def set_up(folder):
    """Runs the hook, which must do no harm when it cannot."""
    spool = os.environ.get("GEMBA_PYTHON_SPOOL")
    if not spool or not hasattr(sys, "addaudithook"):
        return
    names = {"__name__": "<gemba>"}
    for name in ("names.py", "spool.py", "hook.py", "kernel.py", "program.py"):
        with open(os.path.join(folder, "hook", name), encoding="utf-8") as f:
            exec(compile(f.read(), "<gemba>/" + name, "exec", 0, True), names)
    names["program"](spool)


def go_on(folder):
    """Runs the module of this name that would have been imported."""
    sys.path[:] = [p for p in sys.path if not p or os.path.abspath(p) != folder]
    own = sys.modules.pop(__name__, None)
    try:
        import sitecustomize  # noqa: F401
    except ImportError as error:
        if error.name != "sitecustomize":
            raise
        if own is not None:
            sys.modules[__name__] = own


HERE = os.path.dirname(os.path.abspath(__file__))
try:
    set_up(HERE)
except Exception:  # the program runs without it
    pass
go_on(HERE)
