package index

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// TestUnusableIndexIsMadeAnew puts something else where the index should be.
func TestUnusableIndexIsMadeAnew(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	s.cell("1", "1", tracker.OK)
	s.close()
	path := filepath.Join(dir, File)
	sqlFile := func(statements string) func(t *testing.T) {
		return func(t *testing.T) {
			x := open(t, dir)
			if _, err := x.writes.Exec(statements); err != nil {
				t.Fatal(err)
			}
			_ = x.Close()
		}
	}
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T)
	}{
		{"no database", func(t *testing.T) { writeFile(t, path, strings.Repeat("not a database. ", 1000)) }},
		{"an empty file", func(t *testing.T) { writeFile(t, path, "") }},
		{"overwritten pages", func(t *testing.T) { overwrite(t, path) }},
		{"another program's database", sqlFile("PRAGMA application_id = 7")},
		{"a newer schema", sqlFile("PRAGMA user_version = 999")},
	} {
		t.Run(test.name, func(t *testing.T) {
			removeIndex(t, dir)
			_ = open(t, dir).Close()
			test.spoil(t)
			x := open(t, dir)
			if diff := cmp.Diff([]tracker.Status{tracker.OK}, statuses(t, x)); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNewerGembaWhileItIsOpen has another gemba change the tables of an index that is open: what this one would write might not fit any more.
func TestNewerGembaWhileItIsOpen(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	s.cell("1", "1", tracker.OK)
	x := open(t, dir)
	if _, err := x.writes.Exec("PRAGMA user_version = 999"); err != nil {
		t.Fatal(err)
	}
	s.cell("2", "2", tracker.OK)
	if err := x.Sync(t.Context()); !errors.Is(err, errNewer) || Damaged(err) {
		t.Errorf("error is %v, want one that asks to start again", err)
	}
	if got := statuses(t, x); len(got) != 1 {
		t.Errorf("%d cells are written into tables of a newer schema, want the one from before", len(got))
	}
}

func writeFile(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// overwrite spoils a file behind its first page.
func overwrite(t testing.TB, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(b); i++ {
		b[i] = 0xaa
	}
	writeFile(t, path, string(b))
}

// TestDamageDeepInTheFile spoils pages that Open does not read: a query tells, and Rebuild mends.
func TestDamageDeepInTheFile(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	for range 500 {
		s.cell("1", "1", tracker.OK)
	}
	s.close()
	x := open(t, dir)
	want := answers(t, x)
	var page int
	if err := x.db.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = 'cells'").Scan(&page); err != nil {
		t.Fatal(err)
	}
	_ = x.Close()
	spoilPage(t, filepath.Join(dir, File), page)
	x = open(t, dir)
	if _, err := x.Cells(context.Background(), Filter{}); !Damaged(err) {
		t.Errorf("error of the query is %v, want one that says damage", err)
	}
	if err := x.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, answers(t, x)); diff != "" {
		t.Errorf("answers when mended (-want +got):\n%s", diff)
	}
}

// spoilPage overwrites one page, 4096 bytes long and numbered from 1.
func spoilPage(t testing.TB, path string, page int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4096 {
		b[(page-1)*4096+i] = 0xaa
	}
	writeFile(t, path, string(b))
}

// TestIndexThatCannotBeWritten blocks the index's place, as a read-only ledger would.
func TestIndexThatCannotBeWritten(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	s.cell("1", "1", tracker.OK)
	s.close()
	if err := os.MkdirAll(filepath.Join(dir, File, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir)
	if !x.Temporary() {
		t.Error("the index is not temporary")
	}
	if diff := cmp.Diff([]tracker.Status{tracker.OK}, statuses(t, x)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(x.Path()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the temporary index is still there: %v", err)
	}
}

// TestUnreadableEntry breaks one journal of two: the other one goes on, and the break is told.
func TestUnreadableEntry(t *testing.T) {
	dir := newLedger(t)
	bad, good := newScribe(t, dir, epoch), newScribe(t, dir, epoch.Add(time.Microsecond)) // times tell their cells apart
	bad.cell("1", "1", tracker.OK)
	bad.cell("2", "2", tracker.OK)
	bad.close()
	good.cell("3", "3", tracker.Failed)
	good.close()
	path := filepath.Join(dir, "journals", bad.w.ID().String()+".jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	const broken = 6 // the second cell's start
	lines[broken-1] = "}" + lines[broken-1][1:]
	writeFile(t, path, strings.Join(lines, ""))

	x := open(t, dir)
	problems := must[[]Problem](t)(x.Problems(context.Background()))
	if len(problems) != 1 || problems[0].Journal != bad.w.ID() || problems[0].Entry != broken || problems[0].Reason == "" {
		t.Errorf("problems are %+v, want one of entry %d of journal %s", problems, broken, bad.w.ID())
	}
	if diff := cmp.Diff([]tracker.Status{tracker.Failed, tracker.OK}, statuses(t, x)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}

	writeFile(t, path, string(text)) // mended: the projection goes on where it stopped
	y := open(t, dir)
	if diff := cmp.Diff([]tracker.Status{tracker.OK, tracker.Failed, tracker.OK}, statuses(t, y)); diff != "" {
		t.Errorf("statuses when mended (-want +got):\n%s", diff)
	}
	if problems := must[[]Problem](t)(y.Problems(context.Background())); problems != nil {
		t.Errorf("problems when mended: %+v", problems)
	}
}
