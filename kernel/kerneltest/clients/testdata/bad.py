"""Compares what a front end sees of kernels that misbehave, as they are and behind gemba. bad.py GEMBA DATA [HOW...]"""
import collections
import concurrent.futures
import json
import os
import re
import sys
import tempfile
import time

import zmq
from jupyter_client.manager import KernelManager

GEMBA, DATA = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = float(os.environ.get("PATIENCE", "180"))  # seconds; guards against hanging
DIES = re.compile("exits|dies|leaves|nowhere|executable|removed")
QUIET = 20  # looks that find nothing are enough when the kernel is dead
# What is not said at all is waited for a little while.
SILENT = {"never is idle": "idle", "never replies": "reply", "never answers": "all", "never listens": "all"}
ALL = [
    "is good", "exits", "exits with output", "never listens", "never answers", "writes to standard output", "ignores interrupts", "unsigned", "wrongly signed",
    "malformed", "speaks another version", "floods", "never is idle", "never replies", "replies twice", "is idle twice", "is idle before it replies",
    "shows after its reply", "opens comms", "tells nothing of itself", "dies by os._exit", "leaves", "dies by SIGKILL", "dies by SIGSEGV", "forks and leaves",
    "is nowhere", "is not executable", "is of a removed environment",
]


def install(how):
    """Writes the kernelspecs of a kernel, and of it behind gemba."""
    argv = [sys.executable, os.path.join(HERE, "badkernel.py"), how, "{connection_file}"]
    name = "bad-" + re.sub("[^a-z0-9]", "-", how.lower())
    folder = os.path.join(DATA, "kernels", name)
    if how == "is nowhere":
        argv[0] = "/nowhere/python"
    if how == "is of a removed environment":
        argv[0] = os.path.join(folder, "env", "bin", "python")
    if how == "is not executable":
        argv[0] = os.path.join(folder, "kernel.json")
    for name, argv in ((name, argv), ("gemba-" + name, [GEMBA, "kernel", "--wrap", folder, "--connection-file", "{connection_file}"])):
        os.makedirs(os.path.join(DATA, "kernels", name), exist_ok=True)
        with open(os.path.join(DATA, "kernels", name, "kernel.json"), "w") as f:
            json.dump({"argv": argv, "display_name": name, "language": "bad", "metadata": {"gemba": {}} if name.startswith("gemba-") else {}}, f)
    return "bad-" + re.sub("[^a-z0-9]", "-", how.lower())


