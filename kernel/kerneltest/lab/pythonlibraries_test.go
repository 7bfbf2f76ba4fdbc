package lab

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPythonLibraries shows what people's notebooks show, and moves what can be moved.
func TestPythonLibraries(t *testing.T) {
	likeAlone(t, "libraries", []string{
		`import ipywidgets as widgets
from IPython.display import display
slider, label, out = widgets.IntSlider(value=3, max=10), widgets.Label("nothing moved"), widgets.Output()
def moved(change):
    label.value = f"the kernel has {change.new}"
    with out:
        print("seen", change.new)
slider.observe(moved, "value")
display(slider, label, out)`,
		"@widgets.interact(n=(0, 8))\ndef shown(n=2):\n    print('n is', n)",
		"%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.figure(figsize=(2, 1)); plt.plot([1, 3, 2]);",
		"%matplotlib widget\nfigure, axes = plt.subplots(figsize=(3, 2))\naxes.plot([1, 2])\nfigure.canvas.header_visible = False\nplt.show()",
		"from tqdm.notebook import tqdm\nsum(tqdm(range(40), bar_format='adding {n}/{total}'))",
		"import plotly.graph_objects as go\ngo.Figure(go.Bar(y=[1, 3, 2]), layout={'height': 200})",
		"import pandas as pd\npd.DataFrame({'name': ['Ada', 'Grace'], 'born': [1815, 1906]})",
		"slider.value, len(axes.lines)",
	}, func(p *page) {
		p.choose("Run", "Run All Cells")
		p.done(8, 8)
		p.move(0, "the kernel has 4")
		p.shows(1, "seen 4")
		p.move(0, "the kernel has 5")
		p.shows(1, "seen 5")
		p.move(1, "n is 3")
		p.find(".jp-OutputArea-output img[src^='data:image/png']", "")
		p.find(".jupyter-matplotlib-canvas-div canvas", "")
		p.sees(".widget-label, .widget-html", "40/40")
		p.find(".js-plotly-plot .plot-container .main-svg", "")
		p.sees("table.dataframe", "Grace")
		p.run(8)
		p.done(8, 9)
		p.shows(8, "(5, 1)")
	})
}

// move moves a slider a step to the right by the keyboard, and waits until the page says so: of two steps the page may tell the kernel
// the second alone.
func (p *page) move(slider int, says string) {
	p.Helper()
	p.until("the slider has the cursor", func() bool { return try[bool](p, "take", ".noUi-handle", slider) })
	p.do(chromedp.KeyEvent(kb.ArrowRight))
	p.sees(".jp-OutputArea-output", says)
}
