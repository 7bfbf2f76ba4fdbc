package web

import (
	"context"
	"errors"
	"strconv"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Graph is nodes and what leads from one to the other.
type Graph struct {
	Nodes []Node   `json:"nodes"`
	Edges []Edge   `json:"edges"`
	Start []string `json:"start,omitempty"`   // the nodes that were asked for, where a direction was
	Cut   bool     `json:"cut"`               // there is more than the limit, the depth, or what is looked through
	Lacks []string `json:"missing,omitempty"` // digests of what is not in the ledger: the graph lacks what they tell
}

// Node is a file's version, a cell execution, a run, a snapshot, an artifact or a model's version.
type Node struct {
	ID     string `json:"id"`   // of its kind's own: "cell:…", "run:…", "file:path@sha256"
	Kind   string `json:"kind"` // "cell", "run", "file", "snapshot", "artifact", "model"
	Name   string `json:"name"`
	Of     string `json:"of,omitempty"` // the id by which other routes know it
	Status string `json:"status,omitempty"`
	Digest string `json:"digest,omitempty"` // bare SHA-256 of a file or an artifact
	Stale  bool   `json:"stale,omitempty"`  // a file that was written again later, or what came of one, or of a cell that was executed again later
	Depth  int    `json:"depth,omitempty"`  // steps from the start, where a direction was asked for

	Because []string `json:"because,omitempty"`        // it is stale: "in.csv was written again", …
	Again   bool     `json:"executed_again,omitempty"` // a cell that was executed again later in its session
	Unnamed bool     `json:"names_unknown,omitempty"`  // a cell of which it is not known what it used of earlier ones
}

// Edge leads from what was there first to what came of it.
type Edge struct {
	From string `json:"from"`
	To   string `json:"to"`
	Kind string `json:"kind"` // "read", "wrote", "removed", "used", "logged", "took", "kept", "parent", "version"

	Names    []string `json:"names,omitempty"`    // that a cell used as an earlier one bound them
	Declared bool     `json:"declared,omitempty"` // the names are declarations: all that the cell depends on, and nothing that came to the earlier one comes to it
}

// weaver makes a graph.
type weaver struct {
	*Server
	ctx   context.Context
	graph Graph
	known map[string]int // nodes by their ids
	edges map[[3]string]bool
	limit int
	paths map[string]string // the newest version of each path
	named map[tracker.ID]*sessionNames
	wrote map[[2]string]bool       // ids of nodes of cells, and paths
	among map[string]*sessionNames // by ids of nodes of cells
}

func (s *Server) newWeaver(c *call) *weaver {
	return &weaver{s, c.ctx, Graph{Nodes: []Node{}, Edges: []Edge{}}, map[string]int{}, map[[3]string]bool{}, c.number("limit"), map[string]string{}, map[tracker.ID]*sessionNames{}, map[[2]string]bool{}, map[string]*sessionNames{}}
}

// names returns the names of a session's cells, which are read once.
func (w *weaver) names(session tracker.ID) (*sessionNames, error) {
	if n := w.named[session]; n != nil {
		return n, nil
	}
	n, err := w.sessionNames(w.ctx, session)
	w.named[session] = n
	return n, err
}

func (s *Server) lineage(c *call) (g Graph, err error) {
	if c.get("direction") != "all" {
		return s.closure(c)
	}
	m, err := s.one(c.ctx, c.get("id"), "session", "cell", "run", "snapshot")
	if err != nil {
		return g, err
	}
	w := s.newWeaver(c)
	told, err := w.told(m)
	if err != nil {
		return g, err
	}
	all, err := s.account.WithEarlier(c.ctx, told)
	if err != nil {
		return g, err
	}
	for _, e := range all {
		if !e.Execution.IsZero() {
			if err := w.cell(e.Execution); err != nil {
				return g, err
			}
		}
	}
	if m.Kind == "run" {
		err = w.run(m.ID)
	}
	if err == nil {
		err = w.uses()
	}
	w.markStale(nil)
	return w.graph, err
}

// told returns the cell executions that a thing came of.
func (w *weaver) told(m index.Match) (all []index.RunExecution, err error) {
	switch m.Kind {
	case "run":
		return w.Index.Executions(w.ctx, m.ID)
	case "snapshot":
		x, err := w.Index.Snapshot(w.ctx, m.ID)
		if err == nil {
			w.snapshot(x)
		}
		return []index.RunExecution{{Session: x.Session, Execution: x.Execution}}, err
	case "session":
		cells, err := w.Index.Cells(w.ctx, index.Filter{Session: m.ID.String(), Limit: w.limit})
		for _, c := range cells {
			all = append(all, index.RunExecution{Session: m.ID, Execution: c.ID})
		}
		return all, err
	}
	c, err := w.Index.Cell(w.ctx, m.ID)
	return []index.RunExecution{{Session: c.Session, Execution: m.ID}}, err
}

// node adds a node, if there is room, and reports whether it is there.
func (w *weaver) node(n Node) bool {
	if _, known := w.known[n.ID]; known {
		return true
	}
	if len(w.graph.Nodes) >= w.limit {
		w.graph.Cut = true
		return false
	}
	w.known[n.ID] = len(w.graph.Nodes)
	w.graph.Nodes = append(w.graph.Nodes, n)
	return true
}

func (w *weaver) edge(from, to, kind string) {
	w.draw(Edge{From: from, To: to, Kind: kind})
}

// used adds the edge from a cell to one that used names of it.
func (w *weaver) used(binder, user string, names []string, of *sessionNames) {
	w.draw(Edge{binder, user, "used", names, of.decls})
}

// draw adds an edge between nodes that are there.
func (w *weaver) draw(e Edge) {
	_, a := w.known[e.From]
	_, b := w.known[e.To]
	if key := [3]string{e.From, e.To, e.Kind}; a && b && !w.edges[key] {
		w.edges[key] = true
		w.graph.Edges = append(w.graph.Edges, e)
	}
}

// cell adds a cell execution with its files, snapshots and runs.
func (w *weaver) cell(id tracker.ID) error {
	c, err := w.Index.Cell(w.ctx, id)
	if errors.Is(err, index.ErrNotFound) {
		w.graph.Lacks = append(w.graph.Lacks, "cell "+id.String())
		return nil
	}
	if err != nil {
		return err
	}
	self := "cell:" + id.String()
	if !w.node(Node{ID: self, Kind: "cell", Name: w.account.CellName(c), Of: id.String(), Status: string(c.Status)}) {
		return nil
	}
	p, err := w.account.Provenance(w.ctx, []index.RunExecution{{Session: c.Session, Execution: id}})
	if err != nil {
		return err
	}
	w.graph.Lacks = append(w.graph.Lacks, p.Missing...)
	for _, f := range p.Files {
		w.file(self, f)
	}
	runs, err := w.Index.RunsOf(w.ctx, id)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if err := w.run(r); err != nil {
			return err
		}
		w.edge(self, "run:"+r.String(), "logged")
	}
	snapshots, err := w.Index.SnapshotsOf(w.ctx, id)
	for _, x := range snapshots {
		w.edge(self, w.snapshot(x), "took")
	}
	return err
}

