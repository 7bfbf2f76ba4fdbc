package kernel

import (
	"context"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Engine executes cells. Execute is called for one cell at a time; every other method may be called
// while a cell runs, from several goroutines at once, and must not wait for the cell.
type Engine interface {
	// Info describes the engine and its language. It is called for every kernel_info_request.
	Info() wire.Info

	// Execute runs one cell and returns when nothing of it runs any more. A cancelled ctx is an
	// interrupt: Execute returns within about two seconds with an Error named wire.Interrupted. The
	// session publishes Outcome.Error as the one error message of the cell, unless the engine
	// published an error message itself while the cell ran.
	Execute(ctx context.Context, cell wire.Cell, front wire.Front) wire.Outcome

	// Complete proposes completions of code at cursor, which counts code points.
	Complete(ctx context.Context, code string, cursor int) wire.Completion

	// Inspect documents what stands at cursor, which counts code points; detail is 0 or 1.
	Inspect(ctx context.Context, code string, cursor, detail int) wire.Inspection

	// IsComplete says whether code could be executed as it stands, for consoles.
	IsComplete(code string) wire.Completeness

	// Comm takes a comm_open, comm_msg or comm_close of the front end. Calls come in the order in
	// which the messages came, beside a running cell, and hold up the requests behind them.
	Comm(typ wire.Type, comm wire.Comm, front wire.Front)

	// Comms returns the open comms, id to target name; target restricts them unless it is empty.
	Comms(target string) map[string]string

	// Close ends everything the engine started. No other method is called afterwards.
	Close() error
}
