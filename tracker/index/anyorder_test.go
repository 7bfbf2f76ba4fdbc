package index

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// partial is a ledger that shows some of its journals, in some order, and only the beginnings of them.
type partial struct {
	Ledger
	ids  []tracker.ID
	upTo map[tracker.ID]int64
}

func (p *partial) Journals() ([]tracker.ID, error) { return p.ids, nil }

func (p *partial) State(id tracker.ID) (journal.State, error) {
	if state, err := p.Ledger.State(id); err != nil || p.upTo[id] == math.MaxInt64 {
		return state, err
	}
	return journal.Live, nil
}

func (p *partial) Entries(id tracker.ID, from journal.Position) iter.Seq2[journal.Record, error] {
	return func(yield func(journal.Record, error) bool) {
		for r, err := range p.Ledger.Entries(id, from) {
			if r.N > p.upTo[id] || !yield(r, err) {
				return
			}
		}
	}
}

// randomRuns writes journals whose entries contradict each other: few runs, keys and names, and times that are often equal.
func randomRuns(t *testing.T, dir string, r *rand.Rand) {
	var scribes []*scribe
	for range 4 {
		scribes = append(scribes, newScribe(t, dir, epoch))
	}
	sessions := slices.Clone(scribes)
	for range 250 {
		s := scribes[r.IntN(len(scribes))]
		s.now = epoch.Add(time.Duration(r.IntN(20)) * time.Second) // clocks go back
		h := s.head(tracker.ID{})
		if r.IntN(2) == 0 {
			h.Session = sessions[r.IntN(len(sessions))].session // also of another journal
		}
		if r.IntN(4) == 0 {
			h.Session = tracker.ID{}
		}
		randomEntry(s, h, r)
	}
	scribes[0].close()
	if err := scribes[1].w.Close(); err != nil { // without the session's end
		t.Fatal(err)
	}
}

// pick returns one of some values.
func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

func randomEntry(s *scribe, h tracker.Header, r *rand.Rand) {
	run, name := nthID(0xa0, r.IntN(5)), pick(r, "a", "b", "c")
	switch r.IntN(8) {
	case 0:
		s.append(&tracker.ExperimentEntry{Header: h, Experiment: nthID(0, r.IntN(3)), Name: pick(r, "", name), Stage: pick(r, "", tracker.Active, tracker.Deleted), Logged: s.put(randomLogged(r))})
	case 1:
		s.append(&tracker.ModelEntry{Header: h, Model: name, Version: r.IntN(3), Stage: pick(r, "", "", tracker.Active, tracker.Deleted), Renamed: pick(r, "", "", "", "a", "b", "d"),
			Run: pick(r, run, tracker.ID{}), Deployment: pick(r, "", "Staging"), Logged: s.put(randomLogged(r))})
	case 2:
		s.append(&tracker.ViewEntry{Header: h, Name: name, Query: pick(r, tracker.Digest{}, s.put(randomLogged(r)))})
	case 3:
		s.append(&tracker.ArtifactEntry{Header: h, Run: run, Path: pick(r, "f", "f/g", "h"), Bytes: int64(r.IntN(9)), Removed: r.IntN(4) == 0})
	case 4:
		s.append(&tracker.RunEntry{Header: h, Run: run, Experiment: pick(r, tracker.ID{}, nthID(0, r.IntN(4))), Parent: pick(r, tracker.ID{}, nthID(0xa0, 7)), Name: pick(r, "", name),
			Status: pick(r, "", tracker.RunRunning, tracker.RunRunning, tracker.RunFinished), Stage: pick(r, "", tracker.Deleted, tracker.Active), Started: pick(r, time.Time{}, s.now)})
	default:
		e := &tracker.LoggedEntry{Header: h, Run: run, Log: pick(r, tracker.ID{}, nthID(1, 1)), End: r.Int64N(1000)}
		if r.IntN(2) == 0 {
			e.Logged = s.put(randomLogged(r))
		}
		if r.IntN(2) == 0 {
			e.Points = s.put(string(tracker.EncodePoints(randomPoints(r))))
		}
		s.append(e)
	}
}

