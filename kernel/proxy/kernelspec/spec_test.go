package kernelspec

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lay writes a kernel.json into a folder and returns the folder.
func lay(t testing.TB, dir, text string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kernel.json"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestRead(t *testing.T) {
	dir := lay(t, filepath.Join(t.TempDir(), "R-4"), "\xef\xbb\xbf"+`{"argv": ["R", "{connection_file}"], "display_name": "R 4", "language": "R", "interrupt_mode": "Message",
		"env": {"A": "b"}, "metadata": {"debugger": false}, "kernel_protocol_version": "5.3", "codemirror_mode": {"unknown": 1}}`)
	s, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := Spec{Dir: dir, Argv: []string{"R", "{connection_file}"}, DisplayName: "R 4", Language: "R", InterruptMode: "message",
		Env: map[string]string{"A": "b"}, Metadata: []byte(`{"debugger": false}`), Protocol: "5.3"}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("kernelspec (-want +got):\n%s", diff)
	}
	if s.Name() != "r-4" {
		t.Errorf("its name is %q, Jupyter's is r-4", s.Name())
	}
}

func TestMalformedSpecsAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, text, say string
	}{
		{"nothing", ``, "unexpected end of JSON"},
		{"no JSON", `argv: [x]`, "invalid character"},
		{"a list", `["python"]`, "cannot unmarshal array"},
		{"null", `null`, "it has no argv"},
		{"no argv", `{"display_name": "x"}`, "it has no argv"},
		{"empty argv", `{"argv": []}`, "it has no argv"},
		{"empty program", `{"argv": ["", "x"]}`, "it has no argv"},
		{"argv of a shell", `{"argv": "python -m x"}`, "cannot unmarshal string"},
		{"argv of numbers", `{"argv": ["python", 3]}`, "cannot unmarshal number"},
		{"numbers in env", `{"argv": ["x"], "env": {"N": 1}}`, "cannot unmarshal number"},
		{"interrupt_mode", `{"argv": ["x"], "interrupt_mode": "shout"}`, `its interrupt_mode is "shout"`},
		{"metadata of a list", `{"argv": ["x"], "metadata": []}`, "its metadata is not an object"},
		{"metadata of null", `{"argv": ["x"], "metadata": null}`, "its metadata is not an object"},
		{"two objects", `{"argv": ["x"]} {}`, "invalid character"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := lay(t, t.TempDir(), test.text)
			_, err := Read(dir)
			if !errors.Is(err, ErrSpec) || !strings.Contains(err.Error(), test.say) || !strings.Contains(err.Error(), dir) {
				t.Errorf("error is %v, want ErrSpec that names %s and says %q", err, dir, test.say)
			}
		})
	}
}

func TestNoSpec(t *testing.T) {
	for name, dir := range map[string]string{
		"no folder": filepath.Join(t.TempDir(), "gone"), "empty folder": t.TempDir(),
		"no ipykernel": filepath.Join(t.TempDir(), "lib", "python3.9", "site-packages", "ipykernel", "resources"),
	} {
		if _, err := Read(dir); !errors.Is(err, ErrNoSpec) || !strings.Contains(err.Error(), "was removed") {
			t.Errorf("%s: error is %v, want ErrNoSpec", name, err)
		}
	}
	if _, err := Read(filepath.Join(lay(t, t.TempDir(), "{}"), "kernel.json")); err == nil || errors.Is(err, ErrSpec) {
		t.Errorf("a file instead of a folder: error is %v", err)
	}
}

func TestOurs(t *testing.T) {
	type verdict struct {
		Ours    bool
		Wrapped string
		Wraps   bool
		By      string
	}
	for _, test := range []struct {
		name, text string
		want       verdict
	}{
		{"Go", `{"argv": ["/x/gemba", "kernel", "-f", "{connection_file}"]}`, verdict{Ours: true}},
		{"Windows", `{"argv": ["/x/gemba.exe", "kernel"]}`, verdict{Ours: true}},
		{"marked", `{"argv": ["/x/test"], "metadata": {"gemba": {"version": "v1"}}}`, verdict{Ours: true}},
		{"wrap", `{"argv": ["/x/gemba", "kernel", "--wrap", "/k/r", "-f"]}`, verdict{Ours: true, Wrapped: "/k/r", Wraps: true}},
		{"marked wrap", `{"argv": ["/x/g", "--wrap", "/k/r"], "metadata": {"gemba": {}}}`, verdict{Ours: true, Wrapped: "/k/r", Wraps: true}},
		{"wrap of nothing", `{"argv": ["/x/gemba", "kernel", "--wrap"]}`, verdict{Ours: true}},
		{"another's wrap", `{"argv": ["/x/other", "kernel", "--wrap", "/k/r"]}`, verdict{}},
		{"another", `{"argv": ["/x/gembas", "kernel"], "metadata": {"debugger": true}}`, verdict{}},
		{"another command", `{"argv": ["/x/gemba", "serve"]}`, verdict{}},
		{"elsewhere", `{"argv": ["x"], "metadata": {"kernel_provisioner": {"provisioner_name": "slurm", "config": {}}}}`, verdict{By: "slurm"}},
		{"here", `{"argv": ["x"], "metadata": {"kernel_provisioner": {"provisioner_name": "local-provisioner"}}}`, verdict{}},
		{"odd stanza", `{"argv": ["x"], "metadata": {"kernel_provisioner": 3}}`, verdict{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Read(lay(t, t.TempDir(), test.text))
			if err != nil {
				t.Fatal(err)
			}
			var got verdict
			got.Ours, got.By = s.Ours(), s.Provisioner()
			got.Wrapped, got.Wraps = s.Wrapped()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzSpec feeds any text as kernel.json: what is accepted can be asked everything.
func FuzzSpec(f *testing.F) {
	for _, seed := range []string{`{"argv": ["python", "{connection_file}"], "env": {"A": "$B"}, "metadata": {"gemba": {}}}`, `{"argv": ["~", "--wrap"]}`, `{}`, `null`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := Spec{Dir: "/k/share/jupyter/kernels/x"}
		if err := s.decode([]byte(text)); err != nil {
			if !errors.Is(err, ErrSpec) {
				t.Errorf("error is %v, want ErrSpec", err)
			}
			return
		}
		if got := len(s.Command("/c.json")); got != len(s.Argv) {
			t.Errorf("%d words out of %d", got, len(s.Argv))
		}
		if got := len(s.Environ(nil, nil)); got != len(s.Env) {
			t.Errorf("%d variables out of %d", got, len(s.Env))
		}
		if _, wraps := s.Wrapped(); wraps && !s.Ours() {
			t.Error("it wraps, but is not gemba's")
		}
		s.Provisioner()
	})
}
