//go:build unix

package proxy

import (
	"testing"

	"github.com/gemba-ml/gemba/kernel/bridge"
	"github.com/gemba-ml/gemba/kernel/kerneltest"
)

func TestCommsOfTheLedger(t *testing.T) {
	waits := make(chan struct{})
	pages := bridge.New(bridge.Options{Handler: kerneltest.Pages(waits)})
	t.Cleanup(pages.Close)
	s := newStand(t, func(o *RelayOptions) { o.Bridge = pages })
	kerneltest.TestComms(t, s.FrontEnd, waits)
}
