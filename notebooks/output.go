package notebooks

import (
	"encoding/json"
	"slices"
	"strings"
)

// Message is something an Executor shows: an iopub message of the Jupyter protocol without its transport.
type Message struct {
	Type    string          // "stream", "display_data", "clear_output", …
	Content json.RawMessage // the message's content
	Buffers [][]byte        // binary parts of comm messages
}

// Outputs collects what the cells of one run show and turns it into nbformat's outputs, by nbclient's
// rules (https://github.com/jupyter/nbclient, NotebookClient.process_message), and joins consecutive
// chunks of the same stream, as front ends do. The zero value is not ready: use NewOutputs.
type Outputs struct {
	cells    map[*Cell]*cellOutputs
	displays map[string][]place // by display_id
	widgets  widgets
}

// cellOutputs are the outputs of one cell.
type cellOutputs struct {
	list    []map[string]any
	streams map[int]*strings.Builder // text of stream outputs, by position in list
	clear   bool                     // clear_output with wait came: the next output clears
	failed  bool                     // an error output was seen
}

// place is where a display stands.
type place struct {
	cell  *Cell
	index int
}

// NewOutputs returns a collector for one run of a notebook. The kernel is told what its Output widgets show when a cell
// ends; tell may be nil.
func NewOutputs(tell func(Message)) *Outputs {
	return &Outputs{cells: map[*Cell]*cellOutputs{}, displays: map[string][]place{}, widgets: widgets{models: map[string]*model{}, tell: tell}}
}

// outputFields are the fields of each message that become an output.
var outputFields = map[string][]string{
	"stream":         {"name"},
	"display_data":   {"data", "metadata"},
	"execute_result": {"data", "metadata", "execution_count"},
	"error":          {"ename", "evalue", "traceback"},
}

// Add takes a message that cell showed. It returns the cells whose outputs changed: mostly that one,
// but an update of a display changes every cell that shows it.
func (o *Outputs) Add(cell *Cell, m Message) []*Cell {
	value, err := decode(m.Content)
	content, ok := value.(map[string]any)
	if err != nil || !ok {
		return nil
	}
	changed := o.update(m.Type, content)
	fields, isOutput := outputFields[m.Type]
	taker := o.widgets.taker(cell)
	switch {
	case m.Type == "comm_open" || m.Type == "comm_msg":
		o.widgets.comm(cell, m.Type, content, m.Buffers)
		return changed
	case m.Type == "clear_output" && taker != nil:
		o.widgets.clearOutput(taker, content["wait"] == true)
		return changed
	case m.Type == "clear_output":
		o.clearOutput(cell, content["wait"] == true)
	case isOutput && taker != nil:
		o.widgets.append(taker, m.Type, fields, content)
		return changed
	case isOutput:
		o.append(cell, m.Type, fields, content)
	default:
		return changed
	}
	return append(changed, cell)
}

// update gives every earlier display of that id the new data.
func (o *Outputs) update(kind string, content map[string]any) (changed []*Cell) {
	if !slices.Contains([]string{"display_data", "execute_result", "update_display_data"}, kind) {
		return nil
	}
	for _, p := range o.displays[displayID(content)] {
		shown := o.cells[p.cell].list[p.index]
		shown["data"], shown["metadata"] = bundle(content["data"]), orEmpty(content["metadata"])
		changed = append(changed, p.cell)
	}
	return changed
}

func displayID(content map[string]any) string {
	transient, _ := content["transient"].(map[string]any)
	id, _ := transient["display_id"].(string)
	return id
}

func (o *Outputs) of(cell *Cell) *cellOutputs {
	if o.cells[cell] == nil {
		o.cells[cell] = &cellOutputs{streams: map[int]*strings.Builder{}}
	}
	return o.cells[cell]
}

// clearOutput empties what cell shows, at once or when the next output comes.
func (o *Outputs) clearOutput(cell *Cell, wait bool) {
	if wait {
		o.of(cell).clear = true
		return
	}
	o.cells[cell] = nil
	for id, places := range o.displays {
		o.displays[id] = slices.DeleteFunc(places, func(p place) bool { return p.cell == cell })
	}
}

func (o *Outputs) append(cell *Cell, kind string, fields []string, content map[string]any) {
	if o.of(cell).clear {
		o.clearOutput(cell, false)
	}
	to := o.of(cell)
	if kind == "stream" && to.join(content) {
		return
	}
	out := outputOf(kind, fields, content)
	if _, ok := out["data"]; ok {
		out["data"], out["metadata"] = bundle(out["data"]), orEmpty(out["metadata"])
	}
	if id := displayID(content); id != "" && kind != "stream" && kind != "error" {
		o.displays[id] = append(o.displays[id], place{cell, len(to.list)})
	}
	if kind == "stream" {
		to.stream(content)
	}
	to.failed = to.failed || kind == "error"
	to.list = append(to.list, out)
}

// outputOf is the output that a message becomes, with these fields of its content.
func outputOf(kind string, fields []string, content map[string]any) map[string]any {
	out := map[string]any{"output_type": kind}
	for _, f := range fields {
		out[f] = content[f]
	}
	return out
}

// join appends a chunk to the last output when that is the same stream.
func (c *cellOutputs) join(content map[string]any) bool {
	last := len(c.list) - 1
	if last < 0 || c.streams[last] == nil || c.list[last]["name"] != content["name"] {
		return false
	}
	text, _ := content["text"].(string)
	c.streams[last].WriteString(text)
	return true
}

// stream begins the text of the stream output that is about to be appended.
func (c *cellOutputs) stream(content map[string]any) {
	text, _ := content["text"].(string)
	b := &strings.Builder{}
	b.WriteString(text)
	c.streams[len(c.list)] = b
}

// EndCell tells the kernel what the cell showed to Output widgets.
func (o *Outputs) EndCell() { o.widgets.settle() }

// Of returns what cell shows, as nbformat writes it; never nil.
func (o *Outputs) Of(cell *Cell) []map[string]any {
	c := o.of(cell)
	for i, b := range c.streams {
		c.list[i]["text"] = splitLines(b.String())
	}
	if c.list == nil {
		return []map[string]any{}
	}
	return c.list
}

// Failed reports whether cell has shown an error.
func (o *Outputs) Failed(cell *Cell) bool { return o.of(cell).failed }

func orEmpty(v any) any {
	if v == nil {
		return map[string]any{}
	}
	return v
}

// bundle lays out a MIME bundle as nbformat does: text in lines, all else as it is.
func bundle(v any) any {
	data, ok := v.(map[string]any)
	if !ok {
		return map[string]any{}
	}
	out := map[string]any{}
	for mime, value := range data {
		s, isText := value.(string)
		lines := strings.HasPrefix(mime, "text/") || mime == "application/javascript" || mime == "image/svg+xml"
		if out[mime] = value; isText && lines {
			out[mime] = splitLines(s)
		}
	}
	return out
}
