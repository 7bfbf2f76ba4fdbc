package gc

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Compacted is what Compact did.
type Compacted struct {
	Journals int // moved into archives
	Packs    int // merged
}

// Compact merges the files of journals that nobody writes any more when there are more than a few, and small
// packs with them. It keeps every blob and keeps nobody waiting; when another process compacts or collects it does
// nothing.
func Compact(ctx context.Context, dir string) (done Compacted, err error) {
	ledger, err := journal.Open(dir)
	if err != nil {
		return done, err
	}
	release, ok, err := journal.Maintain(ctx, dir, false)
	if err != nil || !ok {
		return done, err
	}
	defer release()
	archived, err := ledger.Archive(ctx, fewFiles)
	if err != nil || archived.Journals == 0 {
		return done, err
	}
	done.Journals = archived.Journals
	if err := tidy(dir); err != nil {
		return done, err
	}
	s := &sweep{survey: newSurvey(ledger, make(digests), make(digests), true)}
	if err := s.look(ctx, s.smallPacks()); err != nil {
		return done, err
	}
	var whole []*pack
	for _, p := range s.packs {
		if p.closed() && p.frames > 0 { // one without may be about to be locked by the writer that made it
			whole = append(whole, p)
		}
	}
	if len(whole) > 1 {
		err = s.run(ctx, whole)
	}
	done.Packs = s.rewritten + s.removed
	return done, err
}

// smallPacks returns the packs to merge, chosen by the sizes of their files: all others need not be opened.
func (s *survey) smallPacks() (names []string) {
	all, _ := blob.PackNames(s.dir) // what cannot be listed is not merged
	var packs []*pack
	for _, name := range all {
		if info, err := os.Lstat(filepath.Join(s.dir, name)); err == nil && info.Size() < mergedSize && !s.inUse(name) {
			packs = append(packs, &pack{name: name, kept: info.Size()})
		}
	}
	for _, p := range mergeable(packs, nil) {
		names = append(names, p.name)
	}
	return names
}

// Background compacts the ledger in dir beside other work, at low priority. Stop ends it.
func Background(dir string) *Compaction {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Compaction{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		yieldProcessor()
		_, _ = Compact(ctx, dir) // what fails is left to the next one
	}()
	return c
}

// Compaction is a Compact that runs in the background.
type Compaction struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// Stop lets the compaction end by itself for a while, then ends it. What it had not finished, the next one does.
func (c *Compaction) Stop(patience time.Duration) {
	defer c.cancel()
	select {
	case <-c.done:
		return
	case <-time.After(patience):
	}
	c.cancel()
	<-c.done
}