func randomLogged(r *rand.Rand) string {
	l := tracker.Logged{}
	for range r.IntN(4) {
		key, value := pick(r, "a", "b", "c"), pick(r, "1", "2", "x", "")
		switch r.IntN(4) {
		case 0:
			l.Params = append(l.Params, tracker.Param{Key: key, Value: value})
		case 1:
			l.Tags = append(l.Tags, tracker.Tag{Key: key, Value: value, Removed: r.IntN(3) == 0})
		case 2:
			l.Inputs = append(l.Inputs, tracker.Input{Name: key, Digest: value, Source: fmt.Sprint(r.IntN(9))})
		case 3:
			l.Aliases = append(l.Aliases, tracker.Alias{Name: key, Version: r.IntN(3)})
		}
	}
	return string(l.Encode())
}

func randomPoints(r *rand.Rand) (points []tracker.Metric) {
	n := pick(r, 1, 2, 1500)
	for range n {
		points = append(points, tracker.Metric{Key: pick(r, "a", "b"), Value: pick(r, 0, math.Copysign(0, -1), nan, inf, negInf, r.Float64()), Step: r.Int64N(4), Time: r.Int64N(3)})
	}
	return points
}

// runRows is everything that the tables of runs hold, as text.
func runRows(t *testing.T, x *Index) string {
	t.Helper()
	var b strings.Builder
	for _, table := range append(slices.Clone(runTables), "sessions", "cells", "journals") {
		rows := must[*Rows](t)(x.Query(t.Context(), "SELECT * FROM "+table))
		lines := []string{table}
		for _, row := range rows.Values {
			lines = append(lines, fmt.Sprintf("%#v", row))
		}
		slices.Sort(lines[1:])
		b.WriteString(strings.Join(lines, "\n") + "\n")
	}
	return b.String()
}

// TestAnyOrder projects the same journals in random orders and pieces: all tables come out the same, byte by byte.
func TestAnyOrder(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		dir := newLedger(t)
		randomRuns(t, dir, r)
		whole := must[*journal.Ledger](t)(journal.Open(dir))
		x := must[*Index](t)(OpenLedger(t.Context(), whole))
		want := runRows(t, x)
		checkFields(t, x)
		for range 4 {
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			removeIndex(t, dir)
			part := &partial{Ledger: whole, upTo: map[tracker.ID]int64{}}
			x = must[*Index](t)(OpenLedger(t.Context(), part))
			growRandomly(t, x, part, r)
			if diff := cmp.Diff(want, runRows(t, x)); diff != "" {
				t.Fatalf("seed %d: tables (-in one go +in pieces):\n%s", seed, diff)
			}
		}
		x.ledger = whole
		if err := x.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, runRows(t, x)); diff != "" {
			t.Fatalf("seed %d: tables (-new +rebuilt):\n%s", seed, diff)
		}
		_ = x.Close()
	}
}

// checkFields compares how many runs have each field with a count of their rows.
func checkFields(t *testing.T, x *Index) {
	t.Helper()
	counted := must[*Rows](t)(x.Query(t.Context(), `SELECT 'metrics', key, count(*), 0 FROM metrics GROUP BY key
		UNION ALL SELECT 'params', key, count(*), sum(number IS NULL) FROM params GROUP BY key
		UNION ALL SELECT 'tags', key, count(*), count(*) FROM tags WHERE NOT removed GROUP BY key ORDER BY 1, 2`))
	kept := must[*Rows](t)(x.Query(t.Context(), "SELECT space, key, runs, texts FROM fields ORDER BY space, key"))
	if diff := cmp.Diff(counted.Values, kept.Values); diff != "" || len(kept.Values) < 6 {
		t.Fatalf("fields (-counted +kept), %d:\n%s", len(kept.Values), diff)
	}
}

// growRandomly shows an index more and more of a ledger; now and then a journal is gone for a while.
func growRandomly(t *testing.T, x *Index, p *partial, r *rand.Rand) {
	t.Helper()
	ids := must[[]tracker.ID](t)(p.Ledger.Journals())
	sync := func() {
		if err := x.Sync(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for range 12 {
		id := pick(r, ids...)
		if p.upTo[id] += int64(r.IntN(30)); !slices.Contains(p.ids, id) {
			p.ids = append(p.ids, id)
		}
		r.Shuffle(len(p.ids), func(i, j int) { p.ids[i], p.ids[j] = p.ids[j], p.ids[i] })
		sync()
		if r.IntN(6) == 0 {
			gone := p.ids[0]
			p.ids = p.ids[1:]
			sync()
			p.ids = append(p.ids, gone)
		}
	}
	p.ids = ids
	r.Shuffle(len(p.ids), func(i, j int) { p.ids[i], p.ids[j] = p.ids[j], p.ids[i] })
	for _, id := range ids {
		p.upTo[id] = math.MaxInt64
	}
	sync()
}
