package others

import (
	"fmt"
	"path/filepath"

	"github.com/google/go-cmp/cmp"
)

// lifeOfBash interrupts, restarts and kills a kernel that knows nothing of gemba.
func lifeOfBash(s *site) {
	t := s.t
	folder := s.notebook("life", "gemba-bash", "bash", nil)
	c := s.command(folder, s.python, absolute(t, "life.py"), "gemba-bash")
	c.Env = append(c.Env, "GEMBA_LEDGER="+filepath.Join(folder, ".gemba"))
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got []string
	for _, cell := range s.cells("life") {
		got = append(got, cell.Status+" "+cell.Source)
	}
	want := []string{"ok %param early=1", "ok x=5; echo $x", "interrupted touch begun; sleep 600; echo over", "ok echo $x", `ok echo "[$x]"`, "ok echo $PPID", "error touch again; sleep 600"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
}

// executed is what notebooks show after gemba run with a parameter and magics.
var executed = map[string]string{
	"bash": `{"count":4,"outputs":[{"stream":"stdout","text":"hello 7\noops\n"}]}`,
	"xpython": `{"count":4,"outputs":[{"stream":"stdout","text":"hello 7\n"},{"data":{"text/plain":["7"]},"execution_count":4,"metadata":{},` +
		`"output_type":"execute_result"}]}`,
}

// parameters runs notebooks of several languages with gemba run, which sets one, and with magics in them.
func parameters(s *site) {
	for _, trial := range trials {
		want, ok := executed[trial.kernel]
		if !ok { // Go notebooks run in gemba's own engine
			continue
		}
		name := "run-" + trial.kernel
		folder := s.notebook(name, trial.kernel, trial.language, []string{trial.sources[0], "%param early=1", "%metric loss=0.5\n" + trial.sources[1]})
		ledger := filepath.Join(folder, ".gemba")
		s.run(folder, s.gemba, "--ledger", ledger, "run", "-o", "executed.ipynb", "-p", "rate=7", "notebook.ipynb")
		quiet := func(n int) string { return fmt.Sprintf(`{"count":%d,"outputs":null}`, n) }
		if diff := cmp.Diff([]string{quiet(1), quiet(2), quiet(3), want}, s.shown(name, "executed.ipynb")); diff != "" {
			s.t.Errorf("%s (-want +got):\n%s", trial.kernel, diff)
		}
		var runs []struct{ ID string }
		s.parse(s.run(folder, s.gemba, "--ledger", ledger, "log", "--runs", "--filter", "metrics.loss = 0.5 AND params.early = '1'", "--json"), &runs)
		if len(runs) != 1 {
			s.t.Errorf("%s: %d runs have what was logged, want 1", trial.kernel, len(runs))
		}
	}
}
