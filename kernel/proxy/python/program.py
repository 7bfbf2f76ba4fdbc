"""The hook in a whole program, which counts as one cell. Run in the namespace of kernel.py."""

from __future__ import annotations

import atexit
import builtins
import os
import sys


class Program:
    """Tells of a program when it ends. Nothing that it does on its way is lost but what was put aside last."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.modules = set(sys.modules)
        self.process = os.getpid()
        self.folder = os.getcwd()

    def end(self) -> None:
        if os.getpid() != self.process:  # a child that was forked wrote all at once
            return
        try:
            self.watch.end(self.watch.cell, process=self.process, **self.facts())
        except Exception:
            pass

    def facts(self) -> dict:
        names = self.names()
        found = {name.partition(".")[0] for name in set(sys.modules) - self.modules}
        imports = [[n, version(n)] for n in sorted(found) if n != "sitecustomize" and n in sys.modules and not is_standard(n)]
        facts = {"imports": imports, "seeds": self.seeds(names), "unseen": sorted(found & OPENERS), "workers": bool(workers())}
        return {k: v for k, v in facts.items() if v}

    def names(self) -> Names:
        """Returns what the program's own file names."""
        names = Names()
        path = os.path.join(self.folder, sys.argv[0]) if sys.argv else ""  # __file__ is gone when the program ends
        if path.endswith(".py"):
            try:
                with open(path, "rb") as f:
                    tree = builtins.compile(f.read(), path, "exec", 0x400, True)  # ast.PyCF_ONLY_AST
            except (OSError, ValueError, SyntaxError):
                return names
            for statement in tree.body:
                names.statement(statement)
        return names

    def seeds(self, names: Names) -> list:
        known = vars(sys.modules["__main__"]) if "__main__" in sys.modules else {}
        pairs = ((call, known.get(value) if isinstance(value, str) else value) for call, value in names.seeds)
        return [[call, str(value)] for call, value in pairs if type(value) is int]


def program(spool: str) -> None:
    """Sets up the hook in a program, and in those that it starts, which have the same environment."""
    watch = Watch(Spool(spool), Cell(""))
    watch.spool.write({"session": session()})
    atexit.register(Program(watch).end)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=watch.forked)
    sys.addaudithook(watch.hook)
