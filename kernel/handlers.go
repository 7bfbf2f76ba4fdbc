package kernel

import (
	"context"
	"encoding/json"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// decode reads the content of a request into a T. A request that cannot be read is answered with bad.
func decode[T any](r request) (content T, bad *wire.Failed) {
	if err := json.Unmarshal(r.Content, &content); err != nil {
		f := wire.NewFailed("BadRequest", "read "+string(r.Header.Type)+": "+err.Error())
		return content, &f
	}
	return content, nil
}

func (s *Server) kernelInfo(context.Context, request) any {
	return wire.KernelInfo{Status: wire.StatusOK, ProtocolVersion: wire.ProtocolVersion,
		Features: []string{}, Info: s.Session.options.Engine.Info()}
}

// editing is how long the engine may think about a completion: longer than anybody waits for one.
const editing = 30 * time.Second

func (s *Server) complete(ctx context.Context, r request) any {
	at, bad := decode[wire.CodeAt](r)
	if bad != nil {
		return *bad
	}
	ctx, cancel := context.WithTimeout(ctx, editing)
	defer cancel()
	c := s.Session.CompleteMagic(ctx, at.Code, at.Position(), s.Session.options.Engine.Complete(ctx, at.Code, at.Position()))
	if c.Matches == nil {
		c.Matches = []string{}
	}
	if c.Metadata == nil {
		c.Metadata = map[string]any{}
	}
	return wire.Completed{Status: wire.StatusOK, Completion: c}
}

func (s *Server) inspect(ctx context.Context, r request) any {
	at, bad := decode[wire.CodeAt](r)
	if bad != nil {
		return *bad
	}
	ctx, cancel := context.WithTimeout(ctx, editing)
	defer cancel()
	i, ours := s.Session.InspectMagic(at.Code, at.Position())
	if !ours {
		i = s.Session.options.Engine.Inspect(ctx, at.Code, at.Position(), at.Detail)
	}
	if i.Data == nil {
		i.Data = map[string]any{}
	}
	if i.Metadata == nil {
		i.Metadata = map[string]any{}
	}
	return wire.Inspected{Status: wire.StatusOK, Inspection: i}
}

func (s *Server) isComplete(_ context.Context, r request) any {
	asked, bad := decode[wire.IsComplete](r)
	if bad != nil {
		return *bad
	}
	return s.Session.options.Engine.IsComplete(asked.Code)
}

func (s *Server) pastCells(ctx context.Context, r request) any {
	asked, bad := decode[wire.History](r)
	if bad != nil {
		return *bad
	}
	list := wire.HistoryList{Status: wire.StatusOK, History: []wire.HistoryEntry{}}
	if s.History == nil {
		return list
	}
	entries, err := s.History.History(ctx, asked)
	if err != nil {
		return wire.NewFailed("HistoryError", err.Error())
	}
	for _, e := range entries {
		e.Pair = asked.Output
		list.History = append(list.History, e)
	}
	return list
}

func (s *Server) connect(context.Context, request) any {
	c := s.Connection
	return wire.Connected{Shell: c.ShellPort, IOPub: c.IOPubPort, Stdin: c.StdinPort, Heartbeat: c.HBPort, Control: c.ControlPort}
}

func (s *Server) commInfo(_ context.Context, r request) any {
	asked, bad := decode[wire.CommInfo](r)
	if bad != nil {
		return *bad
	}
	list := wire.CommList{Status: wire.StatusOK, Comms: map[string]wire.CommTarget{}}
	for _, open := range []map[string]string{s.Session.options.Engine.Comms(asked.Target), s.Bridge.Comms(asked.Target)} {
		for id, target := range open {
			list.Comms[id] = wire.CommTarget{Target: target}
		}
	}
	return list
}

// comm hands a comm message to the ledger's bridge or to the engine; what either says to it has the message as parent.
func (s *Server) comm(ctx context.Context, r request) any {
	if do := s.Bridge.Take(r.Header.Type, r.Content, s.offering(r)); do != nil {
		do()
		return nil
	}
	comm, bad := decode[wire.Comm](r)
	if bad != nil {
		s.Log.Warn("ignore comm message", "why", bad.Value)
		return nil
	}
	comm.Buffers = r.Buffers
	s.Session.Comm(r.Header.Type, comm, &front{server: s, ctx: ctx, parent: r})
	return nil
}

func (s *Server) interrupt(context.Context, request) any {
	s.Interrupt(string(wire.InterruptRequest))
	return wire.Plain{Status: wire.StatusOK}
}

// Interrupt stops the running cell, if one runs; by says who asked, e.g. "SIGINT".
func (s *Server) Interrupt(by string) {
	s.Session.Interrupted(by)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		s.running.cancel()
	}
}

// restart is why a session ends that a front end will start again.
const restart = "restart"

// shutdown makes Serve return; the reply leaves when all is done.
func (s *Server) shutdown(_ context.Context, r request) any {
	asked, _ := decode[wire.Shutdown](r) // one that says nothing more is no restart
	reason := "shutdown"
	if asked.Restart {
		reason = restart
	}
	s.end(&stopped{reason: reason, request: &r}, string(wire.ShutdownRequest))
	return nil
}

// debug refuses: kernel_info_reply does not list the feature, so only a stray request comes here.
func (s *Server) debug(_ context.Context, r request) any {
	asked, _ := decode[wire.Debug](r) // whatever it is, it is refused
	return wire.DebugRefused{Type: "response", RequestSeq: asked.Seq, Command: asked.Command,
		Message: "this kernel has no debugger"}
}
