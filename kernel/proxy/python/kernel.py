"""The hook in a kernel: IPython says when cells begin and end. Run in the namespace of hook.py."""

from __future__ import annotations

import builtins
import os
import sys

FUNCTION_TYPES = {"function", "builtin_function_or_method"}


class Kernel:
    """Tells of cells by IPython's events."""

    def __init__(self, watch: Watch, shell) -> None:
        self.watch = watch
        self.shell = shell
        self.modules = set(sys.modules)
        self.reach: dict = {}  # functions of earlier cells: what they use
        self.files = code_files(shell)
        self.workers = workers()
        self.own = self.name()  # the execution that sets this up
        watch.leave += tuple(folder for folder in (self.files, profile(shell)) if folder.endswith(os.sep))

    def register(self) -> None:
        events = self.shell.events
        for event in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
            events.register(event, getattr(self, event))

    def parent(self) -> dict:
        kernel = getattr(self.shell, "kernel", None)
        if kernel is None:
            return {}
        get = getattr(kernel, "get_parent", None)
        return (get() if get is not None else kernel._parent_header) or {}

    def name(self) -> str:
        """Returns the id of the message that asks for what runs."""
        return self.parent().get("header", {}).get("msg_id", "")

    def pre_execute(self) -> None:
        if self.silent():
            self.pre_run_cell()

    def post_execute(self) -> None:
        if self.silent():
            self.post_run_cell()

    def silent(self) -> bool:
        """Says that a cell runs for which there are no other events. The messages of widgets have these two events too."""
        try:
            return bool(self.parent().get("content", {}).get("silent")) and self.name() != self.own
        except (Exception, KeyboardInterrupt):
            return False

    def pre_run_cell(self, *_: object) -> None:
        try:
            self.watch.begin(self.name())
            tracking = sys.modules.get("gemba")  # the cell may belong to another run than the one before
            if tracking is not None:
                tracking._refresh()
        except (Exception, KeyboardInterrupt):
            pass

    def post_run_cell(self, *_: object) -> None:
        try:
            cell = self.watch.begin(self.name())
            self.watch.end(cell, **self.facts(cell))
        except (Exception, KeyboardInterrupt):
            pass

    def facts(self, cell: Cell) -> dict:
        """Returns what is known of a cell at its end."""
        names = Names()
        trees, cell.trees = cell.trees, []
        for name, tree in trees:
            if self.is_cell(name):
                for statement in getattr(tree, "body", ()) if isinstance(getattr(tree, "body", ()), list) else [tree.body]:
                    names.statement(statement)
        facts: dict = {"bound": sorted(names.bound), "used": self.used(names)}
        facts["imports"] = self.imports(names)
        facts["seeds"] = self.seeds(names)
        now = workers()
        if now != self.workers:
            self.workers, facts["workers"] = now, True
        facts["unseen"] = self.unseen(facts["used"], facts["imports"])
        return {k: v for k, v in facts.items() if v}

    def is_cell(self, name: object) -> bool:
        return isinstance(name, str) and name.startswith((self.files, "<timed "))

    def used(self, names: Names) -> list:
        used = set(names.external())
        pending = [*used, *names.bound]
        while pending:
            name = pending.pop()
            if name in names.bound and name not in used:
                continue
            for free in self.reach.get(name, ()):
                if free not in used and free not in names.bound:
                    used.add(free)
                    pending.append(free)
        for name in names.bound:
            self.reach.pop(name, None)
            if names.free.get(name):
                self.reach[name] = tuple(names.free[name])
        return sorted(filter(self.is_users, used))

    def is_users(self, name: str) -> bool:
        """Says that a name is not Python's or IPython's own."""
        missing = object()
        value = self.shell.user_ns.get(name, missing)
        if value is missing:
            return not hasattr(builtins, name)
        return name in ("In", "Out") or self.shell.user_ns_hidden.get(name, missing) is not value

    def imports(self, names: Names) -> list:
        """Returns modules that were loaded, or named, with their versions."""
        found = set(names.modules)
        if len(sys.modules) != len(self.modules) or found:
            now = set(sys.modules)
            found.update(name.partition(".")[0] for name in now - self.modules)
            self.modules = now
        return [[n, version(n)] for n in sorted(found) if n in sys.modules and not is_standard(n)]

    def seeds(self, names: Names) -> list:
        found = []
        for call, value in names.seeds:
            if isinstance(value, str):
                value = self.shell.user_ns.get(value)
            if type(value) is int:
                found.append([call, str(value)])
        return found

    def unseen(self, used: list, imports: list) -> list:
        """Returns the libraries that the cell may have had open files behind Python's back."""
        roots = {name for name, _ in imports}
        for name in used:
            roots.add(root(self.shell.user_ns.get(name)))
        return sorted(roots & OPENERS)


