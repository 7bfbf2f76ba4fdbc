package python_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/absorb"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/track"
)

// interpreter finds the Python that runs the tests' programs: what the variable PYTHON says, else python3. It is the program itself,
// and none that starts it.
var interpreter = sync.OnceValues(func() (string, error) {
	out, err := exec.Command(cmp.Or(os.Getenv("PYTHON"), "python3"), "-c", "import sys; print(sys.executable)").Output()
	return strings.TrimSpace(string(out)), err
})

// program is a job of testdata/jobs.py, with the ledger in dir.
func program(t *testing.T, dir, job string, arguments ...any) *exec.Cmd {
	t.Helper()
	c := run(t, dir, "testdata/jobs.py", job)
	for _, a := range arguments {
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		c.Args = append(c.Args, string(text))
	}
	return c
}

// compiled is the variable with the folder of Python's compiled files.
const compiled = "PYTHON_TEST_COMPILED"

func TestMain(m *testing.M) {
	if do := os.Getenv("PYTHON_TEST_PROGRAM"); do != "" {
		keptProgram(do)
		return
	}
	folder, err := os.MkdirTemp("", "gemba-python-*")
	if err != nil {
		panic(err)
	}
	_ = os.Setenv(compiled, folder) // its name is right
	status := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(status)
}

func run(t *testing.T, dir string, arguments ...string) *exec.Cmd {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	path, err := interpreter()
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	c := exec.Command(path, arguments...)
	c.Env = append(os.Environ(), "PYTHONPATH="+here, "PYTHONPYCACHEPREFIX="+os.Getenv(compiled), "PYTHONIOENCODING=utf-8", "GEMBA_LEDGER="+dir, "GEMBA_USAGE=off", track.Variable+"=")
	c.Stderr = &bytes.Buffer{}
	return c
}

// said is what a program wrote to its standard error.
func said(c *exec.Cmd) string { return c.Stderr.(*bytes.Buffer).String() }

// succeed runs a program, which must neither fail nor complain.
func succeed(t *testing.T, c *exec.Cmd) []byte {
	t.Helper()
	out, err := c.Output()
	if err != nil || said(c) != "" {
		t.Fatalf("%v\n%s", err, said(c))
	}
	return out
}

// events is a recorder that keeps what it is told.
type events struct{ list []tracker.Event }

func (e *events) Record(event tracker.Event)  { e.list = append(e.list, event) }
func (e *events) Flush(context.Context) error { return nil }

// options are those of a reader of a ledger's logs, which puts artifacts elsewhere.
func options(t *testing.T, dir string) (absorb.Options, *events) {
	t.Helper()
	packs := t.TempDir()
	bulk := blob.NewBulk(packs, blob.OpenStore(packs))
	t.Cleanup(func() { _ = bulk.Close() })
	r := &events{}
	return absorb.Options{Folder: filepath.Join(dir, "track"), Recorder: r, Store: bulk}, r
}

// absorbed returns what gemba reads of a ledger's logs, which is all.
func absorbed(t *testing.T, dir string) []tracker.Event {
	t.Helper()
	o, r := options(t, dir)
	if err := absorb.Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(o.Folder, "*.*")); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
	return r.list
}

// told is what events say of one run.
type told struct {
	changed   []tracker.RunChanged
	logged    []tracker.RunLogged
	artifacts []tracker.ArtifactLogged
	params    []tracker.Param
	tags      []tracker.Tag
	metrics   []tracker.Metric
}

func (r *told) statuses() string {
	var all []string
	for _, c := range r.changed {
		all = append(all, string(c.Status))
	}
	return strings.Join(all, " ")
}

// byName gathers what events say of runs that have a name, and the gaps.
func byName(list []tracker.Event) (all map[string]*told, gaps []string) {
	runs := map[tracker.ID]*told{}
	of := func(id tracker.ID) *told {
		if runs[id] == nil {
			runs[id] = &told{}
		}
		return runs[id]
	}
	all = map[string]*told{}
	for _, e := range list {
		switch e := e.(type) {
		case tracker.RunChanged:
			r := of(e.Run)
			if r.changed = append(r.changed, e); e.Name != "" {
				all[e.Name] = r
			}
		case tracker.RunLogged:
			r := of(e.Run)
			r.logged = append(r.logged, e)
			r.params, r.tags, r.metrics = append(r.params, e.Params...), append(r.tags, e.Tags...), append(r.metrics, e.Metrics...)
		case tracker.ArtifactLogged:
			of(e.Run).artifacts = append(of(e.Run).artifacts, e)
		case tracker.Gap:
			gaps = append(gaps, e.Reason)
		}
	}
	return all, gaps
}

// one returns the only run there is.
func one(t *testing.T, list []tracker.Event) *told {
	t.Helper()
	runs := map[tracker.ID]bool{}
	all := &told{}
	for _, e := range list {
		switch e := e.(type) {
		case tracker.RunChanged:
			runs[e.Run] = true
			all.changed = append(all.changed, e)
		case tracker.RunLogged:
			all.metrics = append(all.metrics, e.Metrics...)
			all.params = append(all.params, e.Params...)
		}
	}
	if len(runs) != 1 {
		t.Fatalf("%d runs", len(runs))
	}
	return all
}
