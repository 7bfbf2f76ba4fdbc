package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A lab is a Jupyter server that has gemba's kernel, and a browser.
type lab struct {
	jupyter
	browser
	dir   string // holds all of it
	gemba string // the program
	gonb  string // a copy of GoNB's module, which its notebooks work on
}

// shared starts the lab for the first test that needs it; TestMain stops it.
var shared struct {
	sync.Once
	lab *lab
	err error
}

func TestMain(m *testing.M) {
	m.Run()
	if shared.lab != nil {
		shared.lab.stop()
	}
}

// errMissing wraps what says which part a machine lacks.
var errMissing = errors.New("missing")

// enter returns the lab. Without one of its parts the test is skipped, and fails in CI.
func enter(t *testing.T) *lab {
	t.Helper()
	shared.Do(func() { shared.lab, shared.err = newLab() })
	if shared.err != nil {
		lacking(t, shared.err)
	}
	return shared.lab
}

func lacking(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("CI") != "" || !errors.Is(err, errMissing) {
		t.Fatal(err)
	}
	t.Skip(err)
}

func newLab() (l *lab, err error) {
	l = &lab{}
	if l.dir, err = os.MkdirTemp("", "gemba-lab-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			l.stop()
			l = nil
		}
	}()
	if err := l.install(); err != nil {
		return l, err
	}
	return l, errors.Join(l.jupyter.start(l.dir), l.browser.start(filepath.Join(l.dir, "browser")))
}

// install finds Jupyter, builds gemba and installs its kernel.
func (l *lab) install() error {
	root, err := goCommand("list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return err
	}
	l.program = filepath.Join(root, ".venv", "bin", "jupyter")
	if _, err := os.Stat(l.program); err != nil {
		return fmt.Errorf("%w: JupyterLab; make venv installs it", errMissing)
	}
	goenv, err := goCommand("env", "GOENV")
	if err != nil {
		return err
	}
	l.env = append(os.Environ(), "GOENV="+goenv, "XDG_CONFIG_HOME="+filepath.Join(l.dir, "config"))
	for _, kind := range []string{"CONFIG", "DATA"} {
		l.env = append(l.env, "JUPYTER_"+kind+"_DIR="+filepath.Join(l.dir, "jupyter", strings.ToLower(kind)))
	}
	if err := l.copyGoNB(); err != nil {
		return err
	}
	l.gemba = filepath.Join(l.dir, "gemba")
	if err := l.command(root, "go", "build", "-o", l.gemba, "."); err != nil {
		return err
	}
	wrap := []string{"PATH=" + filepath.Dir(l.program) + string(os.PathListSeparator) + os.Getenv("PATH"), l.gemba, "install", "--wrap", "python3"}
	return errors.Join(l.command(root, l.gemba, "install"), l.command(root, "env", wrap...))
}

// copyGoNB copies GoNB's module out of the module cache, which is read-only, and tells its notebooks.
func (l *lab) copyGoNB() error {
	from, err := goCommand("list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb")
	if err != nil {
		return err
	}
	l.gonb = filepath.Join(l.dir, "gonb-source")
	cover := filepath.Join(l.dir, "cover")
	l.env = append(l.env, "GONB_GIT_ROOT="+l.gonb, "GOCOVERDIR="+cover)
	return errors.Join(os.MkdirAll(cover, 0o755), os.CopyFS(l.gonb, os.DirFS(from)))
}

// command runs a command as the server would.
func (l *lab) command(dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Env = dir, slices.Clone(l.env)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w\n%s", c, err, out)
	}
	return nil
}

func (l *lab) stop() {
	l.browser.stop()
	l.jupyter.stop()
	os.RemoveAll(l.dir)
}

func goCommand(args ...string) (string, error) {
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		return "", fmt.Errorf("run go %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
