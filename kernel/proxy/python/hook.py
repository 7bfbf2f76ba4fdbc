"""What a Python process tells gemba: the interpreter's own audit events, gathered by cell.

Python says by them which files are opened, processes started and hosts connected to. While a cell runs only raw arguments are
put aside; what they mean is worked out at its end, and a little earlier when there are many. Nothing here may change what the
user's code does: it prints nothing, raises nothing, starts no thread, keeps no file open, and holds no object of the user's
longer than a cell. names.py and spool.py are run in the same namespace before it.
"""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock, get_ident

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
SMALL = 64  # so few paths are looked at one by one
MOST = 4096  # paths that are put aside
PART = 16  # one of so many is looked at to see whether there are many different ones
MANY = 65536  # from here on it is worth while to know what was told already
CODING = "surrogateescape" if os.name != "nt" else "surrogatepass"  # of paths that are no text
PATIENCE = 0.1  # seconds that one thread waits for what another one writes

# Libraries whose own code opens files, which Python is not told of.
OPENERS = {
    "pyarrow", "h5py", "netCDF4", "tables", "duckdb", "polars", "cv2", "tensorflow", "torch", "osgeo", "rasterio", "fiona", "pyogrio",
    "lmdb", "soundfile", "av", "SimpleITK", "xgboost", "lightgbm", "catboost", "onnxruntime", "faiss", "pyreadstat", "rpy2",
    "safetensors", "sentencepiece", "pyspark", "fitz", "pysam",
}


def library_folders() -> tuple:
    """Returns the folders whose files are the interpreter's and its packages'."""
    folders = {"/proc/", "/sys/", "/dev/", os.path.dirname(os.__file__) + os.sep}
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix}:
        folders.update(os.path.join(prefix, name) + os.sep for name in ("lib", "lib64", "Lib", "DLLs", "bin", "include", "etc"))
    folders.update(p + os.sep for p in sys.path if os.path.basename(p) in ("site-packages", "dist-packages"))
    return tuple(sorted(folders))


class Cell:
    """What is known of a cell that runs, or ran last."""

    def __init__(self, name: str | None) -> None:
        self.name = name  # message id of its execute_request; None before the first one
        self.kept = 1  # lets the first path be written at once, then ever more be put aside
        self.wrote: set = set()  # paths that were looked at
        self.told: set = set()  # of a cell that opens very many
        self.trees: list = []
        self.running = name is not None


