# %% parameters
rate = 1
# %%
from IPython.display import (HTML, JSON, SVG, Image, Javascript, Latex, Markdown, Pretty, clear_output, display,
                             publish_display_data, update_display)
# %%
display(HTML("<b>bold</b>"), Markdown("# title"), Latex("$x^2$"), JSON({"a": [1, {"b": None}]}, expanded=True), Pretty("pretty"))
# %%
SVG("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><circle r='3'/></svg>")
# %%
Javascript("1 + 1")
# %%
import base64
Image(base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"), width=3)
# %%
handle = display("first", display_id="one")
print("between")
display("second", display_id="two", metadata={"mark": 1})
# %%
handle.update("first, changed")
update_display(HTML("<i>second</i>"), display_id="two")
# %%
print("gone")
display("gone too")
clear_output()
print("stays")
# %%
for i in range(5):
    clear_output(wait=True)
    print("step", i)
# %%
class Rich:
    def _repr_html_(self):
        return "<u>rich</u>"

    def _repr_png_(self):
        return b"\x89PNG\r\n\x1a\n"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"application/x.gemba+json": {"n": [1]}}, {"application/x.gemba+json": {"shown": True}}
Rich()
# %%
publish_display_data({"text/plain": "bundle", "application/vnd.custom": "x"}, metadata={"k": 1})
# %%
import pandas as pd
frame = pd.DataFrame({"name": ["Ada", "Grace"], "born": [1815, 1906]}).set_index("name")
frame
# %%
frame.style.set_uuid("u").highlight_max()
# %%
frame.describe().round(1).T
# %%
pd.Series(range(100))
# %%
print(frame)
display(frame.head(1))
frame.dtypes
