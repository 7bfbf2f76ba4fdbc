"""Asks a kernel for the ledger over a comm, beside a running cell: comms.py KERNEL NAME, where NAME is what the kernel says it is."""
import json
import random
import sys

from jupyter_client import KernelManager

PATIENCE = 180  # seconds; guards against hanging
TARGET = "gemba.ledger"
CELLS = {
    "gemba": ('import (\n\t"fmt"\n\t"time"\n)\n\n%%\nfmt.Println("begun")\ntime.Sleep(time.Hour)', '%%\nfmt.Println("over")'),
    "gemba-python3": ("import time\nprint('begun')\ntime.sleep(3600)", "print('over')"),
}


class Page:
    """A front end with one kernel, and every message that the kernel published."""

    def __init__(self, kernel):
        self.manager = KernelManager(kernel_name=kernel)
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.got = []

    def send(self, kind, content, **header):
        message = self.client.session.msg(kind, content)
        message["header"].update(header)
        self.client.session.send(self.client.shell_channel.socket, message)
        return message["header"]["msg_id"]

    def ask(self, comm, **data):
        return self.send("comm_msg", {"comm_id": comm, "data": data})

    def open(self, comm, version=1, **header):
        return self.send("comm_open", {"comm_id": comm, "target_name": TARGET, "data": {"version": version}}, **header)

    def until(self, match):
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            self.got.append(message)
            if match(message):
                return message

    def said(self, comm, match, kind="comm_msg"):
        return self.until(lambda m: m["msg_type"] == kind and m["content"]["comm_id"] == comm and match(m["content"]["data"]))

    def answer(self, comm, number, path, **more):
        request = self.ask(comm, id=number, path=path, **more)
        body, part = b"", 0
        while True:
            message = self.said(comm, lambda d: d.get("id") == number)
            data = message["content"]["data"]
            assert message["parent_header"]["msg_id"] == request and data.get("part", 0) == part, message
            if part == 0:
                status = data["status"]
            body, part = body + data.get("body", "").encode() + b"".join(bytes(b) for b in message["buffers"]), part + 1
            if not data.get("more"):
                return status, body

    def idle(self, request):
        return self.until(lambda m: m["msg_type"] == "status" and m["content"]["execution_state"] == "idle" and m["parent_header"].get("msg_id") == request)


def statuses(page, cell):
    """While a cell runs, a front end that believes the last status shows that it does."""
    states = [(m["content"]["execution_state"], m["parent_header"].get("msg_id") == cell, m["parent_header"].get("msg_type")) for m in page.got if m["msg_type"] == "status"]
    ours = [i for i, (state, mine, kind) in enumerate(states) if state == "idle" and not mine and kind in ("comm_open", "comm_msg")]
    assert len(ours) > 50, states
    for i in ours:
        assert states[i + 1][:2] == ("busy", True), states[i:i + 3]
    assert states[-1][:2] == ("idle", True), states[-1]


def beside_a_cell(page, comm, kernel, name):
    cell = page.client.execute(CELLS[kernel][0])
    page.until(lambda m: m["msg_type"] == "stream" and "begun" in m["content"]["text"])
    page.got.clear()
    page.open(comm, subshell_id="a-subshell-of-the-page")
    hello = page.said(comm, lambda d: "hello" in d)["content"]["data"]["hello"]
    assert hello["version"] == 1 and hello["kernel"] == name, hello
    status, body = page.answer(comm, 1, "/api/sessions/" + hello["session"] + "/cells")
    assert status == 200 and json.loads(body)["items"][-1]["status"] == "running", body
    for number in range(2, 52):
        status, body = page.answer(comm, number, f"/api/sessions?limit={number}")
        assert status == 200 and json.loads(body)["items"], body
    status, body = page.answer(comm, 60, "/api/openapi.json")
    assert status == 200 and len(body) > 100_000 and json.loads(body)["openapi"], body
    status, body = page.answer(comm, 61, "/etc/passwd")
    assert status == 404 and json.loads(body)["error"]["code"] == "no_route", body
    status, body = page.answer(comm, 62, "/api/reviews", method="POST", body=json.dumps({"subject": hello["session"], "verdict": "commented", "comment": "seen"}))
    assert status == 200 and json.loads(body)["comment"] == "seen", body
    page.manager.interrupt_kernel()
    page.idle(cell)
    statuses(page, cell)
    return hello["session"]


def events(page, comm, kernel, session):
    page.ask(comm, id=70, path="/api/events")
    page.said(comm, lambda d: d.get("id") == 70 and d.get("event", {}).get("name") == "hello")
    page.client.execute(CELLS[kernel][1])
    page.said(comm, lambda d: d.get("id") == 70 and "cell.finished" in d.get("event", {}).get("data", {}).get("kinds", []))
    page.ask(comm, id=70, cancel=True)


def nonsense(page, comm):
    """What is no request hurts nobody."""
    chance = random.Random(7)
    junk = [None, True, 7, "x", [], {}, -1, 1e300, "\u0000", {"id": 1}, "é" * 1000]
    for _ in range(300):
        data = {chance.choice(["id", "method", "path", "headers", "body", "cancel", "got", "acks"]): chance.choice(junk) for _ in range(4)}
        if data.get("id") == 70:
            continue
        page.send("comm_msg", {"comm_id": chance.choice([comm, comm, TARGET + "-none", ""]), "data": data if chance.random() < 0.8 else chance.choice(junk)})
    for version in (None, "1", 2, -1):
        page.open(TARGET + "-wrong", version)
        page.said(TARGET + "-wrong", lambda d: d["error"], kind="comm_close")
    page.ask(TARGET + "-none", id=1, path="/api/ledger")
    page.said(TARGET + "-none", lambda d: d["error"], kind="comm_close")
    assert page.answer(comm, 80, "/api/ledger")[0] == 200


def main():
    kernel, name = sys.argv[1:]
    page, comm = Page(kernel), TARGET + "-page"
    try:
        session = beside_a_cell(page, comm, kernel, name)
        events(page, comm, kernel, session)
        nonsense(page, comm)
        reply = page.client.comm_info(reply=True, timeout=PATIENCE)["content"]["comms"]
        assert reply[comm] == {"target_name": TARGET}, reply
        page.manager.restart_kernel()
        page.client.wait_for_ready(timeout=PATIENCE)
        page.ask(comm, id=1, path="/api/ledger")  # the page does not know of the restart
        page.said(comm, lambda d: d["error"], kind="comm_close")
        page.open(comm)
        assert page.said(comm, lambda d: "hello" in d)["content"]["data"]["hello"]["session"] != session
        for number in range(20):
            page.ask(comm, id=number, path="/api/events" if number % 2 else "/api/runs")
    finally:
        page.manager.shutdown_kernel()


main()
