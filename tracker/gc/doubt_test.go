package gc

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// damaged is what may be wrong with a ledger, and what a collection must then say.
var damaged = map[string]struct {
	damage func(h *history, tree tracker.Digest)
	doubt  string
}{
	"a document is gone": {func(h *history, tree tracker.Digest) {
		for _, name := range h.packs() {
			path := filepath.Join(h.dir, "packs", name)
			if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, tree[:]) {
				h.must(os.WriteFile(path, b[:bytes.Index(b, tree[:])-8], 0o644))
			}
		}
	}, "a document cannot be read"},
	"an entry was altered": {func(h *history, tree tracker.Digest) {
		for _, path := range h.journals() {
			b, err := os.ReadFile(path)
			h.must(err)
			h.must(os.WriteFile(path, bytes.Replace(b, []byte(tree.String()), []byte(tracker.Digest{1}.String()), 1), 0o644))
		}
	}, "it is not what was written"},
	"a journal is gone": {func(h *history, tree tracker.Digest) {
		for _, path := range h.journals() {
			if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(tree.String())) {
				h.must(os.Remove(path))
			}
		}
	}, "is listed and not there"},
	"a pack is damaged that held a list of chunks": {func(h *history, tree tracker.Digest) {
		ledger, err := journal.Open(h.dir)
		h.must(err)
		h.must(ledger.Blobs().Scan(func(name string, f blob.Frame) error {
			if f.Recipe() {
				path := filepath.Join(h.dir, "packs", name)
				b, err := os.ReadFile(path)
				h.must(err)
				b[f.Offset] ^= 1
				h.must(os.WriteFile(path, b, 0o644))
			}
			return nil
		}, func(string, error) {}))
	}, "is in no other pack"},
}

func (h *history) journals() []string {
	h.t.Helper()
	paths, err := filepath.Glob(filepath.Join(h.dir, "journals", "*.jsonl"))
	h.must(err)
	var all []string
	for _, path := range paths {
		if filepath.Base(path) != "ledger.jsonl" {
			all = append(all, path)
		}
	}
	return all
}

// TestDoubtKeepsEverything damages what tells what is needed: then nothing is taken for garbage, and that is said.
func TestDoubtKeepsEverything(t *testing.T) {
	for name, test := range damaged {
		t.Run(name, func(t *testing.T) {
			h := newHistory(t, 31)
			_, tree := h.file(h.bytes(2<<20 + 1))
			h.snapshot(false)
			h.output([]byte("behind"))
			test.damage(h, tree)
			before := h.digests()
			r, err := Collect(t.Context(), h.dir, Options{})
			h.must(err)
			if !strings.Contains(strings.Join(r.Doubts, "; "), test.doubt) {
				t.Errorf("doubts %q, want one that says %q", r.Doubts, test.doubt)
			}
			for d := range before {
				if !h.digests().has(d) {
					t.Errorf("blob %s is gone", d)
				}
			}
		})
	}
}

// digests returns the blobs in the packs.
func (h *history) digests() digests {
	h.t.Helper()
	ledger, err := journal.Open(h.dir)
	h.must(err)
	all := make(digests)
	h.must(ledger.Blobs().Scan(func(_ string, f blob.Frame) error {
		all[f.Digest] = struct{}{}
		return nil
	}, func(string, error) {}))
	return all
}

// TestADamagedPackIsNamedAndTheRestCollected damages a blob that garbage is beside.
func TestADamagedPackIsNamedAndTheRestCollected(t *testing.T) {
	h := newHistory(t, 32)
	for range 3 {
		h.snapshot(false)
	}
	d := h.output(bytes.Repeat([]byte("x"), 300))
	ledger, err := journal.Open(h.dir)
	h.must(err)
	var bad string
	h.must(ledger.Blobs().Scan(func(name string, f blob.Frame) error {
		if f.Digest == d {
			path := filepath.Join(h.dir, "packs", name)
			b, err := os.ReadFile(path)
			h.must(err)
			b[f.Offset+100] ^= 1
			bad = name
			return os.WriteFile(path, b, 0o644)
		}
		return nil
	}, func(string, error) {}))
	for range 4 {
		h.session(1)
	}
	h.closeAll()
	r, err := Collect(t.Context(), h.dir, Options{})
	h.must(err)
	if len(r.Problems) != 1 || !strings.HasPrefix(r.Problems[0], bad+" stays as it is: ") || len(r.Doubts) > 0 {
		t.Errorf("problems %q, doubts %q", r.Problems, r.Doubts)
	}
	if r.Freed == 0 {
		t.Error("nothing was freed")
	}
	again, err := Collect(t.Context(), h.dir, Options{})
	h.must(err)
	if again.Freed != 0 {
		t.Errorf("a second collection freed %d", again.Freed)
	}
}
