print("plain")
# %%
import sys
print("é ✓", 1, [2], sep=" | ", end="!\n")
print("to stderr", file=sys.stderr)
# %%
print("over", end="\r")
print("written", flush=True)
"and a result"
# %%
_ + ", again"
# %%
21 * 2;
# %%
# nothing but a comment
# %%
None
# %%
for i in range(3):
    print(i, "x" * 3000)
# %%
len(In), sorted(Out), get_ipython().execution_count
# %%
len?
# %%
help(abs)
# %%
def f(x):
    "Doubles."
    return 2 * x
f
# %%
f?
# %%
sorted(name for name in globals() if not name.startswith("_"))
# %%
%who
# %%
import warnings
warnings.warn("careful")
# %%
import logging
logging.getLogger("here").warning("logged")
# %%
import subprocess, time
print(subprocess.run(["sh", "-c", "echo out; exit 3"], capture_output=True, text=True))
straight = subprocess.run("echo straight to the terminal", shell=True)
time.sleep(0.5)  # until ipykernel's thread that reads the descriptor has shown it
straight.returncode
# %%
import os
os.write(1, b"through the descriptor\n")
time.sleep(0.5)
# %%
get_ipython().set_next_input("proposed")
get_ipython().get_parent()["header"]["msg_type"], __name__
# %%
ö = {"b": 1, "a": (None, ...)}
ö
