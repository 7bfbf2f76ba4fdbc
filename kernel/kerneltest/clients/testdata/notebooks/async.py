import asyncio
await asyncio.sleep(0.01)
print("awaited")
# %%
async def late(n):
    await asyncio.sleep(0.01 * n)
    print("late", n)
    return n
await asyncio.gather(late(2), late(1))
# %%
task = asyncio.create_task(late(3))
# %%
await task
# %%
async def count():
    for i in range(3):
        yield i
async for i in count():
    print(i)
# %%
import threading
def work(n):
    print("thread", n)
threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
for t in threads:
    t.start()
    t.join()
# %%
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as pool:
    print(sum(pool.map(abs, range(-50, 0))))
# %%
import multiprocessing
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(abs, [-1, -2]))
# %%
import os, sys
child = os.fork()
if child == 0:
    os._exit(3)
os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
# %% raises-exception
async def fail():
    raise RuntimeError("async")
await fail()
# %%
asyncio.get_running_loop().is_running()
# %%
import contextvars, signal
signal.getsignal(signal.SIGINT).__name__, sorted(t.name.split("-")[0] for t in threading.enumerate() if not t.daemon)
