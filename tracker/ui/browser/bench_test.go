package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
)

// A bench is what all tests share: the program, the page made of this checkout's sources, a ledger and a browser.
type bench struct {
	chromium
	dir   string // holds all of it
	root  string // the checkout
	gemba string // the program
	page  string // the folder of the page's files
	lab   string // the folder with the notebook, and the ledger of what ran there
	env   []string
}

var shared struct {
	sync.Once
	bench *bench
	err   error
}

// errMissing wraps what says which part a machine lacks.
var errMissing = errors.New("missing")

func TestMain(m *testing.M) {
	m.Run()
	if shared.bench != nil {
		shared.bench.remove()
	}
}

// enter returns the bench. Without one of its parts the test is skipped, and fails in CI.
func enter(t *testing.T) *bench {
	t.Helper()
	shared.Do(func() { shared.bench, shared.err = newBench() })
	if errors.Is(shared.err, errMissing) {
		kerneltest.Lacking(t, shared.err.Error())
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.bench
}

func newBench() (b *bench, err error) {
	b = &bench{}
	if b.dir, err = os.MkdirTemp("", "gemba-browser-"); err != nil {
		return nil, err
	}
	b.gemba, b.page, b.lab = filepath.Join(b.dir, "gemba"), filepath.Join(b.dir, "dist", "page"), filepath.Join(b.dir, "lab")
	b.env = append(os.Environ(), "GEMBA_CONFIG="+filepath.Join(b.dir, "config"), "GEMBA_USAGE=off", "TZ=UTC", "USER=ada")
	for _, step := range []func() error{b.build, b.fill, b.browse} {
		if err := step(); err != nil {
			b.remove()
			return nil, err
		}
	}
	return b, nil
}

// build builds the program, and the page.
func (b *bench) build() error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("ask go for the checkout: %w", err)
	}
	b.root = strings.TrimSpace(string(out))
	if _, err := os.Stat(filepath.Join(b.root, "tracker", "ui", "node_modules")); err != nil {
		return fmt.Errorf("%w: the page's libraries; make tracker/ui/node_modules fetches them", errMissing)
	}
	return errors.Join(
		b.command(b.root, "go", "build", "-o", b.gemba, "."),
		b.command(b.root, "go", "build", "-o", filepath.Join(b.dir, "train"), "./tracker/ui/browser/testdata/train"),
		b.command(b.root, "go", "run", "./tracker/ui/bundle", "-o", filepath.Dir(b.page)))
}

func (b *bench) browse() (err error) {
	b.chromium, err = startChromium(filepath.Join(b.dir, "chromium"))
	return err
}

func (b *bench) command(dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Env = dir, b.env
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w\n%s", c, err, out)
	}
	return nil
}

func (b *bench) remove() {
	if b.stop != nil {
		b.stop()
	}
	_ = os.RemoveAll(b.dir)
}
