package web

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
)

// directions are the words of the parameter: whether to go to what a node came of, and to what came of it.
var directions = map[string]struct{ up, down bool }{"upstream": {up: true}, "downstream": {down: true}, "both": {true, true}}

// walker makes a graph from where it starts, step by step, through the whole ledger.
type walker struct {
	*weaver
	files *fileUses
	depth int
	queue []string // ids of nodes whose neighbours are to be found

	ends map[string]bool // ids of nodes of which only declarations were used: what led to them did not lead further
}

// closure answers with what something came of, or what came of it.
func (s *Server) closure(c *call) (g Graph, err error) {
	w := &walker{weaver: s.newWeaver(c), depth: c.number("depth")}
	err = s.files.with(c.ctx, s, func(u *fileUses) error {
		w.files = u
		if w.graph.Cut = u.cut; u.lacks > 0 {
			w.graph.Lacks = append(w.graph.Lacks, account.Count(u.lacks, "document", "documents")+" of files that were read and written")
		}
		if err := w.start(c.get("id")); err != nil {
			return err
		}
		starts, way := len(w.graph.Nodes), directions[c.get("direction")]
		for _, n := range w.graph.Nodes {
			w.graph.Start = append(w.graph.Start, n.ID)
		}
		if way.up {
			if err := w.walk(upstream); err != nil {
				return err
			}
		}
		if way.down {
			for i := range starts {
				w.queue = append(w.queue, w.graph.Nodes[i].ID)
			}
			if err := w.walk(downstream); err != nil {
				return err
			}
		}
		w.markStale(u.newest)
		return nil
	})
	return w.graph, err
}

// start adds the nodes to begin with.
func (w *walker) start(id string) error {
	kind, rest, isNode := strings.Cut(id, ":")
	find, known := starts[kind]
	if !isNode || !known {
		m, err := w.one(w.ctx, id, "session", "cell", "run", "snapshot")
		if err != nil {
			return err
		}
		kind, rest = m.Kind, m.ID.String()
		find = starts[kind]
	}
	before := len(w.graph.Nodes)
	if err := find(w, rest); err != nil {
		return err
	}
	if len(w.graph.Nodes) == before {
		return kindNotFound(id)
	}
	for _, n := range w.graph.Nodes {
		w.queue = append(w.queue, n.ID)
	}
	return nil
}

func kindNotFound(id string) error { return fmt.Errorf("find %.80q: %w", id, index.ErrNotFound) }

// starts maps kinds of nodes to what adds one by the rest of its id.
var starts = map[string]func(*walker, string) error{
	"cell":     byID((*walker).addCell),
	"run":      byID((*walker).addRun),
	"snapshot": byID((*walker).addSnapshot),
	"session": byID(func(w *walker, id tracker.ID) error {
		cells, err := w.Index.Cells(w.ctx, index.Filter{Session: id.String(), Limit: w.limit})
		for _, c := range cells {
			w.nodeOfCell(c)
		}
		return err
	}),
	"file": func(w *walker, rest string) error {
		at := strings.LastIndexByte(rest, '@')
		if at < 0 || w.files.of[version{rest[:at], rest[at+1:]}] == nil {
			return kindNotFound("file:" + rest)
		}
		w.addFile(version{rest[:at], rest[at+1:]})
		return nil
	},
	"artifact": func(w *walker, rest string) error {
		run, path, _ := strings.Cut(rest, "/")
		id, err := tracker.ParseID(run)
		if err != nil {
			return kindNotFound("artifact:" + rest)
		}
		return w.addArtifacts(id, path)
	},
	"model": func(w *walker, rest string) error {
		return w.addVersions(func(v index.ModelVersion) bool { return versionName(v) == rest })
	},
}

func byID(add func(*walker, tracker.ID) error) func(*walker, string) error {
	return func(w *walker, text string) error {
		id, err := tracker.ParseID(text)
		if err != nil {
			return kindNotFound(text)
		}
		return add(w, id)
	}
}

// neighbours find what is one step from a node, by its kind.
type neighbours map[string]func(*walker, Node) error

