package web

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Changes is an event: what is other than it was.
type Changes struct {
	Stand    string       `json:"stand"` // of the ledger now
	Sessions []tracker.ID `json:"sessions,omitempty"`
	Cells    []tracker.ID `json:"cells,omitempty"`
	Runs     []tracker.ID `json:"runs,omitempty"`
	Subjects []tracker.ID `json:"reviewed,omitempty"`
	Kinds    []string     `json:"kinds"`         // of the entries that came, such as "cell.started"
	All      bool         `json:"all,omitempty"` // too much for a list, or it is not known since when: ask for everything again
}

// How events come.
const (
	tick        = 100 * time.Millisecond // at most ten a second
	keptChanges = 1000                   // for those whose connection broke
	maxListed   = 1000                   // ids in one event
	silence     = 15 * time.Second       // then a comment keeps the connection alive
)

// numbered is an event with its number.
type numbered struct {
	n       int64
	changes Changes
}

// broker looks what changes, for as long as somebody listens.
type broker struct {
	server *Server
	life   string // of this broker: numbers of another one mean nothing here

	mu        sync.Mutex
	listeners int
	running   bool
	n         int64
	kept      []numbered
	news      chan struct{} // closed when something came
	at        map[tracker.ID]journal.Position
	stand     string
}

func newBroker(s *Server) *broker {
	return &broker{server: s, life: tracker.NewID().Short(), news: make(chan struct{})}
}

// listen begins to look, if nobody did, and returns the number of the last event. What happened while nobody listened is one event.
func (b *broker) listen(ctx context.Context) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.running {
		stand, err := b.server.Index.Stand(ctx)
		if err != nil {
			return 0, err
		}
		if b.at, err = b.server.Index.Positions(ctx); err != nil {
			return 0, err
		}
		if b.stand != "" && b.stand != stand.String() {
			b.add(Changes{Stand: stand.String(), All: true, Kinds: []string{}})
		}
		b.stand, b.running = stand.String(), true
		b.server.looking.Go(b.look)
	}
	b.listeners++
	return b.n, nil
}

func (b *broker) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listeners--
}

// look looks for changes until nobody listens any more.
func (b *broker) look() {
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		select {
		case <-b.server.ending.Done():
			return
		case <-t.C:
		}
		b.mu.Lock()
		if b.listeners == 0 {
			b.running = false
			b.mu.Unlock()
			return
		}
		b.step(b.server.ending)
		b.mu.Unlock()
	}
}

// step adds what came. What fails now is tried again.
func (b *broker) step(ctx context.Context) {
	s := b.server
	if s.fresh.upToDate(ctx, s.Index, s.Now) != nil {
		return
	}
	stand, err := s.Index.Stand(ctx)
	if err != nil || stand.String() == b.stand {
		return
	}
	at, err := s.Index.Positions(ctx)
	if err != nil {
		return
	}
	g := gathered{}
	for id, now := range at {
		if from := b.at[id]; now.N != from.N {
			g.read(s, id, from, now)
		}
	}
	b.at, b.stand = at, stand.String()
	b.add(g.changes(b.stand))
}

func (b *broker) add(c Changes) {
	b.n++
	b.kept = append(b.kept, numbered{b.n, c})
	b.kept = b.kept[max(0, len(b.kept)-keptChanges):]
	close(b.news)
	b.news = make(chan struct{})
}

// behind returns the events behind a number, and what tells of the next one.
func (b *broker) behind(n int64) (all []numbered, news <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range b.kept {
		if k.n > n {
			all = append(all, k)
		}
	}
	if len(all) > 0 && all[0].n > n+1 {
		all = []numbered{{b.n, Changes{Stand: b.stand, All: true, Kinds: []string{}}}}
	}
	return all, b.news
}

// since reads a Last-Event-ID: the number behind which to go on, or that it is not known.
func (b *broker) since(id string) (n int64, known bool) {
	life, number, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(number, 10, 64)
	return n, err == nil && life == b.life
}

