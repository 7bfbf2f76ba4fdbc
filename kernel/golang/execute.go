package golang

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/kernel/golang/process"
	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// An execution is one cell on its way through the engine: what holds for this cell only is kept here,
// so nothing of it can leak into the next.
type execution struct {
	*Engine
	ctx   context.Context
	cell  wire.Cell
	front wire.Front
	facts wire.Facts

	session session       // a copy, committed when a step is done
	stdin   process.Stdin // of the next shell command
	capture *os.File      // gets a copy of all output, nil for none
	page    *wasmCell     // of a %wasm cell, else nil
}

// byteOrderMark is what some editors put at the beginning of a text. Go allows it at the beginning of a file.
const byteOrderMark = "\ufeff"

// Execute runs a cell: its cell magic; or its commands and shell lines in order, then its Go code.
func (e *Engine) Execute(ctx context.Context, cell wire.Cell, front wire.Front) wire.Outcome {
	cell.Source = strings.TrimPrefix(cell.Source, byteOrderMark)
	x := &execution{Engine: e, ctx: ctx, cell: cell, front: front, session: e.current()}
	x.session.tracked = maps.Clone(x.session.tracked)
	err := x.run()
	if x.capture != nil {
		err = errors.Join(err, x.capture.Close())
	}
	x.facts.Declarations = x.session.decls.Names()
	outcome := wire.Outcome{Error: x.report(err), Facts: x.facts}
	if err == nil {
		outcome.UserExpressions = x.expressions(cell.UserExpressions)
	}
	return outcome
}

// name is what positions in the cell are called: in compiler errors, panics, stack traces.
func (x *execution) name() string { return fmt.Sprintf("Cell[%d]", x.cell.Count) }

func (x *execution) run() error {
	x.facts.Bound = []string{} // until declarations come into force
	parsed, err := source.Parse(x.name(), x.cell.Source)
	if parsed.Magic != nil {
		return atLine(1, x.magic(parsed.Magic))
	}
	if err != nil {
		return err // before any command has run: a cell that cannot be read does nothing
	}
	if parsed.Wasm {
		if err := x.prepareWasm(); err != nil {
			return err
		}
	}
	for _, c := range parsed.Commands {
		err := x.command(c)
		x.commit()
		if err != nil {
			return err
		}
	}
	if !parsed.Go {
		return nil
	}
	return x.program(parsed)
}

// commit makes what this cell has changed so far what the next one finds.
func (x *execution) commit() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.Engine.session = x.session
}

// program builds the cell's program and runs it. The cell's declarations are remembered once it builds.
func (x *execution) program(parsed *source.Cell) error {
	started := time.Now()
	before := x.session.decls
	decls := source.Merge(before, parsed.Declarations)
	names := make(chan source.Named, 1)
	go func() { names <- x.named(parsed, before, decls) }() // beside the build, which takes longer
	built, err := x.build(decls, parsed)
	x.facts.Build = time.Since(started)
	named := <-names
	x.facts.Used = named.Used
	if err != nil {
		return err
	}
	x.session.decls, x.facts.Bound, x.facts.Unchanged = decls, named.Bound, named.Unchanged
	x.sayBackend(built)
	x.commit()
	x.facts.Reused, x.facts.Backend, x.facts.Program = built.Reused, built.Backend, built.Program.Text
	x.facts.GoMod, x.facts.GoSum = built.GoMod, built.GoSum
	if parsed.Wasm {
		return x.showWasm(built.Path, parsed.Args)
	}
	args := parsed.Args
	if parsed.Test {
		args = parsed.TestArgs()
	}
	x.warm()
	front, flush := renamed(x.front, built.Rename)
	defer flush()
	err = x.runProgram(process.Spec{
		Path: built.Path, Args: args, Env: append(x.session.env.list(), built.Env...), Rich: true, Cell: x.cell.CellID,
		Hooked: x.hooked(built), Network: built.Network,
	}, front)
	if failed := (*exitError)(nil); errors.As(err, &failed) {
		failed.Stderr = []byte(replacer(built.Rename).Replace(string(failed.Stderr)))
	}
	return err
}

// named tells what the cell's code names. A fault in that costs no session: what a cell that compiled names is not known then.
func (x *execution) named(parsed *source.Cell, before, with source.Declarations) (names source.Named) {
	defer func() {
		if fault := recover(); fault != nil {
			x.log.Error("tell what a cell names", "cell", x.name(), "error", fault, "stack", string(debug.Stack()))
			names = source.Named{}
		}
	}()
	return parsed.Named(before, with)
}

func (x *execution) build(decls source.Declarations, parsed *source.Cell) (*build.Executable, error) {
	progress := x.progress()
	built, err := x.builder.Build(x.ctx, build.Request{
		Declarations: decls,
		Main:         parsed.Main,
		Flags:        x.session.goflags,
		Env:          x.session.env.list(),
		Test:         parsed.Test,
		Wasm:         x.page.target(),
		NoGet:        !x.session.autoget,
		Observe:      x.observes(),
		Progress:     progress.line,
	})
	progress.done(err)
	return built, err
}

// sayBackend tells what GoMLX computes on, once in a session and again when it changes, where the cell left
// the choice to us.
func (x *execution) sayBackend(built *build.Executable) {
	if len(built.Env) == 0 || built.Backend == x.session.backend {
		return
	}
	x.session.backend = built.Backend
	note := ""
	if built.Backend == "go" {
		note = " (no PJRT plugin for XLA is installed: gemba doctor says how)"
	}
	x.complainf("GoMLX computes on its backend %q%s\n", built.Backend, note)
}

// warm starts gopls beside the first cell that a person runs, so that the first completion need not wait
// for it. Runners without a person behind them answer no input requests; they never need gopls.
func (x *execution) warm() {
	if x.cell.AllowStdin {
		x.warmed.Do(func() { x.gopls.Warm(file, source.NewView(x.session.decls, x.cell.Source, x.builder.Find).Text) })
	}
}

// runProgram runs a program in the session's folder and environment unless spec names others, and adds
// what it took to the facts.
func (x *execution) runProgram(spec process.Spec, front wire.Front) error {
	if spec.Dir == "" {
		spec.Dir = x.session.dir
	}
	if spec.Env == nil {
		spec.Env = x.session.env.list()
	}
	spec.Path = x.session.env.command(spec.Path)
	spec.Env = append(append(spec.Env, x.cell.Env...), "PWD="+spec.Dir) // what the kernel was started with is not where this runs
	spec.Silent, spec.Observe = x.cell.Silent, x.observes()
	if x.capture != nil {
		spec.Capture = x.capture
	}
	exit, err := x.runner.Run(x.ctx, spec, front)
	x.saw(spec, exit.Seen)
	x.facts.Run += exit.Run
	x.facts.UserCPU += exit.UserCPU
	x.facts.SystemCPU += exit.SystemCPU
	x.facts.MaxRSS = max(x.facts.MaxRSS, exit.MaxRSS)
	if err != nil {
		return startError(spec, err)
	}
	if !exit.OK() {
		return &exitError{exit}
	}
	return nil
}

// expressions evaluates an execute_request's user_expressions, each as a program of its own.
func (x *execution) expressions(wanted map[string]string) map[string]any {
	results := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		results[name] = x.expression(wanted[name])
	}
	return results
}
