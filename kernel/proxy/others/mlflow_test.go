package others

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// logging is a notebook that logs as MLflow's own documentation does. It leaves the token of its server in a file.
var logging = []string{
	"import os\nimport mlflow\nopen(os.environ['SEEN'], 'w').write(os.environ['MLFLOW_TRACKING_TOKEN'])\nprint(os.environ['MLFLOW_TRACKING_TOKEN'])",
	"with mlflow.start_run(run_name='stock'):\n    mlflow.log_param('lr', 0.1)\n    mlflow.log_metric('loss', 0.5, step=3)\n" +
		"    open('note.txt', 'w').write('a note')\n    mlflow.log_artifact('note.txt')",
	"[run] = mlflow.search_runs(filter_string='metrics.loss < 1', output_format='list')\nprint(run.info.run_name, run.data.params, run.data.metrics)\n" +
		"print(os.path.basename(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path='note.txt')))",
}

// where is a notebook that tells where MLflow's client logs.
var where = []string{"import os\nprint(os.environ.get('MLFLOW_TRACKING_URI'), os.environ.get('MLFLOW_TRACKING_TOKEN'))"}

// stockMLflow runs notebooks in which MLflow's own client logs without being told where.
func stockMLflow(s *site) {
	s.spec("plain", `{"argv": ["`+s.python+`", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Plain", "language": "python"}`)
	seen := filepath.Join(s.dir, "token")
	s.env = append(s.env, "SEEN="+seen, "GIT_PYTHON_REFRESH=quiet", "MLFLOW_DISABLE_TELEMETRY=true", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR=false",
		"MLFLOW_TRACKING_URI=", "MLFLOW_TRACKING_TOKEN=")
	for _, part := range []struct {
		name, variable string
		sources        []string
		shown          string // in the last cell
	}{
		{"logs", "", logging, `stock {'lr': '0.1'} {'loss': 0.5}\nnote.txt\n`},
		{"elsewhere", "MLFLOW_TRACKING_URI=sqlite:///mine.db", where, `sqlite:///mine.db `},
		{"off", "GEMBA_MLFLOW=off", where, ` \n`},
	} {
		s.t.Run(part.name, func(t *testing.T) {
			s := s.in(t)
			s.env = append(s.env[:len(s.env):len(s.env)], part.variable)
			name := "mlflow-" + part.name
			folder := s.notebook(name, "plain", "python", part.sources)
			s.run(folder, s.gemba, "--ledger", filepath.Join(folder, ".gemba"), "run", "-o", "executed.ipynb", "notebook.ipynb")
			cells := s.shown(name, "executed.ipynb")
			if last := cells[len(cells)-1]; !strings.Contains(last, part.shown) {
				t.Errorf("shown is %s, want %s", last, part.shown)
			}
		})
	}
	s.logged("mlflow-logs")
	s.untold("mlflow-logs", seen)
}

// spec installs a kernelspec.
func (s *site) spec(name, text string) {
	s.t.Helper()
	folder := filepath.Join(s.dir, "data", "kernels", name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "kernel.json"), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// logged checks that the run in a folder's ledger tells of the session and of the cell that logged.
func (s *site) logged(folder string) {
	s.t.Helper()
	ledger := filepath.Join(s.dir, folder, ".gemba")
	var runs []struct{ ID, Name, Session string }
	s.parse(s.run(s.dir, s.gemba, "--ledger", ledger, "log", "--runs", "--filter", "params.lr = '0.1' AND metrics.loss = 0.5", "--json"), &runs)
	if len(runs) != 1 || runs[0].Name != "stock" {
		s.t.Fatalf("runs %+v, want the one that was logged", runs)
	}
	told := string(s.run(s.dir, s.gemba, "--ledger", ledger, "show", runs[0].ID))
	for _, want := range []string{"session  ", "with mlflow.start_run(run_name='stock'):  (logged)", "note.txt"} {
		if !strings.Contains(told, want) {
			s.t.Errorf("of the run is told\n%s\nwant %q", told, want)
		}
	}
}

// untold checks that what a file holds is nowhere in a folder's ledger.
func (s *site) untold(folder, file string) {
	s.t.Helper()
	token, err := os.ReadFile(file)
	if err != nil || len(token) < 20 {
		s.t.Fatalf("the notebook saw the token %q: %v", token, err)
	}
	ledger := filepath.Join(s.dir, folder, ".gemba")
	check := func(where, text string) {
		if strings.Contains(text, string(token)) {
			s.t.Errorf("the token is in %s", where)
		}
	}
	var entries []struct{ ID string }
	s.parse(s.run(s.dir, s.gemba, "--ledger", ledger, "log", "--json"), &entries)
	for _, e := range entries {
		check(e.ID, string(s.run(s.dir, s.gemba, "--ledger", ledger, "show", e.ID, "--json")))
	}
	err = filepath.WalkDir(ledger, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			text, err := os.ReadFile(path)
			check(path, string(text))
			return err
		}
		return err
	})
	if err != nil {
		s.t.Error(err)
	}
}
