package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
)

func TestParamsKeepTheirFirstValue(t *testing.T) {
	has := newRun("lab", 1)
	has.params = map[string]tracker.Param{"lr": {Key: "lr", Value: "0.10", Type: tracker.FloatValue}, "zip": {Key: "zip", Value: "0800", Type: tracker.TextValue}}
	for _, test := range []struct {
		list  []magics.Param
		fresh string
		says  string
	}{
		{[]magics.Param{{Key: "lr", Value: "1e-1", Type: "float"}, {Key: "n", Value: "3", Type: "int"}}, "[{n 3 int}]", ""},
		{[]magics.Param{{Key: "n", Value: "3", Type: "int"}, {Key: "n", Value: "3.0", Type: "float"}}, "[{n 3 int}]", ""},
		{[]magics.Param{{Key: "n", Value: "3", Type: "int"}, {Key: "n", Value: "4", Type: "int"}}, "[]", "n is 3 in this run"},
		{[]magics.Param{{Key: "new", Value: "x", Type: "text"}, {Key: "lr", Value: "0.2", Type: "float"}}, "[]", "lr is 0.10 in this run, and a param keeps its first value"},
		{[]magics.Param{{Key: "zip", Value: "800", Type: "int"}}, "[]", "zip is 0800 in this run"},
		{nil, "[]", ""},
	} {
		run := has
		fresh, err := run.give(test.list)
		if fmt.Sprint(fresh) != test.fresh || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%v gives %v, %v; want %s, %q", test.list, fresh, err, test.fresh, test.says)
		}
		if _, there := run.params["new"]; there {
			t.Error("a call that failed left a param")
		}
	}
}

func TestNotesAreAdded(t *testing.T) {
	run := newRun("lab", 1)
	for _, text := range []string{"one", "two", "one", "tw"} {
		run.write(magics.Note{Text: text})
	}
	if got := run.write(magics.Note{Text: "two"}); got != (tracker.Tag{Key: "mlflow.note.content", Value: "one\n\ntwo\n\ntw"}) {
		t.Errorf("the notes are %+v", got)
	}
	run.write(magics.Note{About: "conclusion", Text: "a"})
	if got := run.write(magics.Note{About: "conclusion", Text: "b"}); got != (tracker.Tag{Key: "gemba.conclusion", Value: "b"}) {
		t.Errorf("the conclusion is %+v", got)
	}
}

func TestNothingRecordedIsMarkup(t *testing.T) {
	hostile := `<img src=x onerror="alert(1)">` + "\x1b[31m&amp;\n"
	table := &table{columns: []column{{title: hostile}, {"N", true}}}
	table.add(cell{text: hostile}, cell{text: "1"})
	r, err := shownTables(titled{hostile, table}, titled{title: "none"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(r.HTML, "<img") || strings.Contains(r.HTML, `"alert`) || strings.Count(r.HTML, "&amp;amp;") != 3 || strings.Count(r.HTML, "<tr>") != 2 {
		t.Error(r.HTML)
	}
	if !strings.Contains(r.HTML, `<td style="text-align:right">1</td>`) || !strings.Contains(r.HTML, "<p>none</p>") {
		t.Error(r.HTML)
	}
}

// TestNamesForCompletion: names come from the ledger; where it is slow to answer, or none, there are none, at once.
func TestNamesForCompletion(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ledger")
	t.Setenv("GEMBA_CONFIG", t.TempDir())
	clock := time.Now()
	a := &app{stderr: os.Stderr, now: func() time.Time { return clock }}
	h := &magicHost{app: a, ledger: dir, run: &sessionRun{}}
	if got := h.Names(t.Context(), magics.Run); got != nil {
		t.Errorf("names without a ledger: %q", got)
	}
	run := tracker.NewID()
	r := a.openRecorder(dir, "test")
	r.Record(tracker.ExperimentChanged{Experiment: tracker.ExperimentNamed("a b"), Time: clock, Name: "a b", Stage: tracker.Active})
	r.Record(tracker.RunChanged{Run: run, Experiment: tracker.ExperimentNamed("a b"), Time: clock, Name: "base", Status: tracker.RunRunning, Started: clock})
	r.Record(tracker.RunLogged{Run: run, Time: clock, Params: []tracker.Param{{Key: "lr", Value: "1"}}, Tags: []tracker.Tag{{Key: "why not", Value: "x"}, {Key: "bad\nkey", Value: "x"}},
		Metrics: []tracker.Metric{{Key: "val `loss`", Value: 1}}})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	clock = clock.Add(2 * fresh)
	h.Names(ended, magics.Run) // does not wait, and has them read
	for kind, want := range map[magics.Kind][]string{
		magics.Run: {"base", run.String()[:8]}, magics.Experiment: {"a b"}, magics.ParamKey: {"lr"}, magics.TagKey: {"why not"}, magics.MetricKey: {"val `loss`"},
	} {
		got := h.Names(t.Context(), kind)
		if kind == magics.Run && len(got) == 2 && got[0] != "base" {
			got[0], got[1] = got[1], got[0] // they are equally old
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("kind %d: %s", kind, diff)
		}
	}
	for _, field := range h.Names(t.Context(), magics.Field) {
		if _, err := filter.Parse(field + " IS NULL"); err != nil {
			t.Errorf("the field that is proposed is none: %v", err)
		}
	}
}
