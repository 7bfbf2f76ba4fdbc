package index

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// sessionOf writes a session whose cells take turns, and returns its id.
func sessionOf(t testing.TB, dir, notebook string, began time.Time, cells, executions int) tracker.ID {
	w, err := journal.Create(dir, journal.Options{Writer: "test"})
	if err != nil {
		t.Fatal(err)
	}
	session := tracker.NewID()
	for i := range executions {
		h := tracker.Header{Time: began.Add(time.Duration(i) * time.Millisecond), Session: session, Execution: tracker.NewID()}
		err := errors.Join(
			w.Append(&tracker.CellStartedEntry{Header: h, Count: i + 1, CellID: fmt.Sprintf("cell-%05d", i%cells), Notebook: notebook}),
			w.Append(&tracker.CellFinishedEntry{Header: h, Status: tracker.OK}))
		if err != nil {
			t.Fatal(err)
		}
		if w.Pending() > 1<<20 {
			err = w.Flush()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return session
}

func TestCellsBeforeReachEachOnce(t *testing.T) {
	dir := newLedger(t)
	sessionOf(t, dir, "a.ipynb", epoch, 3, 50)
	wanted := sessionOf(t, dir, "b.ipynb", epoch, 3, 50) // at the same times
	x := open(t, dir)
	for _, f := range []Filter{{}, {Session: wanted.String()}, {Notebook: "b.ip"}, {Status: tracker.OK, Since: epoch.Add(20 * time.Millisecond)}} {
		all, err := x.Cells(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		var paged []Cell
		for mark := (Mark{}); ; {
			part, err := x.CellsBefore(t.Context(), f, mark, 7)
			if err != nil {
				t.Fatal(err)
			}
			if paged = append(paged, part...); len(part) < 7 {
				break
			}
			mark = MarkOf(part[6])
		}
		equal(t, nil, paged, all)
	}
}

func TestOrderAndLatestOfCells(t *testing.T) {
	dir := newLedger(t)
	session := sessionOf(t, dir, "a.ipynb", epoch, 3, 10)
	sessionOf(t, dir, "b.ipynb", epoch.Add(time.Hour), 3, 10)
	x := open(t, dir)
	order, err := x.OrderOf(t.Context(), session, Mark{})
	equal(t, err, len(order), 10)
	rest, err := x.OrderOf(t.Context(), session, order[6].Mark)
	equal(t, err, rest, order[7:])
	found, err := x.CellsAt(t.Context(), []Mark{order[3].Mark, order[9].Mark})
	equal(t, err, []int{found[order[3].Mark].Count, found[order[9].Mark].Count}, []int{4, 10})
	latest, err := x.LatestCells(t.Context(), "a.ipynb")
	var got []string
	for _, c := range latest {
		got = append(got, fmt.Sprint(c.CellID, " ", c.Count))
	}
	equal(t, err, strings.Join(got, ", "), "cell-00000 10, cell-00001 8, cell-00002 9")
}

// TestListsOfCellsAreReadFromIndexes makes sure that no list is read by looking at each row, or sorted.
func TestListsOfCellsAreReadFromIndexes(t *testing.T) {
	dir := newLedger(t)
	sessionOf(t, dir, "a.ipynb", epoch, 1, 1)
	x := open(t, dir)
	for _, query := range []string{
		"SELECT journal, entry FROM cells WHERE (started, journal, entry) < ('2', '', 0)" + newest + " LIMIT 9",
		"SELECT journal, entry FROM cells WHERE instr(notebook, 'x') > 0 AND status = 'ok' AND (started, journal, entry) < ('2', '', 0)" + newest + " LIMIT 9",
		"SELECT journal, entry FROM cells WHERE session = 'a' AND (started, journal, entry) < ('2', '', 0)" + newest + " LIMIT 9",
		"SELECT started, journal, entry, cell_id FROM cells WHERE session = 'a' AND (started, journal, entry) > ('2', '', 0) ORDER BY started, journal, entry",
		"SELECT journal, entry FROM cells WHERE notebook = 'a' AND cell_id = 'b' ORDER BY started DESC, journal DESC, entry DESC LIMIT 1",
		"SELECT min(cell_id) FROM cells WHERE notebook = 'a' AND cell_id > 'b'",
		"SELECT count(*) FROM cells WHERE session = 'a'",
		"SELECT count(*) FROM cells WHERE instr(notebook, 'x') > 0 AND status = 'ok'",
	} {
		rows, err := x.db.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query)
		if err != nil {
			t.Fatal(err)
		}
		plan := ""
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan += detail + "\n"
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, "USING COVERING INDEX") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s:\n%s", query, plan)
		}
	}
}

// BenchmarkCellLists asks for lists of 100,000 executions.
func BenchmarkCellLists(b *testing.B) {
	dir := newLedger(b)
	session := sessionOf(b, dir, "a.ipynb", epoch, 200, 100_000)
	x := open(b, dir)
	order, err := x.OrderOf(b.Context(), session, Mark{})
	if err != nil {
		b.Fatal(err)
	}
	deep := order[100].Mark
	for _, q := range []struct {
		name string
		ask  func() (int, error)
	}{
		{"first page", func() (int, error) { l, err := x.CellsBefore(b.Context(), Filter{}, Mark{}, 100); return len(l), err }},
		{"last page", func() (int, error) { l, err := x.CellsBefore(b.Context(), Filter{}, deep, 100); return len(l), err }},
		{"last page of a session", func() (int, error) {
			l, err := x.CellsBefore(b.Context(), Filter{Session: session.String()}, deep, 100)
			return len(l), err
		}},
		{"none of a status", func() (int, error) {
			l, err := x.CellsBefore(b.Context(), Filter{Status: tracker.Failed, Notebook: "a.ip"}, Mark{}, 100)
			return len(l), err
		}},
		{"count", func() (int, error) { return x.Count(b.Context(), Filter{Notebook: "a.ip"}) }},
		{"order of a session", func() (int, error) { l, err := x.OrderOf(b.Context(), session, Mark{}); return len(l), err }},
		{"latest of a notebook", func() (int, error) { l, err := x.LatestCells(b.Context(), "a.ipynb"); return len(l), err }},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := q.ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
