//go:build unix

package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindJupyter(t *testing.T) {
	dir, root := t.TempDir(), t.TempDir()
	t.Chdir(root)
	self := strconv.Itoa(os.Getpid())
	server := `{"root_dir": "/srv/notebooks", "base_url": "/user/ann/", "pid": 1}`
	if err := os.WriteFile(filepath.Join(dir, "jpserver-1.json"), []byte(server), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		file string
		env  map[string]string
		want Jupyter
	}{
		{"kernel-0a1b-2c.json", nil, Jupyter{"0a1b-2c", "", "/"}},
		{"other.json", nil, Jupyter{"", "", "/"}},
		{"kernel-a.json", map[string]string{"JPY_PARENT_PID": "1"}, Jupyter{"a", "/srv/notebooks", "/user/ann/"}},
		{"kernel-a.json", map[string]string{"JPY_PARENT_PID": self, "JUPYTERHUB_SERVICE_PREFIX": "/hub/x"}, Jupyter{"a", root, "/hub/x/"}},
		{"kernel-a.json", map[string]string{"JPY_PARENT_PID": "no"}, Jupyter{"a", "", "/"}},
	} {
		got := FindJupyter(filepath.Join(dir, test.file), func(name string) string { return test.env[name] })
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %v: %s", test.file, test.env, diff)
		}
	}
}

func TestEnvironment(t *testing.T) {
	r := newRunner(t)
	spec := sh(`echo $GONB_DIR $GONB_TMP_DIR $GONB_VERSION $GONB_JUPYTER_KERNEL_ID $GONB_JUPYTER_ROOT; test -p $GONB_PIPE && test -p $GONB_PIPE_BACK`)
	spec.Rich, spec.Env = true, append(os.Environ(), Environment(Place{Dir: "/dir", Work: "/temp", KernelID: "k", Root: "/root"})...)
	f, exit := run(t, r, spec)
	if diff := cmp.Diff("/dir /temp v0.11.5 k /root\n", f.stream("stdout")); diff != "" || !exit.OK() {
		t.Error(diff, exit)
	}
}

func TestWasm(t *testing.T) {
	r, root := newRunner(t), t.TempDir()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	goroot := strings.TrimSpace(string(out))
	if _, err := r.Wasm(Jupyter{}, goroot); err == nil || !strings.Contains(err.Error(), "Jupyter server") {
		t.Errorf("without a root: %v", err)
	}
	if _, err := r.Wasm(Jupyter{Root: root}, t.TempDir()); err == nil || !strings.Contains(err.Error(), "wasm_exec.js") {
		t.Errorf("without a toolchain: %v", err)
	}
	j := Jupyter{KernelID: "k", Root: root, BaseURL: "/user/ann/"}
	w, err := r.Wasm(j, goroot)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.Wasm(j, goroot); err != nil || again != w {
		t.Errorf("the second time: %v, %v", again, err)
	}
	want := Wasm{Dir: filepath.Join(root, "jupyter_files", "k"), URL: "/user/ann/files/jupyter_files/k"}
	if diff := cmp.Diff(want, w); diff != "" {
		t.Error(diff)
	}
	html, err := w.HTML("div1", "cell.wasm", []string{"--x=</script>"})
	if err != nil || !strings.Contains(html, `"/user/ann/files/jupyter_files/k/cell.wasm"`) || strings.Count(html, "</script>") != 1 {
		t.Errorf("%v in %s", err, html)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(root); err != nil || len(left) > 0 {
		t.Errorf("left after Close: %v, %v", left, err)
	}
}
