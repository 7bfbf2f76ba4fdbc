package python

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

func commands(seen wire.Seen) (list []string) {
	for _, p := range seen.Processes {
		list = append(list, p.Command)
	}
	return list
}

func expect[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	look := `import sys, os; sorted(n for n in globals() if n[:1] != "_" and n not in ("sys", "os")), sys.path, In, Out, sorted(get_ipython().user_ns_hidden), os.environ.get("X"), len(get_ipython().ast_transformers), list(get_ipython().history_manager.get_range())`
	with, without := newKernel(t), startKernel(t)
	a, b := with.says(look), strings.ReplaceAll(without.says(look), without.dir, with.dir)
	expect(t, "namespace", a, b)
	expect(t, "count", with.says("len(In)"), without.says("len(In)"))
}

func TestFilesThatGo(t *testing.T) {
	k := newKernel(t)
	k.write("old", "1")
	k.write("from", "2")
	k.write("tmp", "3")
	expect(t, "removed", brief(k, k.run("import os, shutil, pathlib", `os.remove("old")`).Seen), []string{"old existed"})
	expect(t, "renamed", brief(k, k.run(`os.rename("from", "to")`).Seen), []string{"from existed", "to new"})
	expect(t, "replaced", brief(k, k.run(`open("new", "w").close()`, `os.replace("new", "to")`).Seen), []string{"new new", "to existed"})
	expect(t, "read, then written", brief(k, k.run(`open("tmp").read()`, `open("tmp", "a").close()`, `open("tmp").read()`).Seen), []string{"tmp existed", "tmp existed"})
	expect(t, "tree", brief(k, k.run(`os.makedirs("d/e")`, `open("d/e/f", "w").close()`, `shutil.rmtree("d")`).Seen), []string{"d/e/f new"})
	expect(t, "moved", brief(k, k.run(`os.mkdir("sub")`, `os.chdir("sub")`, `open("../tmp").read()`, `open("in", "w").close()`).Seen), []string{"tmp unlooked", "sub/in new"})
	expect(t, "listed", brief(k, k.run(`os.listdir(".")`, `list(pathlib.Path("..").glob("*.x"))`).Seen), []string{"sub unlooked", ". unlooked"})
	expect(t, "bytes, paths, not UTF-8", brief(k, k.run(`open(b"by\xfftes", "w").close()`, `open(pathlib.Path("é"), "w").close()`, `open("é").read()`,
		`open(b"by\xfftes").read()`, `open(os.open("in", 0)).close()`).Seen), []string{"sub/by\xfftes new", "sub/é new", "sub/in unlooked"})
	expect(t, "sqlite", brief(k, k.run(`import sqlite3`, `sqlite3.connect("db.sqlite").close()`, `sqlite3.connect(":memory:").close()`).Seen), []string{"sub/db.sqlite new"})
}

func TestProcesses(t *testing.T) {
	k := newKernel(t)
	for _, test := range []struct{ code, command string }{
		{"import subprocess; subprocess.run(['true', 'a b'])", "true a b"},
		{"subprocess.run('true; true', shell=True)", "true; true"},
		{"import os; os.system('true 1')", "true 1"},
		{"os.posix_spawn('/bin/true', ['true', '2'], {})", "true 2"},
		{"os.waitpid(os.spawnv(os.P_NOWAIT, '/bin/true', ['true', '3']), 0)", "true 3"},
		{"!true 4", "true 4"},
		{"x = !true 5", "true 5"},
		{"%%bash\ntrue 6", "bash"},
		{"import pty; pty.spawn(['true', '7'])", "true 7"},
		// The child itself is waited for: os.wait() would return at once for the one of os.posix_spawn, which nobody waited for.
		{"child = os.fork()\nif not child:\n    os.execv('/bin/true', ['true', '8'])\nos.waitpid(child, 0)", "true 8"},
	} {
		seen := k.run(test.code).Seen
		is := func(c string) bool { return strings.HasSuffix(c, test.command) || strings.Contains(c, test.command) }
		if !slices.ContainsFunc(commands(seen), is) || !seen.Children || seen.Missed != nil {
			t.Errorf("%s: %+v", test.code, seen)
		}
	}
}

func TestForks(t *testing.T) {
	k := newKernel(t)
	k.write("a", "1")
	seen := k.run("import os", "child = os.fork()", "if not child:", "    open('a').read(); open('b', 'w').close(); os._exit(0)", "os.waitpid(child, 0)").Seen
	expect(t, "fork", brief(k, seen), []string{"a unlooked", "b new"})
	expect(t, "children", seen.Children, false)
	seen = k.run("import multiprocessing", "def work(i):", "    open(f'out{i}', 'w').close()", "    return i",
		"with multiprocessing.get_context('fork').Pool(2) as p:", "    p.map(work, range(4))").Seen
	files := brief(k, seen)
	slices.Sort(files)
	expect(t, "pool", files, []string{"out0 new", "out1 new", "out2 new", "out3 new"})
	k.write("helper.py", "def work(i):\n    open(f'spawned{i}', 'w').close()\n")
	seen = k.run("import helper", "p = multiprocessing.get_context('spawn').Process(target=helper.work, args=(1,))", "p.start(); p.join()").Seen
	if !seen.Children {
		t.Errorf("spawned: %+v", seen)
	}
	if seen = k.run("open('a').read()").Seen; seen.Children {
		t.Errorf("nothing was spawned: %+v", seen)
	}
}

