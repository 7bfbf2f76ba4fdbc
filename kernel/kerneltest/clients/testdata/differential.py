"""Sends the same seeded random requests to a kernel as it is and to the same kernel behind gemba, and compares all that comes back:
equal multisets of messages on each channel, equal order for each request, equal bytes of buffers.

Usage: differential.py SEED... (BATCHES in the environment says how many groups of requests each seed sends)
"""
import collections
import json
import os
import random
import re
import sys
import tempfile
import threading
import time

import zmq
from jupyter_client.manager import KernelManager

PATIENCE = 180  # seconds; guards against hanging
BATCHES = int(os.environ.get("BATCHES", "12"))

SETUP = """
import time, sys, os
from IPython.display import display, HTML, clear_output, update_display
def _echo(comm, open_msg):
    comm.send({"opened": open_msg["content"]["data"]}, buffers=open_msg["buffers"])
    @comm.on_msg
    def _(msg):
        comm.send({"echo": msg["content"]["data"]}, metadata={"m": 1}, buffers=[b"x", *reversed(msg["buffers"])])
get_ipython().kernel.comm_manager.register_target("echo", _echo)
get_ipython().Completer.use_jedi = False  # it has 0.4 s to find names, and on a busy machine finds none
"""

CELLS = [
    "{n}", "x = {n}", "print({n})", "print({n}); print('err', file=sys.stderr); {n}", "", "   ", "# only a comment {n}",
    "display(HTML('<b>{n}</b>'))", "h = display({n}, display_id='d{n}'); h.update({n} + 1)", "clear_output(wait=True); print({n})",
    "print('a'); clear_output(); display({n})", "'é' * {n}", "raise ValueError('é {n}')", "1/0", "x = = {n}", "x?", "%lsmagic", "%nosuchmagic {n}",
    "!echo {n}", "%%capture c\nprint({n})", "import asyncio\nawait asyncio.sleep(0.01)\n{n}", "_", "_i", "get_ipython().execution_count",
    "from IPython.display import publish_display_data as p\np({{'text/plain': 'x', 'application/x+json': {{'n': [{n}]}}}}, metadata={{'k': {n}}})",
    "os.write(1, b'') ; print('b' * 5000)", "%%time_nothing\n{n}", "?print", "get_ipython().set_next_input('{n}')", "%page {n}", "exit = {n}",
]
AFTER_ALL = "while not os.path.exists('{sent}'): time.sleep(0.01)\nfor _ in range(100): time.sleep(0.01)\n"  # what is sent behind it is there when it fails
FAILING = [AFTER_ALL + "raise KeyError({n})", AFTER_ALL + "1/0"]
CODE = ["pri", "import o", "x.", "os.pa", "", "é = pri", "for i in range(3):", "def f():\n  return", "x = (", "1 +* 2", "%ti", "%%ca", "!l"]


