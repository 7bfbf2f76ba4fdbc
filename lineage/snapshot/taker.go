package snapshot

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/gemba-ml/gemba/lineage/files"
	"github.com/gemba-ml/gemba/tracker"
)

// taker is one Take under way. Three stages work at the same time: the walk, which asks the stat cache about
// each file; the readers, which store the files that it does not know; and the finisher, which
// follows the walk when a folder's files are stored, and puts folders together.
type taker struct {
	Options
	root    *files.Root
	path    string // of root
	single  string // the file's name, when only one is taken
	skipped []skipped

	old   *cacheReader
	new   *cacheWriter
	trust bool // the store has all that old names
	open  []*folder
	jobs  chan job
	order chan event
	fail  context.CancelCauseFunc

	found, done, read counter
	missing           Missing
	picked            []Placed
	lines             []byte  // of the folder that is put together, the next one reuses it
	top               *folder // once the walk was there
}

type counter struct{ files, bytes atomic.Int64 }

// folder is a folder from the walk's coming until it is put together.
type folder struct {
	path    string
	name    string // in parent
	parent  *folder
	entries []files.Entry
	items   []item         // of each entry, what came of it
	reading sync.WaitGroup // files on their way
	fault   string         // why it could not be read wholly
	gone    bool           // it vanished

	met  bool    // the old cache knows it
	same bool    // and all in it is as it was, what is below aside until it is put together
	old  summary // what the cache knows of it as a whole
	summary
}

// item is what came of an entry.
type item struct {
	digest  tracker.Digest
	settled bool    // the digest may be remembered
	gone    bool    // it vanished
	missing string  // why it is not kept
	below   *folder // when it is a folder that was walked
}

type job struct {
	f *folder
	i int
}

// event tells the finisher that the walk came to a folder, or has left it.
type event struct {
	f     *folder
	leave bool
}

// Limits of what may wait between the stages.
const (
	jobsAhead    = 1024
	foldersAhead = 256
)

func (t *taker) close() { _ = t.root.Close() }

func (t *taker) run(ctx context.Context) (Result, error) {
	ctx, t.fail = context.WithCancelCause(ctx)
	defer t.fail(nil)
	t.jobs, t.order = make(chan job, jobsAhead), make(chan event, foldersAhead)
	t.old, t.new = openCache(t.rememberedAt()), createCache(t.Cache)
	defer t.old.close()
	defer t.new.forget()
	t.trust = t.Stamp != nil && t.Stamp().covers(t.old.stamp)
	defer t.watch()()

	var readers, finisher sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		readers.Go(func() { t.readFiles(ctx) })
	}
	finisher.Go(func() { t.finish(ctx) })
	err := t.walk(ctx)
	close(t.order)
	close(t.jobs)
	readers.Wait()
	finisher.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return Result{}, cause
	}
	if err != nil {
		return Result{}, err
	}
	return t.result()
}

// rememberedAt is where the old cache is.
func (t *taker) rememberedAt() string {
	if t.Fresh {
		return ""
	}
	return t.Cache
}

func (t *taker) result() (Result, error) {
	if t.top.fault != "" {
		return Result{}, errors.New(t.top.fault)
	}
	if err := t.Store.Flush(); err != nil {
		return Result{}, err
	}
	s := t.top.summary
	r := Result{Tree: s.tree, Files: s.files, Bytes: s.bytes, Read: t.read.files.Load(), Missing: t.missing, Picked: t.picked}
	if t.Stamp != nil {
		r.Cache = t.new.keep(t.Stamp())
	}
	return r, nil
}

// walk goes through the tree, or to the one file.
func (t *taker) walk(ctx context.Context) error {
	if t.single == "" {
		err := t.root.Walk(ctx, func(f *files.Folder) func(string) bool { return t.visit(ctx, f) })
		t.leaveTo(nil)
		return err
	}
	e, err := t.root.Stat(t.single)
	if err != nil {
		return err
	}
	t.visit(ctx, &files.Folder{Path: ".", Entries: []files.Entry{e}})
	t.leaveTo(nil)
	return nil
}
