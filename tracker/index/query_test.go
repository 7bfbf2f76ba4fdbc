package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

func TestFilter(t *testing.T) {
	dir := newLedger(t)
	first := newScribe(t, dir, epoch)
	first.cell("a", "", tracker.OK)
	first.cell("b", "", tracker.Failed)
	first.close()
	second := newScribe(t, dir, epoch.Add(time.Hour))
	second.cell("c", "", tracker.OK)
	second.close()
	x := open(t, dir)
	for _, test := range []struct {
		name   string
		filter Filter
		want   string
		all    int // without the limit
	}{
		{"all", Filter{}, "c b a", 3},
		{"the newest two", Filter{Limit: 2}, "c b", 3},
		{"of a status", Filter{Status: tracker.OK}, "c a", 2},
		{"of a session", Filter{Session: first.session.String()}, "b a", 2},
		{"of a shortened session", Filter{Session: second.session.String()[:12]}, "c", 1},
		{"since", Filter{Since: epoch.Add(30 * time.Minute)}, "c", 1},
		{"of a notebook", Filter{Notebook: "plot"}, "c b a", 3},
		{"of no notebook", Filter{Notebook: "%"}, "", 0},
		{"of all at once", Filter{Notebook: "plot.ipynb", Status: tracker.OK, Since: epoch, Limit: 1}, "c", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			var sources []string
			for _, c := range must[[]Cell](t)(x.Cells(context.Background(), test.filter)) {
				sources = append(sources, string(must[[]byte](t)(x.Blob(c.Source))))
			}
			if got := strings.Join(sources, " "); got != test.want {
				t.Errorf("cells are %q, want %q", got, test.want)
			}
			if got := must[int](t)(x.Count(context.Background(), test.filter)); got != test.all {
				t.Errorf("Count is %d, want %d", got, test.all)
			}
		})
	}
}

// TestCellKeepsWhatWasRecorded writes each field of a finished cell and reads it back.
func TestCellKeepsWhatWasRecorded(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	id := tracker.NewID()
	digest := func(text string) tracker.Digest { return tracker.DigestOf([]byte(text)) }
	started, finished := s.head(id), s.head(id)
	s.append(&tracker.CellStartedEntry{Header: started, Count: 3, CellID: "c1", Notebook: "n.ipynb", Source: digest("s"), SourceSize: 1, Silent: true})
	s.append(&tracker.CellFinishedEntry{Header: finished, Status: tracker.Failed, ErrorName: "E", ErrorValue: digest("v"),
		Wall: 1, Build: 2, Run: 3, UserCPU: 4, SystemCPU: 5, MaxRSS: 6, Reused: true, Backend: "go", Declarations: digest("d"), Program: digest("p"),
		Messages: 7, OutputBytes: 8, OutputSHA256: "ab", Truncated: true, DroppedBytes: 9})
	s.close()
	want := Cell{ID: id, Session: s.session, Journal: s.w.ID(), Entry: 3, Status: tracker.Failed, Started: started.Time, Finished: finished.Time,
		Count: 3, CellID: "c1", Notebook: "n.ipynb", Silent: true, Source: digest("s"), SourceSize: 1,
		Wall: 1, Build: 2, Run: 3, UserCPU: 4, SystemCPU: 5, MaxRSS: 6, Reused: true, Backend: "go", ErrorName: "E", ErrorValue: digest("v"),
		Declarations: digest("d"), Program: digest("p"), Messages: 7, OutputBytes: 8, OutputSHA256: "ab", Truncated: true, DroppedBytes: 9}
	x := open(t, dir)
	if diff := cmp.Diff(want, must[Cell](t)(x.Cell(context.Background(), id))); diff != "" {
		t.Errorf("cell (-want +got):\n%s", diff)
	}
}

