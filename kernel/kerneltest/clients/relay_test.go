package clients

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// gembaPython is where ipykernel is behind gemba.
const gembaPython = "gemba-python3"

// newWrappedSite is a site in which ipykernel is installed as it is and behind gemba.
func newWrappedSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.run(s.dir, filepath.Join(s.dir, "gemba"), "install", "--wrap", "python3")
	return s
}

func TestWrappedKernelPassesWhatItPassesAlone(t *testing.T) {
	s := newWrappedSite(t)
	ends := map[string]string{}
	for _, kernel := range []string{"python3", gembaPython} {
		c := s.command(s.dir, "python", testdata(t, "suite.py"))
		c.Env = append(c.Env, "KERNEL="+kernel, "IPYTHONDIR="+filepath.Join(s.dir, "ipython-"+kernel))
		out, err := c.Output()
		if err != nil {
			t.Fatalf("%s: %v", kernel, err)
		}
		ends[kernel] = string(out)
	}
	t.Log(ends[gembaPython])
	if diff := cmp.Diff(ends["python3"], ends[gembaPython]); diff != "" || strings.Count(ends[gembaPython], " ok\n") < 10 {
		t.Errorf("jupyter_kernel_test (-alone +wrapped):\n%s", diff)
	}
	s.run(s.dir, filepath.Join(s.dir, "gemba"), "verify")
}

func TestWrappedKernelSaysWhatItSaysAlone(t *testing.T) {
	s := newWrappedSite(t)
	t.Log(s.run(s.dir, "python", testdata(t, "differential.py"), "1", "2", "3", "4", "5"))
	s.run(s.dir, filepath.Join(s.dir, "gemba"), "verify")
}

// What misbehaves does so behind gemba too, and its record is sound.
func TestBadKernelsAreAsBadBehindGemba(t *testing.T) {
	s := newSite(t)
	gemba := filepath.Join(s.dir, "gemba")
	t.Log(s.run(s.dir, "python", testdata(t, "bad.py"), gemba, filepath.Join(s.dir, "data")))
	s.run(s.dir, gemba, "verify")
	told := s.run(s.dir, gemba, "sql", "--json", "select distinct reason as it from gaps union select distinct error_name from cells")
	for _, what := range []string{"the kernel died", "no such file", "DeadKernel"} {
		if !strings.Contains(told, what) {
			t.Errorf("the ledger does not say %q: %s", what, told)
		}
	}
}

// Jupyter restarts by itself what died.
func TestWrappedKernelIsStartedAgain(t *testing.T) {
	s := newWrappedSite(t)
	t.Log(s.run(s.dir, "python", testdata(t, "autorestart.py")))
	s.run(s.dir, filepath.Join(s.dir, "gemba"), "verify")
	told := s.run(s.dir, filepath.Join(s.dir, "gemba"), "log", "--json", "-n", "0")
	if n := strings.Count(told, "in globals()"); n != 2 {
		t.Errorf("%d cells of kernels that were started again, want 2: %s", n, told)
	}
}

// A wrapped kernel and the proxy before it live and die as they should, and what was typed as a password is nowhere.
func TestLivesOfAWrappedKernel(t *testing.T) {
	s := newWrappedSite(t)
	gemba := filepath.Join(s.dir, "gemba")
	t.Log(s.run(s.dir, "python", testdata(t, "lives.py"), gemba))
	s.run(s.dir, gemba, "verify")
	const secret = "correct-horse-battery"
	_ = filepath.WalkDir(s.ledger(), func(path string, d fs.DirEntry, err error) error {
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s has the password", path)
		}
		return err
	})
	var cells []struct{ ID string }
	if err := json.Unmarshal([]byte(s.run(s.dir, gemba, "log", "--json", "-n", "0")), &cells); err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, c := range cells {
		all += s.run(s.dir, gemba, "show", "--json", c.ID)
	}
	if !strings.Contains(all, "name? ") || strings.Contains(all, secret) {
		t.Errorf("%d cells: the question is missing, or the password is there", len(cells))
	}
}
