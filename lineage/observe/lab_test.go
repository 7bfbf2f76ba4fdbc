package observe

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// memory is a store.
type memory struct {
	mu    sync.Mutex
	blobs map[tracker.Digest][]byte
}

func (m *memory) PutReader(r io.Reader) (tracker.Digest, int64, error) {
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		return tracker.Digest{}, 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	d := tracker.DigestOf(b.Bytes())
	m.blobs[d] = b.Bytes()
	return d, int64(b.Len()), nil
}

// A lab is an observer and a work tree, in which tests do what cells would do.
type lab struct {
	*testing.T
	*Observer
	dir   string
	store *memory
}

func newLab(t *testing.T, change ...func(*Options)) *lab {
	t.Helper()
	l := &lab{T: t, dir: newNames().folder(t.TempDir()), store: &memory{blobs: map[tracker.Digest][]byte{}}}
	o := Options{Dir: l.dir, Store: l.store, Limit: 1000, Baseline: -1}
	for _, f := range change {
		f(&o)
	}
	l.write("a.csv", "b\na\n")
	l.write("sub/s.csv", "s\n")
	l.Observer = New(o)
	t.Cleanup(func() { _ = l.Close() })
	l.work.Wait() // everything is watched
	return l
}

func (l *lab) path(name string) string { return filepath.Join(l.dir, name) }

func (l *lab) write(name, text string) {
	l.Helper()
	if err := os.MkdirAll(filepath.Dir(l.path(name)), 0o755); err != nil {
		l.Fatal(err)
	}
	if err := os.WriteFile(l.path(name), []byte(text), 0o644); err != nil {
		l.Fatal(err)
	}
}

// open notes a file as the hook does when a cell opens it.
func (l *lab) open(seen *tracker.Seen, name string) {
	o := tracker.Opened{Path: l.path(name)}
	if s, err := look(o.Path); err == nil && s.exists {
		o.Existed, o.Size, o.ModTime, o.Inode = true, s.size, s.modTime, s.inode
	}
	seen.Opened = append(seen.Opened, o)
}

// sh runs a child of a cell.
func (l *lab) sh(seen *tracker.Seen, script string) {
	l.Helper()
	seen.Children = true
	c := exec.Command("/bin/sh", "-c", script)
	c.Dir = l.dir
	if out, err := c.CombinedOutput(); err != nil {
		l.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// cell runs a cell and returns what was recorded of it.
func (l *lab) cell(source string, do func(seen *tracker.Seen)) (Document, tracker.FilesObserved) {
	l.Helper()
	time.Sleep(2 * tick) // who wrote files before this cell does so long before
	id, seen := tracker.NewID(), tracker.Seen{}
	l.Started(tracker.CellStarted{Execution: id, Time: time.Now(), Source: source})
	do(&seen)
	told, err := l.Observe(l.Context(), tracker.CellFinished{Execution: id, Time: time.Now(), Seen: seen})
	if err != nil {
		l.Fatal(err)
	}
	d, err := Parse(told.Observed)
	if err != nil {
		l.Fatalf("document: %v\n%s", err, told.Observed)
	}
	return d, told
}

// lines gives the files of a document in short: flags, path, sizes, versions.
func (l *lab) lines(d Document) (lines []string) {
	for _, f := range d.Files {
		var words []string
		for _, w := range []struct {
			word string
			is   bool
		}{{"read", f.Read}, {"written", f.Written}, {"created", f.Created}, {"removed", f.Removed}, {"absent", f.Absent}, {"folder", f.Type == "folder"}} {
			if w.is {
				words = append(words, w.word)
			}
		}
		name, err := filepath.Rel(l.dir, string(f.Path))
		if err != nil {
			l.Fatal(err)
		}
		line := strings.Join(words, "+") + " " + name
		if f.Real != "" {
			line += " is " + filepath.Base(string(f.Real))
		}
		switch {
		case f.BeforeUnknown:
			line += " ?"
		case !f.Before.IsZero() || f.BeforeSHA256 != "":
			line += " " + l.version(f.Before, f.BeforeSHA256)
		}
		if !f.After.IsZero() || f.AfterSHA256 != "" {
			line += " -> " + l.version(f.After, f.AfterSHA256)
		}
		for _, s := range []string{f.Why, f.Missing} {
			if s != "" {
				line += " (" + s + ")"
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// version is the text of a version that is kept, or its bare hash.
func (l *lab) version(d tracker.Digest, hash string) string {
	if hash != "" {
		return hash[:8]
	}
	b, ok := l.store.blobs[d]
	if !ok {
		l.Errorf("%s is not in the store", d)
	}
	return fmt.Sprintf("%q", b)
}

func hashOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:8] }
