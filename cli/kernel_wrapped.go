package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/bridge"
	"github.com/gemba-ml/gemba/kernel/proxy"
	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
	"github.com/gemba-ml/gemba/kernel/proxy/python"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/lineage/environ"
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
	s.record(linger)
	pages := s.showLedger(kernelspec.Spec{Dir: folder}.Name())
	return s.ended(s.relay(ctx, folder, connection, sockets, pages.Bridge, signals), pages)
}

// relay stands between a wrapped kernel and front ends until one of them ends it.
func (s *cellSession) relay(ctx context.Context, folder string, at wire.Connection, front proxy.Front, ledger *bridge.Bridge, signals <-chan os.Signal) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	unwatch := watch(starting{stop}, signals)
	link, err := s.wrap(ctx, folder, at)
	unwatch()
	if err != nil {
		return err
	}
	defer func() { _ = link.Child.Close() }() // what it leaves is in the system's temporary folder
	relay := proxy.NewRelay(proxy.RelayOptions{Session: s.open(&proxy.Engine{Link: link}), Link: link, Front: front, Ports: portsOf(at), Bridge: ledger, Log: s.log})
	defer watch(relay, signals)()
	return relay.Serve(ctx)
}

// starting is a wrapped kernel that does not answer yet: it can be stopped, and has no cell to interrupt.
type starting struct{ stop context.CancelCauseFunc }

func (starting) Interrupt(string)     {}
func (s starting) Stop(reason string) { s.stop(errors.New("stopped by " + reason)) }

func portsOf(c wire.Connection) wire.Connected {
	return wire.Connected{Shell: c.ShellPort, IOPub: c.IOPubPort, Stdin: c.StdinPort, Heartbeat: c.HBPort, Control: c.ControlPort}
}

// wrap starts the kernel of a kernelspec and waits until it answers. One that does not is a session in which nothing ran. The
// kernel is talked to as the front end would, with its key: over loopback ports a system holds more of what nobody has read yet than
// over sockets in a folder, and what a kernel cannot get rid of it drops. What is encrypted in front stays in a private folder.
func (s *cellSession) wrap(ctx context.Context, folder string, at wire.Connection) (*proxy.Link, error) {
	spec, err := kernelspec.Read(folder)
	if err != nil {
		return nil, s.stillborn(kernelspec.Spec{}, withHint(err, "jupyter kernelspec list shows what is there; gemba install --wrap NAME wraps one again"))
	}
	s.mlflow = s.serveMLflow(s.current)
	g := s.guestOf(spec)
	child, err := proxy.StartChild(proxy.ChildOptions{Spec: spec, Key: at.Key, TCP: at.Transport == "tcp" && !at.Encrypted(),
		Dir: s.childDir(), Env: g.environ, Stdout: os.Stdout, Stderr: os.Stderr, Log: s.log})
	if err != nil {
		return nil, s.stillborn(spec, withHint(err, "gemba doctor shows which kernels can be started"))
	}
	g.meet(child.Folder)
	s.about = g.about
	link, err := proxy.Open(ctx, proxy.LinkOptions{Child: child, Session: s.id, Guest: g.Guest, Place: g.place, Now: s.now, Log: s.log})
	if err != nil {
		return nil, s.stillborn(spec, errors.Join(err, child.Close()))
	}
	g.info = link.Info
	return link, nil
}

// childDir is where a wrapped kernel starts: where this process is, unless the session has a folder of its own.
func (s *cellSession) childDir() string {
	if s.dir == "." {
		return ""
	}
	return s.dir
}

func (s *cellSession) log(message string) { s.logger().Warn(message) }

// unstarted is the engine of a kernel that never answered.
type unstarted struct {
	kernel.Engine // not there
	language      string
}

func (u unstarted) Info() wire.Info { return wire.Info{Language: wire.LanguageInfo{Name: u.language}} }
func (u unstarted) Close() error    { return nil }

// stillborn records a session whose kernel never answered, and why.
func (s *cellSession) stillborn(spec kernelspec.Spec, why error) error {
	session := s.open(unstarted{language: spec.Language})
	session.Gap(tracker.ID{}, why.Error())
	return errors.Join(fmt.Errorf("start the wrapped kernel: %w", why), session.Close("the kernel did not start"))
}

// guest is what is added to a wrapped kernel.
type guest struct {
	proxy.Guest // nil for one whose language gemba does not know
	session     *cellSession
	language    string
	live        *livePlace
	info        wire.Info // what the kernel says of itself, once it answers
}

// guestOf returns what gemba adds to the kernel of a kernelspec.
func (s *cellSession) guestOf(spec kernelspec.Spec) *guest {
	return &guest{session: s, language: spec.Language}
}

// meet prepares what is added, in the folder of the kernel that has started.
func (g *guest) meet(folder string) {
	if !strings.EqualFold(g.language, "python") {
		return
	}
	site, err := layPython(cacheDir(), folder)
	if err != nil {
		g.session.log("offer the kernel the module gemba: " + err.Error())
		site = ""
	}
	g.Guest = python.NewGuest(folder, site)
}

// environ is what a wrapped kernel finds in its environment; folder is its own.
func (g *guest) environ(folder string) []string {
	env := g.session.mlflow.environ()
	if g.session.environ == nil {
		return env
	}
	live, err := newLivePlace(folder)
	if err != nil {
		g.session.log(err.Error())
		return env
	}
	g.live = live
	return append(env, live.variable(g.session.environ(tracker.ID{})))
}

// about tells what the kernel is, for the record of the environment.
func (g *guest) about(o *environ.Options) {
	o.Engine, o.EngineVersion, o.Plugins = g.info.Language.Name, g.info.Language.Version, nil
	if p, ok := g.Guest.(*python.Guest); ok {
		if session, told := p.Session(); told {
			o.Python = pythonFacts(session)
		}
	}
}

// place tells the kernel where the cell that comes logs to.
func (g *guest) place(environ []string) {
	if g.live != nil {
		g.live.tell(environ)
	}
}
