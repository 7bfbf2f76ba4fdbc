package index

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// nthID returns ids that tests can tell apart: the number in hexadecimal, between two fixed ends.
func nthID(group byte, n int) (id tracker.ID) {
	id[0], id[1], id[15] = group, byte(n), 0xff
	return id
}

// The experiments of searchLedger; the zero ID is Default.
var iris, mnist = nthID(0xe0, 1), nthID(0xe0, 2)

// fixtureRun is a run of searchLedger.
type fixtureRun struct {
	name       string
	experiment tracker.ID
	status     tracker.RunStatus
	user       string
	minutes    int    // after epoch at which it started
	took       int    // minutes; 0: it did not end
	params     string // "key:type=value", separated by blanks
	tags       string // "key=value"
	metrics    map[string]float64
	dataset    string // "name/digest/context"
	cell       string // source of the cell execution it belongs to; empty: to none
	deleted    bool
}

var (
	nan    = math.NaN()
	inf    = math.Inf(1)
	negInf = math.Inf(-1)
)

// fixtureRuns are the runs of searchLedger. Runs with a cell are in a session: the cell of "Adam" ran on commit c0ffee of main, clean, read
// /data/train.csv (digest of "train"), wrote /data/model.bin (digest of "model"); that of "SGD" on commit deadbeef of wip with 3 changed paths
// and read /data/test.csv (digest of "test"). The session's environment says go.version go1.26.8 and os.name linux; its notebook is lab/plot.ipynb.
var fixtureRuns = []fixtureRun{
	{name: "r01", status: tracker.RunFinished, user: "ada", minutes: 0, took: 10, params: "lr:float=0.1 layers:int=2 model=CNN", tags: "team=red", metrics: map[string]float64{"acc": 0.50, "loss": 1.0}, dataset: "train/d1/training"},
	{name: "r02", status: tracker.RunFinished, user: "ada", minutes: 1, took: 20, params: "lr:float=0.10 layers:int=10 model=cnn", tags: "team=blue", metrics: map[string]float64{"acc": 0.55, "loss": 0.9}, dataset: "train/d2/training"},
	{name: "r03", status: tracker.RunFailed, user: "bob", minutes: 2, took: 1, params: "lr:float=0.01 layers:int=9 model=resnet_50", tags: "team=red note=it's", metrics: map[string]float64{"acc": 0.10, "loss": 9.0}, dataset: "test/d3/evaluation"},
	{name: "r04", status: tracker.RunRunning, user: "bob", minutes: 3, params: "lr=0.1 layers=2 model=resnet-50", tags: "team=RED", metrics: map[string]float64{"acc": 0.60}},
	{name: "r05", status: tracker.RunScheduled, minutes: 4, params: "model=", tags: "team="},
	{name: "r06", experiment: iris, status: tracker.RunFinished, user: "ada", minutes: 5, took: 5, params: "lr:float=1e-3 flag:bool=true", tags: "team=red", metrics: map[string]float64{"acc": 0.70, "loss": 0.5}, cell: "opt := Adam()"},
	{name: "r07", experiment: iris, status: tracker.RunFinished, user: "ada", minutes: 6, took: 5, params: "lr:float=0.001 flag:bool=false", tags: "team=blue", metrics: map[string]float64{"acc": 0.75, "loss": 0.4}, cell: "opt := Adam()"},
	{name: "r08", experiment: iris, status: tracker.RunKilled, user: "eve", minutes: 7, took: 2, params: "lr:float=1 flag=True", tags: "team=green", metrics: map[string]float64{"acc": 0.80, "loss": 0.3}, cell: "opt := SGD()"},
	{name: "r09", experiment: iris, status: tracker.RunFinished, user: "eve", minutes: 8, took: 60, params: "lr:float=1.0", tags: "team=green x/y=1", metrics: map[string]float64{"acc": 0.85, "loss": 0.2}, cell: "opt := SGD()"},
	{name: "r10", experiment: iris, status: tracker.RunFinished, user: "eve", minutes: 9, took: 61, params: "lr:float=100", tags: "2=two", metrics: map[string]float64{"acc": 0.90, "loss": 0.1}},
	{name: "r11", experiment: mnist, status: tracker.RunFinished, minutes: 10, took: 1, params: "size:int=5", metrics: map[string]float64{"acc": nan}},
	{name: "r12", experiment: mnist, status: tracker.RunFinished, minutes: 11, took: 1, params: "size:int=50", metrics: map[string]float64{"acc": inf}},
	{name: "r13", experiment: mnist, status: tracker.RunFinished, minutes: 12, took: 1, params: "size:int=500", metrics: map[string]float64{"acc": negInf}},
	{name: "r14", experiment: mnist, status: tracker.RunFinished, minutes: 13, took: 1, params: "size=large", metrics: map[string]float64{"acc": math.Copysign(0, -1)}},
	{name: "r15", experiment: mnist, status: tracker.RunFinished, minutes: 14, took: 1, params: "size=Large", metrics: map[string]float64{"acc": 0, "val/loss.1": 2}},
	{name: "r16", experiment: mnist, status: tracker.RunFinished, minutes: 15, took: 1, params: "größe=ä", tags: "note=zwei\tZeilen", metrics: map[string]float64{"acc": 0.55}},
	{name: "r17", experiment: mnist, status: tracker.RunFinished, minutes: 16, took: 1, tags: "team=red", metrics: map[string]float64{"acc": 0.99}, deleted: true},
	{name: "r18", experiment: mnist, status: tracker.RunFinished, minutes: 17, took: 1, tags: "note=100%"},
	{name: "r19", experiment: mnist, status: tracker.RunFinished, minutes: 17, took: 1, tags: "note=100"}, // as new as r18
	{name: "", experiment: mnist, status: tracker.RunFinished, minutes: 18, took: 1},                      // without a name: r20
}

