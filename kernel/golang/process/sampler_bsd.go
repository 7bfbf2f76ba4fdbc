//go:build unix && !linux

package process

import "github.com/gemba-ml/gemba/kernel/wire"

// sampler would look at the children of a program; only Linux tells of them.
type sampler struct{}

func newSampler(bool) *sampler { return &sampler{} }

func (*sampler) watch(int, <-chan struct{}) {}

func (*sampler) atEnd(int) {}

// awaitDeath would wait until a program is dead but not yet buried.
func awaitDeath(int) bool { return false }

func (*sampler) result(int) wire.Seen {
	return wire.Seen{Children: true, Missed: []string{missedSystem}}
}
