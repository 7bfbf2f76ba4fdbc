package rowdiff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/lineage/profile/table"
)

func source(name, text string) table.Source {
	return table.Source{Name: name, At: strings.NewReader(text), Size: int64(len(text))}
}

func text(s string) *string { return &s }

// TestVeryWide compares tables of so many columns that looking through all of them for each would take minutes.
func TestVeryWide(t *testing.T) {
	const width = 100_000
	version := func(change int) string {
		var b strings.Builder
		for row := range 3 {
			for i := range width {
				if row == 0 {
					fmt.Fprintf(&b, "c%d,", i)
				} else {
					fmt.Fprintf(&b, "%d,", 10*i+row+change*(i%2))
				}
			}
			b.WriteString("end\n")
		}
		return b.String()
	}
	r, err := Compare(t.Context(), source("a.csv", version(0)), source("b.csv", version(1)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Before.Rows != 2 || r.After.Rows != 2 || r.Changed != 2 || len(r.ChangedCells) != width/2 || !r.Guessed {
		t.Errorf("before %+v, after %+v, %d changed, %d columns", r.Before, r.After, r.Changed, len(r.ChangedCells))
	}
}

func TestCompare(t *testing.T) {
	for _, test := range []struct {
		name, before, after string
		options             Options
		want                Result
	}{
		{
			name: "key given", before: "id,n\n1,a\n2,b\n3,c\n", after: "id,n\n3,c\n2,x\n4,d\n", options: Options{Key: []string{"id"}, Examples: 9},
			want: Result{Key: []string{"id"}, Before: Side{Rows: 3}, After: Side{Rows: 3}, Equal: 1, Added: 1, Removed: 1, Changed: 1,
				ChangedCells: map[string]int64{"n": 1}, Examples: []Change{
					{Change: Removed, Before: 2, Key: []Cell{{Column: "id", Old: text("1")}}, Cells: []Cell{{Column: "n", Old: text("a")}}},
					{Change: Changed, Before: 3, After: 3, Key: []Cell{{Column: "id", New: text("2")}}, Cells: []Cell{{Column: "n", Old: text("b"), New: text("x")}}},
					{Change: Added, After: 4, Key: []Cell{{Column: "id", New: text("4")}}, Cells: []Cell{{Column: "n", New: text("d")}}},
				}},
		},
		{
			name: "key guessed", before: "v,user_id\n1,7\n2,8\n", after: "v,user_id\n2,8\n3,7\n",
			want: Result{Key: []string{"user_id"}, Guessed: true, Before: Side{Rows: 2}, After: Side{Rows: 2}, Equal: 1, Changed: 1,
				ChangedCells: map[string]int64{"v": 1}},
		},
		{
			name: "no key", before: "a,b\n1,1\n1,1\n2,\n", after: "a,b\n1,1\n2,\n2,\n2,9\n",
			want: Result{Before: Side{Rows: 3}, After: Side{Rows: 4}, Equal: 2, Added: 2, Removed: 1, ChangedCells: map[string]int64{}},
		},
		{
			name: "duplicates", before: "id,n\n1,a\n1,b\n2,c\n", after: "id,n\n1,a\n2,c\n2,c\n2,d\n", options: Options{Key: []string{"id"}},
			want: Result{Key: []string{"id"}, Before: Side{Rows: 3, Duplicates: 1}, After: Side{Rows: 4, Duplicates: 2}, Equal: 2, ChangedCells: map[string]int64{}},
		},
		{
			name: "columns", before: "id,old,gone\n1,a,x\n2,b,x\n", after: "id,new\n1,a\n2,c\n", options: Options{Key: []string{"id"}},
			want: Result{Key: []string{"id"}, Before: Side{Rows: 2}, After: Side{Rows: 2}, Equal: 1, Changed: 1, RemovedColumns: []string{"gone"},
				Renamed: []Rename{{"old", "new"}}, ChangedCells: map[string]int64{"new": 1}},
		},
		{
			name: "null and other spelling", before: "id;n\n1;\n2;\"b\"\n", after: "id,n\n1,0\n2,b\n", options: Options{Key: []string{"id"}},
			want: Result{Key: []string{"id"}, Before: Side{Rows: 2}, After: Side{Rows: 2}, Equal: 1, Changed: 1, ChangedCells: map[string]int64{"n": 1}},
		},
		{
			name: "bad rows", before: "id,n\n1,a\n2\n", after: "id,n\n1,a\n", options: Options{Key: []string{"id"}},
			want: Result{Key: []string{"id"}, Before: Side{Rows: 1, Bad: 1, Findings: []table.Finding{{Line: 3, What: "1 cell, 2 expected"}}},
				After: Side{Rows: 1}, Equal: 1, ChangedCells: map[string]int64{}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Compare(t.Context(), source("a.csv", test.before), source("b.csv", test.after), test.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("difference (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompareFormats(t *testing.T) {
	lines := `{"id": 1, "n": 2.50, "at": "2024-01-02T00:00:00Z", "ok": true}
{"ok": false, "id": 2, "n": null, "at": null}
`
	r, err := Compare(t.Context(), source("a.jsonl", lines), source("b.csv", "id,n,at,ok\n2,,,FALSE\n1,2.5,2024-01-02 00:00:00,true\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Same() || r.Equal != 2 {
		t.Errorf("equal tables differ: %+v", r)
	}
}

func TestUnknownKey(t *testing.T) {
	_, err := Compare(t.Context(), source("a.csv", "id,n\n1,2\n"), source("b.csv", "id,m\n1,2\n"), Options{Key: []string{"nr"}})
	if err == nil || !strings.Contains(err.Error(), `"nr"; the columns in both are id, m`) {
		t.Errorf("error %v, want one that names the key and the columns", err)
	}
}

// TestPlantedEdits plants 1,000 edits into 1,000,000 rows in another order, and finds these alone: in memory, and in
// temporary files.
func TestPlantedEdits(t *testing.T) {
	rows := 1_000_000
	if testing.Short() {
		rows = 20_000
	}
	before, after, want := planted(rows, 1000)
	for _, memory := range []int64{0, 4 << 20} {
		t.Run(fmt.Sprint(memory), func(t *testing.T) {
			temporary := t.TempDir()
			t.Setenv("TMPDIR", temporary)
			t.Setenv("TMP", temporary)
			var listing bytes.Buffer
			r, err := Compare(t.Context(), source("a.csv", before), source("b.csv", after), Options{Listing: &listing, Memory: memory})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for line := range strings.Lines(listing.String()) {
				var c Change
				if err := json.Unmarshal([]byte(line), &c); err != nil {
					t.Fatal(err)
				}
				got[key(c)] = c.Change + " " + changed(c)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if n := r.Added + r.Removed + r.Changed; n != 1000 || !r.Guessed || r.Key[0] != "id" {
				t.Errorf("%d changes by %v, want 1000 by id", n, r.Key)
			}
			if left, _ := filepath.Glob(filepath.Join(temporary, "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func key(c Change) string {
	if c.Key[0].New != nil {
		return *c.Key[0].New
	}
	return *c.Key[0].Old
}

func changed(c Change) string {
	if c.Change != Changed {
		return ""
	}
	return c.Cells[0].Column + " " + *c.Cells[0].Old + " " + *c.Cells[0].New
}

// planted returns two versions of a table, and what differs by id.
func planted(rows, edits int) (before, after string, want map[string]string) {
	r := rand.New(rand.NewPCG(2026, 11))
	want = map[string]string{}
	edited := map[int]bool{}
	for len(edited) < edits {
		edited[r.IntN(rows)] = true
	}
	var a strings.Builder
	lines := make([]string, 0, rows)
	a.WriteString("id,name,price,note\n")
	for i := range rows {
		id, name, price := fmt.Sprint(i), fmt.Sprintf("name %d", r.IntN(5000)), fmt.Sprintf("%d.%02d", r.IntN(1000), r.IntN(100))
		row := func(id, price string) string { return id + "," + name + "," + price + ",\"so, \"\"it\"\" is\"\n" }
		kind := 3
		if edited[i] {
			kind = r.IntN(3)
		}
		switch kind {
		case 0:
			a.WriteString(row(id, price))
			want[id] = "removed "
		case 1:
			lines = append(lines, row("n"+id, price))
			want["n"+id] = "added "
		case 2:
			a.WriteString(row(id, price))
			lines = append(lines, row(id, price+"1"))
			want[id] = "changed price " + price + " " + price + "1"
		default:
			a.WriteString(row(id, price))
			lines = append(lines, row(id, price))
		}
	}
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return a.String(), "id,name,price,note\n" + strings.Join(lines, ""), want
}
