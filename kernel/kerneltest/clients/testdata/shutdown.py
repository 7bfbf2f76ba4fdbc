"""What jupyter_client's manager does to a kernel: start, restart, interrupt, shut down, start over ipc."""
import os
import time

from jupyter_client.manager import KernelManager, start_new_kernel

PATIENCE = 180  # seconds; guards against hanging
km, kc = start_new_kernel(kernel_name="gemba")
pid = km.provisioner.pid


def status(code):
    return kc.execute_interactive(code, timeout=PATIENCE, output_hook=lambda m: None)["content"]["status"]


def until(holds):
    """Waits until something holds, and says whether it does."""
    end = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


assert status("func f() int { return 1 }") == "ok"
km.restart_kernel()
kc.wait_for_ready(timeout=PATIENCE)
assert km.provisioner.pid != pid and until(lambda: gone(pid)), "the old kernel lives"
assert status("%%\nprintln(f())") == "error", "a declaration outlived the restart"

msg = kc.execute("%%\nfor {}")
while kc.get_iopub_msg(timeout=PATIENCE)["msg_type"] != "execute_input":
    pass
km.interrupt_kernel()
while (reply := kc.get_shell_msg(timeout=PATIENCE))["parent_header"].get("msg_id") != msg:
    pass
assert reply["content"]["ename"] == "KeyboardInterrupt", reply["content"]
assert status("%%\nprintln(2)") == "ok"

kc.shutdown()
assert until(lambda: not km.is_alive()), "the kernel lives on after its shutdown_request"
kc.stop_channels()
km.cleanup_resources()

km = KernelManager(kernel_name="gemba", transport="ipc")
km.start_kernel()
kc = km.client()
kc.start_channels()
kc.wait_for_ready(timeout=PATIENCE)
assert status("%%\nprintln(3)") == "ok"
kc.stop_channels()
km.shutdown_kernel()
print("done")