class Kernel:
    """A kernel, and everything that it sent."""

    def __init__(self, name):
        self.km = KernelManager(kernel_name=name)
        self.home = tempfile.TemporaryDirectory()
        self.km.start_kernel(env={**os.environ, "IPYTHONDIR": self.home.name, "PYTHONHASHSEED": "0"})
        self.kc = self.km.client()
        self.session = self.kc.session
        self.lock = threading.Condition()
        self.messages = collections.defaultdict(list)
        self.idle, self.replies, self.subscribed = set(), set(), threading.Event()
        context = zmq.Context.instance()
        self.sockets = {}
        for channel, kind in (("iopub", zmq.SUB), ("shell", zmq.DEALER), ("control", zmq.DEALER), ("stdin", zmq.DEALER)):
            socket = context.socket(kind)
            socket.linger = 0
            if kind == zmq.SUB:
                socket.subscribe(b"")
            else:
                socket.identity = self.session.bsession
            ports = self.kc.get_connection_info()
            socket.connect(f"tcp://{ports['ip']}:{ports[channel + '_port']}")
            self.sockets[channel] = socket
        self.outgoing = threading.Lock()
        self.over = False
        threading.Thread(target=self.read, daemon=True).start()
        assert self.subscribed.wait(PATIENCE), f"{name} does not start"
        self.names = {}
        self.subshells = []
        self.wait(self.send("shell", "kernel_info_request", {}, "first"))
        self.taken()

    def read(self):
        poller = zmq.Poller()
        with self.outgoing:
            for socket in self.sockets.values():
                poller.register(socket, zmq.POLLIN)
        while not self.over:
            ready = dict(poller.poll(20))
            for channel, socket in self.sockets.items():
                while ready.get(socket):
                    try:
                        with self.outgoing:
                            frames = socket.recv_multipart(zmq.NOBLOCK)
                    except zmq.Again:
                        break
                    self.take(channel, frames)

    def take(self, channel, frames):
        idents, rest = self.session.feed_identities(frames)
        msg = self.session.deserialize(rest)  # checks the signature
        kind, parent = msg["header"]["msg_type"], msg["parent_header"].get("msg_id")
        if kind == "iopub_welcome":
            self.subscribed.set()
        with self.lock:
            self.messages[channel].append((idents, msg, rest))
            if kind == "status" and msg["content"]["execution_state"] == "idle":
                self.idle.add(parent)
            elif channel in ("shell", "control"):
                self.replies.add(parent)
            self.lock.notify_all()

    def send(self, channel, kind, content, name, header=None, metadata=None, buffers=None):
        msg = self.session.msg(kind, content, metadata=metadata)
        msg["header"].update(header or {})
        self.names[msg["header"]["msg_id"]] = name
        with self.outgoing:
            self.session.send(self.sockets[channel], msg, buffers=buffers)
        return msg["header"]["msg_id"]

    def wait(self, id, reply=True):
        with self.lock:
            ok = self.lock.wait_for(lambda: id in self.idle and (not reply or id in self.replies), PATIENCE)
        assert ok, f"{self.km.kernel_name}: no end of {self.names[id]}: idle {id in self.idle}, reply {id in self.replies}"

    def reply(self, id):
        self.wait(id)
        return next(m for c in ("shell", "control") for _, m, _ in self.messages[c] if m["parent_header"].get("msg_id") == id)

    def taken(self):
        """Returns what came since the last time, comparable: by channel, and for each request in order."""
        with self.lock:
            all, self.messages = self.messages, collections.defaultdict(list)
        by_channel, by_request = collections.Counter(), collections.defaultdict(list)
        for channel, messages in all.items():
            for idents, msg, rest in merged(m for m in messages if not LUCK.fullmatch(m[1]["content"].get("text") or "")):
                text = self.comparable(channel, idents, msg, rest)
                by_channel[channel, text] += 1
                # debugpy's events come from a thread of its own, before or after the request is over
                lane = "debug_event" if msg["header"]["msg_type"] == "debug_event" else channel
                by_request[lane, self.names.get(msg["parent_header"].get("msg_id"), "nobody")].append(text)
        return by_channel, dict(by_request)

    def comparable(self, channel, idents, msg, rest):
        out = {k: json.loads(json.dumps(msg[k], default=str)) for k in ("header", "parent_header", "metadata", "content")}
        for h in (out["header"], out["parent_header"]):
            h.pop("date", None)
        out["header"].pop("msg_id")
        out["header"].pop("session")
        out["parent_header"]["msg_id"] = self.names.get(out["parent_header"].get("msg_id"), "?")
        out["parent_header"].pop("session", None)
        out["parent_header"].pop("subshell_id", None)
        out["metadata"].pop("started", None)
        out["topic"] = [i.decode(errors="replace") if i != self.session.bsession else "me" for i in idents]
        out["buffers"] = [bytes(b).hex() for b in rest[5:]]
        out["frames"] = len(rest)
        if msg["header"]["msg_type"] == "connect_reply":
            ports = self.kc.get_connection_info()
            assert all(ports[name] == port for name, port in msg["content"].items() if name != "status"), (ports, msg["content"])
            out["content"] = "its own ports"
        if msg["header"]["msg_type"] == "complete_reply":
            types = out["content"].get("metadata", {}).get("_jupyter_types_experimental", [])
            types[:] = [c for c in types if not HISTORY.fullmatch(c["text"])]
            out["content"]["matches"] = [m for m in out["content"].get("matches", []) if not HISTORY.fullmatch(m)]
        text = json.dumps(out, sort_keys=True, ensure_ascii=False)
        for i, s in enumerate(self.subshells):
            text = text.replace(s, f"SUBSHELL{i}")
        for pattern, replacement in NORMAL:
            text = pattern.sub(replacement, text)
        return text

    def close(self):
        self.over = True
        self.km.shutdown_kernel(now=True)
        self.home.cleanup()