// walk finds what is behind the nodes of the queue.
func (w *walker) walk(to neighbours) error {
	done := map[string]bool{}
	w.ends = map[string]bool{}
	for len(w.queue) > 0 {
		id := w.queue[0]
		w.queue = w.queue[1:]
		find, n := to[w.graph.Nodes[w.known[id]].Kind], w.graph.Nodes[w.known[id]]
		if done[id] || find == nil || w.ends[id] {
			continue
		}
		if done[id] = true; n.Depth >= w.depth {
			w.graph.Cut = true
			continue
		}
		before, drawn := len(w.graph.Nodes), len(w.graph.Edges)
		if err := find(w, n); err != nil {
			return err
		}
		w.end(id, before, w.graph.Edges[drawn:])
		for i := before; i < len(w.graph.Nodes); i++ {
			w.graph.Nodes[i].Depth = n.Depth + 1
			w.queue = append(w.queue, w.graph.Nodes[i].ID)
		}
	}
	return nil
}

// end notes which nodes that new edges lead back to from a node are the ends of their ways, and goes on from those that are not any more. Nodes from an
// index on are new.
func (w *walker) end(from string, since int, edges []Edge) {
	for _, e := range edges {
		switch {
		case e.Declared && e.To == from && w.known[e.From] >= since:
			w.ends[e.From] = true
		case !e.Declared && e.To == from && w.ends[e.From]:
			delete(w.ends, e.From)
			w.queue = append(w.queue, e.From)
		}
	}
}

func (w *walker) nodeOfCell(c index.Cell) {
	w.node(Node{ID: "cell:" + c.ID.String(), Kind: "cell", Name: w.account.CellName(c), Of: c.ID.String(), Status: string(c.Status)})
}

// addCell adds a cell execution; one that is not in the ledger is told as missing.
func (w *walker) addCell(id tracker.ID) error {
	if _, known := w.known["cell:"+id.String()]; known {
		return nil
	}
	c, err := w.Index.Cell(w.ctx, id)
	if errors.Is(err, index.ErrNotFound) {
		w.graph.Lacks = append(w.graph.Lacks, "cell "+id.String())
		return nil
	}
	if err == nil {
		w.nodeOfCell(c)
	}
	return err
}

func (w *walker) addRun(id tracker.ID) error {
	if _, known := w.known["run:"+id.String()]; known {
		return nil
	}
	r, err := w.Index.Run(w.ctx, id)
	if errors.Is(err, index.ErrNotFound) {
		w.graph.Lacks = append(w.graph.Lacks, "run "+id.String())
		return nil
	}
	if err == nil {
		w.node(Node{ID: "run:" + id.String(), Kind: "run", Name: r.Name, Of: id.String(), Status: string(r.Status)})
	}
	return err
}

func (w *walker) addSnapshot(id tracker.ID) error {
	x, err := w.Index.Snapshot(w.ctx, id)
	if err == nil {
		w.snapshot(x)
	}
	return err
}

func (w *walker) addFile(v version) {
	w.node(Node{ID: v.node(), Kind: "file", Name: v.path, Digest: v.hash})
}

// addArtifacts adds what a run keeps, at a path only unless it is empty, and the edges to it.
func (w *walker) addArtifacts(run tracker.ID, path string) error {
	all, err := w.Index.Artifacts(w.ctx, run, "")
	for _, a := range all {
		if path != "" && a.Path != path {
			continue
		}
		id, of := "artifact:"+run.String()+"/"+a.Path, account.Artifact{Digest: a.Digest, Tree: a.Tree}.Content().String()
		w.node(Node{ID: id, Kind: "artifact", Name: a.Path, Of: of, Digest: of})
		w.edge("run:"+run.String(), id, "kept")
	}
	return err
}

func versionName(v index.ModelVersion) string { return v.Model + " " + strconv.Itoa(v.Version) }

// addVersions adds versions of models, and the edges to them.
func (w *walker) addVersions(wanted func(index.ModelVersion) bool) error {
	all, err := w.Index.Versions(w.ctx, "")
	for _, v := range all {
		if v.Stage != tracker.Deleted && wanted(v) {
			id := "model:" + versionName(v)
			w.node(Node{ID: id, Kind: "model", Name: versionName(v), Of: v.Model, Status: v.Deployment})
			w.edge("run:"+v.Run.String(), id, "version")
		}
	}
	return err
}
