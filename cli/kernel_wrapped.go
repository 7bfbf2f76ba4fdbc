package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/proxy"
	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

// wrappedKernel starts the kernel whose kernelspec is in folder, and stands between it and the front end of a connection file.
func (a *app) wrappedKernel(ctx context.Context, file, folder string) error {
	signals := caught()
	defer signal.Stop(signals)
	connection, err := wire.ReadConnection(file)
	if err != nil {
		return err
	}
	s := a.newCellSession(tracker.NewID(), ".", os.Getenv("JPY_SESSION_NAME"), "kernel")
	sockets, err := kernel.OpenSockets(connection, s.id, a.logger())
	if err != nil {
		return socketHint(err, file)
	}
	defer func() { _ = sockets.Close(linger) }() // who does not take the last messages has left
	w, err := s.wrap(folder, connection.Key)
	if err != nil {
		return err
	}
	defer func() { _ = w.child.Close() }() // its folder is in the system's temporary one
	s.record(linger)
	return errors.Join(w.serve(ctx, sockets, signals), within(linger, s.finish))
}

// wrapped is a session of a wrapped kernel.
type wrapped struct {
	*cellSession
	log   *slog.Logger
	child *proxy.Child
	guest proxy.Guest
}

// wrap starts the kernel of a kernelspec; messages are signed with key.
func (s *cellSession) wrap(folder, key string) (*wrapped, error) {
	spec, err := kernelspec.Read(folder)
	if err != nil {
		return nil, withHint(err, "jupyter kernelspec list shows what is there; gemba install --wrap NAME wraps one again")
	}
	w := &wrapped{cellSession: s, log: s.logger()}
	w.child, err = proxy.StartChild(proxy.ChildOptions{Spec: spec, Key: key, Stdout: os.Stdout, Stderr: os.Stderr, Log: w.warnLog})
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (w *wrapped) warnLog(message string) { w.log.Warn(message) }

// serve stands between the kernel and front ends until one of them ends it.
func (w *wrapped) serve(ctx context.Context, front proxy.Front, signals <-chan os.Signal) error {
	link, err := w.connect(ctx)
	if err != nil {
		return w.stillborn(err)
	}
	relay := proxy.NewRelay(proxy.RelayOptions{Session: w.open(&proxy.Engine{Link: link}), Link: link, Front: front, Log: w.warnLog})
	defer watch(relay, signals)()
	return relay.Serve(ctx)
}

// connect waits until the kernel answers.
func (w *wrapped) connect(ctx context.Context) (*proxy.Link, error) {
	return proxy.Open(ctx, proxy.LinkOptions{Child: w.child, Session: w.id, Guest: w.guest, Now: w.now, Log: w.warnLog})
}

// stillborn records a session whose kernel never answered.
func (w *wrapped) stillborn(why error) error {
	return fmt.Errorf("start the wrapped kernel: %w", why)
}
