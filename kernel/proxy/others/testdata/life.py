"""Interrupts, restarts and kills a wrapped bash_kernel, and looks at what its client sees: life.py KERNEL."""
import os
import signal
import sys
import time

from jupyter_client import KernelManager

PATIENCE = 180  # seconds; guards against hanging


def text_of(client, code, **options):
    shown = []
    reply = client.execute_interactive(code, timeout=PATIENCE, output_hook=lambda m: shown.append(m["content"].get("text", "")), **options)
    return reply["content"], "".join(shown)


def wait(client, kind, request):
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message["msg_type"] == kind and message["parent_header"].get("msg_id") == request:
            return message


def until(holds):
    """Waits until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never holds"
        time.sleep(0.05)


manager = KernelManager(kernel_name=sys.argv[1])
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=PATIENCE)
    reply, text = text_of(client, "%param early=1")
    assert (reply["status"], reply["execution_count"], text) == ("ok", 1, ""), (reply, text)
    reply, text = text_of(client, "x=5; echo $x")
    assert (reply["execution_count"], text) == (2, "5\n"), (reply, text)

    request = client.execute("touch begun; sleep 600; echo over")
    wait(client, "execute_input", request)
    until(lambda: os.path.exists("begun"))
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=PATIENCE)
    assert reply["parent_header"]["msg_id"] == request and reply["content"]["status"] != "ok", reply
    reply, text = text_of(client, "echo $x")
    assert text == "5\n", text

    manager.restart_kernel()
    client.wait_for_ready(timeout=PATIENCE)
    reply, text = text_of(client, 'echo "[$x]"')
    assert (reply["execution_count"], text) == (1, "[]\n"), (reply, text)

    _, text = text_of(client, "echo $PPID")
    request = client.execute("touch again; sleep 600")
    wait(client, "execute_input", request)
    until(lambda: os.path.exists("again"))
    os.kill(int(text), signal.SIGKILL)
    said = wait(client, "stream", request)
    assert "died" in said["content"]["text"], said
    until(lambda: not manager.is_alive())
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
