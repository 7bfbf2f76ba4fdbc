"""Interrupts, restarts and kills a wrapped bash_kernel, and looks at what its client sees: life.py KERNEL."""
import os
import signal
import sys
import time

from jupyter_client import KernelManager


def text_of(client, code, **options):
    shown = []
    reply = client.execute_interactive(code, timeout=30, output_hook=lambda m: shown.append(m["content"].get("text", "")), **options)
    return reply["content"], "".join(shown)


def wait(client, kind, request):
    while True:
        message = client.get_iopub_msg(timeout=30)
        if message["msg_type"] == kind and message["parent_header"].get("msg_id") == request:
            return message


manager = KernelManager(kernel_name=sys.argv[1])
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    reply, text = text_of(client, "%param early=1")
    assert (reply["status"], reply["execution_count"], text) == ("ok", 1, ""), (reply, text)
    reply, text = text_of(client, "x=5; echo $x")
    assert (reply["execution_count"], text) == (2, "5\n"), (reply, text)

    request = client.execute("echo begun; sleep 60; echo over")
    wait(client, "execute_input", request)
    time.sleep(1)  # the shell has begun
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=20)
    assert reply["parent_header"]["msg_id"] == request and reply["content"]["status"] != "ok", reply
    reply, text = text_of(client, "echo $x")
    assert text == "5\n", text

    manager.restart_kernel()
    client.wait_for_ready(timeout=60)
    reply, text = text_of(client, 'echo "[$x]"')
    assert (reply["execution_count"], text) == (1, "[]\n"), (reply, text)

    _, text = text_of(client, "echo $PPID")
    request = client.execute("sleep 60")
    wait(client, "execute_input", request)
    time.sleep(0.5)
    os.kill(int(text), signal.SIGKILL)
    said = wait(client, "stream", request)
    assert "died" in said["content"]["text"], said
    for _ in range(100):
        if not manager.is_alive():
            break
        time.sleep(0.1)
    assert not manager.is_alive()
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
