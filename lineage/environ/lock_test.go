package environ

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

func environment(pairs ...string) Environment {
	f := facts{}
	for i := 0; i < len(pairs); i += 2 {
		f[pairs[i]] = pairs[i+1]
	}
	return f.environment()
}

func TestDiff(t *testing.T) {
	a := environment("cpu.model", "A", "go.version", "go1.25.0", "env.TZ", "UTC", "os.image", "x", "zebra", "1", "gpu.driver", "535.1", "module.b", "v1")
	b := environment("cpu.model", "B", "go.version", "go1.26.8", "os.image", "x", "env.LANG", "C", "zebra", "2", "module.b", "v2", "module.a", "v1")
	want := []Difference{
		{"module.a", "", "v1"}, {"module.b", "v1", "v2"}, {"go.version", "go1.25.0", "go1.26.8"}, {"gpu.driver", "535.1", ""},
		{"env.LANG", "", "C"}, {"env.TZ", "UTC", ""}, {"cpu.model", "A", "B"}, {"zebra", "1", "2"},
	}
	if diff := cmp.Diff(want, Diff(a, b)); diff != "" {
		t.Error(diff)
	}
	for _, e := range []Environment{a, b, nil} {
		if list := Diff(e, e); len(list) != 0 {
			t.Errorf("an environment differs from itself: %v", list)
		}
	}
	if diff := cmp.Diff(want[2:], WithoutModules(want)); diff != "" {
		t.Error(diff)
	}
	says := ""
	for _, d := range want[:4] {
		says += d.String() + "\n"
	}
	if diff := cmp.Diff("module.a is v1, and was not there\nmodule.b is v2, and was v1\ngo.version is go1.26.8, and was go1.25.0\n"+
		"gpu.driver is not there, and was 535.1\n", says); diff != "" {
		t.Error(diff)
	}
}

const (
	goMod = "module gonb_1a2b\n\ngo 1.26.8\n\nrequire (\n\ta.com/x v1.2.3\n\tb.com/y v0.1.0 // indirect\n)\n\nreplace b.com/y => ../y\n"
	goSum = "a.com/x v1.2.3 h1:abc=\na.com/x v1.2.3/go.mod h1:def=\n"
)

// TestLock: what is written is read again, and checks against the environment it was made of.
func TestLock(t *testing.T) {
	e := environment("go.version", "go1.26.8", "cpu.model", "A", "os.image", "Debian", "compute.plugin.p.sha256", "ab12", "compute.plugin.p.path", "/x/p.so",
		"env.XLA_FLAGS", "<&>", "env.LANG", "C", "locale", "C", "memory.mib", "1")
	path := LockPath(filepath.Join(t.TempDir(), "analysis.ipynb"))
	if filepath.Base(path) != "analysis.gemba.lock" {
		t.Error(path)
	}
	l := NewLock("/nb/analysis.ipynb", e, tracker.ID{}, goMod, goSum)
	if err := l.Write(path); err != nil {
		t.Fatal(err)
	}
	read, err := ReadLock(path)
	if diff := cmp.Diff(l, read); diff != "" || err != nil {
		t.Error(diff, err)
	}
	want := map[string]string{"go.version": "go1.26.8", "os.image": "Debian", "compute.plugin.p.sha256": "ab12", "env.XLA_FLAGS": "<&>", "locale": "C"}
	if diff := cmp.Diff(want, read.Environment); diff != "" {
		t.Error(diff)
	}
	mod, sum := read.Modules()
	if diff := cmp.Diff(strings.Replace(goMod, "gonb_1a2b", "notebook", 1), mod); diff != "" || sum != goSum {
		t.Error(diff, sum)
	}
	if list := Check(read, e); len(list) != 0 {
		t.Errorf("the locked environment differs: %v", list)
	}
	others := environment("go.version", "go1.27.0", "cpu.model", "B", "os.image", "Debian", "compute.plugin.p.sha256", "cd34", "compute.plugin.p.path", "/y/p.so",
		"env.LANG", "de", "locale", "C", "env.OMP_NUM_THREADS", "1")
	changed := []Difference{{"go.version", "go1.26.8", "go1.27.0"}, {"compute.plugin.p.sha256", "ab12", "cd34"}, {"env.OMP_NUM_THREADS", "", "1"}, {"env.XLA_FLAGS", "<&>", ""}}
	if diff := cmp.Diff(changed, Check(read, others)); diff != "" {
		t.Error(diff)
	}
	if names, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(names) > 0 || err != nil {
		t.Errorf("left behind: %v %v", names, err)
	}
}

func TestModules(t *testing.T) {
	l := NewLock("a.ipynb", nil, tracker.ID{}, goMod, goSum)
	for _, test := range []struct {
		name, mod, sum string
		want           []Difference
	}{
		{"the same in another session", strings.Replace(goMod, "gonb_1a2b", "gonb_9", 1), goSum + "c.com/z v1.0.0 h1:x=\n", nil},
		{"another version", strings.Replace(goMod, "v1.2.3", "v1.2.4", 1), goSum, []Difference{{"module.a.com/x", "v1.2.3 h1:abc=", "v1.2.4"}}},
		{"other bytes", goMod, strings.Replace(goSum, "abc", "xyz", 1), []Difference{{"module.a.com/x", "v1.2.3 h1:abc=", "v1.2.3 h1:xyz="}}},
		{"one more", strings.Replace(goMod, ")", "\tc.com/z v1.0.0\n)", 1), goSum, []Difference{{"module.c.com/z", "", "v1.0.0"}}},
		{"none", "module x\n", "", []Difference{{"module.a.com/x", "v1.2.3 h1:abc=", ""}, {"module.b.com/y", "v0.1.0", ""}, {"module.b.com/y =>", "../y", ""}}},
	} {
		got, err := CheckModules(l, test.mod, test.sum)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %s %v", test.name, diff, err)
		}
	}
	if list, err := CheckModules(Lock{}, goMod, goSum); list != nil || err != nil {
		t.Errorf("a lock without modules: %v %v", list, err)
	}
	if _, err := CheckModules(l, "nonsense here\n", ""); err == nil {
		t.Error("a go.mod that is none was compared")
	}
}

func TestBadLocks(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.gemba.lock")
	if _, err := ReadLock(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no lock: %v", err)
	}
	for _, text := range []string{"", "{", "[]", "{}", `{"gemba_lock": 2}`, `{"gemba_lock": 1, "go_mod": ["what is this"]}`,
		`{"gemba_lock": 1, "environment": {"a": 1}}`, "\x00\xff"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		l, err := ReadLock(path)
		if !errors.Is(err, ErrLock) || !strings.Contains(err.Error(), path) || !cmp.Equal(l, Lock{}) {
			t.Errorf("%q: %v, %v", text, l, err)
		}
	}
	if err := (Lock{}).Write(filepath.Join(dir, "none", "a.gemba.lock")); err == nil {
		t.Error("a lock was written where there is no folder")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(environment("a", "b", "c", "d").Document())
	f.Add([]byte("{\"name\":\"a\"}\nnull\n[]"))
	f.Fuzz(func(t *testing.T, document []byte) {
		e, err := Parse(document)
		if err != nil {
			return
		}
		again, err := Parse(e.Document())
		if err != nil || !cmp.Equal(e, again) {
			t.Errorf("%q became %q and %q: %v", document, e, again, err)
		}
	})
}
