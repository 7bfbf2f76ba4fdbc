package kernel

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// specified is what the messaging specification (protocol 5.5) lets a front end send.
var specified = map[wire.Channel][]wire.Type{
	wire.Shell: {"execute_request", "inspect_request", "complete_request", "history_request", "is_complete_request",
		"connect_request", "comm_info_request", "kernel_info_request", "comm_open", "comm_msg", "comm_close"},
	wire.Control: {"shutdown_request", "interrupt_request", "kernel_info_request", "debug_request",
		"create_subshell_request", "delete_subshell_request", "list_subshell_request"},
	wire.Stdin: {"input_reply"},
}

func TestTableHoldsEveryRequestOfTheSpecification(t *testing.T) {
	for channel, types := range specified {
		for _, typ := range types {
			if !slices.ContainsFunc(routes(), func(r route) bool { return r.request == typ && slices.Contains(r.channels, channel) }) {
				t.Errorf("the table has no %s on %s", typ, channel)
			}
		}
	}
}

func TestTableIsSound(t *testing.T) {
	seen := map[wire.Type]bool{}
	for _, r := range routes() {
		if seen[r.request] {
			t.Errorf("%s is in the table twice", r.request)
		}
		seen[r.request] = true
		if handled := r.mode != queued && r.mode != unserved; handled != (r.handle != nil) {
			t.Errorf("%s is %s and has handler: %t", r.request, r.mode, r.handle != nil)
		}
	}
	var told []wire.Type
	for _, r := range routes() {
		if r.records != "" {
			told = append(told, r.request)
		}
	}
	if diff := cmp.Diff([]wire.Type{wire.ExecuteRequest, wire.InterruptRequest, wire.ShutdownRequest, wire.InputReply}, told); diff != "" {
		t.Errorf("what is recorded (-want +got):\n%s", diff)
	}
}
