package process

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"sync"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// display publishes what a program displays.
func (o *output) display(d *protocol.DisplayData) {
	content := wire.Display{Data: map[string]any{}, Metadata: map[string]any{}}
	for mime, value := range d.Data {
		content.Data[string(mime)] = o.value(string(mime), value)
	}
	maps.Copy(content.Metadata, d.Metadata)
	t := wire.DisplayData
	if d.DisplayID != "" {
		content.Transient = map[string]any{"display_id": d.DisplayID}
		t = o.displays.message(d.DisplayID, o.cell)
	}
	o.publish(t, content)
}

// value encodes a value as Jupyter wants it for its MIME type, and captures it when it is text.
func (o *output) value(mime string, value any) any {
	switch v := value.(type) {
	case string:
		o.copy([]byte(v))
		if isJSON(mime) && json.Valid([]byte(v)) {
			return json.RawMessage(v)
		}
	case []byte:
		if isText(mime) || isJSON(mime) {
			return o.value(mime, Valid(v))
		}
		return base64.StdEncoding.EncodeToString(v)
	}
	return value
}

func isText(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript"
}

func isJSON(mime string) bool {
	return mime == "application/json" || strings.HasSuffix(mime, "+json")
}

// displays knows which display ids the front end has seen, since it ignores an update of one that it
// has not. When a cell runs again its output area is emptied, and the ids shown there with it.
type displays struct {
	mu    sync.Mutex
	shown map[string]string // display id to the cell in whose output it is
}

// message returns the type of message that shows the display, in the output of cell if it is new.
func (d *displays) message(id, cell string) wire.Type {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.shown[id]; ok {
		return wire.UpdateDisplayData
	}
	if d.shown == nil {
		d.shown = map[string]string{}
	}
	d.shown[id] = cell
	return wire.DisplayData
}

// clear forgets what a cell showed. The unnamed cell is many cells, and forgets nothing.
func (d *displays) clear(cell string) {
	if cell == "" {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.DeleteFunc(d.shown, func(_, in string) bool { return in == cell })
}
