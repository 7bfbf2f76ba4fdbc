package golang

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// opened gives the paths below the notebook's folder that a cell opened, relative to it, those that were not there marked.
func (n *notebook) opened(seen wire.Seen) (paths []string) {
	for _, o := range seen.Opened {
		path, err := filepath.Rel(n.dir(), o.Path)
		if err != nil {
			n.Fatal(err)
		}
		if !o.Existed && !o.Unlooked {
			path += " (new)"
		}
		paths = append(paths, path)
	}
	return paths
}

func (n *notebook) dir() string { return n.engine.options.Dir }

func (n *notebook) write(name, text string) {
	n.Helper()
	path := filepath.Join(n.dir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		n.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		n.Fatal(err)
	}
}

// TestOpened: the engine tells which files a cell opens, however it ends.
func TestOpened(t *testing.T) {
	onlyUnix(t)
	const imports = "import (\"os\"; \"syscall\"; \"io\")\nvar _ = io.EOF\nvar _ = syscall.SIGKILL\n%%\n"
	for _, test := range []struct {
		name, code string
		want       []string
	}{
		{"read and write", `b, _ := os.ReadFile("a.csv"); os.WriteFile("b.parquet", b, 0o644)`, []string{"a.csv", "b.parquet (new)"}},
		{"same file twice", `os.ReadFile("a.csv"); os.ReadFile("a.csv"); os.ReadFile("./a.csv"); os.ReadFile("a.csv")`,
			[]string{"a.csv", "a.csv", "a.csv"}}, // its second opening too, and no third one
		{"chdir", `os.Chdir("sub"); os.ReadFile("s.csv"); os.Chdir(".."); os.ReadFile("a.csv")`, []string{"sub/s.csv", "a.csv"}},
		{"chdir by a file", `f, _ := os.Open("sub"); f.Chdir(); os.ReadFile("s.csv")`, []string{"sub", "sub/s.csv"}},
		{"link", `os.ReadFile("link.csv"); os.ReadFile("a.csv")`, []string{"link.csv", "a.csv"}},
		{"folder", `os.ReadDir("sub")`, []string{"sub"}},
		{"not there", `os.ReadFile("none.csv")`, []string{"none.csv (new)"}},
		{"root", `r, _ := os.OpenRoot("sub"); f, _ := r.Open("s.csv"); f.Close()`, []string{"sub", "sub/s.csv"}},
		{"strange names", `os.WriteFile("new\nline\xff", nil, 0o644); os.ReadFile(""); os.ReadFile("a\x00b")`, []string{"new\nline\xff (new)"}},
		{"exit", `os.ReadFile("a.csv"); os.Exit(3)`, []string{"a.csv"}},
		{"panic", `os.ReadFile("a.csv"); panic("oops")`, []string{"a.csv"}},
		{"kill", `os.ReadFile("a.csv"); syscall.Kill(os.Getpid(), syscall.SIGKILL); select {}`, []string{"a.csv"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNotebook(t)
			n.write("a.csv", "a,b\n1,2\n")
			n.write("sub/s.csv", "s\n")
			if err := os.Symlink("a.csv", filepath.Join(n.dir(), "link.csv")); err != nil {
				t.Fatal(err)
			}
			_, outcome := n.run(imports + test.code)
			seen := outcome.Facts.Seen
			if diff := cmp.Diff(test.want, n.opened(seen)); diff != "" {
				t.Errorf("opened (-want +got):\n%s", diff)
			}
			if seen.Children && runtime.GOOS == "linux" || len(seen.Missed) > 0 && runtime.GOOS == "linux" {
				t.Errorf("children %t, missed %q", seen.Children, seen.Missed)
			}
		})
	}
}

