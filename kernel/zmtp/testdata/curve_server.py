"""libzmq as the encrypted sockets that are dialled: curve_server.py FOLDER PUBLIC SECRET, the keys in hexadecimal."""
import sys

import zmq
from zmq.utils import z85

folder, public, secret = sys.argv[1:]
public, secret = z85.encode(bytes.fromhex(public)), z85.encode(bytes.fromhex(secret))
context = zmq.Context()


def bind(kind: int, name: str) -> zmq.Socket:
    socket = context.socket(kind)
    socket.linger, socket.rcvtimeo, socket.sndhwm = 60_000, 60_000, 0  # no limit: XPUB drops what is above it
    socket.curve_publickey, socket.curve_secretkey, socket.curve_server = public, secret, True
    socket.heartbeat_ivl, socket.heartbeat_timeout = 10, 60_000  # PING commands go in boxes
    socket.bind(f"ipc://{folder}/{name}")
    return socket


router, xpub = bind(zmq.ROUTER, "router"), bind(zmq.XPUB, "xpub")
assert xpub.recv() == b"\x01"
for i in range(5_000):
    xpub.send_multipart([b"stream", b"%d" % i, bytes(i)])
while (parts := router.recv_multipart())[1] != b"end":
    router.send_multipart(parts)
