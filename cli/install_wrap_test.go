package cli

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
)

// TestJupyterOffersTheWrap wraps the real ipykernel, and asks the real Jupyter what it makes of that.
func TestJupyterOffersTheWrap(t *testing.T) {
	prefix := virtualEnvironment(t)
	jupyter := filepath.Join(prefix, "bin", "jupyter")
	home, gemba := t.TempDir(), lookPath(t, "gemba")
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "JUPYTER_") || strings.HasPrefix(v, "CONDA_") })
	env = append(env, "HOME="+home, "XDG_DATA_HOME="+home, "VIRTUAL_ENV="+prefix, "GEMBA_CONFIG="+home)
	run := func(program string, args ...string) []byte {
		t.Helper()
		c := exec.CommandContext(t.Context(), program, args...)
		c.Env, c.Stderr = env, t.Output()
		out, err := c.Output()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", program, args, err, out)
		}
		return out
	}
	said := run(gemba, "install", "--wrap", "python3")
	if want := "; it runs " + filepath.Join(prefix, "bin", "python") + "\n"; !strings.Contains(string(said), want) {
		t.Errorf("install says %q, want %q in it", said, want)
	}
	offered := parseOffer(t, run(jupyter, "kernelspec", "list", "--json"))
	plain, wrapped := offered["python3"], offered["gemba-python3"]
	if wrapped.Dir != filepath.Join(home, "jupyter", "kernels", "gemba-python3") {
		t.Fatalf("Jupyter finds the wrap in %q", wrapped.Dir)
	}
	want := plain.Spec
	want["argv"] = []any{gemba, "kernel", "--wrap", plain.Dir, "--connection-file", "{connection_file}"}
	want["display_name"] = "Python 3 (gemba)"
	want["metadata"].(map[string]any)["gemba"] = map[string]any{"version": "devel", "wraps": "python3"}
	if diff := cmp.Diff(want, wrapped.Spec); diff != "" {
		t.Errorf("kernelspec (-want +what Jupyter says):\n%s", diff)
	}
	for _, logo := range []string{"logo-svg.svg", "logo-64x64.png", "logo-32x32.png"} {
		if sameBytes(t, filepath.Join(plain.Dir, logo), filepath.Join(wrapped.Dir, logo)); t.Failed() {
			return
		}
	}
	run(gemba, "uninstall")
	offered = parseOffer(t, run(jupyter, "kernelspec", "list", "--json"))
	if _, there := offered["gemba-python3"]; there || offered["python3"].Dir != plain.Dir {
		t.Errorf("Jupyter offers %v when the wrap is uninstalled", offered)
	}
}

// virtualEnvironment returns the prefix of the environment that the real Jupyter is in.
func virtualEnvironment(t *testing.T) string {
	t.Helper()
	prefix, err := filepath.Abs(filepath.Join("..", ".venv"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(prefix, "bin", "jupyter")); err != nil {
		kerneltest.Lacking(t, "Jupyter is not in .venv: run make venv")
	}
	if prefix, err = filepath.EvalSymlinks(prefix); err != nil {
		t.Fatal(err)
	}
	return prefix
}

func lookPath(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// offer is a kernel as Jupyter lists it.
type offer struct {
	Dir  string         `json:"resource_dir"`
	Spec map[string]any `json:"spec"`
}

func parseOffer(t *testing.T, text []byte) map[string]offer {
	t.Helper()
	var list struct {
		Kernelspecs map[string]offer `json:"kernelspecs"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatalf("read Jupyter's list: %v\n%s", err, text)
	}
	return list.Kernelspecs
}

func sameBytes(t *testing.T, a, b string) {
	t.Helper()
	x, errA := os.ReadFile(a)
	y, errB := os.ReadFile(b)
	if errA != nil || errB != nil || string(x) != string(y) {
		t.Errorf("%s is not %s: %v, %v", b, a, errA, errB)
	}
}

func TestWrapDisplay(t *testing.T) {
	taken := map[string]bool{kernelDisplay: true, "R (gemba)": true}
	for _, test := range []struct{ display, want string }{
		{"Python 3 (ipykernel)", "Python 3 (gemba)"},
		{"Python 3", "Python 3 (gemba)"},
		{"  Julia 1.9  ", "Julia 1.9 (gemba)"},
		{"Python (a) 3 (b) ", "Python (a) 3 (gemba)"},
		{"Python [conda env:x] *", "Python [conda env:x] * (gemba)"},
		{"Go (gonb)", "Go (gonb) (gemba)"}, // the Go kernel has the other name
		{"R (4.2)", "R (4.2) (gemba)"},     // as another wrap has
		{"(odd)", "(odd) (gemba)"},
		{"nested (a (b))", "nested (a (b)) (gemba)"},
		{"", "x (gemba)"},
	} {
		if got := wrapDisplay(kernelspec.Spec{DisplayName: test.display, Dir: "/kernels/X"}, taken); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.display, got, test.want)
		}
	}
}

// TestResources copies what front ends load from a kernelspec's folder, and nothing else.
func TestResources(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for name, size := range map[string]int{"kernel.json": 2, "kernel.js": 10, "kernel.css": 0, "logo-svg.svg": mostResources, "huge.bin": mostResources + 1} {
		if err := os.WriteFile(filepath.Join(from, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(from, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"logo-32x32.png": "kernel.js", "logo-64x64.png": "gone"} {
		if err := os.Symlink(target, filepath.Join(from, name)); err != nil {
			t.Skip("no links here")
		}
	}
	if err := copyResources(to, from); err != nil {
		t.Fatal(err)
	}
	var got []string
	entries, err := os.ReadDir(to)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			got = append(got, e.Name())
		}
	}
	if diff := cmp.Diff([]string{"kernel.css", "kernel.js", "logo-32x32.png", "logo-svg.svg"}, got); diff != "" {
		t.Errorf("copied (-want +got):\n%s", diff)
	}
	sameBytes(t, filepath.Join(from, "logo-svg.svg"), filepath.Join(to, "logo-svg.svg"))
}

func TestFindKernelSaysWhatToTry(t *testing.T) {
	root := t.TempDir()
	t.Setenv("JUPYTER_PATH", root)
	for name, text := range map[string]string{"zebra": `{"argv": ["x"]}`, "ill": `{}`, "gemba": `{"argv": ["gemba", "kernel"]}`} {
		dir := filepath.Join(root, "kernels", name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "kernel.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name, hint string
		status     int
	}{
		{"gemba-zebra", "", exitDone},
		{"zebras", "did you mean zebra?", exitNotFound},
		{"gemba-fortran", "zebra", exitNotFound},
		{"ill", "install the kernel again", exitFailed},
		{"gemba", "", exitUsage},
	} {
		_, err := findKernel(test.name)
		status := exitDone
		if err != nil {
			status = exitStatus(err)
		}
		if said := strings.Join(hints(err), ""); status != test.status || !strings.Contains(said, test.hint) {
			t.Errorf("%s: %v, hint %q, exit status %d; want %q and %d", test.name, err, said, status, test.hint, test.status)
		}
	}
}
