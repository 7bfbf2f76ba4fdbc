"""A kernel whose sockets are encrypted, over tcp and ipc, as jupyter_client starts and uses it."""
import json
import pathlib
import sys
import time

import zmq
from jupyter_client.manager import KernelManager

PATIENCE = 180  # seconds; guards against hanging
if not hasattr(KernelManager, "transport_encryption"):
    sys.exit("this jupyter_client does not encrypt: 8.10 and newer do")

for transport in ["tcp", "ipc"]:
    km = KernelManager(kernel_name="gemba", transport=transport, transport_encryption="required")
    km.start_kernel()
    keys = json.loads(pathlib.Path(km.connection_file).read_text())
    assert len(keys["curve_publickey"]) == len(keys["curve_secretkey"]) == 40
    kc = km.client()
    kc.start_channels()
    kc.wait_for_ready(timeout=PATIENCE)

    shown = []
    code = '%%\nfmt.Println("over ' + transport + '")'
    reply = kc.execute_interactive(code, timeout=PATIENCE, output_hook=lambda m: shown.append(m["content"].get("text")))
    assert reply["content"]["status"] == "ok" and f"over {transport}\n" in shown, (reply["content"], shown)
    end = time.monotonic() + PATIENCE
    while not kc.hb_channel.is_beating():
        assert time.monotonic() < end, "the heart does not beat"
        time.sleep(0.05)

    plain = zmq.Context.instance().socket(zmq.REQ)
    plain.linger, plain.rcvtimeo = 0, 500
    plain.connect(kc._make_url("hb"))
    plain.send(b"hello?")
    try:
        raise AssertionError(f"who does not encrypt is answered: {plain.recv()!r}")
    except zmq.Again:
        pass

    kc.stop_channels()
    km.shutdown_kernel()
print("done")