LUCK = re.compile(r"No such comm: comm\d+\n")  # ipykernel alone, when it is busy: it has the comm all the same, and answers
HISTORY = re.compile(r"_i?\d+")  # names of cells: one may begin on another channel while names are being proposed
NORMAL = [(re.compile(p), r) for p, r in (
    (r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}(_\d+_\d+)?", "ID"), (r"0x[0-9a-f]+", "ADDRESS"), (r"ipykernel_\d+", "ipykernel_PID"),
    (r"kernel\.[0-9A-Z]{26}", "kernel.ID"), (r"\"port\": \d+", "PORT"), (r"\"seq\": \d+", "SEQ"), (r"Tip: .*?\\n", "TIP "), (r"/tmp/[^\s\"\\:]*", "PATH"), (r"\d+(\.\d+)? (µs|ms|ns|s) ", "TIME "),
)]


def merged(messages):
    """Joins pieces of a stream, which come as the clock has it; so does whether stdout or stderr is first where nothing else is between them."""
    out, last = [], {}
    for idents, msg, rest in messages:
        parent = msg["parent_header"].get("msg_id")
        streams = last.setdefault(parent, {})
        at = len(out)
        if msg["header"]["msg_type"] != "stream":
            streams.clear()
        elif (name := msg["content"]["name"]) in streams:
            streams[name]["content"]["text"] += msg["content"]["text"]
            continue
        else:  # in the order of their names
            at = next((i for i, (_, other, _) in enumerate(out) if any(other is s for s in streams.values()) and name < other["content"]["name"]), at)
            streams[name] = msg
        out.insert(at, (idents, msg, rest))
    return out


class Pair:
    """Both kernels, to which the same is sent."""

    def __init__(self, kernels):
        self.kernels = kernels
        self.sent = 0
        self.waiting = []
        self.told = []  # what was sent in this group
        self.comms = []
        self.marks = tempfile.TemporaryDirectory()
        self.groups = 0

    @property
    def all_sent(self):
        """A file that is there when all requests of the group have been sent."""
        return os.path.join(self.marks.name, str(self.groups))

    def end_group(self):
        open(self.all_sent, "w").close()
        self.groups += 1

    def send(self, channel, kind, content, reply=True, subshell=None, **more):
        self.sent += 1
        name = f"{self.sent} {kind}"
        self.told.append((name, channel, subshell, content))
        for k in self.kernels:
            header = dict(more.get("header") or {})
            if subshell is not None:
                header["subshell_id"] = k.subshells[subshell]
            filled = {a: (k.subshells[b] if a == "subshell_id" else b) for a, b in content.items()}
            id = k.send(channel, kind, filled, name, header, more.get("metadata"), more.get("buffers"))
            if not kind.startswith("comm_") or kind == "comm_info_request":
                self.waiting.append((k, id, reply))

    def settle(self, context):
        if os.environ.get("VERBOSE"):
            print(f"{time.monotonic():.3f}", context, [k.names[id] for k, id, _ in self.waiting[::2]], file=sys.stderr)
        for k, id, reply in self.waiting:
            k.wait(id, reply)
        self.waiting = []
        time.sleep(0.02)
        (a, order_a), (b, order_b) = (k.taken() for k in self.kernels)
        told, self.told = self.told, []
        if a == b and order_a == order_b:
            return sum(a.values())
        print("sent:", *told, sep="\n  ", file=sys.stderr)
        for text, n in (a - b).items():
            print("- only without gemba:", n, *text, file=sys.stderr)
        for text, n in (b - a).items():
            print("+ only with gemba:", n, *text, file=sys.stderr)
        for key in sorted(set(order_a) | set(order_b)):
            if a == b and order_a.get(key) != order_b.get(key):
                print("order of", key, "\n-", *order_a.get(key, []), "\n+", *order_b.get(key, []), sep="\n  ", file=sys.stderr)
        raise SystemExit(f"different: {context}")


