# %% raises-exception
1 / 0
# %% raises-exception
print("before")
x = = 1
# %%
def inner(n):
    return {}[n]

def outer(n):
    try:
        return inner(n)
    except KeyError as e:
        raise ValueError(f"no {n}: é") from e
# %% raises-exception
outer("key")
# %% raises-exception
class Own(Exception):
    def __str__(self):
        return "my own\nin two lines"
raise Own
# %% raises-exception
raise ExceptionGroup("several", [ValueError(1), TypeError("two")])
# %% raises-exception
import sys
sys.exit("leaving")
# %% raises-exception
raise KeyboardInterrupt
# %% raises-exception
  print("indented")
   print("wrongly")
# %% raises-exception
nowhere
# %% raises-exception
import json
json.loads("{")
# %% raises-exception
assert 1 == 2, "unequal"
# %% raises-exception
%nosuchmagic
# %% raises-exception
%%bash
echo said
exit 3
# %% raises-exception
def deep(n):
    return deep(n + 1)
deep(0)
# %% raises-exception
from IPython.display import display
display("shown")
await nothing()
# %%
_ is None, "and on"
# %% raises-exception
class Broken:
    def _repr_html_(self):
        raise ValueError("cannot be drawn")

    def __repr__(self):
        return "broken"
Broken()