// searchLedger makes a ledger of fixtureRuns and returns its index. The id of r01 is nthID(0xa0, 1), and so on.
func searchLedger(t testing.TB) *Index {
	t.Helper()
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	for id, name := range map[tracker.ID]string{iris: "iris", mnist: "mnist"} {
		s.append(&tracker.ExperimentEntry{Header: s.head(tracker.ID{}), Experiment: id, Name: name})
	}
	s.append(&tracker.EnvironmentEntry{Header: s.head(tracker.ID{}), Environment: s.put(`{"name":"go.version","value":"go1.26.8"}` + "\n" + `{"name":"os.name","value":"linux"}` + "\n")})
	cells := map[string]tracker.ID{
		"opt := Adam()": s.fixtureCell("opt := Adam()", &tracker.CodeEntry{Commit: "c0ffee", Branch: "main"},
			`{"type":"file","path":"/data/train.csv","before":"`+digestOf("train")+`"}`, `{"type":"file","path":"/data/model.bin","after":"`+digestOf("model")+`"}`),
		"opt := SGD()": s.fixtureCell("opt := SGD()", &tracker.CodeEntry{Commit: "deadbeef", Branch: "wip", Dirty: 3},
			`{"type":"file","path":"/data/test.csv","before":"`+digestOf("test")+`"}`),
	}
	for i, r := range fixtureRuns {
		s.fixtureRun(nthID(0xa0, i+1), r, cells[r.cell])
	}
	return open(t, dir)
}

func digestOf(text string) string { return tracker.DigestOf([]byte(text)).String() }

func (s *scribe) fixtureCell(source string, code *tracker.CodeEntry, observed ...string) tracker.ID {
	id := s.start(source)
	code.Header = s.head(id)
	s.append(code)
	s.append(&tracker.FilesEntry{Header: s.head(id), Observed: s.put(strings.Join(observed, "\n") + "\n")})
	s.finish(id, tracker.OK)
	return id
}

func (s *scribe) fixtureRun(id tracker.ID, r fixtureRun, cell tracker.ID) {
	head := func() tracker.Header {
		h := s.head(cell)
		if cell.IsZero() {
			h.Session = tracker.ID{}
		}
		return h
	}
	e := &tracker.RunEntry{Header: head(), Run: id, Experiment: r.experiment, Name: r.name, Status: r.status, User: r.user, Source: "train.py",
		Started: epoch.Add(time.Duration(r.minutes) * time.Minute)}
	if r.took > 0 {
		e.Ended = e.Started.Add(time.Duration(r.took) * time.Minute)
	}
	s.append(e)
	logged, points := r.logged(e.Started)
	s.logged(head(), id, logged, points)
	if r.deleted {
		s.append(&tracker.RunEntry{Header: head(), Run: id, Stage: tracker.Deleted})
	}
}

func (r fixtureRun) logged(started time.Time) (l tracker.Logged, points []tracker.Metric) {
	for _, text := range strings.Split(r.params, " ") {
		key, value, found := strings.Cut(text, "=")
		key, kind, _ := strings.Cut(key, ":")
		if found {
			l.Params = append(l.Params, tracker.Param{Key: key, Value: value, Type: tracker.ValueType(kind)})
		}
	}
	for _, text := range strings.Split(r.tags, " ") {
		if key, value, found := strings.Cut(text, "="); found {
			l.Tags = append(l.Tags, tracker.Tag{Key: key, Value: value})
		}
	}
	for key, value := range r.metrics {
		points = append(points, tracker.Metric{Key: key, Value: value, Step: 1, Time: started.UnixNano()})
	}
	var name, digest, context string
	if n, _ := fmt.Sscanf(strings.ReplaceAll(r.dataset, "/", " "), "%s %s %s", &name, &digest, &context); n == 3 {
		l.Inputs = []tracker.Input{{Name: name, Digest: digest, Tags: []tracker.Tag{{Key: "mlflow.data.context", Value: context}}}}
	}
	return l, points
}

// logged records what a run logged.
func (s *scribe) logged(h tracker.Header, run tracker.ID, l tracker.Logged, points []tracker.Metric) {
	e := &tracker.LoggedEntry{Header: h, Run: run, Params: len(l.Params), Tags: len(l.Tags), Inputs: len(l.Inputs), Metrics: len(points)}
	if lines := l.Encode(); lines != nil {
		e.Logged = s.put(string(lines))
	}
	if len(points) > 0 {
		e.Points = s.put(string(tracker.EncodePoints(points)))
	}
	s.append(e)
}

// runNames returns the names of runs as searchLedger numbers them: also that of the run which has none.
func runNames(runs []Run) string {
	var names []string
	for _, r := range runs {
		names = append(names, fmt.Sprintf("r%02d", r.ID[1]))
	}
	return strings.Join(names, " ")
}
