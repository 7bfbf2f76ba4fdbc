package cli

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// TestTablesOfTheLedgerAreCompared compares two versions of a table that are in the packs.
func TestTablesOfTheLedgerAreCompared(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	w, err := journal.Create(dir, journal.Options{Writer: "test"})
	if err != nil {
		t.Fatal(err)
	}
	put := func(text string) tracker.Digest {
		d, err := w.Put([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	a := put("id,age,town\n1,30,Oslo\n2,40,Rome\n3,50,Bonn\n")
	b := put("id,age,country\n1,30,NO\n2,41,IT\n4,60,DE\n")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	ledger, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	k := keptData{ledger.Blobs()}
	d, err := k.Table(t.Context(), "people.csv", a, b, account.TableOptions{Key: []string{"id"}, Profile: true, Rows: true, Examples: 5})
	if err != nil {
		t.Fatal(err)
	}
	var columns []string
	for _, c := range d.Columns {
		columns = append(columns, c.Column)
	}
	if diff := cmp.Diff([]string{"id", "age", "town", "country"}, columns); diff != "" {
		t.Error(diff)
	}
	if r := d.Rows; r.Added != 1 || r.Removed != 1 || r.Changed != 2 && r.Changed != 1 || len(r.Examples) == 0 || d.A.Rows != 3 || d.B.Columns != 3 {
		t.Errorf("%+v %+v", r, d.A)
	}
	if _, err := k.Table(t.Context(), "people.csv", a, tracker.DigestOf([]byte("gone")), account.TableOptions{}); err == nil {
		t.Error("a version that is not kept was compared")
	}
}
