package clients

import (
	"context"
	"log/slog"
	"os"
	"path"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

// serveVerbs is set in the environment of this binary when a front end starts it as a kernel.
const serveVerbs = "KERNELTEST_SERVE_VERBS"

// serve is a kernel whose engine is the one for tests.
func serve(file string) error {
	connection, err := wire.ReadConnection(file)
	if err != nil {
		return err
	}
	id, log, recorder := tracker.NewID(), slog.New(slog.NewTextHandler(os.Stderr, nil)), &kerneltest.Recorder{}
	sockets, err := kernel.OpenSockets(connection, id, log)
	if err != nil {
		return err
	}
	session := kernel.OpenSession(kernel.SessionOptions{ID: id, Engine: kerneltest.NewEngine(), Recorder: recorder, Log: log})
	server := kernel.NewServer(kernel.ServerOptions{Session: session, Channels: sockets, History: remembered{recorder}, Log: log})
	if err := server.Serve(context.Background()); err != nil {
		return err
	}
	return sockets.Close(time.Second)
}

// remembered is the history of a session that never reaches a ledger.
type remembered struct{ recorder *kerneltest.Recorder }

// History answers like IPython's, with one session.
func (r remembered) History(_ context.Context, q wire.History) ([]wire.HistoryEntry, error) {
	var entries []wire.HistoryEntry
	for _, event := range r.recorder.Events() {
		e, ok := event.(tracker.CellStarted)
		if fits, _ := path.Match(q.Pattern, e.Source); !ok || q.Access == "search" && !fits {
			continue
		}
		if q.Access == "range" && (e.Count < q.Start || q.Stop != 0 && e.Count >= q.Stop) {
			continue
		}
		if q.Unique {
			entries = slices.DeleteFunc(entries, func(old wire.HistoryEntry) bool { return old.Input == e.Source })
		}
		entries = append(entries, wire.HistoryEntry{Session: 1, Line: e.Count, Input: e.Source})
	}
	if q.N > 0 && q.N < len(entries) {
		entries = entries[len(entries)-q.N:]
	}
	return entries, nil
}
