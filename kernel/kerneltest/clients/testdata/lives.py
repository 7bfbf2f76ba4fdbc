"""The lives of a wrapped kernel: questions, two front ends, interrupts, restarts, and deaths of either process. lives.py GEMBA"""
import os
import random
import signal
import sys
import tempfile
import time

from jupyter_client.manager import KernelManager

GEMBA = sys.argv[1]
SECRET = "correct-horse-" + "battery"  # never on disk: the test looks
PATIENCE = 180  # seconds; guards against hanging


def start():
    km = KernelManager(kernel_name="gemba-python3")
    km.start_kernel()
    return km, client(km)


def client(km):
    kc = km.client()
    kc.start_channels()
    kc.wait_for_ready(timeout=PATIENCE)
    return kc


def run(kc, code, **more):
    """Executes a cell and returns its reply, and what it published."""
    shown = []
    reply = kc.execute_interactive(code, timeout=PATIENCE, output_hook=shown.append, **more)
    return reply["content"], shown


def text(shown):
    return "".join(m["content"]["text"] for m in shown if m["msg_type"] == "stream")


def until(what, holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def exists(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def shown_by(kc, ids):
    """Reads until all requests are idle, and returns what each showed."""
    shown, idle = {i: [] for i in ids}, set()
    while len(idle) < len(ids):
        m = kc.get_iopub_msg(timeout=PATIENCE)
        parent = m["parent_header"].get("msg_id")
        if parent in shown:
            shown[parent].append(m)
            if m["msg_type"] == "status" and m["content"]["execution_state"] == "idle":
                idle.add(parent)
    return shown


def replies(kc, ids):
    found = {}
    while len(found) < len(ids):
        m = kc.get_shell_msg(timeout=PATIENCE)
        if m["parent_header"]["msg_id"] in ids:  # a client that waits for a slow kernel asks it more than once who it is
            found[m["parent_header"]["msg_id"]] = m["content"]["status"]
    return [found[i] for i in ids]


def questions(kc):
    asked = []

    def answer(msg):
        asked.append((msg["content"]["prompt"], msg["content"]["password"]))
        kc.input(SECRET if msg["content"]["password"] else "Ada")

    reply, shown = run(kc, "import getpass\nname = input('name? ')\nkey = getpass.getpass('key? ')\nprint(name, len(key), key)", allow_stdin=True, stdin_hook=answer)
    assert reply["status"] == "ok" and text(shown) == f"Ada {len(SECRET)} {SECRET}\n", (reply, text(shown))
    assert asked == [("name? ", False), ("key? ", True)], asked


def errors_in_the_middle(kc):
    with tempfile.TemporaryDirectory() as marks:
        sent = os.path.join(marks, "sent")
        wait = f"import os, time\nwhile not os.path.exists({sent!r}): time.sleep(0.01)\nfor _ in range(50): time.sleep(0.01)  # gemba reads\na = 1"
        ids = [kc.execute(c, stop_on_error=True) for c in (wait, "1/0", "a = 2", "a = 3")]
        open(sent, "w").close()
        errors = replies(kc, ids)
    assert errors == ["ok", "error", "aborted", "aborted"], errors
    shown_by(kc, ids)
    assert text(run(kc, "print(a)")[1]) == "1\n"


def interrupts(km, kc):
    for _ in range(3):
        ids = [kc.execute("import time\nfor _ in range(50): time.sleep(0.01)  # gemba reads what is behind it\nprint('go')\nwhile True: time.sleep(0.01)"), kc.execute("never = 1")]
        until("it runs", lambda: kc.get_iopub_msg(timeout=PATIENCE)["msg_type"] == "stream")
        km.interrupt_kernel()
        assert replies(kc, ids) == ["error", "aborted"]
        shown_by_last = shown_by(kc, ids[1:])
        assert shown_by_last
    assert run(kc, "'never' in globals()", user_expressions={"it": "'never' in globals()"})[0]["user_expressions"]["it"]["data"]["text/plain"] == "False"


def two_front_ends(km, kc):
    other = client(km)
    ids = [kc.execute("x = 10\nprint('first')")]
    theirs = [other.execute("x = x + 1\nprint('second')")]
    assert replies(kc, ids) + replies(other, theirs) == ["ok", "ok"]
    both = shown_by(other, ids + theirs)
    assert [text(both[i]) for i in ids + theirs] == ["first\n", "second\n"]
    other.stop_channels()
    shown_by(kc, ids + theirs)


def much(kc):
    code = "from IPython.display import display\nh = display(0, display_id=True)\nfor i in range(10000): h.update(i)"
    _, shown = run(kc, code)
    updates = [m for m in shown if m["msg_type"] == "update_display_data"]
    assert [m["content"]["data"]["text/plain"] for m in updates] == [str(i) for i in range(10000)], len(updates)
    size = int(os.environ.get("HUGE", 20 << 20))
    _, shown = run(kc, f"display({{'text/plain': 'x' * {size}}}, raw=True)")
    assert [len(m["content"]["data"]["text/plain"]) for m in shown if m["msg_type"] == "display_data"] == [size]
    assert text(run(kc, "for i in range(20000): print(i)")[1]) == "".join(f"{i}\n" for i in range(20000))


def shutdown_while_a_cell_runs(kc, km):
    kc.execute("import time\nprint('go')\ntime.sleep(600)")
    until("it runs", lambda: kc.get_iopub_msg(timeout=PATIENCE)["msg_type"] == "stream")
    km.restart_kernel()
    kc.wait_for_ready(timeout=PATIENCE)
    assert run(kc, "1")[0]["execution_count"] == 1


FAMILY = """
import os, subprocess
here = subprocess.Popen(["sleep", "600"])
apart = subprocess.Popen(["sh", "-c", "trap '' INT TERM HUP; sleep 600"])
print(os.getpid(), here.pid, apart.pid)
"""


def dies(kc, km, who):
    """Kills either process at a random moment of a cell. The other one goes too, and what they started."""
    pids = [int(p) for p in text(run(kc, FAMILY)[1]).split()]
    folder = os.path.dirname(text(run(kc, "from ipykernel.connect import get_connection_file\nprint(get_connection_file())")[1]).strip())
    assert folder.startswith(tempfile.gettempdir()), folder
    kc.execute("for i in range(100000): print(i)")
    time.sleep(random.random() * 0.3)
    os.kill(km.provisioner.pid if who == "proxy" else pids[0], signal.SIGKILL)
    begun = time.monotonic()
    until("death is seen", lambda: not km.is_alive())
    seen = time.monotonic() - begun
    until(f"the end of all {pids}", lambda: not any(exists(p) for p in pids))
    until("the removal of " + folder, lambda: not os.path.exists(folder))
    print(f"kill -9 of the {who}: seen after {seen:.3f} s")
    km.restart_kernel(now=True)
    kc.wait_for_ready(timeout=PATIENCE)
    assert run(kc, "2")[0]["status"] == "ok"


def main():
    km, kc = start()
    try:
        questions(kc)
        errors_in_the_middle(kc)
        interrupts(km, kc)
        two_front_ends(km, kc)
        much(kc)
        shutdown_while_a_cell_runs(kc, km)
        for who in ("proxy", "kernel") * int(os.environ.get("TIMES", "2")):
            dies(kc, km, who)
        kc.shutdown()
        until("it ends when it is asked to", lambda: not km.is_alive())
    finally:
        kc.stop_channels()
        km.shutdown_kernel(now=True)


main()
