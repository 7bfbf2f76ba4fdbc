package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/golang"
	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/kernel/golang/process"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

func kernelCommand(a *app) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:    "kernel",
		Short:  "Serve a Jupyter front end; front ends call this, people do not",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE:   func(c *cobra.Command, _ []string) error { return a.kernel(c.Context(), file) },
	}
	c.Flags().StringVarP(&file, "connection-file", "f", "", "the `file` in which the front end says where to listen")
	_ = c.MarkFlagRequired("connection-file") // fails only for a flag that is not defined
	return c
}

// kernel serves the front end of a connection file until it, or a signal, ends the session.
func (a *app) kernel(ctx context.Context, file string) error {
	signals := caught()
	defer signal.Stop(signals)
	connection, err := wire.ReadConnection(file)
	if err != nil {
		return err
	}
	k := &jupyterKernel{app: a, id: tracker.NewID(), log: a.logger()}
	if k.sockets, err = kernel.OpenSockets(connection, k.id, k.log); err != nil {
		return socketHint(err, file)
	}
	defer func() { _ = k.sockets.Close(linger) }() // who does not take the last messages has left
	if err := k.open(file, connection); err != nil {
		return err
	}
	defer k.watch(signals)()
	return errors.Join(k.server.Serve(ctx), within(linger, k.finish))
}

// logger tells people, on stderr, what goes wrong beside their cells.
func (a *app) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// finish writes the last of the record.
func (k *jupyterKernel) finish() error {
	defer k.policy.close() // a capture under way may be slow; the record may not wait for it
	if k.recorder == nil {
		return nil
	}
	return k.recorder.Close()
}

// linger is how long the end of a kernel waits for slow front ends, and for a slow disk.
const linger = 2 * time.Second

func socketHint(err error, file string) error {
	if errors.Is(err, kernel.ErrTaken) {
		return withHint(err, "two kernels cannot share %s; let the front end start each of its kernels with a connection file of its own", file)
	}
	return err
}

// jupyterKernel is a session of the Go engine, its record, and the sockets it is served on.
type jupyterKernel struct {
	*app
	id       tracker.ID
	log      *slog.Logger
	sockets  *kernel.Sockets
	recorder *tracker.Recorder // nil when nothing is recorded
	policy   *codePolicy
	server   *kernel.Server
}

// open starts engine, record and server. It does nothing slow: the front end waits for the first reply.
func (k *jupyterKernel) open(file string, connection wire.Connection) error {
	version := buildVersion().Version
	notebook, project := os.Getenv("JPY_SESSION_NAME"), k.project(".")
	around := k.surroundings(project)
	lock := k.pin(notebook, project, around)
	meter := k.meter()
	engine, err := golang.New(lock.start(golang.Options{
		Meter: meter, Jupyter: process.FindJupyter(file, os.Getenv), Version: version, Log: k.log, Provide: []build.Provided{trackModule()},
	}))
	if err != nil {
		return fmt.Errorf("start the Go engine: %w", err)
	}
	dir := k.ledgerFor(".")
	recorder := lock.watch(k.record(origin{dir: ".", notebook: notebook, ledger: dir, project: project, around: around, patience: linger}))
	magics := &magicHost{app: k.app, dir: ".", around: around, project: project, ledger: dir, recorder: k.recorder}
	k.policy = k.policyOf(project, ".", dir)
	run := k.trackRun(recorder, k.id, dir, notebook)
	recorder, environ := run.hooks()
	recorder = measured(meter, recorder, run)
	session := kernel.OpenSession(kernel.SessionOptions{
		ID: k.id, Engine: engine, Recorder: recorder, Permit: permits(lock.ask(), k.policy.permit), Notice: k.policy.notice, Environ: environ, Magics: magics, Notebook: notebook, Command: "kernel",
		Gemba: version, Now: k.now, Log: k.log,
		Unrecorded: func(err error) { k.warnUnrecorded(err, dir) }, Secret: k.screened,
	})
	magics.session, magics.run = session, run
	k.server = kernel.NewServer(kernel.ServerOptions{
		Session: session, Channels: k.sockets, Connection: connection, Log: k.log,
		History: &pastCells{ledger: dir, session: k.id},
	})
	return nil
}

// screened keeps a secret that somebody typed out of the record.
func (k *jupyterKernel) screened(secret string) {
	if k.recorder != nil {
		k.recorder.Remember(secret)
	}
}

// record opens the ledger of a session, unless the user switched recording off, as the benchmark does to
// measure what it costs.
func (k *jupyterKernel) record(o origin) kernel.Recorder {
	if os.Getenv("GEMBA_RECORD") == "off" {
		k.warn("cells run, but nothing is recorded: GEMBA_RECORD is off")
		return nil
	}
	k.recorder = k.openRecorder(o.ledger, "kernel")
	return k.trace(k.recorder, o)
}

// caught returns the signals that come from now on; one that comes before the kernel serves waits.
// SIGPIPE is caught so that a front end that closes its end of stderr does not kill the kernel;
// children get the default back.
func caught() chan os.Signal {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	return signals
}

// watch obeys signals and ends the kernel when the front end that started it is gone, until the
// function that it returns is called.
func (k *jupyterKernel) watch(signals <-chan os.Signal) (stop func()) {
	done := make(chan struct{})
	go k.obey(signals, orphaned(done), done)
	return func() { close(done) }
}

func (k *jupyterKernel) obey(signals <-chan os.Signal, orphaned, done <-chan struct{}) {
	for {
		select {
		case s := <-signals:
			switch s {
			case os.Interrupt:
				k.server.Interrupt("SIGINT")
			case syscall.SIGTERM:
				k.server.Stop("SIGTERM")
			case syscall.SIGHUP:
				k.server.Stop("SIGHUP")
			}
		case <-orphaned:
			k.server.Stop("the front end is gone")
			return
		case <-done:
			return
		}
	}
}

// orphaned returns a channel that is closed when the process that started this one is gone. Front ends
// whose kernels outlive them do not set JPY_PARENT_PID; then it stays open.
func orphaned(done <-chan struct{}) <-chan struct{} {
	gone, parent, front := make(chan struct{}), os.Getppid(), os.Getenv("JPY_PARENT_PID")
	if front == "" {
		return gone
	}
	adopted := parent == 1 && front != "1" // it went before this process could look
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for os.Getppid() == parent && !adopted {
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
		close(gone)
	}()
	return gone
}

// within calls f and waits no longer than d for it.
func within(d time.Duration, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(d):
		return withHint(fmt.Errorf("write the last of the record: the disk did not answer in %v", d), "gemba doctor shows what is wrong")
	}
}