// TestFinishWithoutStart has a gap where the start was: what is known of the end is kept.
func TestFinishWithoutStart(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	id := tracker.NewID()
	s.finish(id, tracker.OK)
	s.close()
	x := open(t, dir)
	c := must[Cell](t)(x.Cell(context.Background(), id))
	if c.Status != tracker.OK || c.Session != s.session || c.Run == 0 || !c.Source.IsZero() {
		t.Errorf("cell is %+v, want one that is ok, with no source", c)
	}
}

func TestFind(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	twins := []string{"aaaa1111111111111111111111111111", "aaaa2222222222222222222222222222"}
	for _, text := range append(twins, "bbbb1111111111111111111111111111") {
		id := must[tracker.ID](t)(tracker.ParseID(text))
		s.append(&tracker.CellStartedEntry{Header: s.head(id)})
	}
	s.close()
	x := open(t, dir)
	for _, test := range []struct {
		prefix, want string
		err          error
	}{
		{"bbbb1111111111111111111111111111", "cell bbbb1111111111111111111111111111", nil},
		{"bbb", "cell bbbb1111111111111111111111111111", nil},
		{"BBB", "cell bbbb1111111111111111111111111111", nil},
		{"aaaa1", "cell aaaa1111111111111111111111111111", nil},
		{s.session.String(), "session " + s.session.String(), nil},
		{"aaaa", "", ErrAmbiguous},
		{"bbbb2", "", ErrNotFound},
		{"bbbb11111111111111111111111111111", "", ErrNotFound},
		{"", "", ErrNotFound},
		{"xyz", "", ErrNotFound},
		{"bbb%", "", ErrNotFound},
	} {
		t.Run(test.prefix, func(t *testing.T) {
			m, err := x.Find(context.Background(), test.prefix)
			if !errors.Is(err, test.err) {
				t.Fatalf("error is %v, want %v", err, test.err)
			}
			if err == nil && m.Kind+" "+m.ID.String() != test.want {
				t.Errorf("found %s %s, want %s", m.Kind, m.ID, test.want)
			}
		})
	}
	_, err := x.Find(context.Background(), "aaaa")
	var ambiguous *Ambiguous
	if !errors.As(err, &ambiguous) || len(ambiguous.Candidates) != 2 || ambiguous.Candidates[1].ID.String() != twins[1] {
		t.Errorf("error is %#v, want one with both candidates", err)
	}
}

func TestQueryCannotWrite(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	s.cell("1", "", tracker.OK)
	s.close()
	x := open(t, dir)
	before := answers(t, x)
	for _, query := range []string{
		"DELETE FROM cells",
		"DROP TABLE cells",
		"SELECT 1; DELETE FROM cells",
		"PRAGMA query_only = 0; DELETE FROM cells",
		"PRAGMA user_version = 7",
		"CREATE TABLE notes (text TEXT)",
		"ATTACH DATABASE '" + dir + "/other.sqlite' AS other; CREATE TABLE other.notes (text TEXT)",
		"PRAGMA query_only = 0; ATTACH DATABASE '" + dir + "/other.sqlite' AS other; CREATE TABLE other.notes (text TEXT)",
		"PRAGMA query_only = 0; ATTACH DATABASE '" + x.Path() + "' AS other; DELETE FROM other.cells",
		"VACUUM",
		"PRAGMA query_only = 0; VACUUM INTO '" + dir + "/other.sqlite'",
		"PRAGMA query_only = 0; PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = ''",
		"PRAGMA query_only = 0; WITH one AS (SELECT 1) INSERT INTO cells (id) SELECT * FROM one",
		"SELECT load_extension('/tmp/x.so')",
	} {
		if _, err := x.Query(context.Background(), query); !errors.Is(err, ErrReadOnly) && !errors.Is(err, ErrSQL) {
			t.Errorf("%s: error is %v, want one", query, err)
		}
	}
	if diff := cmp.Diff(before, answers(t, open(t, dir))); diff != "" {
		t.Errorf("answers changed (-before +after):\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(dir, "other.sqlite")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a query made a file: %v", err)
	}
	rows, err := x.Query(context.Background(), "SELECT count AS n, NULL, 1.5, 'text', x'00ff' FROM cells")
	want := &Rows{Columns: []string{"n", "NULL", "1.5", "'text'", "x'00ff'"}, Values: [][]any{{int64(1), nil, 1.5, "text", []byte{0, 255}}}}
	if diff := cmp.Diff(want, rows); err != nil || diff != "" {
		t.Errorf("rows: %v (-want +got):\n%s", err, diff)
	}
}

