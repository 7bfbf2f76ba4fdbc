"""Jupyter's own watch starts a wrapped kernel again when either of its processes was killed: with the kernel, and with gemba before it."""
import asyncio
import os
import signal

from jupyter_client.ioloop import AsyncIOLoopKernelManager
from traitlets.config import Config

PATIENCE = 180  # seconds; guards against hanging


async def run(kc, code):
    shown = []
    reply = await kc.execute_interactive(code, timeout=PATIENCE, output_hook=shown.append)
    return reply["content"], "".join(m["content"]["text"] for m in shown if m["msg_type"] == "stream")


async def dies(km, kc, who):
    """Kills a process, waits until the watch has started the kernel again, and returns how often it had to."""
    restarted, starts = asyncio.Event(), []
    km.add_restart_callback(lambda: (starts.append(who), restarted.set()))
    _, kernel = await run(kc, "import os\nx = 1\nprint(os.getpid())")
    before = km.provisioner.pid
    os.kill(before if who == "gemba" else int(kernel), signal.SIGKILL)
    await asyncio.wait_for(restarted.wait(), PATIENCE)
    while km.provisioner.pid in (None, before):
        await asyncio.sleep(0.01)
    await kc.wait_for_ready(timeout=PATIENCE)
    reply, shown = await run(kc, "print('x' in globals())")
    assert (reply["status"], reply["execution_count"], shown) == ("ok", 1, "False\n"), (reply, shown)
    print(f"kill -9 of {who}: started again after {len(starts)} restart")
    return len(starts)


async def main():
    km = AsyncIOLoopKernelManager(kernel_name="gemba-python3", autorestart=True, config=Config(KernelRestarter={"time_to_dead": 0.2}))
    await km.start_kernel()
    kc = km.client()
    kc.start_channels()
    try:
        await kc.wait_for_ready(timeout=PATIENCE)
        for who in ("kernel", "gemba"):
            assert await dies(km, kc, who) == 1, "it was started more than once"
    finally:
        kc.stop_channels()
        await km.shutdown_kernel(now=True)


asyncio.run(main())
