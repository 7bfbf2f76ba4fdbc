package kernel

import (
	"context"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// mode is when a message is handled.
type mode string

const (
	queued    mode = "queued"     // on the one worker, behind the cells before it
	atOnce    mode = "at once"    // by the channel's reader, in the order of arrival; must be quick
	beside    mode = "beside"     // in a goroutine of its own; may be slow
	delivered mode = "delivered"  // answers a question of the kernel: neither busy nor idle
	last      mode = "last"       // ends the kernel: reply and idle leave when everything is closed
	unserved  mode = "not served" // logged, between busy and idle, without a reply, as the protocol wants it
)

// route says what becomes of one type of message.
type route struct {
	request  wire.Type
	reply    wire.Type // empty: none
	channels []wire.Channel
	mode     mode
	records  string // the events that the recorder hears, for people
	handle   func(*Server, context.Context, request) any
}

var (
	onShell   = []wire.Channel{wire.Shell}
	onControl = []wire.Channel{wire.Control}
	onBoth    = []wire.Channel{wire.Shell, wire.Control}
	onStdin   = []wire.Channel{wire.Stdin}
)

// routes is the one table of messages that front ends send: all requests of protocol 5.5.
func routes() []route {
	return []route{
		{wire.ExecuteRequest, wire.ExecuteReply, onShell, queued, "CellStarted, CellOutput, CellFinished", nil},
		{wire.KernelInfoRequest, wire.KernelInfoReply, onBoth, atOnce, "", (*Server).kernelInfo},
		{wire.CompleteRequest, wire.CompleteReply, onShell, beside, "", (*Server).complete},
		{wire.InspectRequest, wire.InspectReply, onShell, beside, "", (*Server).inspect},
		{wire.IsCompleteRequest, wire.IsCompleteReply, onShell, beside, "", (*Server).isComplete},
		{wire.HistoryRequest, wire.HistoryReply, onShell, beside, "", (*Server).pastCells},
		{wire.ConnectRequest, wire.ConnectReply, onBoth, atOnce, "", (*Server).connect},
		{wire.CommInfoRequest, wire.CommInfoReply, onBoth, atOnce, "", (*Server).commInfo},
		{wire.CommOpen, "", onShell, atOnce, "", (*Server).comm},
		{wire.CommMsg, "", onShell, atOnce, "", (*Server).comm},
		{wire.CommClose, "", onShell, atOnce, "", (*Server).comm},
		{wire.InterruptRequest, wire.InterruptReply, onBoth, atOnce, "Interrupted", (*Server).interrupt},
		{wire.ShutdownRequest, wire.ShutdownReply, onBoth, last, "Interrupted, SessionClosed", (*Server).shutdown},
		{wire.DebugRequest, wire.DebugReply, onControl, atOnce, "", (*Server).debug},
		{wire.CreateSubshellRequest, "", onControl, unserved, "", nil},
		{wire.DeleteSubshellRequest, "", onControl, unserved, "", nil},
		{wire.ListSubshellRequest, "", onControl, unserved, "", nil},
		{wire.InputReply, "", onStdin, delivered, "CellOutput, without passwords", (*Server).inputReply},
	}
}
