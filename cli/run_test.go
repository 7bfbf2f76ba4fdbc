package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestRunScripts runs notebooks with the real engine, which builds cells with the Go of this machine
// and its caches. The examples are in the folder that $EXAMPLES names.
func TestRunScripts(t *testing.T) {
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatalf("ask go for its caches: %v", err)
	}
	caches := strings.Split(strings.TrimSpace(string(out)), "\n")
	examples, err := filepath.Abs("../notebooks/examples")
	if err != nil {
		t.Fatal(err)
	}
	python, err := filepath.Abs("../.venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	p := &planted{t: t}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/run",
		Setup: func(env *testscript.Env) error {
			program, err := exec.LookPath("gemba")
			if err != nil {
				return err
			}
			for name, value := range map[string]string{
				"HOME": env.WorkDir, "GEMBA_CONFIG": filepath.Join(env.WorkDir, "config"), "TZ": "UTC",
				"GOTRACEBACK": "", // testscript asks for more than a user sees
				"GOCACHE":     caches[0], "GOMODCACHE": caches[1], "EXAMPLES": examples, "GEMBA": program, "PYTHON": python,
			} {
				env.Setenv(name, value)
			}
			return os.Mkdir(filepath.Join(env.WorkDir, ".git"), 0o755) // no ledger further up is found
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "await": await, "plant": p.plant, "unplanted": p.unplanted},
		Condition: func(name string) (bool, error) {
			if name != "jupyter" {
				return false, fmt.Errorf("unknown condition %s", name)
			}
			_, err := os.Stat(python) // in CI the script runs all the same, and fails
			return err == nil || os.Getenv("CI") != "", nil
		},
	})
}