class Watch:
    """Gathers what happens in a process and writes it down."""

    def __init__(self, spool: Spool, cell: Cell) -> None:
        self.spool = spool
        self.leave = (*library_folders(), os.path.dirname(spool.path) + os.sep)
        self.buffer: list = []  # paths that were opened for reading, and a tuple for whatever else happened
        self.cell = cell  # that runs, or the last of several
        self.cells: dict = {}  # by the thread that runs it
        self.lock = allocate_lock()
        self.child = 0  # id of this process, when it was forked
        self.handlers = {
            "os.remove": self.removed, "os.rename": self.renamed, "os.truncate": self.wrote, "os.link": self.linked,
            "os.chdir": self.moved, "os.listdir": self.listed, "os.scandir": self.listed, "sqlite3.connect": self.database,
            "subprocess.Popen": self.popen, "os.system": self.system, "os.exec": self.replaced, "os.posix_spawn": self.spawned,
            "os.spawn": self.spawned_windows, "os.startfile": self.system, "os.kill": self.hurt,
            "socket.connect": self.connected, "compile": self.compiled,
        }
        self.hook, self.put, self.restrain = self.hot()

    def hot(self) -> tuple:
        """Returns what the interpreter tells its events: nearly all of the time that gemba takes is spent there. And what puts
        something aside, and what says how much may be, and whether several cells run."""
        buffer, handlers, wrote, low, flush = self.buffer, self.handlers, self.wrote, self.low, self.flush
        append, limit = buffer.append, 1

        def hook(event: str, args: tuple) -> None:
            try:
                if event == "open":
                    path, mode, flags = args
                    if flags & WRITES:
                        wrote(path)
                    elif mode is None:
                        low(path)
                    else:
                        append(path)
                        if len(buffer) >= limit:
                            flush()
                elif event in handlers:
                    handlers[event](*args)
            except Exception:  # of events that somebody else raises too: what cannot be understood is not told
                pass

        def put(item: object) -> None:
            append(item)
            if len(buffer) >= limit:
                flush()

        def restrain(count: int, crowded: bool) -> None:
            nonlocal append, limit
            limit = count
            append = (lambda item: buffer.append((get_ident(), "read", item) if type(item) is not tuple else item)) if crowded else buffer.append

        return hook, put, restrain

    # Events. Each is told before it happens.

    def note(self, member: str, value: object) -> None:
        self.put((get_ident(), member, value))

    def current(self) -> Cell:
        return self.cells.get(get_ident(), self.cell)

    def wrote(self, path: object, *_: object) -> None:
        """Looks at a file that is about to be changed."""
        if isinstance(path, int):
            return
        path, known = os.fsdecode(path), self.current().wrote
        if path in known or path.startswith(self.leave):
            return
        try:
            s = os.stat(path)
            state = [s.st_size, s.st_mtime_ns, s.st_ino]
        except (OSError, ValueError):
            state = []
        known.add(path)
        self.note("wrote", [os.path.join(os.getcwd(), path), *state])

    def low(self, path: object) -> None:
        """Takes in what os.open opens for reading, but when that lists folders, relative to others that are open."""
        if not caller().endswith(("shutil.py", "os.py")):
            self.put(path)

    def removed(self, path: object, folder: int = -1) -> None:
        path = placed(path, folder)
        if path is not None and os.path.isfile(path):
            self.wrote(path)

    def renamed(self, old: object, new: object, old_folder: int = -1, new_folder: int = -1) -> None:
        old, new = placed(old, old_folder), placed(new, new_folder)
        if old is not None and new is not None and os.path.isfile(old):
            self.wrote(old)
            self.wrote(new)

    def linked(self, old: object, new: object, old_folder: int = -1, new_folder: int = -1) -> None:
        new = placed(new, new_folder)
        if new is not None:
            self.wrote(new)

    def moved(self, _: object) -> None:
        self.flush(PATIENCE)  # relative paths begin elsewhere from here on
        cell = self.current()
        cell.told, cell.wrote = set(), set()

    def listed(self, path: object = None) -> None:
        if isinstance(path, int) or caller().startswith("<frozen importlib"):
            return
        path = os.fsdecode(path or ".")
        if not os.path.join(path, "").startswith(self.leave):
            self.put(path)

    def database(self, path: object) -> None:
        path = os.fsdecode(path)
        if path and path != ":memory:" and not path.startswith("file:"):
            self.wrote(path)

    def popen(self, program: object, arguments: object, *_: object) -> None:
        self.note("run", command(arguments or [program]))

    def system(self, words: object, *_: object) -> None:
        self.note("run", command(words))

    def spawned(self, program: object, arguments: object, *_: object) -> None:
        if not caller().endswith("subprocess.py"):  # which has told of it
            self.note("run", command(arguments))

    def spawned_windows(self, _: object, program: object, arguments: object, *__: object) -> None:
        self.note("run", command(arguments))

    def replaced(self, program: object, arguments: object, *_: object) -> None:
        self.note("exec", command(arguments))  # of a search in PATH each try is told
        self.flush(PATIENCE)

    def hurt(self, *_: object) -> None:
        self.flush(PATIENCE)

    def connected(self, _: object, address: object) -> None:
        if isinstance(address, tuple) and len(address) >= 2:
            host = str(address[0])
            self.note("hosts", f"[{host}]:{address[1]}" if ":" in host else f"{host}:{address[1]}")

    def compiled(self, source: object, *_: object) -> None:
        if is_node(source):
            frame = sys._getframe(2)  # the interpreter does not tell the name of what comes as a tree
            if frame.f_code.co_filename.endswith("codeop.py"):
                self.current().trees.append((frame.f_locals.get("filename"), source))

    # Lines.

    def flush(self, patience: float = 0) -> None:
        """Writes down what is put aside. While one thread does, others only put aside."""
        if not self.lock.acquire(True, patience):
            return
        try:
            count = len(self.buffer)
            batch = self.buffer[:count]
            del self.buffer[:count]  # others may have come meanwhile
            if count < SMALL or not self.many(batch):
                self.each(batch)
        finally:
            self.restrain(1 if self.child else min(int(self.cell.kept), MOST), self.crowded())
            self.lock.release()

    def many(self, batch: list) -> bool:
        """Writes down many paths as they are; gemba sorts out what is no data. False when something else is among them."""
        cell, paths = self.cell, batch
        try:
            if cell.kept > MANY:
                paths = [p for p in dict.fromkeys(batch) if p not in cell.told]
            elif len(set(batch[::PART])) < len(batch) // PART:  # they repeat themselves
                paths = list(dict.fromkeys(batch))
            raw = "\0".join(paths).encode("utf-8", CODING)
        except TypeError:
            return False
        if cell.kept > MANY:
            cell.told.update(paths)
        cell.kept += len(batch)
        self.write(cell, {}, raw)
        return True

    def each(self, batch: list) -> None:
        """Writes down what happened, a line for each cell."""
        lines: dict = {}
        for item in batch:
            thread, member, value = item if type(item) is tuple else (0, "read", item)
            cell = self.cells.get(thread, self.cell)
            line = lines.setdefault(cell, {"read": {}})
            if member == "read":
                if isinstance(value, int):
                    continue
                path = os.fsdecode(value)
                if not path.startswith(self.leave):
                    line["read"][path] = True
                    cell.kept += 1
                else:
                    cell.kept += 1 / 16
                continue
            if member == "wrote":
                value.append(len(line["read"]))  # so many were read before
            line.setdefault(member, []).append(value)
            cell.kept += 1
        for cell, line in lines.items():
            raw = "\0".join(line.pop("read")).encode("utf-8", CODING)
            if raw or line:
                self.write(cell, line, raw)

    def write(self, cell: Cell, line: dict, raw: bytes = b"") -> None:
        head: dict = {"cell": cell.name}
        if self.child:
            head["child"] = self.child
        if raw:
            head["dir"] = os.getcwd()
        self.spool.write({**head, **line}, raw)

    def crowded(self) -> bool:
        return sum(cell.running for cell in self.cells.values()) > 1

    def begin(self, name: str) -> Cell:
        """Says that a cell runs from here on, in this thread."""
        cell = self.current()
        if cell.name != name:
            self.flush(PATIENCE)
            self.cells = {thread: c for thread, c in self.cells.items() if c.running}
            cell = self.cell = self.cells[get_ident()] = Cell(name)
            self.restrain(1, self.crowded())
        return cell

    def end(self, cell: Cell, **more: object) -> None:
        """Says that it does not any more. What comes before the next one begins is told of it all the same: gemba knows that
        it is late."""
        self.flush(PATIENCE)
        self.write(cell, {**more, "end": True})
        cell.running = False
        self.cell = next((c for c in self.cells.values() if c.running), cell)

    def forked(self) -> None:
        """Goes on in a child process, which may end without a word."""
        self.lock = allocate_lock()
        self.cell = self.current()
        self.child = os.getpid()
        self.buffer.clear()
        self.restrain(1, False)


def caller() -> str:
    """Returns the file of the code that an event tells of."""
    return sys._getframe(3).f_code.co_filename


def placed(path: object, folder: int) -> str | None:
    """Returns a path that may be relative to an open folder, None when nobody knows where that is."""
    path = os.fsdecode(path)
    if folder == -1 or os.path.isabs(path):
        return path
    try:
        return os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path)
    except OSError:
        return None


def command(words: object) -> str:
    if isinstance(words, (str, bytes, os.PathLike)):
        return os.fsdecode(words)
    return " ".join(os.fsdecode(w) for w in words)


def session() -> dict:
    """Returns what the process is, and where its packages are."""
    return {
        "version": sys.version, "implementation": sys.implementation.name, "executable": sys.executable or "",
        "prefix": sys.prefix, "base_prefix": sys.base_prefix, "path": [os.path.abspath(p) for p in sys.path if isinstance(p, str)],
        "cache_tag": sys.implementation.cache_tag or "", "abi": getattr(sys, "abiflags", ""),
        "number": list(sys.version_info[:3]), "hash_seed": os.environ.get("PYTHONHASHSEED", ""),
        "hash_randomization": sys.flags.hash_randomization, "optimize": sys.flags.optimize, "pid": os.getpid(),
    }
