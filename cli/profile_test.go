package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// TestTablesAreLetGo profiles tables one after the other: none stays open, and no copy of one stays.
func TestTablesAreLetGo(t *testing.T) {
	tmp, dir := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", tmp)
	bulk := blob.NewBulk(dir, blob.OpenStore(dir))
	defer func() { _ = bulk.Close() }()
	kept := &keptTables{store: blob.OpenStore(dir), digests: map[string]tracker.Digest{}}
	defer kept.close()
	opened := &openFiles{}
	defer opened.close()
	for n := range 3 {
		text := fmt.Appendf(nil, "PAR1 no table %d PAR1", n)
		d, _, err := bulk.PutReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		kept.add(fmt.Sprintf("%d.parquet", n), d)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.csv", n)), []byte("a,b\n1,2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := bulk.Flush(); err != nil {
		t.Fatal(err)
	}
	for n, name := range kept.names {
		if p, _ := kept.profile(t.Context(), name); p != nil {
			t.Error("what is no table was profiled")
		}
		if p, err := opened.profile(t.Context(), filepath.Join(dir, fmt.Sprintf("%d.csv", n))); err != nil || p.Rows != 1 {
			t.Errorf("%+v, %v", p, err)
		}
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left)+len(kept.files)+len(opened.files) > 0 {
		t.Errorf("left in the folder for temporary files %v, open %d and %d, %v", left, len(kept.files), len(opened.files), err)
	}
}
