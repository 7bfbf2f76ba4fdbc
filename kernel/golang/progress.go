package golang

import (
	"sync"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// progress returns a function that shows what a long build is doing, in one line of the cell's output
// that is rewritten in place. Nothing is shown unless it is called.
func (x *execution) progress() func(string) {
	id := "gemba-build-" + x.cell.CellID + x.name()
	var once sync.Once
	return func(line string) {
		shown := wire.Display{
			Data: map[string]any{"text/plain": line}, Metadata: map[string]any{}, Transient: map[string]any{"display_id": id},
		}
		first := false
		once.Do(func() { first = true })
		if first {
			x.publish(wire.DisplayData, shown)
			return
		}
		x.publish(wire.UpdateDisplayData, shown)
	}
}
