package absorb

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestKeptValues: those of a session that was killed are removed, those of one that lives, or only begins, are not.
func TestKeptValues(t *testing.T) {
	dir := t.TempDir()
	o, _ := newOptions(t, dir)
	long := time.Now().Add(-time.Hour)
	value := func(session string) string { return filepath.Join(o.Folder, session, "kept", "x.value") }
	for session, changed := range map[string]time.Time{"killed": long, "lives": long, "begins": time.Now()} {
		folder := filepath.Dir(value(session))
		if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(value(session), nil, 0o600), os.Chtimes(folder, changed, changed)); err != nil {
			t.Fatal(err)
		}
	}
	mine, taken, err := Own(filepath.Join(o.Folder, "lives"))
	if err != nil || taken {
		t.Fatal(taken, err)
	}
	defer mine.Close()
	if !Pending(o.Folder) {
		t.Error("nothing is pending")
	}
	if err := Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for session, want := range map[string]bool{"killed": false, "lives": true, "begins": true} {
		if _, err := os.Stat(value(session)); (err == nil) != want {
			t.Errorf("%s: %v", session, err)
		}
	}
	if Pending(o.Folder) {
		t.Error("something is pending still")
	}
}