func TestEndlessQuery(t *testing.T) {
	dir := newLedger(t)
	newScribe(t, dir, epoch).close()
	x := open(t, dir)
	const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
	_, err := x.Query(context.Background(), endless+"SELECT i, hex(zeroblob(500000)) FROM n")
	if !errors.Is(err, ErrSQL) || !strings.Contains(err.Error(), "LIMIT") {
		t.Errorf("an answer without end: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, err := x.Query(ctx, endless+"SELECT count(*) FROM n"); err == nil {
		t.Error("a query without end has an answer")
	}
}

func TestHistory(t *testing.T) {
	dir := newLedger(t)
	first := newScribe(t, dir, epoch)
	first.cell("a := 1", "", tracker.OK)
	first.cell("fmt.Println(a)", "1\n", tracker.OK)
	first.close()
	second := newScribe(t, dir, epoch.Add(time.Hour))
	second.cell("a := 1", "", tracker.OK)
	second.cell("[x]*?", "", tracker.Failed)
	second.append(&tracker.CellStartedEntry{Header: second.head(tracker.NewID()), Count: 3, Silent: true, Source: second.put("silent")})
	x := open(t, dir)
	for _, test := range []struct {
		name  string
		query History
		want  string
	}{
		{"tail", History{Access: Tail}, "1.1 a := 1|1.2 fmt.Println(a)|2.1 a := 1|2.2 [x]*?"},
		{"tail of two", History{Access: Tail, N: 2}, "2.1 a := 1|2.2 [x]*?"},
		{"tail with output", History{Access: Tail, N: 3, Output: true}, "1.2 fmt.Println(a) -> 1\n|2.1 a := 1|2.2 [x]*?"},
		{"range of a session", History{Access: Range, Session: 1}, "1.1 a := 1|1.2 fmt.Println(a)"},
		{"range of the current session", History{Access: Range, Current: second.session}, "2.1 a := 1|2.2 [x]*?"},
		{"range of the session before", History{Access: Range, Session: -1, Current: second.session}, "1.1 a := 1|1.2 fmt.Println(a)"},
		{"range of the newest, asked from a new one", History{Access: Range, Session: -1, Current: tracker.NewID()}, "2.1 a := 1|2.2 [x]*?"},
		{"range of lines", History{Access: Range, Session: 1, Start: 2, Stop: 3}, "1.2 fmt.Println(a)"},
		{"range without lines", History{Access: Range, Session: 1, Start: 3, Stop: 9}, ""},
		{"range of no session", History{Access: Range, Session: 7}, ""},
		{"search", History{Access: Search, Pattern: "a*"}, "1.1 a := 1|2.1 a := 1"},
		{"search for unique lines", History{Access: Search, Pattern: "*a*", Unique: true}, "1.2 fmt.Println(a)|2.1 a := 1"},
		{"search for the newest", History{Access: Search, Pattern: "*a*", N: 1}, "2.1 a := 1"},
		{"search with what means something elsewhere", History{Access: Search, Pattern: "[x]*"}, "2.2 [x]*?"},
		{"search for one character", History{Access: Search, Pattern: "? := 1"}, "1.1 a := 1|2.1 a := 1"},
		{"search without a pattern", History{Access: Search, N: 1}, "2.2 [x]*?"},
		{"search for nothing", History{Access: Search, Pattern: "zzz"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, line := range must[[]HistoryLine](t)(x.History(context.Background(), test.query)) {
				text := fmt.Sprintf("%d.%d %s", line.Session, line.Line, line.Source)
				if line.Output != nil {
					text += " -> " + *line.Output
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("history (-want +got):\n%s", diff)
			}
		})
	}
}