def execute(r, pair, lane, fail=False, comms=False):
    code = r.choice(FAILING if fail else CELLS).format(n=r.randint(1, 99), sent=pair.all_sent)
    if comms and "await" in code:
        code = "1"  # what a comm finds depends on whether such a cell is over already
    content = {"code": code, "silent": r.random() < 0.15, "store_history": r.random() < 0.85, "allow_stdin": False,
               "stop_on_error": fail or r.random() < 0.3, "user_expressions": {"a": "x", "b": "1/0"} if r.random() < 0.2 else {}}
    if fail:
        content["silent"] = False
    elif "rror" in code or "1/0" in code or "= =" in code or "nosuch" in code or "time_nothing" in code or "exit" in code:
        content["stop_on_error"] = False  # whether what is behind it is there already when it fails is a matter of luck
    if r.random() < 0.1:
        for name in r.sample(["silent", "store_history", "user_expressions"], 2):
            content.pop(name)
    more = {"metadata": {"cellId": f"c{r.randint(1, 9)}", "deletedCells": []}} if r.random() < 0.5 else {}
    if lane == "control":
        content["stop_on_error"] = False
        return pair.send("control", "execute_request", content, **more)
    pair.send("shell", "execute_request", content, subshell=lane, **more)


def small(r, pair, lane):
    """Sends a request that is no execution."""
    code = r.choice(CODE)
    at = r.randint(0, len(code))
    kind, content, reply = r.choice([
        ("complete_request", {"code": code, "cursor_pos": at}, True), ("inspect_request", {"code": code, "cursor_pos": at, "detail_level": r.randint(0, 1)}, True),
        ("is_complete_request", {"code": code}, True), ("comm_info_request", r.choice([{}, {"target_name": "echo"}]), True), ("kernel_info_request", {}, True),
        ("connect_request", {}, True), ("strange_request", {"a": [1, {"é": None}]}, False), ("history_request", {"hist_access_type": "tail", "n": 3, "raw": True, "output": False}, True),
    ])
    more = {"header": {"x_extra": {"deep": [r.randint(1, 9)]}, "username": "é"}} if r.random() < 0.3 else {}
    if kind in ("kernel_info_request", "connect_request") and lane is None and r.random() < 0.3:
        return pair.send("control" if kind == "kernel_info_request" else "shell", kind, content, reply, **more)
    pair.send("shell", kind, content, reply, subshell=lane, **more)


def comm(r, pair):
    buffers = [r.randbytes(r.choice([0, 1, 1000, 70000])) for _ in range(r.randint(0, 3))]
    what = r.random()
    if not pair.comms or what < 0.3:
        id = f"comm{pair.sent}"
        target = r.choice(["echo", "echo", "echo", "nobody"])
        if target == "echo":
            pair.comms.append(id)
        return pair.send("shell", "comm_open", {"comm_id": id, "target_name": target, "data": {"n": r.randint(1, 9)}}, False, buffers=buffers)
    id = r.choice(pair.comms)
    if what < 0.85:
        return pair.send("shell", "comm_msg", {"comm_id": r.choice([id, id, "unknown"]), "data": {"é": r.random()}}, False, buffers=buffers, metadata={"version": "1"})
    pair.comms.remove(id)
    pair.send("shell", "comm_close", {"comm_id": id, "data": {}}, False)


