package gc

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// unfinished ends the names of packs that are being written here. Nobody reads them.
const unfinished = ".pack.gc"

// output is a new pack, made when first needed.
type output struct {
	dir  string
	name string
	pack *blob.Pack
	size int64
}

func (o *output) copy(f blob.Frame, from *blob.PackFile) error {
	if o.pack == nil {
		o.name = tracker.NewID().String()
		pack, err := blob.CreatePack(o.hidden())
		if err != nil {
			return err
		}
		o.pack, o.size = pack, packMagic
	}
	o.size += f.Size()
	return o.pack.Copy(f, from)
}

func (o *output) hidden() string { return filepath.Join(o.dir, "."+o.name+unfinished) }

// publish makes the pack durable and gives it its name.
func (o *output) publish() error {
	if o.pack == nil {
		return nil
	}
	err := o.pack.Flush()
	if err == nil {
		err = o.pack.Sync()
	}
	if err == nil {
		err = os.Rename(o.hidden(), filepath.Join(o.dir, o.name+".pack"))
	}
	if err == nil {
		_ = o.pack.WriteIndex(filepath.Join(o.dir, o.name+".pack")) // it only saves time
		err = blob.SyncDir(o.dir)
	}
	if closeErr := o.pack.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	return nil
}

// discard removes the pack while it has no name.
func (o *output) discard() {
	if o.pack != nil {
		_ = o.pack.Close() // it goes
		_ = os.Remove(o.hidden())
	}
}
