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
MOST = 4096  # paths that are put aside
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
    """What is known of the cell that runs, or ran last."""

    def __init__(self, name: str | None) -> None:
        self.name = name  # message id of its execute_request; None before the first one
        self.told: set = set()  # paths that need not be told again
        self.kept = 1  # lets the first path be written at once, then ever more be put aside
        self.trees: list = []


class Watch:
    """Gathers what happens in a process and writes it down."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.leave = (*library_folders(), os.path.dirname(spool.path) + os.sep)
        self.buffer: list = []  # of paths that were opened for reading
        self.notes: dict = {}  # the rest, by the member of the line that it goes to
        self.noted = 0
        self.cell = Cell(None)  # that runs
        self.limit = 1
        self.lock = allocate_lock()
        self.child = 0  # id of this process, when it was forked
        self.handlers = {
            "os.remove": self.removed, "os.rename": self.renamed, "os.truncate": self.wrote, "os.link": self.linked,
            "os.chdir": self.moved, "os.listdir": self.listed, "os.scandir": self.listed, "sqlite3.connect": self.database,
            "subprocess.Popen": self.popen, "os.system": self.system, "os.exec": self.replaced, "os.posix_spawn": self.spawned,
            "os.spawn": self.spawned_windows, "os.startfile": self.system, "pty.spawn": self.system, "os.kill": self.hurt,
            "socket.connect": self.connected, "compile": self.compiled,
        }

    def hook(self):
        """Returns what the interpreter tells its events. Nearly all of the time that gemba takes is spent here."""
        buffer, handlers, wrote, low, flush = self.buffer, self.handlers, self.wrote, self.low, self.flush
        append = buffer.append

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
                        if len(buffer) >= self.limit:
                            flush()
                elif event in handlers:
                    handlers[event](*args)
            except Exception:  # of events that somebody else raises too: what cannot be understood is not told
                pass

        return hook

    # Events. Each is told before it happens.

    def note(self, member: str, value: object) -> None:
        self.notes.setdefault(member, []).append(value)
        self.noted += 1
        if self.noted >= self.limit:
            self.flush()

    def wrote(self, path: object, *_: object) -> None:
        """Looks at a file that is about to be changed."""
        if isinstance(path, int):
            return
        path = os.fsdecode(path)
        if path.startswith(self.leave):
            return
        told = self.cell.told
        if ("wrote", path) in told:
            return
        try:
            s = os.stat(path)
            state = [s.st_size, s.st_mtime_ns, s.st_ino]
        except (OSError, ValueError):
            state = []
        if self.lock.acquire(True, PATIENCE):
            try:
                self.drain()
            finally:
                self.lock.release()
        read = path in told
        told.update((path, ("wrote", path)))
        self.note("wrote", [os.path.join(os.getcwd(), path), read, *state])

    def low(self, path: object) -> None:
        """Takes in what os.open opens for reading, but when that lists folders, relative to others that are open."""
        if not caller().endswith(("shutil.py", "os.py")):
            self.buffer.append(path)

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
        self.flush(PATIENCE)
        self.cell.told.clear()  # relative paths begin elsewhere from here on

    def listed(self, path: object = None) -> None:
        if not isinstance(path, int) and not caller().startswith("<frozen importlib"):
            self.buffer.append(os.fsdecode(path or "."))

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
        self.note("exec", command(arguments))
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
                self.cell.trees.append((frame.f_locals.get("filename"), source))

    # Lines.

    def drain(self) -> list:
        """Takes what is put aside and returns the paths that are new."""
        buffer, told = self.buffer, self.cell.told
        count = len(buffer)
        batch = buffer[:count]
        del buffer[:count]  # others may have come meanwhile
        try:
            "".join(batch)
        except TypeError:
            batch = [os.fsdecode(p) for p in batch if not isinstance(p, int)]
        leave = self.leave
        fresh = [p for p in dict.fromkeys(batch) if p not in told and not p.startswith(leave)]
        told.update(fresh)
        if fresh:
            self.notes.setdefault("read", []).extend(fresh)
        return fresh

    def flush(self, patience: float = 0, **more: object) -> None:
        """Writes down what is known. While one thread does, others only put aside."""
        if not self.lock.acquire(True, patience):
            return
        try:
            cell = self.cell
            cell.kept += len(self.drain()) + self.noted
            if self.child == 0:
                self.limit = min(cell.kept, MOST)
            notes, self.notes, self.noted = self.notes, {}, 0
            if notes or more:
                self.write(cell, notes, more)
        finally:
            self.lock.release()

    def write(self, cell: Cell, notes: dict, more: dict) -> None:
        line: dict = {"cell": cell.name}
        if self.child:
            line["child"] = self.child
        if "read" in notes:
            line["dir"] = os.getcwd()
            notes["read"] = "\0".join(notes["read"])
        line.update(notes)
        line.update(more)
        self.spool.write(line)

    def begin(self, name: str) -> None:
        """Says that a cell runs from here on."""
        if name != self.cell.name:
            self.flush(PATIENCE)
            self.cell = Cell(name)
            self.limit = 1

    def end(self, **more: object) -> None:
        """Says that it does not any more. What comes before the next one begins is told of it all the same: gemba knows it is late."""
        self.flush(PATIENCE, **more, end=True)

    def forked(self) -> None:
        """Goes on in a child process, which may end without a word."""
        self.lock = allocate_lock()
        self.child, self.limit, self.notes, self.noted = os.getpid(), 1, {}, 0
        self.buffer.clear()


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