func TestThreads(t *testing.T) {
	k := newKernel(t)
	facts := k.run("import threading, concurrent.futures", "def f(i):", "    open(f'f{i}', 'w').close()", "    open(f'f{i}').read()",
		"with concurrent.futures.ThreadPoolExecutor(8) as p:", "    list(p.map(f, range(200)))")
	expect(t, "files of threads", len(facts.Seen.Opened), 200)
	k.run("go, done = threading.Event(), threading.Event()", "def later():", "    go.wait(); open('late', 'w').close(); done.set()", "threading.Thread(target=later).start()")
	expect(t, "an earlier cell's thread", brief(k, k.run("go.set(); done.wait(); None").Seen), []string{"late new"})
}

func TestCellsThatKill(t *testing.T) {
	for _, end := range []string{"os._exit(3)", "os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)"} {
		k := newKernel(t)
		k.write("a", "1")
		k.run("import os")
		k.execute(map[string]any{"kills": true, "code": "open('a').read()\nopen('b', 'w').write('x')\nfor i in range(100): open(f'f{i}', 'w').close()\n" + end})
		seen, found := k.lost()
		if !found || len(seen.Opened) < 50 || !strings.HasSuffix(seen.Opened[0].Path, "/a") || seen.Missed == nil || !seen.Children {
			t.Errorf("%s: %v %d files, missed %q", end, found, len(seen.Opened), seen.Missed)
		}
	}
}

// lost reads the one cell whose reply never came.
func (k *kernel) lost() (wire.Seen, bool) {
	k.reader.Session()
	for id := range k.reader.cells {
		facts, found := k.reader.Read(id)
		return facts.Seen, found
	}
	return wire.Seen{}, false
}

func TestCallbacksRemoved(t *testing.T) {
	k := newKernel(t)
	k.write("a", "1")
	k.execute(map[string]any{"code": "e = get_ipython().events\nfor n in e.callbacks: e.callbacks[n].clear()"})
	a := k.execute(map[string]any{"code": "open('a').read()"})
	facts, found := k.reader.Read(a.ID)
	if a.Status != "ok" || !slices.ContainsFunc(facts.Seen.Missed, func(m string) bool { return strings.Contains(m, "was removed") }) || !facts.Seen.Children {
		t.Errorf("%+v, %v: %+v", a, found, facts)
	}
}

func TestErrorsAndMagics(t *testing.T) {
	k := newKernel(t)
	k.write("a", "1")
	k.write("script.py", "open('a').read()\nz = 1\n")
	a := k.execute(map[string]any{"code": "x = 1\nopen('a').read()\n1/0\ny = 2"})
	facts, found := k.reader.Read(a.ID)
	expect(t, "a failed cell", []any{a.Status, found, brief(k, facts.Seen), facts.Bound, facts.Used}, []any{"error", true, []string{"a unlooked"}, []string{"x"}, []string(nil)})
	a = k.execute(map[string]any{"code": "x = = 1"})
	facts, found = k.reader.Read(a.ID)
	expect(t, "a cell that is none", []any{a.Status, found, facts.Bound}, []any{"error", true, []string(nil)})
	facts = k.run("%%time", "y = x + 1")
	expect(t, "%%time", []any{facts.Bound, facts.Used}, []any{[]string{"y"}, []string{"x"}})
	facts = k.run("%run script.py")
	expect(t, "%run", brief(k, facts.Seen), []string{"script.py unlooked", "a unlooked"})
	facts = k.run("files = !ls", "%matplotlib --list", "n = len(files)")
	expect(t, "magics", []any{facts.Bound, facts.Used}, []any{[]string{"files", "n"}, []string(nil)})
	facts = k.run("%%capture out", "w = y")
	expect(t, "%%capture", []any{facts.Bound, facts.Used}, []any{[]string{"w"}, []string{"y"}})
	k.write("silent", "1")
	a = k.execute(map[string]any{"code": "q = open('silent').read()", "silent": true})
	facts, found = k.reader.Read(a.ID)
	expect(t, "a silent cell", []any{found, brief(k, facts.Seen), facts.Bound}, []any{true, []string{"silent unlooked"}, []string{"q"}})
	facts = k.run("import jupyter_core, pexpect, wcwidth, zmq.utils")
	if len(facts.Imports) < 2 || slices.ContainsFunc(facts.Imports, func(m wire.Module) bool { return m.Version == "" }) {
		t.Errorf("imports %+v", facts.Imports)
	}
	facts = k.run("")
	expect(t, "an empty cell", facts.Bound, nil)
}

func TestNamesOfCells(t *testing.T) {
	k := newKernel(t)
	k.run("import random", "k = 2", "def f(a):", "    return a * k", "def g(b):", "    return f(b)")
	facts := k.run("print(g(3))")
	expect(t, "used through functions", facts.Used, []string{"f", "g", "k"})
	k.run("def f(a): return a")
	expect(t, "used after f is another", k.run("x = g(3)").Used, []string{"f", "g"})
	facts = k.run("import asyncio", "await asyncio.sleep(0)", "print = 1")
	expect(t, "await", []any{facts.Bound, facts.Used}, []any{[]string{"asyncio", "print"}, []string(nil)})
	expect(t, "a builtin's name", k.run("print").Used, []string{"print"})
	k.run("del print", "seed = 11")
	facts = k.run("random.seed(seed)", "random.Random(x=5)", "random.seed('secret')")
	expect(t, "seeds", facts.Seeds, []wire.Seed{{Call: "random.seed", Value: "11"}})
}
