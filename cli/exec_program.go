package cli

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/golang/process"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker"
)

// program is a program that is recorded like one cell.
type program struct {
	*cellSession
	words   commandLine
	path    string // of what is executed
	signals chan os.Signal
	alone   bool // it has a session of processes of its own, as there is no terminal that it could be taken from
	cell    *kernel.Execution
	sight   *pythonSight // nil when nobody asks what its Python processes do
	memory  process.Memory
	by      string // the last signal that was to end it
	early   int    // signals that came before there was a program that the terminal could have sent them to
}

// openProgram begins the record of a program.
func (a *app) openProgram(path string, words commandLine) *program {
	p := &program{words: words, path: path, signals: passedOn(), alone: !hasTerminal()}
	script := words.script()
	if abs, err := filepath.Abs(script); err == nil && script != "" {
		script = abs
	}
	p.cellSession = a.newCellSession(tracker.NewID(), ".", script, "exec")
	p.unrecorded = func(error) {} // what could not be written at the program's end may be at gemba's
	p.record(time.Minute)
	p.mlflow = p.serveMLflow(p.current)
	p.open(programEngine{info: wire.Info{Language: wire.LanguageInfo{Name: words.language(), Version: words.version(path)}}})
	return p
}

// begin begins its cell, and the run that it logs to.
func (p *program) begin(ctx context.Context, f execFlags, given magics.Logged) {
	if p.run != nil {
		p.run.rename(cmp.Or(f.name, p.words.title()))
	}
	if p.run != nil && f.experiment != "" {
		_, _ = p.run.move(ctx, f.experiment, "") // only ctx could end it
	}
	cell := wire.Cell{Source: p.words.String()}
	cell.Count = p.session.Number(cell)
	p.cell = p.session.Begin(cell)
	if p.run != nil {
		if err := p.run.log(ctx, p.cell.ID, given); err != nil {
			p.warn("%v", err)
		}
	}
}

// execute runs the program, unless the project refuses it, and records how it ended. The error carries its exit status.
func (p *program) execute(ctx context.Context) error {
	said := newTranscript(func(stream, text string) { p.publish(wire.Stream, wire.StreamContent{Name: stream, Text: text}) })
	cell, refused := p.cell.Prepare(ctx, wire.Cell{Source: p.words.String()}, noticed{said, p.app})
	if refused != nil {
		said.close()
		p.finishCell(wire.Outcome{Error: refused})
		return errors.New(refused.Value)
	}
	streams, err := openStreams(p.stdout, p.stderr, said)
	if err != nil {
		said.close()
		return p.unstarted(err)
	}
	p.sight = p.watchPython()
	defer p.sight.close()
	begun := p.now()
	c, err := p.start(streams, cell.Env)
	streams.flow()
	if err != nil {
		_ = streams.end() // nothing was said
		said.close()
		return p.unstarted(err)
	}
	p.follow(c, streams)
	took := p.now().Sub(begun)
	fault := streams.end()
	if lost := said.close(); lost > 0 {
		p.session.Gap(p.cell.ID, thousands(lost)+" bytes of output: they came faster than they could be recorded")
	}
	o := p.outcome(c.ProcessState)
	o.Facts.Run = took
	p.sight.add(&o.Facts, c)
	p.finishCell(o)
	if fault != nil {
		p.warn("%v", fault)
	}
	return exited(c.ProcessState)
}

// start starts the program.
func (p *program) start(s *streams, more []string) (*exec.Cmd, error) {
	env := slices.Concat(os.Environ(), more, p.sight.environ(), p.mlflow.environ())
	command := func(path string, words []string) *exec.Cmd {
		return &exec.Cmd{Path: path, Args: words, Env: env, Stdin: p.stdin, Stdout: s.out.child, Stderr: s.err.child, SysProcAttr: p.attributes(),
			WaitDelay: afterwards}
	}
	c := command(p.path, p.words)
	p.early = len(p.signals)
	err := c.Start()
	if errors.Is(err, syscall.ENOEXEC) { // a script that does not say whose: shells take it for theirs
		c = command("/bin/sh", append([]string{"sh", p.path}, p.words[1:]...))
		err = c.Start()
	}
	return c, err
}