def subshells(r, pair):
    """Creates, lists and deletes subshells."""
    have = len(pair.kernels[0].subshells)
    if have < 2 or r.random() < 0.3 and have < 4:
        for k in pair.kernels:
            id = k.send("control", "create_subshell_request", {}, "create")
            k.subshells.append(k.reply(id)["content"]["subshell_id"])
    elif r.random() < 0.5:
        pair.send("control", "delete_subshell_request", {"subshell_id": have - 1})
        pair.settle("delete subshell")
        for k in pair.kernels:
            k.subshells.pop()
    pair.send("control", "list_subshell_request", {})


def interrupt(r, pair):
    ids = [(k, k.send("shell", "execute_request", {"code": "import time\nprint('go')\nfor i in range(600): time.sleep(0.1)", "stop_on_error": True}, "interrupted")) for k in pair.kernels]
    for k, id in ids:
        with k.lock:
            assert k.lock.wait_for(lambda: any(m["header"]["msg_type"] == "stream" and m["parent_header"]["msg_id"] == id for _, m, _ in k.messages["iopub"]), PATIENCE)
    behind = [(k, k.send("shell", "execute_request", {"code": "2"}, "behind")) for k in pair.kernels]
    for _ in range(100):  # rather than one second: on a busy machine each of them takes its time
        time.sleep(0.01)  # until both have read it
    for k, id in ids:
        if r.random() < 0.5:
            k.km.interrupt_kernel()
        else:
            k.wait(k.send("control", "interrupt_request", {}, "interrupt"))
            k.messages["control"].clear()
            k.messages["iopub"] = [m for m in k.messages["iopub"] if k.names.get(m[1]["parent_header"].get("msg_id")) != "interrupt"]
    pair.waiting += [(k, id, True) for k, id in ids + behind]


def debugger(r, pair):
    for i, command in enumerate(("debugInfo", "initialize", "dumpCell")):
        arguments = {"initialize": {"clientID": "x", "adapterID": "", "pathFormat": "path"}, "dumpCell": {"code": "a = 1"}}.get(command, {})
        pair.send("control", "debug_request", {"type": "request", "seq": i + 1, "command": command, "arguments": arguments})
        pair.settle("debug " + command)


def batch(r, pair):
    have = len(pair.kernels[0].subshells)
    kind = r.random()
    if kind < 0.1:
        return interrupt(r, pair)
    if kind < 0.2:
        return subshells(r, pair)
    comms = kind < 0.45
    lane = None if kind < 0.7 or have == 0 else r.choice([*range(have), "control", "control"])  # where cells are executed; all share the count
    if lane == "control":  # ipykernel says of what such a cell shows that it is of the last request on the shell
        pair.send("shell", "kernel_info_request", {})
        pair.settle("before control")
    for _ in range(r.randint(1, 8)):
        what = r.random()
        if what < 0.6:
            execute(r, pair, lane, lane != "control" and r.random() < 0.08, comms)
        elif what < 0.8 and lane != "control":
            small(r, pair, r.choice([None, *range(have)]) if lane is None else None)
        elif comms and lane is None:
            comm(r, pair)
    if comms:
        pair.send("shell", "kernel_info_request", {})  # no comm waits behind it


def main(seeds):
    pair = Pair([Kernel("python3"), Kernel("gemba-python3")])
    total = 0
    try:
        pair.send("shell", "execute_request", {"code": SETUP})
        pair.settle("setup")
        for seed in seeds:
            r = random.Random(seed)
            for i in range(BATCHES):
                first = pair.sent + 1
                batch(r, pair)
                pair.end_group()
                total += pair.settle(f"seed {seed}, group {i}, requests {first} to {pair.sent}")
        debugger(random.Random(1), pair)
        assert pair.kernels[0].km.is_alive() and pair.kernels[1].km.is_alive()
        print("equal:", total, "messages to", pair.sent, "requests")
    finally:
        for k in pair.kernels:
            k.close()


main([int(s) for s in sys.argv[1:]] or [1])
