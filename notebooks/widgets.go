package notebooks

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// widgets are the Jupyter widgets that the cells of one run make, as a front end has them: the notebook keeps their states, so that a reader sees
// them without a kernel, and Output widgets take what is shown to them. The rules are nbclient's (NotebookClient.handle_comm_msg, output_widget.py);
// the format is https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/README.md.
type widgets struct {
	order  []string // ids of models, as they were made
	models map[string]*model
	takers []*model      // Output widgets that the running cell shows things to, the innermost last
	tell   func(Message) // tells the kernel what a widget is now; nil: it is not told
	untold []*model      // Output widgets of which the kernel has not been told
}

// model is one widget.
type model struct {
	id      string
	state   map[string]any
	buffers []any            // of state, as nbformat keeps them
	cell    *Cell            // whose output an Output widget takes; nil: none
	clear   bool             // clear_output with wait came: the next output clears
	text    *strings.Builder // of its last output, while that is a stream that grows; nil: it stands in the state
}

const outputModule, outputModel = "@jupyter-widgets/output", "OutputModel"

// comm takes a message between a widget's two halves.
func (w *widgets) comm(cell *Cell, kind string, content map[string]any, buffers [][]byte) {
	id, _ := content["comm_id"].(string)
	data, _ := content["data"].(map[string]any)
	state, ok := data["state"].(map[string]any)
	if !ok || id == "" {
		return // something else than a widget's state
	}
	m := w.models[id]
	if m == nil {
		m = &model{id: id, state: map[string]any{}}
		w.models[id], w.order = m, append(w.order, id)
	}
	if state["outputs"] != nil {
		m.text = nil // the kernel says what is shown
	}
	maps.Copy(m.state, state)
	paths, _ := data["buffer_paths"].([]any)
	m.keep(paths, buffers)
	if to, set := state["msg_id"].(string); set && kind == "comm_msg" && m.state["_model_module"] == outputModule && m.state["_model_name"] == outputModel {
		w.take(m, cell, to != "")
	}
}

// keep keeps the binary parts of a state, the last for each place.
func (m *model) keep(paths []any, buffers [][]byte) {
	for i, path := range paths[:min(len(paths), len(buffers))] {
		kept := map[string]any{"data": base64.StdEncoding.EncodeToString(buffers[i]), "encoding": "base64", "path": path}
		at := slices.IndexFunc(m.buffers, func(b any) bool { return fmt.Sprint(b.(map[string]any)["path"]) == fmt.Sprint(path) })
		if at < 0 {
			m.buffers = append(m.buffers, kept)
		} else {
			m.buffers[at] = kept
		}
	}
}

// take begins or ends that an Output widget takes what a cell shows.
func (w *widgets) take(m *model, cell *Cell, begin bool) {
	w.takers = slices.DeleteFunc(w.takers, func(o *model) bool { return o == m })
	if begin {
		m.cell = cell
		w.takers = append(w.takers, m)
	}
}

// taker returns the widget that takes what a cell shows now, nil when the cell itself shows it.
func (w *widgets) taker(cell *Cell) *model {
	for i := len(w.takers) - 1; i >= 0; i-- {
		if w.takers[i].cell == cell {
			return w.takers[i]
		}
	}
	return nil
}

// clearOutput empties an Output widget, at once or when the next output comes.
func (w *widgets) clearOutput(m *model, wait bool) {
	if m.clear = wait; !wait {
		m.text = nil
		w.set(m, []any{})
	}
}

// append shows something in an Output widget.
func (w *widgets) append(m *model, kind string, fields []string, content map[string]any) {
	if m.clear {
		w.clearOutput(m, false)
	}
	shown, _ := m.state["outputs"].([]any)
	if kind == "stream" && m.join(shown, content) {
		w.set(m, shown)
		return
	}
	m.finish()
	out := outputOf(kind, fields, content)
	if kind == "stream" {
		out["text"] = content["text"]
	}
	w.set(m, append(shown, out))
}

// join appends a chunk to the last output when that is the same stream.
func (m *model) join(shown []any, content map[string]any) bool {
	if len(shown) == 0 {
		return false
	}
	last, _ := shown[len(shown)-1].(map[string]any)
	if last["output_type"] != "stream" || last["name"] != content["name"] {
		return false
	}
	if m.text == nil {
		before, _ := last["text"].(string)
		m.text = &strings.Builder{}
		m.text.WriteString(before)
	}
	text, _ := content["text"].(string)
	m.text.WriteString(text)
	return true
}

// finish puts the text of the last output, a stream that grew, into the state.
func (m *model) finish() {
	if shown, _ := m.state["outputs"].([]any); m.text != nil && len(shown) > 0 {
		last, _ := shown[len(shown)-1].(map[string]any)
		last["text"] = m.text.String()
	}
	m.text = nil
}

// set gives an Output widget its outputs. The kernel is told at the end of the cell, before which it hears nothing: nbclient sends all of them
// again for each that is added.
func (w *widgets) set(m *model, outputs []any) {
	if m.state["outputs"] = outputs; !slices.Contains(w.untold, m) {
		w.untold = append(w.untold, m)
	}
}

// settle tells the kernel what Output widgets show now.
func (w *widgets) settle() {
	changed := w.untold
	w.untold = nil
	for _, m := range changed {
		m.finish()
		if w.tell != nil {
			data := map[string]any{"method": "update", "state": map[string]any{"outputs": m.state["outputs"]}, "buffer_paths": []any{}}
			w.tell(Message{Type: "comm_msg", Content: appendValue(nil, map[string]any{"comm_id": m.id, "data": data})})
		}
	}
}

// widgetStates is under which type of content a notebook keeps the states of its widgets.
const widgetStates = "application/vnd.jupyter.widget-state+json"

// metadata returns what the notebook's metadata say of the widgets, the models as they were made; nil when there were none.
func (w *widgets) metadata() map[string]any {
	if len(w.order) == 0 {
		return nil
	}
	var models []string
	for _, id := range w.order {
		m := w.models[id]
		if m.state["_model_name"] == nil {
			continue
		}
		kept := map[string]any{"state": m.state}
		for _, name := range []string{"model_name", "model_module", "model_module_version"} {
			kept[name] = m.state["_"+name]
		}
		if len(m.buffers) > 0 {
			kept["buffers"] = m.buffers
		}
		models = append(models, string(encodeString(id))+":"+string(appendValue(nil, kept)))
	}
	states := json.RawMessage("{" + strings.Join(models, ",") + "}")
	return map[string]any{widgetStates: map[string]any{"state": states, "version_major": 2, "version_minor": 0}}
}
