import ipywidgets as widgets
from IPython.display import display
# %%
out = widgets.Output()
display(out)
with out:
    print("captured")
    display("captured too")
print("not captured")
# %%
out.clear_output()
with out:
    print("only this")
# %%
@widgets.interact(n=(0, 5), name="x")
def shown(n, name):
    print("interact", n, name)
