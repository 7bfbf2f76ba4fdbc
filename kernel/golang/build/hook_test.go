package build

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/cell"
)

// observed asks for the hook.
func observed(r *Request) { r.Observe = true }

// opened runs an executable with memory to note in, and gives the paths that it noted and what it printed.
func (s *session) opened(exe *Executable) (paths []string, output string) {
	s.Helper()
	file := filepath.Join(s.TempDir(), "seen")
	memory := make([]byte, 1<<20)
	cell.Clear(memory)
	write(s, file, string(memory))
	cmd := exec.Command(exe.Path)
	cmd.Env = append(cmd.Environ(), append(exe.Env, cell.Variable+"="+file)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.Fatalf("run: %v\n%s", err, out)
	}
	if memory, err = os.ReadFile(file); err != nil {
		s.Fatal(err)
	}
	if notes := cell.Read(memory, func(n cell.Note) { paths = append(paths, n.Path) }); !notes.Attached {
		s.Fatal("the hook did not start")
	}
	return paths, string(out)
}

// TestHook: whatever way a cell is built, it tells which files it opens.
func TestHook(t *testing.T) {
	const reads = "import \"os\"\n%%\nos.ReadFile(\"/tmp/a.csv\")\nfmt.Print(os.Getenv(\"GEMBA_SEEN\"))"
	flags := func(flags ...string) func(*Request) { return func(r *Request) { r.Flags = flags } }
	for _, test := range []struct {
		name, cell string
		change     func(*Request)
	}{
		{"direct", reads, flags()},
		{"go build", reads, flags("-trimpath")},
		{"race", reads, flags("-race")},
		{"own linker flags", reads, flags("-ldflags", "-X main.v=1")},
		{"symbols", reads, flags("-gcflags=-N -l")},
		{"tags", reads, flags("-tags=x")},
		{"cgo", "import \"os\"\n// #include <stdlib.h>\nimport \"C\"\n%%\nos.ReadFile(\"/tmp/a.csv\")\nfmt.Print(C.abs(0) != 0)", flags()},
		{"names of ours", "import (\n\t\"os\"\n\tcell \"strings\"\n)\ntype hook int\nvar setLogger, notes = 1, cell.ToUpper(\"\")\n%%\nos.ReadFile(\"/tmp/a.csv\")\nfmt.Print(notes)", flags()},
		{"before main", "import \"os\"\nvar _, failed = os.ReadFile(\"/tmp/a.csv\")\n%%\n_ = failed", flags()},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSession(t)
			exe := s.build(test.cell, observed, test.change)
			if exe.Unseen != "" {
				t.Fatalf("no hook: %s", exe.Unseen)
			}
			paths, output := s.opened(exe)
			if diff := cmp.Diff([]string{"/tmp/a.csv"}, paths); diff != "" {
				t.Errorf("opened (-want +got):\n%s", diff)
			}
			if strings.TrimSuffix(output, "false") != "" {
				t.Errorf("printed %q", output)
			}
			if left, _ := filepath.Glob(filepath.Join(s.Dir(), "*hook*")); left != nil {
				t.Errorf("left in the build folder: %q", left)
			}
		})
	}
}

// TestNoHook: what cannot have a hook says why.
func TestNoHook(t *testing.T) {
	for _, test := range []struct {
		name, cell, want string
		change           func(*Request)
	}{
		{"not asked for", "%%\nfmt.Println(1)", "not asked for", func(r *Request) { r.Observe = false }},
		{"test", "%test\nimport \"testing\"\nfunc TestX(t *testing.T) {}", "tests tell package testing which files they open", observed},
		{"wasm", "%%\nfmt.Println(1)", "WebAssembly runs in the browser", func(r *Request) { r.Observe, r.Wasm = true, &Wasm{Dir: t.TempDir()} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			if exe := newSession(t).build(test.cell, test.change); exe.Unseen != test.want {
				t.Errorf("why not: %q, want %q", exe.Unseen, test.want)
			}
		})
	}
}

// TestHookRefused: with a linker that does not take the hook a cell is built without it, and the linker is asked once.
func TestHookRefused(t *testing.T) {
	for _, direct := range []bool{true, false} {
		s := newSession(t)
		tools := stubbornTools(t)
		var flags []string
		if direct {
			s.opts.Go = goWithTools(t, tools)
		} else {
			flags = []string{"-toolexec=" + filepath.Join(tools, "exec")}
		}
		build := func(text string) *Executable {
			return s.build(text, observed, func(r *Request) { r.Flags = flags })
		}
		first, second := build("fmt.Println(1)"), build("fmt.Println(2)")
		if first.Unseen == "" || second.Unseen != first.Unseen || s.output(first)+s.output(second) != "1\n2\n" {
			t.Errorf("direct %t: no reason, or no program: %q", direct, second.Unseen)
		}
		if log, _ := os.ReadFile(filepath.Join(tools, "log")); string(log) != "with\nwithout\nwithout\n" {
			t.Errorf("direct %t: linked %q, want once with the hook and then twice without", direct, log)
		}
	}
}

// stubbornTools makes a folder with Go's tools whose linker does not know the flag that the hook needs, and notes in a
// file log how it is called. The file exec is for go build's -toolexec.
func stubbornTools(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOTOOLDIR").Output()
	if err != nil {
		t.Fatal(err)
	}
	real, dir := strings.TrimSpace(string(out)), t.TempDir()
	script(t, filepath.Join(dir, "exec"), `case "$*" in
*-V=full*) ;;
*/link\ *-checklinkname*) echo with >> `+dir+`/log; echo 'flag provided but not defined: -checklinkname' >&2; exit 2;;
*/link\ *) echo without >> `+dir+`/log;;
esac
exec "$@"`)
	script(t, filepath.Join(dir, "link"), "exec "+dir+"/exec "+real+"/link \"$@\"")
	script(t, filepath.Join(dir, "compile"), "exec "+real+"/compile \"$@\"")
	return dir
}

// goWithTools makes a go command that says that its tools are in another folder.
func goWithTools(t *testing.T, tools string) string {
	t.Helper()
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(tools, "go")
	script(t, path, `[ "$1" = env ] && exec sh -c '`+real+` env -json | sed "s#\"GOTOOLDIR\": .*#\"GOTOOLDIR\": \"`+tools+`\",#"'
exec `+real+` "$@"`)
	return path
}

func script(t *testing.T, path, text string) {
	t.Helper()
	write(t, path, "#!/bin/sh\n"+text+"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
}
