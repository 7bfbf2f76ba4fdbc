package index

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gemba-ml/gemba/tracker"
)

func TestRunKeepsWhatWasRecorded(t *testing.T) {
	x := searchLedger(t)
	got := must[Run](t)(x.Run(t.Context(), nthID(0xa0, 1)))
	want := Run{ID: nthID(0xa0, 1), Name: "r01", Status: tracker.RunFinished, Stage: tracker.Active, User: "ada", Source: "train.py",
		Started: epoch, Ended: epoch.Add(10 * time.Minute),
		Params:  []tracker.Param{{Key: "layers", Value: "2", Type: tracker.IntValue}, {Key: "lr", Value: "0.1", Type: tracker.FloatValue}, {Key: "model", Value: "CNN", Type: tracker.TextValue}},
		Tags:    []tracker.Tag{{Key: "team", Value: "red"}},
		Metrics: []tracker.Metric{{Key: "acc", Value: 0.5, Step: 1, Time: epoch.UnixNano()}, {Key: "loss", Value: 1, Step: 1, Time: epoch.UnixNano()}},
		Inputs:  []tracker.Input{{Name: "train", Digest: "d1", Tags: []tracker.Tag{{Key: "mlflow.data.context", Value: "training"}}}}}
	equal(t, nil, got, want)
	equal(t, nil, must[[]tracker.Input](t)(x.Inputs(t.Context(), got.ID)), want.Inputs)
	q := RunSearch{Limit: 1, Experiments: []tracker.ID{{}}, Order: parsedSearch(t, "", "start_time").Order, Columns: Columns{Params: true, Metrics: true, Keys: []string{"lr", "acc"}}}
	want.Params, want.Metrics, want.Tags, want.Inputs = want.Params[1:2], want.Metrics[:1], nil, nil
	for range 2 { // read, then remembered
		equal(t, nil, must[RunPage](t)(x.SearchRuns(t.Context(), q)).Runs, []Run{want})
	}
	if _, err := x.Run(t.Context(), nthID(0xa0, 77)); !errors.Is(err, ErrNotFound) {
		t.Errorf("a run that is not there: %v", err)
	}
	if m := must[Match](t)(x.Find(t.Context(), "a001")); m.Kind != "run" || m.ID != want.ID {
		t.Errorf("found %+v, want the run", m)
	}
	if m := must[Match](t)(x.Find(t.Context(), "e001")); m.Kind != "experiment" || m.ID != iris {
		t.Errorf("found %+v, want the experiment", m)
	}
	cells := must[[]RunExecution](t)(x.Executions(t.Context(), nthID(0xa0, 6)))
	equal(t, nil, len(cells), 1)
	equal(t, nil, must[[]tracker.ID](t)(x.RunsOf(t.Context(), cells[0].Execution)), []tracker.ID{nthID(0xa0, 6), nthID(0xa0, 7)})
}

func TestStagesAndExperiments(t *testing.T) {
	x := searchLedger(t)
	for stage, want := range map[tracker.Stage]string{tracker.Deleted: "r17", tracker.Active: "r20 r18 r19 r16 r15 r14 r13 r12 r11"} {
		page := must[RunPage](t)(x.SearchRuns(t.Context(), RunSearch{Experiments: []tracker.ID{mnist}, Stages: []tracker.Stage{stage}}))
		equal(t, nil, runNames(page.Runs), want)
	}
	var names []string
	for _, e := range must[[]Experiment](t)(x.Experiments(t.Context(), []tracker.Stage{tracker.Active})) {
		names = append(names, fmt.Sprint(e.Name, " ", e.Runs))
	}
	if diff := cmp.Diff([]string{"Default 5", "iris 5", "mnist 9"}, names, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("experiments (-want +got):\n%s", diff)
	}
	equal(t, nil, must[Experiment](t)(x.ExperimentNamed(t.Context(), "iris")).ID, iris)
	equal(t, nil, must[Experiment](t)(x.Experiment(t.Context(), tracker.ID{})).Name, "Default")
	if _, err := x.ExperimentNamed(t.Context(), "no"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an experiment that is not there: %v", err)
	}
}

