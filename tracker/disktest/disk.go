// Package disktest is the disk of tests: one that fails as real ones do, and knows what a power cut would leave. It knows nothing of
// what is written to it.
package disktest

import "os"

// Disk is a file whose next Sync may fail as those of real systems do: what was written since the last one is taken for
// written from then on. It knows what a power cut would leave.
type Disk struct {
	*os.File
	Fail    error // of the next Sync
	Forget  bool  // the system forgets what it could not write, too
	dirty   [][2]int64
	Durable []byte // what a power cut would leave
}

// WriteAt writes, and notes what is not durable yet.
func (d *Disk) WriteAt(b []byte, at int64) (int, error) {
	d.dirty = append(d.dirty, [2]int64{at, at + int64(len(b))})
	return d.File.WriteAt(b, at)
}

// Sync makes durable what was written, or fails once.
func (d *Disk) Sync() error {
	dirty, fail := d.dirty, d.Fail
	d.dirty, d.Fail = nil, nil
	for _, r := range dirty {
		b := make([]byte, r[1]-r[0])
		switch {
		case fail == nil:
			if _, err := d.File.ReadAt(b, r[0]); err != nil {
				return err
			}
			d.Durable = append(d.Durable, make([]byte, max(0, int(r[1])-len(d.Durable)))...)
			copy(d.Durable[r[0]:], b)
		case d.Forget:
			if _, err := d.File.WriteAt(b, r[0]); err != nil {
				return err
			}
		}
	}
	return fail
}
