"""What the tests have Python programs do: jobs.py NAME [ARGUMENT]..."""

import json
import os
import random
import struct
import sys
import threading
import time

import gemba

KEYS = ["loss", "", "größe/✓ 数", "\ud800 alone", "n" * 10_000, 'a "b"\n\t\\', "\x00"]
KEYS += ["key %d" % i for i in range(200)]
STEPS = [0, 1, -1, 63, 64, -64, -65, 1 << 40, (1 << 63) - 1, -(1 << 63), 0]
INFINITY, NOT_A_NUMBER, NEGATIVE = 0x7FF << 52, 0xFFF << 51, 1 << 63
BITS = [NEGATIVE, INFINITY, INFINITY | NEGATIVE, NOT_A_NUMBER, NOT_A_NUMBER | 0x123, NOT_A_NUMBER | NEGATIVE, 1, 0]


def hard(count):
    """Log points of all kinds, and print what they are."""
    picks = random.Random(1)
    run = gemba.start("hard", experiment="ünïcode")
    step = 0
    for i in range(count):
        key = KEYS[i] if i < len(KEYS) else picks.choice(KEYS)
        bits = BITS[i] if i < len(BITS) else picks.getrandbits(64) | 1 << 51  # a quiet NaN, where it is one
        kind = picks.randrange(4)
        steps = [picks.getrandbits(64) - (1 << 63), picks.randrange(100)] + 2 * [min(step + 1, (1 << 63) - 1)]
        step = STEPS[i] if i < len(STEPS) else steps[kind]
        value = struct.unpack("<d", struct.pack("<Q", bits))[0]
        if i % 2:
            run.metric(key, value, step)
        else:
            run.metrics({key: value}, step)
        print(json.dumps({"key": key, "bits": str(bits), "step": step}))
    run.end()


def many(count):
    for step in range(count):
        gemba.metric("x", float(step), step)


def killed():
    step = 0
    while True:
        gemba.metric("x", float(step), step)
        if step == 100_000:
            print("here", flush=True)
        step += 1


def fork():
    """Fork in the middle of a run: the children log to it, one of them outlives this program."""
    run = gemba.start("parent")
    run.metric("x", 0, 0)
    for child in (1, 2):
        if os.fork() == 0:
            for step in range(1000):
                run.metric("x", child, step)
            gemba.start("child %d" % child).end()
            if child == 2:
                os.close(1)
                os.read(0, 1)  # until the test has seen enough
            os._exit(0)
    os.wait()
    run.metric("x", 0, 1)
    run.end()


def leaves():
    """Fork inside of a run's block, and have the child leave it."""
    with gemba.start("block") as run:
        child = os.fork()
        run.param("child" if child == 0 else "parent", 1)
        if child == 0:
            sys.exit(0)
        os.wait()
        run.tag("parent", "here")


def threads():
    run = gemba.start("threads")

    def work(number):
        mine = gemba.start("thread %d" % number)
        for step in range(5000):
            run.metric("abc"[step % 3], number, step)
            mine.metric("own", step, step)
        mine.param("number", number)
        mine.text("text", "x")
        mine.end()

    all = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in all:
        thread.start()
    for thread in all:
        thread.join()
    run.end()


FULL_STEPS = 300_000


def full(limit=0):
    if limit:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    run = gemba.here()
    for step in range(FULL_STEPS):
        run.metric("x", float(step), step)
    run.artifact(bytes(8 << 20), "large")
    run.param("too_long", "x" * (40 << 20))
    run.end()


def cells(live, count):
    """Log as a kernel does, cell after cell. The first line of the input tells that the place of a cell is there, and
    so on."""
    early = None
    for cell in range(count):
        sys.stdin.readline()
        gemba._refresh()
        if cell != 1:
            gemba.metric("x", cell, cell)
        if cell == 0:
            early = gemba.start("early", experiment="other")
        if cell == 2:
            early.metric("y", cell, cell)
        print("done", flush=True)


def interrupted(seconds):
    """Log while a signal's handler logs too, and breaks calls off. Print how many points were tried, and how many
    calls broken off."""
    import signal

    run = gemba.start("interrupted")
    handled, broken, tried = 0, 0, 0
    end = time.monotonic() + seconds

    def handler(number, frame):
        nonlocal handled, broken
        run.metric("handled", handled, handled)
        handled += 1
        if time.monotonic() < end:
            signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, 3e-4))
        if handled % 3 == 0 and os.path.dirname(frame.f_code.co_filename).endswith("gemba"):
            broken += 1
            raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    while time.monotonic() < end + 0.1:
        tried += 1
        try:
            run.metric("key %d" % (tried % 1000), tried, tried)
        except KeyboardInterrupt:
            pass
    run.end()
    print(json.dumps({"tried": tried, "handled": handled, "broken": broken}))


def closes(path):
    """Close all files, as programs do that become daemons, and open one where the log was. It is not written to."""
    run = gemba.here()
    run.metric("x", 0, 0)
    os.closerange(3, 100)
    files = [open(path, "ab") for _ in range(10)]
    for step in range(1, 50_000):
        run.metric("x", step, step)
    run.end()
    sys.stdout.write(str(os.path.getsize(path)))
    if hasattr(os, "fork") and os.fork() == 0:
        run.param("child", 1)
        files[0].write(b"1")
        files[0].close()  # it is open still
        os._exit(0)
    if hasattr(os, "fork"):
        os.wait()


def ends(how):
    run = gemba.start(how)
    if how == "block":
        with run:
            pass
    elif how == "raises":
        with run:
            raise RuntimeError("it broke")
    elif how == "interrupted":
        with run:
            raise KeyboardInterrupt
    elif how == "uncaught":
        raise RuntimeError("nobody caught it")
    elif how == "given":
        run.end("it is wrong")
        run.end()
    elif how == "vanishes":
        os._exit(0)