// file adds the versions of a file that a cell read and wrote.
func (w *weaver) file(cell string, f account.File) {
	if f.Absent {
		return
	}
	version := func(hash string) string {
		id := "file:" + f.Path + "@" + hash
		if !w.node(Node{ID: id, Kind: "file", Name: f.Path, Digest: hash}) {
			return id
		}
		if before, known := w.paths[f.Path]; known && before != id {
			if at, shown := w.known[before]; shown {
				w.graph.Nodes[at].Stale = true
			}
		}
		w.graph.Nodes[w.known[id]].Stale = false
		w.paths[f.Path] = id
		return id
	}
	if f.Read || f.Removed {
		hash := f.Before
		if !f.Written && hash == "" {
			hash = f.After
		}
		w.edge(version(hash), cell, map[bool]string{false: "read", true: "removed"}[f.Removed])
	}
	if f.Written && !f.Removed {
		w.wrote[[2]string{cell, f.Path}] = true
		w.edge(cell, version(f.After), "wrote")
	}
}

// run adds a run with what it keeps and the models that came of it.
func (w *weaver) run(id tracker.ID) error {
	self := "run:" + id.String()
	if _, known := w.known[self]; known {
		return nil
	}
	r, err := w.Index.Run(w.ctx, id)
	if errors.Is(err, index.ErrNotFound) {
		w.graph.Lacks = append(w.graph.Lacks, "run "+id.String())
		return nil
	}
	if err != nil || !w.node(Node{ID: self, Kind: "run", Name: r.Name, Of: id.String(), Status: string(r.Status)}) {
		return err
	}
	if !r.Parent.IsZero() {
		if err := w.run(r.Parent); err != nil {
			return err
		}
		w.edge("run:"+r.Parent.String(), self, "parent")
	}
	artifacts, err := w.Index.Artifacts(w.ctx, id, "")
	if err != nil {
		return err
	}
	for _, a := range artifacts {
		of := account.Artifact{Digest: a.Digest, Tree: a.Tree}.Content().String()
		if w.node(Node{ID: "artifact:" + id.String() + "/" + a.Path, Kind: "artifact", Name: a.Path, Of: of, Digest: of}) {
			w.edge(self, "artifact:"+id.String()+"/"+a.Path, "kept")
		}
	}
	versions, err := w.Index.Versions(w.ctx, "")
	for _, v := range versions {
		if v.Run == id && v.Stage != tracker.Deleted {
			name := v.Model + " " + strconv.Itoa(v.Version)
			if w.node(Node{ID: "model:" + name, Kind: "model", Name: name, Of: v.Model, Status: v.Deployment}) {
				w.edge(self, "model:"+name, "version")
			}
		}
	}
	return err
}

func (w *weaver) snapshot(x index.Snapshot) string {
	id := "snapshot:" + x.ID.String()
	w.node(Node{ID: id, Kind: "snapshot", Name: x.Name, Of: x.ID.String(), Digest: x.Tree.String()})
	return id
}
