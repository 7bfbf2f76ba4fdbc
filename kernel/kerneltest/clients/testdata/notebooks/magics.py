%%time
sum(range(10))
# %%
%%bash
echo from bash
echo to stderr >&2
# %%
!ls; echo $0 && printf 'a\nb\n'
# %%
lines = !printf 'x\ny\n'
lines
# %%
%%writefile written.py
value = 40
def more():
    return value + 2
# %%
%run written.py
more()
# %%
import written
written.more()
# %%
%cat written.py
# %%
%%capture taken
print("caught")
# %%
taken.stdout
# %%
%env GEMBA_A_VARIABLE=1
# %%
import os
os.environ["GEMBA_A_VARIABLE"]
# %%
%%html
<p>html</p>
# %%
%pwd
# %%
%%python
print("another python")
# %%
t = %timeit -o -q -n1 -r1 pass
type(t).__name__
# %%
%load_ext autoreload
%autoreload 2
# %%
%precision 3
# %%
3.14159
# %%
%reset -f
# %%
sorted(name for name in globals() if not name.startswith("_"))
# %%
%history 20-21
# %%
%%script sh -c 'cat; exit 0'
the cell is the input
# %%
%alias greet echo hello %s
# %%
%greet Ada
# %%
%xmode Minimal
# %% raises-exception
1 / 0
# %%
%%javascript
var x = 1
# %%
%lsmagic
