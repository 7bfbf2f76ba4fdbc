"""libzmq as the client of encrypted sockets: curve_client.py ROUTER XPUB PUBLIC SECRET, the keys in hexadecimal."""
import sys

import zmq
from zmq.utils import z85

router, xpub, public, secret = sys.argv[1:]
public, secret = z85.encode(bytes.fromhex(public)), z85.encode(bytes.fromhex(secret))
context = zmq.Context()


def connect(kind: int, address: str, server: bytes = public, pair: tuple = (public, secret)) -> zmq.Socket:
    socket = context.socket(kind)
    socket.linger, socket.rcvtimeo, socket.sndtimeo = 0, 20_000, 20_000
    socket.curve_publickey, socket.curve_secretkey = pair
    socket.curve_serverkey = server
    socket.heartbeat_ivl, socket.heartbeat_timeout = 10, 60_000  # PING commands go in boxes
    if kind == zmq.SUB:
        socket.subscribe(b"str")
    elif kind == zmq.DEALER:
        socket.identity = b"me"
    socket.connect(address)
    return socket


dealer = connect(zmq.DEALER, router)
for size in [0, 1, 200, 221, 222, 223, 255, 256, 65535, 20 << 20]:
    parts = [b"first", b"", bytes(i % 251 for i in range(min(size, 4096))) * max(1, size // 4096)]
    dealer.send_multipart(parts)
    assert dealer.recv_multipart() == parts, size
for i in range(20_000):
    dealer.send(b"%d" % i)
for i in range(20_000):
    assert dealer.recv() == b"%d" % i

heartbeat = connect(zmq.REQ, router, pair=zmq.curve_keypair())  # as jupyter_client's heartbeat: with keys of its own
heartbeat.send(b"beat")
assert heartbeat.recv() == b"beat"

sub = connect(zmq.SUB, xpub)
assert sub.recv_multipart() == [b"str", b"welcome"]
dealer.send(b"flood")
for i in range(5_000):
    topic, number, body = sub.recv_multipart()
    assert (topic, number, len(body)) == (b"stream", b"%d" % i, i), (topic, number, len(body))
sub.unsubscribe(b"str")

for name, socket in {"wrong server key": connect(zmq.DEALER, router, server=zmq.curve_keypair()[0]),
                     "wrong pair": connect(zmq.DEALER, router, pair=(zmq.curve_keypair()[0], zmq.curve_keypair()[1]))}.items():
    socket.rcvtimeo = 500
    socket.send(b"hello?")
    try:
        print(name, socket.recv())
    except zmq.Again:
        print(name, "refused")

plain = context.socket(zmq.DEALER)
plain.linger, plain.rcvtimeo = 0, 500
plain.connect(router)
plain.send(b"hello?")
try:
    print("plain", plain.recv())
except zmq.Again:
    print("plain refused")
