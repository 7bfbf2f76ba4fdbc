package build

import (
	"bytes"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// module writes a small module of one package and gives its folder.
func newModule(t testing.TB, name, body string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module "+name+"\n\ngo 1.21\n")
	write(t, filepath.Join(dir, "pkg.go"), "package "+filepath.Base(name)+"\n\n"+body+"\n")
	return dir
}

// inDir runs a go command in the build folder, as "!*go ..." does.
func (s *session) inDir(args ...string) {
	s.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = s.Dir()
	if out, err := cmd.CombinedOutput(); err != nil {
		s.Fatalf("go %v: %v\n%s", args, err, out)
	}
}

// TestAutoget: a module that is missing is fetched, and the user is told.
func TestAutoget(t *testing.T) {
	s := newSession(t)
	var said []string
	cell := "import \"github.com/pkg/errors\"\n\n%%\nfmt.Println(errors.New(\"x\"))"
	exe := s.build(cell, func(r *Request) { r.Progress = func(l string) { said = append(said, l) } })
	if diff := cmp.Diff("x\n", s.output(exe)); diff != "" {
		t.Error(diff)
	}
	info, err := buildinfo.ReadFile(exe.Path)
	if err != nil || len(info.Deps) != 1 || info.Deps[0].Path != "github.com/pkg/errors" || info.Deps[0].Sum == "" {
		t.Error(info, err)
	}
	if len(said) == 0 || said[0] != "go get github.com/pkg/errors" {
		t.Error(said)
	}
	if err := s.ResetModule(); err != nil {
		t.Fatal(err)
	}
	s.fails(cell, func(r *Request) { r.NoGet = true })
}

// TestReplace: edits of a module that go.mod replaces by a folder are seen by the next build.
func TestReplace(t *testing.T) {
	s := newSession(t)
	dir := newModule(t, "a.com/pkg", `func A() string { return "A" }`)
	s.inDir("mod", "edit", "-replace=a.com/pkg="+dir)
	cell := "import \"a.com/pkg\"\n\n%%\nfmt.Println(pkg.A())"
	if diff := cmp.Diff("A\n", s.output(s.build(cell))); diff != "" {
		t.Error(diff)
	}
	if !s.build(cell).Reused {
		t.Error("nothing changed, and it was built again")
	}
	write(t, filepath.Join(dir, "pkg.go"), "package pkg\n\nimport \"strings\"\n\nfunc A() string { return strings.Repeat(\"B\", 2) }\n")
	if diff := cmp.Diff("BB\n", s.output(s.build(cell))); diff != "" {
		t.Error(diff)
	}
	write(t, filepath.Join(dir, "pkg.go"), "package pkg\n\nfunc A() string { return 1 }\n")
	got := s.fails(cell)
	if len(got.Diagnostics) != 1 || !strings.HasSuffix(got.Diagnostics[0].File, "pkg.go") || got.Diagnostics[0].Line != 3 {
		t.Error(got)
	}
	if strings.Contains(got.Error(), "ImportPath") {
		t.Errorf("what go list says of other packages is taken for a complaint: %s", got)
	}
}

// TestRootPackageIsFound: the package at the root of a module at hand is as good as those below it.
func TestRootPackageIsFound(t *testing.T) {
	s := newSession(t)
	s.inDir("mod", "edit", "-replace=a.com/uuid="+newModule(t, "a.com/uuid", `func New() string { return "mine" }`))
	if path, exact := s.finder.find("uuid", []string{"New"}); path != "a.com/uuid" || !exact {
		t.Error(path, exact)
	}
	if path, _ := s.finder.find("uuid", []string{"NewString"}); path != "github.com/google/uuid" {
		t.Error(path)
	}
	for path, want := range map[string]bool{"fmt": true, "net/http": true, "nosuch/std": false, "a.com/b": true, "gonb_test/sub": true} {
		if got := s.finder.provides(path); got != want {
			t.Errorf("%s is provided: %v", path, got)
		}
	}
}

// TestGoWork: modules of go.work are used, and found for names that nothing declares.
func TestGoWork(t *testing.T) {
	s := newSession(t)
	dir := newModule(t, "a.com/pkg", `func A() string { return "A" }`)
	s.inDir("work", "init")
	s.inDir("work", "use", ".", dir)
	cell := "import \"a.com/pkg\"\n\n%%\nfmt.Println(pkg.A())"
	if diff := cmp.Diff("A\n", s.output(s.build(cell))); diff != "" {
		t.Error(diff)
	}
	lines, err := s.GoWorkFix()
	if err != nil || len(lines) != 1 || !strings.Contains(lines[0], `Added replace rule for module "a.com/pkg" to local directory "`+dir) {
		t.Error(lines, err)
	}
	if lines, err = s.GoWorkFix(); err != nil || !strings.Contains(lines[0], "already exists") {
		t.Error(lines, err)
	}
	if err := os.Remove(filepath.Join(s.Dir(), "go.work")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("A\n", s.output(s.build(cell))); diff != "" {
		t.Error(diff)
	}
	if _, err := s.GoWorkFix(); err == nil || !strings.Contains(err.Error(), "no go.work") {
		t.Error(err)
	}
}

// TestGonbui: what is displayed waits for the kernel, with gonb from the module cache, next to go.work, and from a
// folder that the user works on.
func TestGonbui(t *testing.T) {
	cell := "import \"github.com/janpfeifer/gonb/gonbui\"\nimport \"github.com/janpfeifer/gonb/gonbui/dom\"\n\n%%\ngonbui.DisplayHTML(dom.CreateTransientDiv())"
	const coverage = "own copy in go.work, with coverage"
	t.Setenv("GOCOVERDIR", t.TempDir())
	setups := map[string]func(*session){
		"module cache": func(*session) {},
		"go.work": func(s *session) {
			dir := newModule(t, "a.com/pkg", `func A() string { return "A" }`)
			s.inDir("work", "init")
			s.inDir("work", "use", ".", dir)
		},
		"own copy": func(s *session) { s.inDir("mod", "edit", "-replace="+gonbModule+"="+s.ownGonb()) },
		coverage: func(s *session) {
			s.inDir("work", "init")
			s.inDir("work", "use", ".", s.ownGonb())
			if _, err := s.GoWorkFix(); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, setup := range setups {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			s.build("fmt.Println(1)")
			setup(s)
			exe := s.build(cell, func(r *Request) {
				if name == coverage {
					r.Flags = []string{"-cover"}
				}
			})
			data, err := os.ReadFile(exe.Path)
			if err != nil || !bytes.Contains(data, []byte("gonbui."+sendOnly)) {
				t.Error("gonbui does not wait for the kernel", err)
			}
			if diff := cmp.Diff("", s.output(exe)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// ownGonb makes a copy of gonb's module such as one who works on it has.
func (s *session) ownGonb() string {
	s.Helper()
	s.inDir("get", gonbModule+"@"+pins[gonbModule])
	dir := filepath.Join(s.TempDir(), "gonb")
	if err := copyFiles(filepath.Join(s.store().Toolchain.GOMODCACHE, gonbModule+"@"+pins[gonbModule]), dir); err != nil {
		s.Fatal(err)
	}
	return dir
}

// store is one that the session used.
func (s *session) store() *store {
	for _, st := range s.stores {
		return st
	}
	return nil
}

// TestWaitForDisplay: a file of another shape is left alone.
func TestWaitForDisplay(t *testing.T) {
	const good = "package gonbui\n\nfunc SendData(data *protocol.DisplayData) { f() }\n\nfunc Sync() { SendData(nil) }\n"
	if got, ok := waitForDisplay([]byte(good)); !ok || !strings.Contains(string(got), "func Sync() { "+sendOnly+"(nil) }") {
		t.Errorf("%v %s", ok, got)
	}
	for _, bad := range []string{
		"no Go",
		strings.Replace(good, "func Sync", "func Other", 1),
		strings.Replace(good, "*protocol.DisplayData", "string", 1),
		strings.Replace(good, "SendData(nil)", "other()", 1),
		strings.Replace(good, "func Sync()", "func Sync(x int)", 1),
	} {
		if _, ok := waitForDisplay([]byte(bad)); ok {
			t.Errorf("took %s", bad)
		}
	}
}

// TestGoMLX: where no PJRT plugin is installed, cells run on the Go backend, and nothing of XLA is linked.
func TestGoMLX(t *testing.T) {
	t.Setenv(pluginsEnv, t.TempDir())
	s := newSession(t)
	exe := s.build(gomlxCell)
	if diff := cmp.Diff("Go Backend float32(42)\n", s.output(exe)); diff != "" || exe.Backend != "go" {
		t.Error(exe.Backend, diff)
	}
	if diff := cmp.Diff([]string{"GOMLX_BACKEND=go", "GOMLX_NO_AUTO_INSTALL=1"}, exe.Env); diff != "" {
		t.Error(diff)
	}
	if find(mustReach(s, "noxla", exe), xlaBackend) != nil {
		t.Error("XLA is linked")
	}
}

func mustReach(s *session, tags string, exe *Executable) []*pkg {
	var paths []string
	for _, i := range exe.Program.Imports {
		paths = append(paths, i.Path)
	}
	for _, st := range s.stores {
		if list, missing := st.Graphs[tags].reach(paths); len(missing) == 0 {
			return list
		}
	}
	return nil
}

// TestForeignC: a package with C in it is linked as by the go command.
func TestForeignC(t *testing.T) {
	s := newSession(t)
	dir := newModule(t, "a.com/pkg", "// #include <math.h>\n// #cgo LDFLAGS: -lm\nimport \"C\"\n\nfunc Root(x float64) float64 { return float64(C.sqrt(C.double(x))) }")
	s.inDir("mod", "edit", "-replace=a.com/pkg="+dir)
	if diff := cmp.Diff("3\n", s.output(s.build("import \"a.com/pkg\"\n\n%%\nx, _ := strconv.ParseFloat(os.Args[1], 64)\nfmt.Println(pkg.Root(x))"), "9")); diff != "" {
		t.Error(diff)
	}
}

// TestPlugin: a PJRT plugin where go-xla looks for one makes XLA the backend.
func TestPlugin(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "pjrt_c_api_cpu_plugin.so"), "")
	folders := pluginFolders{}
	for _, test := range []struct {
		env  environment
		want bool
	}{
		{environment{pluginsEnv + "=" + dir}, true},
		{environment{pluginsEnv + "=" + t.TempDir()}, false},
		{environment{pluginsEnv + "=", "LD_LIBRARY_PATH=" + dir}, false},
		{environment{"HOME=" + t.TempDir(), "LD_LIBRARY_PATH=x:" + dir}, true},
	} {
		if got := folders.any(pluginDirs(test.env)); got != test.want {
			t.Errorf("%v: %v", test.env, got)
		}
	}
}

// TestModuleOfExecutable: an executable tells the go.mod and go.sum it was built with, also when it is used again.
func TestModuleOfExecutable(t *testing.T) {
	s := newSession(t)
	plain := s.build("fmt.Println(1)")
	dir := newModule(t, "a.com/pkg", `func A() string { return "A" }`)
	s.inDir("mod", "edit", "-replace=a.com/pkg="+dir, "-require=a.com/pkg@v0.0.0")
	write(t, filepath.Join(s.Dir(), "go.sum"), "a.com/other v1.0.0/go.mod h1:Qm3ahh0YwRVjqBOFCFRHIfNGcRnRWzUqU+MXGN6aRzA=\n")
	cell := "import \"a.com/pkg\"\n\n%%\nfmt.Println(pkg.A())"
	for range 2 {
		exe := s.build(cell)
		mod, sum := read(t, filepath.Join(s.Dir(), "go.mod")), read(t, filepath.Join(s.Dir(), "go.sum"))
		if exe.GoMod != mod || exe.GoSum != sum || !strings.Contains(mod, "a.com/pkg") {
			t.Errorf("an executable (reused: %v) tells\n%s\n%s\nwant\n%s\n%s", exe.Reused, exe.GoMod, exe.GoSum, mod, sum)
		}
	}
	if strings.Contains(plain.GoMod, "a.com") || plain.GoSum != "" || !strings.HasPrefix(plain.GoMod, "module gonb_test\n") {
		t.Error(plain.GoMod, plain.GoSum)
	}
}

// TestStartModule: a session can start with requirements, whichever module and Go they come from.
func TestStartModule(t *testing.T) {
	dir := newModule(t, "a.com/pkg", `func A() string { return "A" }`)
	start := "module gonb_other\n\ngo 1.99.3\n\ntoolchain go1.99.4\n\nrequire a.com/pkg v1.2.3\n\nreplace a.com/pkg => " + dir + "\n"
	b, err := New(Options{Dir: filepath.Join(t.TempDir(), "work"), Module: "gonb_test", CacheDir: t.TempDir(), GoMod: start, GoSum: "a.com/x v1.0.0 h1:Qm3ahh0YwRVjqBOFCFRHIfNGcRnRWzUqU+MXGN6aRzA=\n"})
	if err != nil {
		t.Fatal(err)
	}
	s := &session{TB: t, Builder: b}
	cell := "import \"a.com/pkg\"\n\n%%\nfmt.Println(pkg.A())"
	exe := s.build(cell, func(r *Request) { r.NoGet = true })
	if diff := cmp.Diff("A\n", s.output(exe)); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(exe.GoMod, "module gonb_test\n") || !strings.Contains(exe.GoMod, "a.com/pkg v1.2.3") || strings.Contains(exe.GoMod, "1.99") {
		t.Error(exe.GoMod)
	}
	if err := s.ResetModule(); err != nil {
		t.Fatal(err)
	}
	s.fails(cell, func(r *Request) { r.NoGet = true })
	if _, err := New(Options{Dir: t.TempDir(), Module: "gonb_test", CacheDir: t.TempDir(), GoMod: "nonsense here\n"}); err == nil {
		t.Error("a go.mod that is none was taken")
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestProvided: a cell imports what comes with this program, without a word to any server.
func TestProvided(t *testing.T) {
	s := newSession(t)
	s.opts.Provided = []Provided{{"a.com/b", map[string][]byte{"c/d/d.go": []byte("package d\n\nfunc D() string { return \"D\" }\n")}}}
	t.Setenv("GOPROXY", "off")
	exe := s.build("import \"a.com/b/c/d\"\n\n%%\nfmt.Println(d.D())", func(r *Request) { r.NoGet = true })
	if diff := cmp.Diff("D\n", s.output(exe)); diff != "" {
		t.Error(diff)
	}
}
