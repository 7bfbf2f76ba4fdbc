package kernel

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/bridge"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// History answers history_request from what was recorded, the running session included.
type History interface {
	History(ctx context.Context, request wire.History) ([]wire.HistoryEntry, error)
}

// ServerOptions set up a Server. Session and Channels are required.
type ServerOptions struct {
	Session    *Session
	Channels   Channels
	History    History         // nil: no history
	Connection wire.Connection // told to who asks by connect_request
	Bridge     *bridge.Bridge  // takes the comms that are for the ledger; nil: there are none
	Log        *slog.Logger    // nil: silence
}

// Server serves the requests of front ends from one session. It handles messages as its table
// says, and sees to it that each has its busy, its reply and its idle.
type Server struct {
	ServerOptions
	routes   map[wire.Type]route
	author   *author
	queue    *queue // execute_requests
	question *question
	group    sync.WaitGroup // readers, worker, and handlers beside
	ctx      context.Context
	stop     context.CancelCauseFunc

	mu      sync.Mutex // guards running, and keeps a status and what belongs with it together
	running *running
}

// running is the execute_request being worked on.
type running struct {
	request request
	cancel  context.CancelFunc
}

// request is a message and the channel that it came on, where its reply goes.
type request struct {
	wire.Message
	channel wire.Channel
}

// NewServer returns a Server that does nothing until Serve is called.
func NewServer(o ServerOptions) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{ServerOptions: o, routes: map[wire.Type]route{}, queue: newQueue(), question: newQuestion()}
	for _, r := range routes() {
		s.routes[r.request] = r
	}
	s.author = &author{session: o.Session.ID, username: username(), now: o.Session.options.Now}
	s.ctx, s.stop = context.WithCancelCause(context.Background())
	return s
}

// stopped is the cause that ends Serve.
type stopped struct {
	reason  string // "shutdown", "restart", or what a signal is called
	request *request
}

func (s *stopped) Error() string { return "kernel stopped: " + s.reason }

// Stop makes Serve wind down and return; the record says that reason ended the session, e.g. "SIGTERM".
func (s *Server) Stop(reason string) { s.end(&stopped{reason: reason}, reason) }

func (s *Server) end(why *stopped, by string) {
	s.mu.Lock()
	if s.running != nil {
		s.Session.Interrupted(by)
	}
	s.mu.Unlock()
	s.stop(why)
}

// grace is how long a stopped engine may take before the kernel goes without it.
const grace = 3 * time.Second

// Serve serves until a front end asks for shutdown, Stop is called or ctx ends. It winds down in
// order: it stops the running cell, closes the engine, writes the record, and only then answers the
// shutdown_request. The channels stay open.
func (s *Server) Serve(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { s.Stop(context.Cause(ctx).Error()) })()
	s.status(wire.Starting, nil)
	for _, c := range []wire.Channel{wire.Control, wire.Shell, wire.Stdin} {
		s.group.Go(func() { s.read(s.ctx, c) })
	}
	s.group.Go(func() { s.work(s.ctx) })
	<-s.ctx.Done()
	why, ok := context.Cause(s.ctx).(*stopped)
	if !ok {
		why = &stopped{reason: context.Cause(s.ctx).Error()}
	}
	return s.windDown(why)
}

func (s *Server) windDown(why *stopped) error {
	done := make(chan struct{})
	go func() {
		s.group.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(grace):
		s.Log.Error("the running cell did not stop; the kernel ends without it")
	}
	err := s.Session.Close(why.reason)
	if r := why.request; r != nil {
		content := wire.ShutDown{Status: wire.StatusOK, Restart: why.reason == restart}
		s.send(wire.IOPub, wire.ShutdownReply, r, content, nil)
		s.done(*r, wire.ShutdownReply, content, nil)
	}
	return err
}

// read handles the messages of one channel until it ends.
func (s *Server) read(ctx context.Context, c wire.Channel) {
	for {
		m, err := s.Channels.Recv(ctx, c)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.stop(fmt.Errorf("read %s channel: %w", c, err))
			return
		}
		s.dispatch(ctx, request{m, c})
	}
}

// dispatch handles a message when the table says.
func (s *Server) dispatch(ctx context.Context, r request) {
	route, known := s.routes[r.Header.Type]
	if !known || !slices.Contains(route.channels, r.channel) {
		route = routeless(r)
	}
	switch route.mode {
	case queued:
		s.queue.push(r)
	case atOnce:
		s.answer(ctx, r, route)
	case beside:
		s.group.Go(func() { s.answer(ctx, r, route) })
	case last:
		s.busy(r)
		route.handle(s, ctx, r)
	case delivered:
		route.handle(s, ctx, r)
	case unserved:
		s.Log.Warn("ignore message", "type", r.Header.Type, "channel", r.channel)
		s.busy(r)
		s.done(r, "", nil, nil)
	}
}

// routeless is the route of a message that the table does not have on that channel.
func routeless(r request) route { return route{request: r.Header.Type, mode: unserved} }

// answer handles a message between its busy and its idle.
func (s *Server) answer(ctx context.Context, r request, route route) {
	s.busy(r)
	content := s.guarded(ctx, r, route)
	s.done(r, route.reply, content, nil)
}

// guarded calls a handler and turns a bug in it into a failed reply.
func (s *Server) guarded(ctx context.Context, r request, route route) (content any) {
	defer func() {
		if bug := recover(); bug != nil {
			s.Log.Error("a handler panicked", "type", r.Header.Type, "panic", bug, "stack", string(debug.Stack()))
			content = wire.Failed{Status: wire.StatusError, Error: *internal(bug)}
		}
	}()
	return route.handle(s, ctx, r)
}
