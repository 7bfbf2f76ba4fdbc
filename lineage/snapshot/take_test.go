package snapshot

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// bench is a folder of data and a store for it.
type bench struct {
	t     testing.TB
	dir   string // of the data
	packs string
	cache string
}

func newBench(t testing.TB) *bench {
	t.Helper()
	top := t.TempDir()
	b := &bench{t, filepath.Join(top, "data"), filepath.Join(top, "packs"), filepath.Join(top, "cache", "data")}
	for _, dir := range []string{b.dir, b.packs} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *bench) write(path, content string) {
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
func (b *bench) take(change ...func(*Options)) (Result, int64) {
	b.t.Helper()
	store := blob.OpenStore(b.packs)
	bulk := blob.NewBulk(b.packs, store)
	o := Options{Path: b.dir, Store: bulk, Cache: b.cache, Window: time.Nanosecond,
		Stamp: func() Stamp { return StampOf(b.packs) },
		Has:   func(d tracker.Digest) bool { return store.Has(d) }}
	for _, change := range change {
		change(&o)
	}
	r, err := Take(context.Background(), o)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := bulk.Close(); err != nil {
		b.t.Fatal(err)
	}
	return r, bulk.New()
}

func TestTakeAgain(t *testing.T) {
	b := newBench(t)
	for i := range 500 {
		b.write(fmt.Sprintf("d%d/e%d/%d", i%5, i%7, i), fmt.Sprint("content ", i))
	}
	time.Sleep(20 * time.Millisecond)
	first, added := b.take()
	if first.Files != 500 || first.Read != 500 || added == 0 || first.Missing.Count != 0 || first.Cache != nil {
		t.Errorf("first: %+v, %d new bytes", first, added)
	}
	again, added := b.take()
	if again.Tree != first.Tree || again.Read != 0 || added != 0 || again.Files != 500 || again.Bytes != first.Bytes {
		t.Errorf("again: %+v, %d new bytes", again, added)
	}
	b.write("d3/e2/extra", "new")
	more, added := b.take()
	if more.Tree == first.Tree || more.Read != 1 || added == 0 || more.Files != 501 {
		t.Errorf("one more: %+v, %d new bytes", more, added)
	}
	if err := os.Remove(filepath.Join(b.dir, "d3/e2/extra")); err != nil {
		t.Fatal(err)
	}
	less, _ := b.take()
	if less.Tree != first.Tree || less.Read != 0 {
		t.Errorf("one less: %+v, want the first tree, %s", less, first.Tree)
	}
	fresh, added := b.take(func(o *Options) { o.Fresh = true })
	if fresh.Tree != first.Tree || fresh.Read != 500 || added != 0 {
		t.Errorf("fresh: %+v, %d new bytes", fresh, added)
	}
}