def resume(id):
    run = gemba.start(resume=id)
    run.metric("x", 2, 2)
    run.end()


def wrong():
    """Nothing of this fails."""
    run = gemba.here()
    loop = []
    loop.append(loop)
    for value in (None, "abc", [1, 2], 10**400, object(), 1j):
        run.metric("wrong", value)
    for step in (0.5, "x", None, 1 << 63):
        run.metric("wrong", 1, step)
    run.metric([], 1)
    run.params(3)
    run.param("loop", loop)
    run.image("i", loop)
    run.plot("p", 3)
    run.table("t", loop)
    run.audio("a", None)
    run.artifact("/no/such/file")
    run.model("/dev/null")
    run.table("n", [{"a": float("nan")}])
    sys.stderr.close()
    run.metric("wrong", "after stderr is closed")
    run.metric("right", 1, 1)
    run.end(loop)


class Scalar:
    """What a scalar of PyTorch, TensorFlow or JAX can do."""

    __module__ = "elsewhere"

    def __init__(self, value):
        self.value = value

    def item(self):
        if isinstance(self.value, list):
            raise RuntimeError("it has more than one")
        return self.value

    def tolist(self):
        return self.value


class Array(Scalar):
    """What arrays and tensors can do that pictures need."""

    class dtype:
        kind = "u"

    def __init__(self, shape, data):
        self.shape, self.data = shape, bytes(data)

    def clip(self, least, most):
        return self

    def astype(self, kind):
        return self

    def tobytes(self):
        return self.data


class Figure:
    """What a figure of matplotlib can do."""

    def savefig(self, file, format):
        file.write(b"a figure as " + format.encode())


class Axes:
    figure = Figure()


class Picture:
    """What a picture of Pillow can do."""

    def save(self, file, format):
        file.write(b"a picture as " + format.encode())


class Frame:
    """What a frame of pandas can do."""

    def to_csv(self, index):
        return "a,b\n1,2\n"


def params():
    import argparse
    import datetime
    import enum
    import pathlib

    run = gemba.start("params")
    for name, value in {
        "int": 3, "large": 1 << 70, "float": 0.1, "tiny": 1e-300, "whole": 2.0, "inf": float("-inf"), "nan": float("nan"),
        "yes": True, "text": "größe\n",
        "none": None, "list": [1, "a", None], "dict": {"b": 1, "a": [True]}, "set": {3, 1, 2}, "nans": [float("nan")],
        "tensor": Scalar(0.5), "number": Scalar(7),
        "many": Scalar([1, 2]), "nested": {"x": Scalar(1), "y": Scalar([1, 2])}, "path": pathlib.PurePosixPath("a/b"),
        "day": datetime.date(2020, 1, 2),
        "surrogate": "\ud800", "long": "x" * 100_000,
    }.items():
        run.param(name, value)
    run.params(argparse.Namespace(lr=0.01), epochs=3)
    run.params({"name": "a", "kind": enum.Enum("Colour", "RED").RED})
    run.metric("tensor", Scalar(0.25), Scalar(4))
    run.metric("truth", True, 5.0)
    run.metrics({"large": 1 << 60, "text": "1.5"})
    run.note("*note*")
    run.hypothesis("it learns")
    run.conclusion("it does")
    run.tag("why", 7)
    run.end()


def artifacts(folder):
    run = gemba.start("artifacts")
    file, tree = os.path.join(folder, "file.bin"), os.path.join(folder, "tree")
    os.makedirs(os.path.join(tree, "below"))
    for path in (file, os.path.join(tree, "a.txt"), os.path.join(tree, "below", "b.txt")):
        with open(path, "wb") as to:
            to.write(os.path.basename(path).encode())
    run.artifact(file)
    run.artifact(file, "other/name.bin")
    run.artifact(tree)
    run.artifact(b"bytes", "x.png")
    run.artifact(memoryview(b"more"), "x.bin", kind="weights", media="application/x")
    run.model(tree, "net")
    run.text("t", "größe")
    run.table("cells", [["name", "loss"], ["a,b", 0.1], [None, 3]])
    run.table("records", [{"name": "a", "loss": Scalar(1)}])
    run.table("columns", {"a": [1, 2]})
    run.table("csv", "a,b\n1,2\n")
    run.table("json", b'[{"a":1}]')
    run.table("frame", Frame())
    run.image("array", Array((1, 2, 3), [255, 0, 0, 0, 0, 255]))
    run.image("grey", Array((2, 1), [0, 255]))
    run.image("picture", Picture())
    run.image("figure", Figure())
    run.image("i.jpg", b"jpeg")
    run.plot("plot", Figure())
    run.plot("axes", Axes())
    run.plot("svg", "<svg/>")
    run.audio("a.wav", b"wave")
    run.audio("a", b"sound")
    run.video("v.mp4", b"film")
    with open(file, "wb") as to:
        to.write(b"changed since")
    run.end()


def keep(name, value):
    gemba.keep(name, bytes(value) if name == "bytes" else value)


def get(name):
    try:
        value = gemba.get(name)
    except gemba.StaleError as error:
        print(json.dumps(["stale", error.value, str(error)]))
    except Exception as error:
        print(json.dumps([type(error).__name__, str(error)]))
    else:
        print(json.dumps(value if name != "bytes" else list(value)))


def main():
    arguments = [json.loads(text) for text in sys.argv[2:]]
    globals()[sys.argv[1]](*arguments)


if __name__ == "__main__":
    main()