// follow waits until the program has ended. Meanwhile it passes on signals, and measures.
func (p *program) follow(c *exec.Cmd, s *streams) {
	p.meter.Started(c.Process.Pid)
	gone := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() { p.pass(c.Process, s, gone) })
	work.Go(func() { p.memory.Watch(c.Process.Pid, gone) })
	_ = c.Wait() // what it says is in the state
	p.meter.Exited(c.Process.Pid, c.ProcessState)
	close(gone)
	work.Wait()
}

// unstarted records that the program did not start.
func (p *program) unstarted(err error) error {
	var why *os.PathError
	if errors.As(err, &why) {
		err = why.Err
	}
	status := notRun(exitNotExecutable, p.words[0], err.Error())
	p.finishCell(wire.Outcome{Error: &wire.Error{Name: "StartError", Value: status.Error()}})
	return status
}

// publish records a message.
func (p *program) publish(t wire.Type, content any) {
	if raw, err := wire.Encode(content); err == nil { // strings always encode
		p.cell.Output(t, raw)
	}
}

// failRun says that what the program logged belongs to a run that failed.
func (p *program) failRun() {
	if p.run != nil {
		p.run.fails()
	}
}

// finishCell records how the program ended.
func (p *program) finishCell(o wire.Outcome) {
	if o.Error != nil {
		o.Error.Traceback = []string{o.Error.Name + ": " + o.Error.Value}
		p.publish(wire.ErrorType, o.Error)
		p.failRun()
	}
	p.cell.Finish(o)
}

// outcome is what the system tells of a program that has ended.
func (p *program) outcome(state *os.ProcessState) (o wire.Outcome) {
	o.Facts.UserCPU, o.Facts.SystemCPU, o.Facts.MaxRSS = state.UserTime(), state.SystemTime(), p.memory.Of(state)
	switch {
	case state.Success():
	case p.by != "":
		o.Error = &wire.Error{Name: wire.Interrupted, Value: p.by + ", " + state.String()}
	default:
		o.Error = &wire.Error{Name: "ExitError", Value: state.String()}
	}
	return o
}

// exited is the error that carries the exit status of a program.
func exited(state *os.ProcessState) error {
	if state.Success() {
		return nil
	}
	return &statusError{status: statusOf(state)}
}

// pass passes signals on to the program until it is gone, and records who was to end it.
func (p *program) pass(process *os.Process, s *streams, gone <-chan struct{}) {
	for early := p.early; ; early-- {
		select {
		case got := <-p.signals:
			p.hear(got, process, s, early > 0)
		case <-gone:
			return
		}
	}
}

// hear does what a signal asks.
func (p *program) hear(got os.Signal, process *os.Process, s *streams, early bool) {
	switch {
	case got == syscall.SIGPIPE: // of gemba's own output; the program is told by its own
		return
	case isResize(got):
		if s.resize() {
			p.tellResized(process)
		}
		return
	}
	if ends(got) {
		p.by = signalName(got)
		p.session.Interrupted(p.by)
	}
	if early || p.alone || !fromTerminal(got) {
		p.signal(process, got)
	}
}

// close writes the last of the record. Who wants to end it meanwhile is not kept waiting.
func (p *program) close() {
	reason := cmp.Or(p.by, "done")
	done := make(chan error, 1)
	go func() { done <- errors.Join(p.session.Close(reason), p.finish()) }()
	for {
		select {
		case err := <-done:
			if err != nil {
				p.warn("the program ran, but it is not, or not wholly, recorded in %s: %v; gemba doctor shows what is wrong", p.ledger, err)
			}
			signal.Stop(p.signals)
			return
		case got := <-p.signals:
			if ends(got) {
				p.warn("%s: what was still to be found out of the program is not recorded", signalName(got))
				return
			}
		}
	}
}

// noticed is the Front of a program before it starts: what the project has to say goes to standard error, and into the record.
type noticed struct {
	said *transcript
	*app
}

func (n noticed) Publish(t wire.Type, content any, _ ...[]byte) {
	if c, is := content.(wire.StreamContent); is && t == wire.Stream {
		_, _ = n.stderr.Write([]byte(c.Text)) // the record has it
		n.said.add(c.Name, []byte(c.Text))
	}
}

// Input fails: a program asks by itself.
func (n noticed) Input(context.Context, string, bool) (string, error) { return "", wire.ErrNoStdin }
