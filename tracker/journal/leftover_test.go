package journal

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// A writer that was killed while it put its key into the ledger leaves it under another name; the next ones
// must not take that for a second key.
func TestLeftoverOfAKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ledger")
	key := NewKey()
	open := func() {
		t.Helper()
		w, err := Create(dir, Options{Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	open()
	public := filepath.Join(dir, "keys", key.ID()+".pub")
	b, err := os.ReadFile(public)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"." + key.ID() + ".pub.123", "copy.pub"} {
		if err := os.WriteFile(filepath.Join(dir, "keys", name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	open()
	if r, err := Verify(context.Background(), dir); err != nil || !r.OK() {
		t.Errorf("verify: %v, %+v", err, r)
	}
}