class Seen:
    """What a front end sees of one kernel."""

    def __init__(self, name, how):
        self.how, self.by_parent, self.names = how, collections.defaultdict(list), {}
        self.done, self.invalid = collections.Counter(), 0
        self.log = open(os.path.join(DATA, name + ".log"), "w+")
        self.folder = tempfile.TemporaryDirectory()
        self.heard = os.path.join(self.folder.name, "heard")  # is there when the kernel's last words are
        # Sockets in a folder, for a port that was free a moment ago may be another program's when the kernel listens.
        km = KernelManager(kernel_name=name, transport="ipc", ip=os.path.join(self.folder.name, "s"))
        try:
            km.start_kernel(stdout=self.log, stderr=self.log, env={**os.environ, "HEARD": self.heard})
        except OSError as e:  # as Jupyter says it
            self.by_parent["start"].append(type(e).__name__)
            self.dead = 0
            return
        self.km, self.session = km, km.client().session
        self.connect()
        try:
            self.drive()
        finally:
            if km.is_alive():
                km.shutdown_kernel(now=True)

    def connect(self):
        info, context = self.km.get_connection_info(), zmq.Context.instance()
        self.sockets = {}
        for channel, kind in (("iopub", zmq.SUB), ("shell", zmq.DEALER), ("control", zmq.DEALER)):
            socket = context.socket(kind)
            socket.linger, socket.rcvhwm = 0, 0
            if kind == zmq.SUB:
                socket.subscribe(b"")
            socket.connect(f"ipc://{info['ip']}-{info[channel + '_port']}")
            self.sockets[channel] = socket

    def send(self, kind, content, name):
        msg = self.session.msg(kind, content)
        self.names[msg["header"]["msg_id"]] = name
        self.session.send(self.sockets["shell"], msg)

    def pump(self, until, limit=PATIENCE):
        """Reads messages until something holds, or the kernel is dead and nothing comes any more."""
        end, quiet = time.monotonic() + limit, 0
        while not until() and time.monotonic() < end and quiet < QUIET:
            if self.read():
                quiet = 0
            elif not self.km.is_alive():
                quiet += 1

    def read(self):
        """Reads what is there, after a little while for some to come, and says whether there was any."""
        came = any([s.poll(5) for s in self.sockets.values()])
        for channel, socket in self.sockets.items():
            while socket.poll(0):
                self.take(channel, socket.recv_multipart())
        return came

    def take(self, channel, frames):
        try:
            msg = self.session.deserialize(self.session.feed_identities(frames)[1])
            kind, content, parent = msg["header"]["msg_type"], msg["content"], self.names.get(msg["parent_header"].get("msg_id"), "nobody")
        except Exception:
            self.invalid += 1
            return
        if parent == "nobody":
            return
        if kind == "stream" and "last words" in content["text"]:
            open(self.heard, "w").close()
        self.done[parent, "idle" if kind == "status" and content["execution_state"] == "idle" else "reply" if kind.endswith("_reply") else ""] += 1
        if parent != "info":
            self.by_parent[f"{channel} {parent}"].append(f"{kind} {json.dumps(content, sort_keys=True)} {msg['header']['version']}")

    def ended(self, *names):
        lacks = SILENT.get(self.how)
        return lambda: all(self.done[n, what] for n in names for what in ("idle", "reply") if what != lacks or n == "info")

    def drive(self):
        if SILENT.get(self.how) == "all":
            self.send("kernel_info_request", {}, "first")
            self.pump(lambda: False, 2)
            return self.end()
        asked = time.monotonic()
        while not self.ended("info")() and self.km.is_alive() and time.monotonic() < asked + PATIENCE:
            self.send("kernel_info_request", {}, "info")
            self.pump(self.ended("info"), 2)
        self.send("execute_request", {"code": "1"}, "one")
        if self.how != "floods":
            self.send("execute_request", {"code": "2"}, "two")
            self.pump(self.ended("one", "two"))
        else:
            self.pump(self.ended("one"))
        if self.how == "ignores interrupts":
            self.km.interrupt_kernel()
            self.send("execute_request", {"code": "3"}, "three")
            self.pump(self.ended("three"))
        if self.how in SILENT or "twice" in self.how:
            self.pump(lambda: False, 1.5)
        self.end()

    def end(self):
        last = time.monotonic()
        while DIES.search(self.how) and self.km.is_alive() and time.monotonic() < last + PATIENCE:
            time.sleep(0.01)
        self.dead = None if self.km.is_alive() else time.monotonic() - last

    def printed(self):
        self.log.seek(0)
        return self.log.read().splitlines()

    def said(self):
        return [line for line in self.printed() if "gemba" in line]


def compare(how):
    name, begun = install(how), time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as both:
        alone, behind = both.map(lambda n: Seen(n, how), (name, "gemba-" + name))
    said = []
    for parent, list in behind.by_parent.items():
        said += [m for m in list if "gemba: " in m]
        behind.by_parent[parent] = [m for m in list if "gemba: " not in m]
    problems = []
    if alone.by_parent.get("start"):  # Jupyter itself says what it cannot start; behind gemba it is a kernel that ends at once
        alone.by_parent.clear()
    for parent in sorted(set(alone.by_parent) | set(behind.by_parent)):
        a, b = alone.by_parent.get(parent, []), behind.by_parent.get(parent, [])
        if a != b:
            problems.append(f"{parent}: alone {len(a)}, behind {len(b)}\n  - " + "\n  - ".join(a[:8]) + "\n  + " + "\n  + ".join(b[:8]))
    if alone.invalid != behind.invalid:
        problems.append(f"{alone.invalid} and {behind.invalid} messages are none")
    if (alone.dead is None) != (behind.dead is None):
        problems.append(f"dead alone after {alone.dead}, behind after {behind.dead}")
    clear = [s for s in said + behind.said() if "gemba" in s and "recorded" not in s or "died" in s]
    if DIES.search(how) and not clear:
        problems.append("nobody said why")
    if how in ("dies by os._exit", "leaves", "dies by SIGKILL", "dies by SIGSEGV", "forks and leaves") and len(said) != 1:
        problems.append(f"said {said}")
    if problems:
        problems += ["printed alone and behind:\n", *alone.printed()[-20:], "", *behind.printed()[-20:]]
    return how, problems, behind, [f"{time.monotonic() - begun:.1f} s", *clear]


def main(hows):
    failed = False
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("WORKERS", "4"))) as pool:
        for how, problems, behind, clear in pool.map(compare, hows):
            print("FAIL" if problems else "same", how, f"({behind.invalid} odd)" if behind.invalid else "", "dead" if behind.dead is not None else "", *clear[:2])
            for p in problems:
                print("    ", p.replace("\n", "\n      "))
            failed = failed or bool(problems)
    raise SystemExit(failed)


main(sys.argv[3:] or ALL)