// TestOpenedAsItWas: a file is told of as it was before the cell changed it.
func TestOpenedAsItWas(t *testing.T) {
	onlyUnix(t)
	n := newNotebook(t)
	n.write("a.csv", "before")
	info, err := os.Stat(filepath.Join(n.dir(), "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want := []wire.Opened{{Path: filepath.Join(n.dir(), "a.csv"), Existed: true, Size: 6, ModTime: info.ModTime(), Inode: inode(info)}}
	_, outcome := n.run("import \"os\"\n%%\nos.WriteFile(\"a.csv\", []byte(\"and after\"), 0o644)")
	if diff := cmp.Diff(want, outcome.Facts.Seen.Opened); diff != "" {
		t.Errorf("written by the program (-want +got):\n%s", diff)
	}
	n.write("a.csv", "before")
	if info, err = os.Stat(want[0].Path); err != nil {
		t.Fatal(err)
	}
	want[0].ModTime = info.ModTime()
	_, outcome = n.run("%%writefile a.csv\nx")
	if diff := cmp.Diff(want, outcome.Facts.Seen.Opened); diff != "" {
		t.Errorf("written by %%%%writefile (-want +got):\n%s", diff)
	}
}

// TestManyOpened: 10,000 files, opened by several goroutines at once; the next cell has memory of its own.
func TestManyOpened(t *testing.T) {
	onlyUnix(t)
	n := newNotebook(t)
	_, outcome := n.run(`import ("os"; "sync"; "fmt")
%%
var all sync.WaitGroup
for part := range 8 {
	all.Go(func() {
		for i := range 10000 {
			if i % 4 == part % 4 { os.WriteFile(fmt.Sprintf("file-%05d", i), nil, 0o644) }
		}
	})
}
all.Wait()`)
	paths := n.opened(outcome.Facts.Seen)
	for i, path := range paths {
		paths[i] = strings.TrimSuffix(path, " (new)")
	}
	slices.Sort(paths)
	if paths = slices.Compact(paths); len(paths) != 10000 || paths[9999] != "file-09999" || len(outcome.Facts.Seen.Opened) > 20000 {
		t.Errorf("%d files opened, want 10000 and each twice at most", len(outcome.Facts.Seen.Opened))
	}
	n.write("a.csv", "")
	_, outcome = n.run("import \"os\"\n%%\nos.ReadFile(\"a.csv\")")
	if diff := cmp.Diff([]string{"a.csv"}, n.opened(outcome.Facts.Seen)); diff != "" {
		t.Errorf("the next cell opened (-want +got):\n%s", diff)
	}
}

// TestChildrenSeen: child processes are told of, and that they open files unseen.
func TestChildrenSeen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells of child processes")
	}
	for _, test := range []struct{ name, code, want string }{
		{"shell", "!sort a.csv > b.csv", "-c sort a.csv > b.csv"},
		{"script", "%%bash\nsort a.csv", "bash"},
		{"too short to be looked at", "import \"os/exec\"\n%%\nexec.Command(\"true\").Run()", "true"},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNotebook(t)
			n.write("a.csv", "2\n1\n")
			_, outcome := n.run(test.code)
			seen := outcome.Facts.Seen
			if outcome.Error != nil || !seen.Children {
				t.Errorf("error %v, children %t", outcome.Error, seen.Children)
			}
			if !slices.ContainsFunc(seen.Processes, func(p wire.Process) bool { return strings.HasSuffix(p.Command, test.want) }) {
				t.Errorf("processes %v, want one that ends in %q", seen.Processes, test.want)
			}
		})
	}
}

// TestSampledChild: a child is told of with its arguments when it lives long enough to be looked at, and on a busy machine that is longer.
func TestSampledChild(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells of child processes")
	}
	for by, code := range map[string]string{
		"os/exec": "import \"os/exec\"\n%%%%\nexec.Command(\"sleep\", %q).Run()",
		"syscall": "import \"syscall\"\n%%%%\npid, _ := syscall.ForkExec(\"/bin/sleep\", []string{\"sleep\", %q}, nil)\nsyscall.Wait4(pid, nil, 0, nil)",
	} {
		t.Run(by, func(t *testing.T) {
			n := newNotebook(t)
			for _, seconds := range []string{"0.12", "1", "5", "25"} {
				_, outcome := n.run(fmt.Sprintf(code, seconds))
				seen := outcome.Facts.Seen
				if outcome.Error != nil || !seen.Children {
					t.Errorf("error %v, children %t", outcome.Error, seen.Children)
				}
				if slices.ContainsFunc(seen.Processes, func(p wire.Process) bool { return strings.HasSuffix(p.Command, "sleep "+seconds) }) {
					return
				}
			}
			t.Error("no child is told of with its arguments")
		})
	}
}

// TestUnnamedChild: a child of which nothing was seen but that it was is told of.
func TestUnnamedChild(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells of child processes")
	}
	_, outcome := newNotebook(t).run("import \"syscall\"\n%%\npid, _ := syscall.ForkExec(\"/bin/true\", []string{\"true\"}, nil)\nsyscall.Wait4(pid, nil, 0, nil)")
	seen := outcome.Facts.Seen
	if outcome.Error != nil || !seen.Children || len(seen.Processes) == 0 && len(seen.Missed) == 0 {
		t.Errorf("error %v, seen %+v: want children, and their names or that these were missed", outcome.Error, seen)
	}
}

// TestHosts: the hosts that a cell connects to are told of, those that connect to it are not.
func TestHosts(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells of hosts")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, outcome := newNotebook(t).run(fmt.Sprintf(`import ("net"; "time")
%%%%
c, err := net.Dial("tcp", %q)
if err != nil { panic(err) }
own, _ := net.Listen("tcp", "127.0.0.1:0")
net.Dial("tcp", own.Addr().String())
s, _ := own.Accept()
time.Sleep(3*time.Second)
c.Close(); s.Close()
fmt.Print(own.Addr())`, listener.Addr()))
	if hosts := outcome.Facts.Seen.Hosts; outcome.Error != nil || !slices.Contains(hosts, listener.Addr().String()) || len(hosts) != 2 {
		t.Errorf("error %v, hosts %q, want %s and the cell's own", outcome.Error, hosts, listener.Addr())
	}
}

// TestUnobserved: what is not observed is said.
func TestUnobserved(t *testing.T) {
	onlyUnix(t)
	for _, test := range []struct{ name, code, want string }{
		{"off", "%env GEMBA_OBSERVE off\n%%\nprintln(1)", "observing is off: GEMBA_OBSERVE=off"},
		{"test", "import \"testing\"\n%test\nfunc TestX(t *testing.T) {}", "files that the program opened: tests tell package testing which files they open"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, outcome := newNotebook(t).run(test.code)
			if outcome.Error != nil || !slices.Contains(outcome.Facts.Seen.Missed, test.want) {
				t.Errorf("error %v, missed %q, want %q", outcome.Error, outcome.Facts.Seen.Missed, test.want)
			}
		})
	}
}

func onlyUnix(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("there is no hook for " + runtime.GOOS)
	}
}
