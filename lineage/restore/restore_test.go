package restore

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/lineage/observe"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// packs is a store, and what is put into it.
type packs struct {
	*blob.Store
	t    *testing.T
	bulk *blob.Bulk
}

func newPacks(t *testing.T) *packs {
	dir := t.TempDir()
	p := &packs{blob.OpenStore(dir), t, blob.NewBulk(dir, blob.OpenStore(dir))}
	t.Cleanup(func() { _ = p.bulk.Close() })
	return p
}

func (p *packs) put(b []byte) tracker.Digest {
	p.t.Helper()
	d, _, err := p.bulk.PutReader(bytes.NewReader(b))
	if err = errors.Join(err, p.bulk.Flush()); err != nil {
		p.t.Fatal(err)
	}
	return d
}

// files returns what is below dir, by slash-separated path.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func restored(t *testing.T, rec Record, p *packs) (Result, map[string]string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "back")
	r, err := To(t.Context(), dir, rec, p)
	if err != nil {
		t.Fatal(err)
	}
	return r, files(t, dir)
}

// TestWhereDataComes restores files by paths of all kinds: none leads out of the folder.
func TestWhereDataComes(t *testing.T) {
	p := newPacks(t)
	d := p.put([]byte("data"))
	for path, want := range map[string]string{
		"/lab/data/a.csv":            "work/data/a.csv",
		"/lab/../etc/passwd":         "outside/etc/passwd",
		"/lab/x/../../../etc/passwd": "outside/etc/passwd",
		"/mnt/b.csv":                 "outside/mnt/b.csv",
		"../../escape":               "outside/escape",
		"/laboratory/c.csv":          "outside/laboratory/c.csv",
		"/lab/..data/d":              "work/..data/d",
		"/lab/strange\nname/x":       "work/strange\nname/x",
	} {
		r, got := restored(t, Record{Root: "/lab", Files: []observe.File{{Type: "file", Path: observe.Text(path), Before: d}}}, p)
		if diff := cmp.Diff(map[string]string{want: "data"}, got); diff != "" || len(r.Missing) > 0 || r.Files != 1 || r.Bytes != 4 {
			t.Errorf("%q: %+v\n%s", path, r, diff)
		}
	}
}

// TestAsTheCellsMetIt restores what cells did one after the other: each file is as the first of them found it.
func TestAsTheCellsMetIt(t *testing.T) {
	p := newPacks(t)
	first, second := p.put([]byte("first")), p.put([]byte("second"))
	file := func(name string, f observe.File) observe.File {
		f.Type, f.Path = "file", observe.Text("/lab/"+name)
		return f
	}
	r, got := restored(t, Record{Root: "/lab", Files: []observe.File{
		file("read", observe.File{Read: true, Before: first, After: first}),
		file("written", observe.File{Written: true, Before: first, After: second}),
		file("written", observe.File{Read: true, Before: second, After: second}),
		file("made", observe.File{Written: true, Created: true, After: second}),
		file("made", observe.File{Read: true, Before: second, After: second}),
		file("sought", observe.File{Absent: true}),
		file("unknown", observe.File{Written: true, BeforeUnknown: true, After: second}),
		file("large", observe.File{Read: true, BeforeSHA256: "c0ffee", Why: "larger than 1 GB"}),
		{Type: "folder", Path: "/lab/listed"},
	}, Texts: []Text{{"cells/001.go", []byte("fit()")}}}, p)
	want := map[string]string{"work/read": "first", "work/written": "first", "cells/001.go": "fit()"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(r.Missing) != 2 || !strings.Contains(r.Missing[0], "unknown") || !strings.Contains(r.Missing[1], "c0ffee") {
		t.Errorf("missing: %q", r.Missing)
	}
}

// TestDamagedData restores beside blobs that are lost or damaged: these are named, and the rest comes back.
func TestDamagedData(t *testing.T) {
	p := newPacks(t)
	large := make([]byte, 9<<20)
	for i := range large {
		large[i] = byte(rand.Uint32())
	}
	damaged, good := p.put(large), p.put([]byte("good"))
	chunks, err := p.Chunks(damaged)
	if err != nil || len(chunks) < 2 {
		t.Fatal(chunks, err)
	}
	at, err := p.Stat(chunks[len(chunks)-1].Digest)
	names, listErr := p.Packs()
	if err != nil || listErr != nil || len(names) != 1 {
		t.Fatal(names, err, listErr)
	}
	pack, err := os.OpenFile(filepath.Join(p.Dir(), names[0]), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pack.WriteAt([]byte("damage"), at.End()-10)
	if err = errors.Join(err, pack.Close()); err != nil {
		t.Fatal(err)
	}
	r, got := restored(t, Record{Root: "/lab", Files: []observe.File{
		{Type: "file", Path: "/lab/damaged", Before: damaged},
		{Type: "file", Path: "/lab/lost", Before: tracker.DigestOf([]byte("lost"))},
		{Type: "file", Path: "/lab/good", Before: good},
	}}, p)
	if diff := cmp.Diff(map[string]string{"work/good": "good"}, got); diff != "" || r.Files != 1 || r.Bytes != 4 || len(r.Missing) != 2 {
		t.Errorf("%+v\n%s", r, diff)
	}
}

func TestNotEmpty(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.tex"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := To(t.Context(), dir, Record{}, newPacks(t)); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("got %v", err)
	}
}
