package snapshot

import (
	"sync"
	"time"
)

// Progress tells how far Take is.
type Progress struct {
	Files, Bytes           int64 // that are dealt with
	FoundFiles, FoundBytes int64 // that there are, as far as the walk has come
}

// interval is how often Look is called.
const interval = 100 * time.Millisecond

// watch calls Look now and then until the function that it returns is called.
func (t *taker) watch() (stop func()) {
	if t.Look == nil {
		return func() {}
	}
	done := make(chan struct{})
	var watcher sync.WaitGroup
	watcher.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				t.Look(t.progress())
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		watcher.Wait()
	}
}

func (t *taker) progress() Progress {
	return Progress{t.done.files.Load(), t.done.bytes.Load(), t.found.files.Load(), t.found.bytes.Load()}
}

func (c *counter) add(files, bytes int64) {
	c.files.Add(files)
	c.bytes.Add(bytes)
}
