package golang

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/kernel/golang/gopls"
	"github.com/gemba-ml/gemba/kernel/golang/process"
	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// compatible is the release of GoNB whose contract this engine keeps.
const compatible = "v0.11.5"

// Options say where an engine works.
type Options struct {
	Dir     string          // folder where cells run at first, usually the notebook's; empty for the current one
	Env     []string        // environment of cells at first, nil for this process's
	Jupyter process.Jupyter // the server that started the kernel; widgets and %wasm need it
	Version string          // of this program
	Log     *slog.Logger    // nil to log nothing
	GoMod   string          // go.mod and go.sum that cells start with, of whatever module; empty: no requirements
	GoSum   string
	NoGet   bool             // fetch no modules until %autoget
	Provide []build.Provided // modules that cells may import without fetching them
	Meter   process.Meter    // measures what cells use; nil: nothing does
}

// Engine executes Go cells. It is used for one session.
type Engine struct {
	options Options
	work    string // private folder: the cell's program, its go.mod, executables
	builder *build.Builder
	runner  *process.Runner
	gopls   *gopls.Client
	log     *slog.Logger
	warmed  sync.Once // gopls was started

	mu      sync.Mutex // guards session between a running cell and the editor's questions
	session session
}

// A session is what one cell leaves to the next.
type session struct {
	decls   source.Declarations
	dir     string // where cells and shell commands run
	env     environment
	goflags []string
	autoget bool
	tracked map[string]bool
	backend string // of GoMLX, as last told to the user
}

// forget drops the remembered declarations.
func (s *session) forget() { s.decls = source.Declarations{} }

// New starts an engine. It runs no program yet, so that a kernel answers at once.
func New(o Options) (*Engine, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("find folder of the notebook: %w", err)
	}
	runner, err := process.New(o.Jupyter.KernelID)
	if err != nil {
		return nil, err
	}
	if o.Meter != nil {
		runner.Measure(o.Meter)
	}
	e := &Engine{options: o, runner: runner, log: o.Log, work: filepath.Join(runner.Dir(), workName(runner.Dir()))}
	if err := e.open(dir); err != nil {
		return nil, errors.Join(err, runner.Close())
	}
	return e, nil
}

// workName names the work folder and the module in it; notebooks made for GoNB know its prefix.
func workName(private string) string {
	return "gonb_" + strings.TrimPrefix(filepath.Base(private), "gemba-")
}

func (e *Engine) open(dir string) (err error) {
	if e.builder, err = build.New(build.Options{Dir: e.work, Module: filepath.Base(e.work), Own: e.runner.OwnGroup,
		GoMod: e.options.GoMod, GoSum: e.options.GoSum, Provided: e.options.Provide}); err != nil {
		return err
	}
	e.session = session{dir: dir, env: e.startEnvironment(dir), autoget: !e.options.NoGet, tracked: map[string]bool{}}
	e.gopls = gopls.New(gopls.Options{Dir: e.work, Env: e.session.env.list()})
	return nil
}

// startEnvironment is the kernel's own environment and what GoNB promises beside it.
func (e *Engine) startEnvironment(dir string) environment {
	vars := e.options.Env
	if vars == nil {
		vars = os.Environ()
	}
	env, j := newEnvironment(vars), e.options.Jupyter
	for _, v := range process.Environment(process.Place{Dir: dir, Work: e.work, KernelID: j.KernelID, Root: j.Root}) {
		env.add(v)
	}
	return env
}

// Info describes the engine to a front end.
func (e *Engine) Info() wire.Info {
	return wire.Info{
		Implementation:        "gemba",
		ImplementationVersion: e.options.Version,
		Banner:                fmt.Sprintf("gemba %s, %s: Go cells, recorded. %%help lists the commands.", e.options.Version, e.builder.GoVersion()),
		Language: wire.LanguageInfo{
			Name: "go", Version: strings.TrimPrefix(e.builder.GoVersion(), "go"), MIMEType: "text/x-go", FileExtension: ".go",
			PygmentsLexer: "go", CodeMirrorMode: "go",
		},
		HelpLinks: []wire.HelpLink{
			{Text: "Go", URL: "https://go.dev/doc/"},
			{Text: "GoNB tutorial", URL: "https://github.com/janpfeifer/gonb/blob/main/examples/tutorial.ipynb"},
		},
	}
}

// Comm passes a comm message of the front end on to the session's widgets.
func (e *Engine) Comm(t wire.Type, comm wire.Comm, front wire.Front) {
	if !e.runner.Comm(t, comm, front) && t == wire.CommOpen {
		front.Publish(wire.CommClose, wire.Comm{ID: comm.ID, Data: map[string]any{}})
	}
}

// Comms lists the open comms.
func (e *Engine) Comms(target string) map[string]string { return e.runner.Comms(target) }

// IsComplete says whether a cell could be executed as it stands.
func (e *Engine) IsComplete(code string) wire.Completeness {
	status, indent := source.IsComplete(strings.TrimPrefix(code, byteOrderMark))
	return wire.Completeness{Status: string(status), Indent: indent}
}

// Close ends what still runs and removes the session's folders.
func (e *Engine) Close() error {
	return errors.Join(e.gopls.Close(), e.runner.Close(), os.RemoveAll(e.work))
}

// current returns a copy of the session's state for a question asked beside a running cell.
func (e *Engine) current() session {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.session
}