def root(value: object) -> str:
    """Returns the first part of the name of the module that a value is, or is from. No code of the user's runs for it."""
    if type(value) is type(sys):
        name = vars(value).get("__name__")
    elif isinstance(value, type):
        name = type.__dict__["__module__"].__get__(value)
    elif type(value).__name__ in FUNCTION_TYPES:
        name = value.__module__
    else:
        name = type.__dict__["__module__"].__get__(type(value))
    return name.partition(".")[0] if isinstance(name, str) else ""


def code_files(shell) -> str:
    """Returns how the names of cells' code begin."""
    try:
        name = shell.compile.get_code_name("", "", 0)
    except Exception:
        return "<ipython-input-"
    folder = os.path.dirname(name)
    return folder + os.sep if folder else "<ipython-input-" if name.startswith("<ipython-input-") else name


def profile(shell) -> str:
    """Returns IPython's own folder."""
    return str(getattr(getattr(shell, "profile_dir", None), "location", "")) + os.sep


def workers() -> tuple:
    """Changes when multiprocessing has started a process by other means than a fork."""
    if "multiprocessing.popen_spawn_posix" in sys.modules or "multiprocessing.popen_forkserver" in sys.modules:
        return (repr(getattr(sys.modules.get("multiprocessing.process"), "_process_counter", "")),)
    return ()


LIBRARY = os.path.dirname(os.__file__) + os.sep


def is_standard(name: str) -> bool:
    """Says that a module is Python's own, or IPython's doing."""
    if name.startswith("_") or name in sys.builtin_module_names:
        return True
    names = getattr(sys, "stdlib_module_names", None)
    if names is not None:
        return name in names
    file = vars(sys.modules[name]).get("__file__") or ""
    return file.startswith(LIBRARY) and "site-packages" not in file and "dist-packages" not in file


def version(name: str) -> str:
    """Returns a module's own version, else that of the distribution of its name where it is installed; empty when there is none."""
    module = vars(sys.modules[name])
    value = module.get("__version__")
    if type(value) is str and len(value) < 100:
        return value
    places = [module.get("__file__"), *list(module.get("__path__") or ())[:1]]
    file = next((p for p in places if isinstance(p, str)), "")
    folder = os.path.dirname(file)
    return installed(os.path.dirname(folder) if os.path.basename(file) == "__init__.py" else folder).get(name.lower(), "")


def installed(folder: str, known: dict = {}) -> dict:  # noqa: B006: it remembers
    """Returns the versions of the distributions in a folder, by the names that modules would have."""
    if folder not in known:
        found = known[folder] = {}
        try:
            names = os.listdir(folder) if os.path.basename(folder) in ("site-packages", "dist-packages") else []
        except OSError:
            names = []
        for entry in names:
            stem, info = os.path.splitext(entry)
            if info in (".dist-info", ".egg-info") and "-" in stem:
                name, number = stem.split("-")[:2]
                found[name.lower().replace("-", "_").replace(".", "_")] = number
    return known[folder]


def kernel(spool: str, module_folder: str) -> None:
    """Sets up the hook in a kernel."""
    watch = Watch(Spool(spool), Cell(None))
    watch.spool.write({"session": session()})
    if module_folder and module_folder not in sys.path:
        sys.path.append(module_folder)
        watch.leave += (module_folder + os.sep,)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=watch.forked)
    shell = getattr(builtins, "get_ipython", lambda: None)()
    if shell is None:
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None:
        Kernel(watch, shell).register()
    sys.addaudithook(watch.hook)