// TestRunOfCutSession has runs that nobody ended, in sessions that end in order or not.
func TestRunOfCutSession(t *testing.T) {
	dir := newLedger(t)
	cut, closed, alone := newScribe(t, dir, epoch), newScribe(t, dir, epoch), newScribe(t, dir, epoch)
	for i, s := range []*scribe{cut, closed} {
		s.append(&tracker.RunEntry{Header: s.head(tracker.ID{}), Run: nthID(0xa0, i), Status: tracker.RunRunning})
	}
	alone.append(&tracker.RunEntry{Header: tracker.Header{Time: epoch}, Run: nthID(0xa0, 2), Status: tracker.RunRunning})
	alone.append(&tracker.LoggedEntry{Header: tracker.Header{Time: epoch}, Run: nthID(0xa0, 3)})
	x := open(t, dir)
	want := func(x *Index, statuses ...tracker.RunStatus) {
		t.Helper()
		for i, status := range statuses {
			equal(t, nil, must[Run](t)(x.Run(t.Context(), nthID(0xa0, i))).Status, status)
		}
	}
	want(x, tracker.RunRunning, tracker.RunRunning, tracker.RunRunning, tracker.RunRunning)
	closed.close()
	if err := x.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(x, tracker.RunRunning, tracker.RunFinished, tracker.RunRunning, tracker.RunRunning)
	if ended := must[Run](t)(x.Run(t.Context(), nthID(0xa0, 1))).Ended; !ended.Equal(closed.now) {
		t.Errorf("the run ended at %v, want %v as its session", ended, closed.now)
	}
	_ = x.Close()
	elsewhere := newLedger(t) // where no writer lives
	if err := os.CopyFS(elsewhere, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	want(open(t, elsewhere), tracker.RunKilled, tracker.RunFinished, tracker.RunRunning, tracker.RunRunning)
}

func TestArtifacts(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	run := nthID(0xa0, 1)
	keep := func(path string, bytes int64, removed bool) {
		s.append(&tracker.ArtifactEntry{Header: s.head(tracker.ID{}), Run: run, Path: path, Type: "file", Bytes: bytes, Removed: removed})
	}
	keep("model/weights.bin", 1, false)
	keep("model/old/weights.bin", 2, false)
	keep("models.txt", 3, false)
	keep("model/old", 0, true)
	keep("model/weights.bin", 4, false)
	keep("gone.txt", 5, false)
	keep("gone.txt", 0, true)
	keep("back/a.txt", 6, false)
	keep("back", 0, true)
	keep("back/b.txt", 7, false)
	x := open(t, dir)
	for under, want := range map[string]string{
		"": "back/b.txt:7 model/weights.bin:4 models.txt:3", "model": "model/weights.bin:4", "model/": "model/weights.bin:4", "models.txt": "models.txt:3", "mod": "",
	} {
		var got []string
		for _, a := range must[[]Artifact](t)(x.Artifacts(t.Context(), run, under)) {
			got = append(got, fmt.Sprintf("%s:%d", a.Path, a.Bytes))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("under %q are %s, want %s", under, got, want)
		}
	}
}

func TestModels(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	text := "it predicts"
	tell := func(e tracker.ModelEntry, l tracker.Logged) {
		e.Header = s.head(tracker.ID{})
		if lines := l.Encode(); lines != nil {
			e.Logged = s.put(string(lines))
		}
		s.append(&e)
	}
	tell(tracker.ModelEntry{Model: "iris"}, tracker.Logged{Tags: []tracker.Tag{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}})
	tell(tracker.ModelEntry{Model: "iris", Version: 1, Run: nthID(0xa0, 1), Source: "runs:/x", Status: "READY"}, tracker.Logged{Description: &text})
	tell(tracker.ModelEntry{Model: "iris", Version: 2}, tracker.Logged{Tags: []tracker.Tag{{Key: "v", Value: "2"}}})
	tell(tracker.ModelEntry{Model: "iris"}, tracker.Logged{Aliases: []tracker.Alias{{Name: "best", Version: 2}, {Name: "first", Version: 1}, {Name: "none", Version: 2}}})
	tell(tracker.ModelEntry{Model: "iris"}, tracker.Logged{Aliases: []tracker.Alias{{Name: "none"}}, Tags: []tracker.Tag{{Key: "a", Removed: true}}})
	tell(tracker.ModelEntry{Model: "iris", Renamed: "flowers"}, tracker.Logged{})
	tell(tracker.ModelEntry{Model: "flowers", Version: 1, Deployment: "Production"}, tracker.Logged{})
	tell(tracker.ModelEntry{Model: "gone", Stage: tracker.Active}, tracker.Logged{Tags: []tracker.Tag{{Key: "old", Value: "1"}}})
	tell(tracker.ModelEntry{Model: "gone", Stage: tracker.Deleted}, tracker.Logged{})
	tell(tracker.ModelEntry{Model: "flowers", Renamed: "gone"}, tracker.Logged{})
	tell(tracker.ModelEntry{Model: "gone", Version: 2, Stage: tracker.Deleted}, tracker.Logged{})
	x := open(t, dir)
	all := must[[]Model](t)(x.Models(t.Context(), []tracker.Stage{tracker.Active}))
	equal(t, nil, all, []Model{{Name: "gone", Stage: tracker.Active, Created: second(2), Updated: second(12), Tags: []tracker.Tag{{Key: "b", Value: "2"}}, Aliases: []tracker.Alias{{Name: "first", Version: 1}}}})
	if _, err := x.Model(t.Context(), "iris"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the model under its old name: %v", err)
	}
	first := ModelVersion{Model: "gone", Version: 1, Stage: tracker.Active, Created: second(3), Updated: second(8), Description: text, Run: nthID(0xa0, 1), Source: "runs:/x",
		Status: "READY", Deployment: "Production", Tags: []tracker.Tag{}}
	equal(t, nil, must[ModelVersion](t)(x.VersionByAlias(t.Context(), "gone", "first")), first)
	versions := must[[]ModelVersion](t)(x.Versions(t.Context(), "gone"))
	equal(t, nil, len(versions), 2)
	equal(t, nil, versions[0], first)
	equal(t, nil, versions[1].Stage, tracker.Deleted)
	if _, err := x.VersionByAlias(t.Context(), "gone", "best"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the alias of a deleted version: %v", err)
	}
}

func TestViewsAndLogs(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	log := tracker.NewID()
	for _, query := range []string{"a", "b", ""} {
		for _, name := range []string{"stays", "goes"} {
			e := &tracker.ViewEntry{Header: s.head(tracker.ID{}), Name: name}
			if e.Query = s.put(query); query == "" {
				e.Query = tracker.Digest{}
			}
			if query != "" || name == "goes" {
				s.append(e)
			}
		}
	}
	for _, end := range []int64{10, 30, 20} {
		s.append(&tracker.LoggedEntry{Header: s.head(tracker.ID{}), Run: nthID(0xa0, 1), Log: log, End: end})
	}
	x := open(t, dir)
	views := must[[]View](t)(x.Views(t.Context()))
	if len(views) != 1 || views[0].Name != "stays" || string(views[0].Query) != "b" {
		t.Errorf("views are %+v, want one that asks b", views)
	}
	equal(t, nil, must[map[tracker.ID]int64](t)(x.Absorbed(t.Context(), log)), map[tracker.ID]int64{nthID(0xa0, 1): 30})
	equal(t, nil, len(must[map[tracker.ID]int64](t)(x.Absorbed(t.Context(), tracker.NewID()))), 0)
}

// TestManyAsk searches and reads from several goroutines while runs log.
func TestManyAsk(t *testing.T) {
	x := searchLedger(t)
	s := newScribe(t, x.ledger.Dir(), epoch)
	q := parsedSearch(t, "metrics.acc > 0.5 OR git.branch = 'main'", "metrics.acc DESC")
	q.Columns = Columns{Params: true, Tags: true, Metrics: true, Inputs: true}
	var group sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		group.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				page, err := x.SearchRuns(t.Context(), q)
				if err != nil || len(page.Runs) < 9 {
					t.Errorf("%v, %d runs", err, len(page.Runs))
					return
				}
			}
		})
	}
	for i := range 60 {
		s.logged(s.head(tracker.ID{}), nthID(0xa0, 21+i%7), tracker.Logged{}, []tracker.Metric{{Key: "acc", Value: 2, Step: int64(i)}})
		sync := x.Sync(t.Context())
		if i%2 == 0 {
			sync = x.SyncJournal(t.Context(), s.w.ID())
		}
		if sync != nil {
			t.Fatal(sync)
		}
	}
	close(done)
	group.Wait()
	equal(t, nil, strings.HasPrefix(runNames(must[RunPage](t)(x.SearchRuns(t.Context(), q)).Runs), "r12 r27 r26 r25"), true)
}
