"""A kernel that misbehaves: badkernel.py HOW CONNECTION_FILE. It is as small as a kernel can be, and else does what is asked."""
import json
import os
import signal
import sys
import time

how = sys.argv[1]
if how == "exits":
    sys.exit(3)
if how == "exits with output":
    print("no, not today")
    sys.stderr.write("a reason\n")
    sys.exit(1)
if how == "never listens":
    time.sleep(600)

import zmq  # noqa: E402 (what exits at once does so at once)
from jupyter_client.session import Session  # noqa: E402

with open(sys.argv[2]) as f:
    connection = json.load(f)
session = Session(key=connection["key"].encode(), signature_scheme=connection["signature_scheme"], check_pid=False)
context = zmq.Context()
sockets = {}
for name, kind in (("shell", zmq.ROUTER), ("control", zmq.ROUTER), ("stdin", zmq.ROUTER), ("hb", zmq.REP), ("iopub", zmq.PUB)):
    socket = context.socket(kind)
    socket.linger, socket.sndhwm = 1000, 0
    at = f"{connection['transport']}://{connection['ip']}"
    socket.bind(f"{at}{'-' if connection['transport'] == 'ipc' else ':'}{connection[name + '_port']}")
    sockets[name] = socket
if how == "writes to standard output":
    print("x" * 100000, flush=True)
if how == "ignores interrupts":
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def publish(kind, content, parent):
    session.send(sockets["iopub"], kind, content, parent, ident=kind.encode())


def say(text, parent):
    publish("stream", {"name": "stdout", "text": text}, parent)


def raw(frames):
    sockets["iopub"].send_multipart(frames)


def oddities(parent):
    """Publishes messages that are none."""
    good = session.serialize(session.msg("stream", {"name": "stdout", "text": "unsigned\n"}, parent), b"stream")
    if how == "unsigned":
        return raw([*good[:2], b"", *good[3:]])
    if how == "wrongly signed":
        return raw([*good[:2], b"0" * 64, *good[3:]])
    for odd in ([b"stream"], [b"<IDS|MSG>"], [], good[:4], [*good[:3], b"{", *good[4:]], [*good[:3], b"[]", *good[4:]], [*good[:4], b"\xff", *good[5:]],
                [*good[:3], b'{"msg_type": 3}', *good[4:]], [*good[:6], b"\xff\xfe"], [*good[:6], b'{"text": NaN}'], [b""] * 300):
        if odd:
            raw(odd)


def die(parent):
    say("last words\n", parent)
    for _ in range(6000):  # ZeroMQ's thread sends them, and the front end says when they are there
        if os.path.exists(os.environ["HEARD"]):
            break
        time.sleep(0.01)
    if how == "dies by os._exit":
        os._exit(3)
    if how == "leaves":
        os._exit(0)
    if how == "dies by SIGKILL":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "dies by SIGSEGV":
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "forks and leaves" and os.fork():
        os._exit(0)
    time.sleep(30)
    os._exit(0)  # what a fork leaves behind is not for ever


DEATHS = ("dies by os._exit", "leaves", "dies by SIGKILL", "dies by SIGSEGV", "forks and leaves")


def execute(ident, parent):
    global count
    count += 1
    publish("status", {"execution_state": "busy"}, parent)
    publish("execute_input", {"code": parent["content"]["code"], "execution_count": count}, parent)
    if how in ("unsigned", "wrongly signed", "malformed"):
        oddities(parent)
    if how in DEATHS:
        die(parent)
    if how == "floods":
        for i in range(int(os.environ.get("FLOOD", "5000"))):
            say(f"{i}\n", parent)
    if how == "opens comms":
        publish("comm_open", {"comm_id": f"c{count}", "target_name": "t", "data": {}}, parent)
    say("hello\n", parent)

    def reply():
        content = {"status": "ok", "execution_count": count, "user_expressions": {}}
        session.send(sockets["shell"], "execute_reply", content, parent, ident=ident)

    def idle():
        publish("status", {"execution_state": "idle"}, parent)

    if how == "is idle before it replies":
        idle()
        time.sleep(1.5)
        return reply()
    if how != "never replies":
        reply()
    if how == "replies twice":
        reply()
    if how == "shows after its reply":
        for i in range(4):
            time.sleep(0.5)
            say(f"late {i}\n", parent)
    if how != "never is idle":
        idle()
    if how == "is idle twice":
        idle()


count = 0
if how == "speaks another version":
    session.metadata = {}
    msg_header = session.msg_header
    session.msg_header = lambda kind: {**msg_header(kind), "version": "9.1"}
poller = zmq.Poller()
for name in ("shell", "control", "hb"):
    poller.register(sockets[name], zmq.POLLIN)
while True:
    try:
        ready = dict(poller.poll())
        for name in ("shell", "control", "hb"):
            if sockets[name] not in ready:
                continue
            if name == "hb":
                sockets["hb"].send(sockets["hb"].recv())
                continue
            ident, frames = session.feed_identities(sockets[name].recv_multipart())
            msg = session.deserialize(frames)
            kind = msg["header"]["msg_type"]
            if how == "never answers":
                continue
            if kind == "execute_request":
                execute(ident, msg)
            elif kind == "kernel_info_request":
                publish("status", {"execution_state": "busy"}, msg)
                info = {"status": "ok", "protocol_version": "5.3", "implementation": "bad", "implementation_version": "1", "banner": "",
                        "language_info": {"name": "bad", "version": "1", "mimetype": "text/plain", "file_extension": ".bad"}, "help_links": []}
                session.send(sockets[name], "kernel_info_reply", {} if how == "tells nothing of itself" else info, msg, ident=ident)
                publish("status", {"execution_state": "idle"}, msg)
            elif kind == "shutdown_request":
                session.send(sockets[name], "shutdown_reply", msg["content"], msg, ident=ident)
                for s in sockets.values():
                    s.close()
                context.term()  # until it is sent
                sys.exit(0)
    except KeyboardInterrupt:
        if how != "ignores interrupts":
            print("interrupted", file=sys.stderr)
