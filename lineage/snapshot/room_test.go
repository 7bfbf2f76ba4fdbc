package snapshot

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// room is a folder of data and a store for it.
type room struct {
	t     testing.TB
	dir   string // of the data
	packs string
	cache string
}

func newRoom(t testing.TB) *room {
	t.Helper()
	top := t.TempDir()
	b := &room{t, filepath.Join(top, "data"), filepath.Join(top, "packs"), filepath.Join(top, "cache", "data")}
	for _, dir := range []string{b.dir, b.packs} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *room) write(path, content string) {
	b.t.Helper()
	path = filepath.Join(b.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// take takes a snapshot with a stat cache that trusts times, and returns how many bytes were new.
func (b *room) take(change ...func(*Options)) (Result, int64) {
	b.t.Helper()
	store := blob.OpenStore(b.packs)
	bulk := blob.NewBulk(b.packs, store)
	r, err := Take(context.Background(), b.options(store, bulk, change...))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := bulk.Close(); err != nil {
		b.t.Fatal(err)
	}
	return r, bulk.New()
}

func (b *room) options(store *blob.Store, to Store, change ...func(*Options)) Options {
	o := Options{Path: b.dir, Store: to, Cache: b.cache, Window: time.Nanosecond, Stamp: func() Stamp { return StampOf(b.packs) }, Has: holds(store)}
	for _, change := range change {
		change(&o)
	}
	return o
}

// reread takes without the stat cache, as if for the first time.
func reread(o *Options) { o.Fresh, o.Cache = true, "" }

// lines are what a tree holds, each thing in one line of text.
func (b *room) lines(tree tracker.Digest) (lines []string) {
	b.t.Helper()
	for l, err := range Walk(blob.OpenStore(b.packs), tree) {
		if err != nil {
			b.t.Fatal(err)
		}
		text := fmt.Sprintf("%s %s %q", l.Type, l.ModeText(), path.Join(l.Dir, l.Name))
		if l.Type == Link {
			text += " to " + l.Target
		}
		if l.Missing != "" {
			text += ": " + l.Missing
		}
		lines = append(lines, text)
	}
	return lines
}
