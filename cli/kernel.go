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
	"github.com/gemba-ml/gemba/kernel/bridge"
	"github.com/gemba-ml/gemba/kernel/golang"
	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/kernel/golang/process"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

func kernelCommand(a *app) *cobra.Command {
	var file, wrapped string
	c := &cobra.Command{
		Use:    "kernel",
		Short:  "Serve a Jupyter front end; front ends call this, people do not",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if wrapped != "" {
				return a.wrappedKernel(c.Context(), file, wrapped)
			}
			return a.kernel(c.Context(), file)
		},
	}
	c.Flags().StringVar(&wrapped, "wrap", "", "serve the kernel whose kernelspec is in this `folder`, and record it")
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
	k := &jupyterKernel{cellSession: a.newCellSession(tracker.NewID(), ".", os.Getenv("JPY_SESSION_NAME"), "kernel"), log: a.logger()}
	if k.sockets, err = kernel.OpenSockets(connection, k.id, k.log); err != nil {
		return socketHint(err, file)
	}
	defer func() { _ = k.sockets.Close(linger) }() // who does not take the last messages has left
	pages := k.showLedger("go")
	if err := k.open(file, connection, pages.Bridge); err != nil {
		return err
	}
	defer watch(k.server, signals)()
	return k.ended(k.server.Serve(ctx), pages)
}

// ended writes the last of the record, and ends what front ends asked of the ledger.
func (s *cellSession) ended(why error, pages *ledgerComms) error {
	wait := pages.close()
	return errors.Join(why, within(linger, s.finish), wait())
}

// logger tells people, on stderr, what goes wrong beside their cells.
func (a *app) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
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
	*cellSession
	log     *slog.Logger
	sockets *kernel.Sockets
	server  *kernel.Server
}

// open starts engine, record and server. It does nothing slow: the front end waits for the first reply.
func (k *jupyterKernel) open(file string, connection wire.Connection, ledger *bridge.Bridge) error {
	engine, err := golang.New(k.lock.start(golang.Options{
		Meter: k.meter, Jupyter: process.FindJupyter(file, os.Getenv), Version: buildVersion().Version, Log: k.log, Provide: []build.Provided{trackModule()},
	}))
	if err != nil {
		return fmt.Errorf("start the Go engine: %w", err)
	}
	k.record(linger)
	k.server = kernel.NewServer(kernel.ServerOptions{
		Session: k.cellSession.open(engine), Channels: k.sockets, Connection: connection, Log: k.log,
		History: &pastCells{ledger: k.ledger, session: k.id}, Bridge: ledger,
	})
	return nil
}

// caught returns the signals that come from now on; one that comes before the kernel serves waits.
// SIGPIPE is caught so that a front end that closes its end of stderr does not kill the kernel;
// children get the default back.
func caught() chan os.Signal {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	return signals
}

// signalled is what signals are for: a server of cells.
type signalled interface {
	Interrupt(by string)
	Stop(reason string)
}

// watch obeys signals and ends the kernel when the front end that started it is gone, until the
// function that it returns is called.
func watch(k signalled, signals <-chan os.Signal) (stop func()) {
	done := make(chan struct{})
	go obey(k, signals, orphaned(done), done)
	return func() { close(done) }
}

func obey(k signalled, signals <-chan os.Signal, orphaned, done <-chan struct{}) {
	for {
		select {
		case s := <-signals:
			switch s {
			case os.Interrupt:
				k.Interrupt("SIGINT")
			case syscall.SIGTERM:
				k.Stop("SIGTERM")
			case syscall.SIGHUP:
				k.Stop("SIGHUP")
			}
		case <-orphaned:
			k.Stop("the front end is gone")
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
