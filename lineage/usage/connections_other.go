//go:build !linux

package usage

// connections would be those of a cell's processes; only Linux tells what each carried.
type connections struct{}

// traffic is bytes over a network.
type traffic struct{ received, sent int64 }

func (*connections) look(_ []int, why *reasons) {
	why.because("net", "only Linux tells what a connection carried")
}

func (*connections) total() traffic { return traffic{} }