// gathered is what new entries tell of.
type gathered struct {
	sessions, cells, runs, subjects map[tracker.ID]bool
	kinds                           map[string]bool
	much                            bool
}

func (g *gathered) read(s *Server, id tracker.ID, from, to journal.Position) {
	note := func(m *map[tracker.ID]bool, id tracker.ID) {
		if *m == nil {
			*m = map[tracker.ID]bool{}
		}
		if !id.IsZero() {
			(*m)[id] = true
		}
	}
	if g.kinds == nil {
		g.kinds = map[string]bool{}
	}
	if to.N < from.N || to.N-from.N > 100*maxListed { // it was made anew, or a ledger was brought in
		g.much = true
		return
	}
	for r, err := range s.Ledger.Entries(id, from) {
		if err != nil {
			g.much = true
			return
		}
		h := r.Entry.Head()
		g.kinds[string(h.Kind)] = true
		note(&g.sessions, h.Session)
		note(&g.cells, h.Execution)
		switch e := r.Entry.(type) {
		case *tracker.RunEntry:
			note(&g.runs, e.Run)
		case *tracker.LoggedEntry:
			note(&g.runs, e.Run)
		case *tracker.ArtifactEntry:
			note(&g.runs, e.Run)
		case *tracker.ReviewEntry:
			note(&g.subjects, e.Subject)
		}
		if r.N >= to.N {
			return
		}
	}
}

func (g *gathered) changes(stand string) Changes {
	c := Changes{Stand: stand, Kinds: []string{}, All: g.much || len(g.sessions)+len(g.cells)+len(g.runs)+len(g.subjects) > maxListed}
	for k := range g.kinds {
		c.Kinds = append(c.Kinds, k)
	}
	slices.Sort(c.Kinds)
	if !c.All {
		c.Sessions, c.Cells, c.Runs, c.Subjects = listed(g.sessions), listed(g.cells), listed(g.runs), listed(g.subjects)
	}
	return c
}

func listed(m map[tracker.ID]bool) (ids []tracker.ID) {
	for id := range m {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b tracker.ID) int { return strings.Compare(a.String(), b.String()) })
	return ids
}

// events writes what changes as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): "hello" at once, with
// the ledger's stand, then "changes". A client that was cut off, or names
// the last event that it has, is told what it missed.
func (s *Server) events(w http.ResponseWriter, c *call) error {
	n, err := s.changes.listen(c.ctx)
	if err != nil {
		return err
	}
	defer s.changes.leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Accel-Buffering", "no")
	first := Changes{Stand: s.changes.standing(), Kinds: []string{}}
	if last := cmp.Or(c.Header.Get("Last-Event-ID"), c.get("after")); last != "" {
		since, known := s.changes.since(last)
		if known {
			n = min(n, since)
		}
		first.All = !known
	}
	if err := s.changes.write(w, "hello", numbered{n, first}); err != nil {
		return nil // who is gone needs no answer
	}
	quiet := time.NewTicker(silence)
	defer quiet.Stop()
	for {
		all, news := s.changes.behind(n)
		for _, e := range all {
			if s.changes.write(w, "changes", e) != nil {
				return nil
			}
			n = e.n
		}
		select {
		case <-news:
		case <-quiet.C:
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil {
				return nil
			}
			flush(w)
		case <-c.ctx.Done():
			return nil
		case <-s.ending.Done():
			return nil
		}
	}
}

func (b *broker) standing() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stand
}

func (b *broker) write(w http.ResponseWriter, name string, e numbered) error {
	data, err := json.Marshal(e.changes)
	if err == nil {
		_, err = fmt.Fprintf(w, "id: %s-%d\nevent: %s\ndata: %s\n\n", b.life, e.n, name, data)
	}
	flush(w)
	return err
}

// flush sends what is written, where the writer holds it back.
func flush(w http.ResponseWriter) {
	_ = http.NewResponseController(w).Flush() // a writer that cannot holds nothing back
}
