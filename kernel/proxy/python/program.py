"""The hook in a whole program: it tells of all that a process does, from its start to its end. Run in the namespace of kernel.py."""

from __future__ import annotations

import atexit
import os
import sys
from time import time_ns

NODES_ONLY = 0x400  # of compile: a syntax tree, as ast.PyCF_ONLY_AST
LONGEST = 4 << 20  # bytes of a script that is looked at for seeds


class Program:
    """Tells of the process that it is in."""

    def __init__(self, folder: str, names: str) -> None:
        self.watch = Watch(Spool(os.path.join(folder, f"{time_ns():020}-{os.getpid()}.jsonl")))
        del self.watch.handlers["compile"]  # a program has no cells
        self.names = names  # the path of names.py
        self.modules = set(sys.modules)

    def begin(self) -> None:
        self.watch.spool.write({"session": session()})
        self.watch.begin("program")
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.watch.forked)
        atexit.register(self.end)  # the first to register is the last to be called
        sys.addaudithook(self.watch.hook())

    def end(self) -> None:
        try:
            self.watch.end(**({} if self.watch.child else self.facts()))
        except (Exception, KeyboardInterrupt):
            pass

    def facts(self) -> dict:
        """Returns what is known of the process at its end."""
        loaded = {name.partition(".")[0] for name in set(sys.modules) - self.modules}
        imports = [[name, version(name)] for name in sorted(loaded) if name in sys.modules and not is_standard(name)]
        facts = {"imports": imports, "unseen": sorted(loaded & OPENERS), "seeds": self.seeds(), "workers": bool(workers())}
        return {k: v for k, v in facts.items() if v}

    def seeds(self) -> list:
        """Returns the seeds that the script gives to random number generators, as its source says."""
        main = vars(sys.modules["__main__"])
        path = main.get("__file__")
        if not isinstance(path, str):
            return []
        self.watch.leave = (*self.watch.leave, path, self.names)  # it is gemba that reads them
        try:
            with open(path, "rb") as f:
                source = f.read(LONGEST)
            low = source.lower()
            if not any(word in low for word in (b"seed", b"random", b"prngkey", b"philox", b"mt19937", b"pcg64", b"sfc64")):
                return []
            with open(self.names, "rb") as f:
                space: dict = {"__name__": "<gemba>"}
                exec(compile(f.read(), "<gemba>/names.py", "exec", 0, True), space)
            names = space["Names"]()
            for statement in compile(source, path, "exec", NODES_ONLY, True).body:
                names.statement(statement)
        except (OSError, SyntaxError, ValueError):
            return []
        found = []
        for call, value in names.seeds:
            if isinstance(value, str):
                value = main.get(value)
            if type(value) is int:
                found.append([call, str(value)])
        return found
