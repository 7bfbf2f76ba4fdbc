package zmtp

import "time"

// Options bound what peers can ask for. The zero Options are good for a kernel.
type Options struct {
	MaxSize   int64         // bytes of a message received; 256 MiB
	Queue     int           // bytes waiting for one peer above which SendWait waits; 8 MiB
	Limit     int           // bytes waiting for one peer above which it is dropped; 1 GiB
	Stall     time.Duration // how long SendWait bears a peer that takes nothing, before it is dropped; 1 min
	Patience  time.Duration // how long Offer waits for a peer that takes nothing while others do; 5 s
	Handshake time.Duration // how long a handshake may take; 5 s

	Curve    *Curve                      // encrypts, and refuses who does not; nil for a socket that does not encrypt
	Identity string                      // what one that dials calls itself; empty: the other side finds a name
	Welcome  func(topic string) [][]byte // XPUB: what a new subscriber is sent; nil for nothing
	Log      func(message string)        // what was refused, and why; nil for silence
}

func (o Options) withDefaults() Options {
	o.MaxSize = orElse(o.MaxSize, 256<<20)
	o.Queue = orElse(o.Queue, 8<<20)
	o.Limit = orElse(o.Limit, 1<<30)
	o.Stall = orElse(o.Stall, time.Minute)
	o.Patience = orElse(o.Patience, 5*time.Second)
	o.Handshake = orElse(o.Handshake, 5*time.Second)
	if o.Log == nil {
		o.Log = func(string) {}
	}
	return o
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
