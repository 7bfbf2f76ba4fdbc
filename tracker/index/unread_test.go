package index

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// TestBlobsThatComeLater projects entries whose blobs are not in the ledger yet.
func TestBlobsThatComeLater(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	run := nthID(0xa0, 1)
	later := map[string]bool{}
	name := func(text string) tracker.Digest { later[text] = true; return tracker.DigestOf([]byte(text)) }
	for i := range 9 {
		points := string(tracker.EncodePoints([]tracker.Metric{{Key: "loss", Value: float64(i), Step: int64(i)}}))
		e := &tracker.LoggedEntry{Header: s.head(tracker.ID{}), Run: run, Metrics: 1}
		if e.Points = s.digest(points, i%3 != 1); i%3 == 1 {
			name(points)
		}
		s.append(e)
	}
	params := tracker.Logged{Params: []tracker.Param{{Key: "lr", Value: "1"}}}
	s.append(&tracker.LoggedEntry{Header: s.head(tracker.ID{}), Run: run, Logged: name(string(params.Encode()))})
	s.logged(s.head(tracker.ID{}), run, tracker.Logged{Params: []tracker.Param{{Key: "lr", Value: "2"}}}, nil)
	tags := tracker.Logged{Tags: []tracker.Tag{{Key: "a", Value: "b"}}}
	s.append(&tracker.ExperimentEntry{Header: s.head(tracker.ID{}), Experiment: iris, Logged: name(string(tags.Encode()))})
	s.append(&tracker.ViewEntry{Header: s.head(tracker.ID{}), Name: "v", Query: name("query")})

	x := open(t, dir)
	got := must[Run](t)(x.Run(t.Context(), run))
	equal(t, nil, got.Params, []tracker.Param{{Key: "lr", Value: "2", Type: tracker.TextValue}})
	equal(t, nil, len(must[[]tracker.Metric](t)(x.Series(t.Context(), SeriesSearch{Run: run, Key: "loss"}))), 6)
	w := must[*journal.Writer](t)(journal.Create(dir, journal.Options{Writer: "pull"}))
	for text := range later {
		if _, err := w.Put([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	x.retries.look = time.Time{} // as if time had passed
	if err := x.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	got = must[Run](t)(x.Run(t.Context(), run))
	equal(t, nil, got.Params, []tracker.Param{{Key: "lr", Value: "1", Type: tracker.TextValue}})
	for i, m := range must[[]tracker.Metric](t)(x.Series(t.Context(), SeriesSearch{Run: run, Key: "loss"})) {
		equal(t, nil, m, tracker.Metric{Key: "loss", Value: float64(i), Step: int64(i)})
	}
	equal(t, nil, must[Experiment](t)(x.Experiment(t.Context(), iris)).Tags, tags.Tags)
	equal(t, nil, string(must[View](t)(x.View(t.Context(), "v")).Query), "query")
	grown := runRows(t, x)
	if err := x.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(grown, runRows(t, x)); diff != "" {
		t.Errorf("tables (-grown +rebuilt):\n%s", diff)
	}
}

// digest returns the digest of a blob, which is stored if it is to be.
func (s *scribe) digest(text string, stored bool) tracker.Digest {
	if stored {
		return s.put(text)
	}
	return tracker.DigestOf([]byte(text))
}

// TestBlobsFarAway has a store that brings blobs: those that were purged are not asked for, the others not all the time.
func TestBlobsFarAway(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	far, purged := tracker.Logged{Tags: []tracker.Tag{{Key: "far", Value: "1"}}}.Encode(), tracker.DigestOf([]byte("purged"))
	for _, d := range []tracker.Digest{tracker.DigestOf(far), purged} {
		s.append(&tracker.LoggedEntry{Header: s.head(tracker.ID{}), Run: nthID(0xa0, 1), Logged: d})
	}
	s.append(&tracker.RemovedEntry{Header: s.head(tracker.ID{}), Reason: "purged", Removed: s.put(string(tracker.AppendRemoved(nil, purged, 6)))})
	ledger := must[*journal.Ledger](t)(journal.Open(dir))
	asked, away := map[tracker.Digest]int{}, true
	ledger.Blobs().FetchWith(func(d tracker.Digest) error {
		if asked[d]++; away {
			return errors.New("the remote does not answer")
		}
		_, err := s.w.Put(far)
		return errors.Join(err, s.w.Flush())
	})
	x := must[*Index](t)(OpenLedger(t.Context(), ledger))
	defer x.Close()
	sync := func() {
		t.Helper()
		if err := x.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sync()
	sync()
	equal(t, nil, asked, map[tracker.Digest]int{tracker.DigestOf(far): 1})
	away = false
	x.retries = retries{tried: map[tracker.Digest]time.Time{}} // as if time had passed
	sync()
	equal(t, nil, must[Run](t)(x.Run(t.Context(), nthID(0xa0, 1))).Tags, []tracker.Tag{{Key: "far", Value: "1"}})
	equal(t, nil, asked, map[tracker.Digest]int{tracker.DigestOf(far): 2})
}

// TestPurgedTextLeavesTheIndex takes out a blob whose text the tables hold: no byte of it remains in the files.
func TestPurgedTextLeavesTheIndex(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	run, planted := nthID(0xa0, 1), "correct-horse-battery-staple"
	l := tracker.Logged{Params: []tracker.Param{{Key: "password", Value: planted}}, Tags: []tracker.Tag{{Key: "token", Value: planted}}}
	s.logged(s.head(tracker.ID{}), run, l, nil)
	s.logged(s.head(tracker.ID{}), run, tracker.Logged{Params: []tracker.Param{{Key: "lr", Value: "1"}}}, nil)
	s.close()
	x := open(t, dir)
	if got := must[Run](t)(x.Run(t.Context(), run)); len(got.Params) != 2 {
		t.Fatalf("params are %v, want two", got.Params)
	}
	removePacks(t, dir)
	purge := newScribe(t, dir, epoch.Add(time.Hour))
	again := tracker.Logged{Params: []tracker.Param{{Key: "lr", Value: "1"}}}
	purge.put(string(again.Encode()))
	purge.append(&tracker.RemovedEntry{Header: purge.head(tracker.ID{}), Reason: "purged", Removed: purge.put(string(tracker.AppendRemoved(nil, tracker.DigestOf(l.Encode()), 1)))})
	y := open(t, dir)
	equal(t, nil, must[Run](t)(y.Run(t.Context(), run)).Params, []tracker.Param{{Key: "lr", Value: "1", Type: tracker.TextValue}})
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(y.Path() + suffix)
		if err != nil || bytes.Contains(b, []byte(planted)) {
			t.Errorf("%s%s holds what was purged: %v", File, suffix, err)
		}
	}
}

func removePacks(t *testing.T, dir string) {
	t.Helper()
	packs, err := os.ReadDir(dir + "/packs")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packs {
		if err := os.Remove(dir + "/packs/" + p.Name()); err != nil {
			t.Fatal(err)
		}
	}
}
