package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/golang"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/lineage/observe"
	"github.com/gemba-ml/gemba/notebooks"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// observing is a recorder that has each cell observed as soon as it is finished.
type observing struct {
	*testing.T
	*observe.Observer
	told []tracker.FilesObserved
}

func (o *observing) Record(e tracker.Event) {
	switch e := e.(type) {
	case tracker.CellStarted:
		o.Started(e)
	case tracker.CellFinished:
		told, err := o.Observe(context.Background(), e)
		if err != nil {
			o.Error(err)
		}
		o.told = append(o.told, told)
	}
}

func (o *observing) Flush(context.Context) error { return nil }

// observedSession is a session of the real engine whose cells are observed; run runs a cell and gives what was.
func observedSession(t *testing.T, dir string) (run func(source string) (observe.Document, tracker.FilesObserved)) {
	t.Helper()
	packs := t.TempDir()
	bulk := blob.NewBulk(packs, blob.OpenStore(packs))
	observer := observe.New(observe.Options{Dir: dir, Store: bulk, Limit: 1e6})
	recorder := &observing{T: t, Observer: observer}
	engine, err := golang.New(golang.Options{Dir: dir, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	session := kernel.OpenSession(kernel.SessionOptions{Engine: engine, Recorder: recorder, Dir: dir})
	t.Cleanup(func() {
		for _, err := range []error{session.Close("done"), observer.Close(), bulk.Close()} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	return func(source string) (observe.Document, tracker.FilesObserved) {
		t.Helper()
		outcome := session.Execute(t.Context(), wire.Cell{Source: source}, shower(func(notebooks.Message) {}))
		if outcome.Error != nil {
			t.Fatalf("cell failed: %s", strings.Join(outcome.Error.Traceback, "\n"))
		}
		told := recorder.told[len(recorder.told)-1]
		d, err := observe.Parse(told.Observed)
		if err != nil {
			t.Fatal(err)
		}
		return d, told
	}
}

// versionsOf gives what a document says of files: what was done to which. Digests must be those of sha256sum.
func versionsOf(t *testing.T, dir string, d observe.Document) (got []string) {
	t.Helper()
	for _, f := range d.Files {
		name, err := filepath.Rel(dir, string(f.Path))
		if f.Absent {
			continue // it came and went
		}
		if f.Removed && !f.Before.IsZero() {
			got = append(got, "removed "+name)
			continue
		}
		if err != nil || f.After.IsZero() || f.Missing != "" {
			t.Errorf("%+v: want a digest of what is kept", f)
			continue
		}
		did := map[[2]bool]string{{true, false}: "read", {false, true}: "written", {true, true}: "both"}[[2]bool{f.Read, f.Written}]
		got = append(got, did+" "+name)
		sum, err := exec.Command("sha256sum", string(f.Path)).Output()
		if err != nil {
			t.Fatal(err)
		}
		if want := "sha256:" + strings.Fields(string(sum))[0]; f.After.String() != want {
			t.Errorf("%s: %s, sha256sum says %s", name, f.After, want)
		}
	}
	slices.Sort(got)
	return got
}

// TestCellsAreObserved: a cell that reads a.csv and writes b.parquet, and one whose sort does, record exactly these, with
// sha256sum's digests.
func TestCellsAreObserved(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what child processes do")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte("3\n1\n2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	run := observedSession(t, dir)
	for _, test := range []struct {
		name, cell string
		want       []string
		processes  int
	}{
		{"program", "import \"os\"\n%%\nb, err := os.ReadFile(\"a.csv\")\nif err != nil { panic(err) }\nos.WriteFile(\"b.parquet\", append([]byte(\"PAR1\"), b...), 0o644)",
			[]string{"read a.csv", "written b.parquet"}, 0},
		{"program again", "%%\nb, _ := os.ReadFile(\"a.csv\")\nos.WriteFile(\"b.parquet\", append(b, \"PAR1\"...), 0o644)",
			[]string{"read a.csv", "written b.parquet"}, 0},
		{"read and rewritten", "%%\nb, _ := os.ReadFile(\"b.parquet\")\nos.WriteFile(\"b.parquet\", append(b, '!'), 0o644)", []string{"both b.parquet"}, 0},
		{"replaced", "%%\nos.WriteFile(\"t\", []byte(\"new\"), 0o644)\nos.Rename(\"t\", \"r.parquet\")", []string{"written r.parquet"}, 0},
		{"renamed", "%%\nos.Rename(\"r.parquet\", \"s.parquet\")", []string{"removed r.parquet", "written s.parquet"}, 0},
		{"removed", "%%\nos.Remove(\"s.parquet\")", []string{"removed s.parquet"}, 0},
		{"shell", "!sort a.csv > sorted.csv", []string{"read a.csv", "written sorted.csv"}, 1},
		{"program's child", "import \"os/exec\"\n%%\nif err := exec.Command(\"sort\", \"a.csv\", \"-o\", \"c.csv\").Run(); err != nil { panic(err) }",
			[]string{"read a.csv", "written c.csv"}, 1},
		{"shell removes", "!rm c.csv", []string{"removed c.csv"}, 1},
		{"nothing", "%%\nprintln(1)", nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, told := run(test.cell)
			got := versionsOf(t, dir, d)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if told.Missing != "" || told.Processes < test.processes || test.processes == 0 && told.Processes > 0 {
				t.Errorf("missing %q, %d processes, want %d: %v", told.Missing, told.Processes, test.processes, d.Processes)
			}
		})
	}
}
