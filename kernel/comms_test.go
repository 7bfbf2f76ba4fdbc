package kernel_test

import (
	"testing"

	"github.com/gemba-ml/gemba/kernel/bridge"
	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/wire"
)

func TestCommsOfTheLedger(t *testing.T) {
	for name, c := range connections(t) {
		t.Run(name, func(t *testing.T) {
			waits := make(chan struct{})
			pages := bridge.New(bridge.Options{Handler: kerneltest.Pages(waits)})
			t.Cleanup(pages.Close)
			listen(t, c, pages)
			kerneltest.TestComms(t, connect(t, c, "front"), waits)
		})
	}
}

func TestShutdownWhileRequestsRun(t *testing.T) {
	waits := make(chan struct{})
	pages := bridge.New(bridge.Options{Handler: kerneltest.Pages(waits)})
	c := connections(t)["ipc, unsigned"]
	listen(t, c, pages)
	f := connect(t, c, "front")
	f.OpenComm("c")
	f.Ask("c", `{"id":1,"path":"/api/wait"}`)
	<-waits
	f.Reply(f.Send(wire.Control, wire.ShutdownRequest, wire.Shutdown{}))
	pages.Close()
}
