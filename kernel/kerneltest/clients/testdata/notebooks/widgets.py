import ipywidgets as widgets
from IPython.display import display
slider = widgets.IntSlider(value=3, max=10, description="n")
slider
# %%
slider.value = 7
text = widgets.Text("text")
widgets.link((slider, "description"), (text, "value"))
widgets.VBox([slider, text])
# %%
from tqdm.notebook import tqdm
total = sum(tqdm(range(4), desc="sum", bar_format="{desc} {n}/{total}"))
total
# %%
seen = []
slider.observe(lambda change: seen.append(change.new), "value")
slider.value = 9
seen
# %%
widgets.Image(value=b"\x89PNG" * 100, format="png")
