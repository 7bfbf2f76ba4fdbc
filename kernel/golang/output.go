package golang

import (
	"fmt"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// printf writes to the cell's standard output, complainf to its standard error.
func (x *execution) printf(format string, args ...any) {
	x.stream("stdout", fmt.Sprintf(format, args...))
}

func (x *execution) complainf(format string, args ...any) {
	x.stream("stderr", fmt.Sprintf(format, args...))
}

func (x *execution) stream(name, text string) {
	x.publish(wire.Stream, wire.StreamContent{Name: name, Text: text})
}

func (x *execution) html(text string)     { x.display("text/html", text) }
func (x *execution) markdown(text string) { x.display("text/markdown", text) }

func (x *execution) display(mime, text string) {
	x.publish(wire.DisplayData, wire.Display{Data: map[string]any{mime: text}, Metadata: map[string]any{}})
}

func (x *execution) publish(t wire.Type, content any) {
	if !x.cell.Silent {
		x.front.Publish(t, content)
	}
}
