"""What jupyter_client's manager does to a kernel: start, restart, interrupt, shut down, start over ipc."""
import os
import time

from jupyter_client.manager import KernelManager, start_new_kernel

km, kc = start_new_kernel(kernel_name="gemba")
pid = km.provisioner.pid


def status(code):
    return kc.execute_interactive(code, timeout=60, output_hook=lambda m: None)["content"]["status"]


def gone(pid):
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


assert status("func f() int { return 1 }") == "ok"
km.restart_kernel()
kc.wait_for_ready(timeout=60)
assert km.provisioner.pid != pid and gone(pid), "the old kernel lives"
assert status("%%\nprintln(f())") == "error", "a declaration outlived the restart"

msg = kc.execute("%%\nfor {}")
while kc.get_iopub_msg(timeout=60)["msg_type"] != "execute_input":
    pass
km.interrupt_kernel()
while (reply := kc.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != msg:
    pass
assert reply["content"]["ename"] == "KeyboardInterrupt", reply["content"]
assert status("%%\nprintln(2)") == "ok"

kc.shutdown()
for _ in range(600):
    if not km.is_alive():
        break
    time.sleep(0.05)
else:
    raise AssertionError("the kernel lives on after its shutdown_request")
kc.stop_channels()
km.cleanup_resources()

km = KernelManager(kernel_name="gemba", transport="ipc")
km.start_kernel()
kc = km.client()
kc.start_channels()
kc.wait_for_ready(timeout=60)
assert status("%%\nprintln(3)") == "ok"
kc.stop_channels()
km.shutdown_kernel()
print("done")
