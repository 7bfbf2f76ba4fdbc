package web

import (
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
)

// upstream finds what a node came of.
var upstream = neighbours{
	"cell": func(w *walker, n Node) error {
		id, touched, err := w.touched(n)
		for _, f := range touched {
			if read, _ := versionsOf(f); read.hash != "" {
				w.addFile(read)
				w.edge(read.node(), n.ID, map[bool]string{false: "read", true: "removed"}[f.Removed])
			}
		}
		if err != nil {
			return err
		}
		names, err := w.namesOf(id)
		if err != nil || names == nil {
			return err
		}
		for binder, used := range names.binders(id) {
			if err := w.addCell(binder); err != nil {
				return err
			}
			if _, err := w.namesOf(binder); err != nil { // its way may end there
				return err
			}
			w.used("cell:"+binder.String(), n.ID, used, names)
		}
		return nil
	},
	"file": func(w *walker, n Node) error {
		return w.users(n, func(use fileUse) bool { return use.wrote })
	},
	"run": func(w *walker, n Node) error {
		id, err := tracker.ParseID(n.Of)
		if err != nil {
			return err
		}
		told, err := w.Index.Executions(w.ctx, id)
		for _, e := range told {
			if e.Execution.IsZero() {
				continue
			}
			if err := w.addCell(e.Execution); err != nil {
				return err
			}
			w.edge("cell:"+e.Execution.String(), n.ID, "logged")
		}
		if err != nil {
			return err
		}
		r, err := w.Index.Run(w.ctx, id)
		if err != nil || r.Parent.IsZero() {
			return err
		}
		err = w.addRun(r.Parent)
		w.edge("run:"+r.Parent.String(), n.ID, "parent")
		return err
	},
	"artifact": func(w *walker, n Node) error {
		run, path, _ := strings.Cut(strings.TrimPrefix(n.ID, "artifact:"), "/")
		id, err := tracker.ParseID(run)
		if err != nil {
			return err
		}
		if err := w.addRun(id); err != nil {
			return err
		}
		return w.addArtifacts(id, path)
	},
	"model": func(w *walker, n Node) error {
		var of []tracker.ID
		err := w.addVersions(func(v index.ModelVersion) bool {
			if versionName(v) == n.Name && !v.Run.IsZero() {
				of = append(of, v.Run)
			}
			return false
		})
		for _, run := range of {
			if err := w.addRun(run); err != nil {
				return err
			}
			w.edge("run:"+run.String(), n.ID, "version")
		}
		return err
	},
	"snapshot": func(w *walker, n Node) error {
		id, err := tracker.ParseID(n.Of)
		if err != nil {
			return err
		}
		x, err := w.Index.Snapshot(w.ctx, id)
		if err != nil || x.Execution.IsZero() {
			return err
		}
		err = w.addCell(x.Execution)
		w.edge("cell:"+x.Execution.String(), n.ID, "took")
		return err
	},
}

// downstream finds what came of a node.
var downstream = neighbours{
	"cell": func(w *walker, n Node) error {
		id, touched, err := w.touched(n)
		for _, f := range touched {
			if _, wrote := versionsOf(f); wrote.hash != "" {
				w.addFile(wrote)
				w.edge(n.ID, wrote.node(), "wrote")
			}
		}
		if err != nil {
			return err
		}
		if err := w.cameOf(n, id); err != nil {
			return err
		}
		names, err := w.namesOf(id)
		if err != nil || names == nil {
			return err
		}
		if names.decls && !slices.Contains(w.graph.Start, n.ID) {
			return nil // what led to it does not pass on to those who use its declarations
		}
		for user, used := range names.users(id) {
			if err := w.addCell(user); err != nil {
				return err
			}
			if _, err := w.namesOf(user); err != nil {
				return err
			}
			w.used(n.ID, "cell:"+user.String(), used, names)
		}
		return nil
	},
	"file": func(w *walker, n Node) error {
		return w.users(n, func(use fileUse) bool { return !use.wrote })
	},
	"run": func(w *walker, n Node) error {
		id, err := tracker.ParseID(n.Of)
		if err != nil {
			return err
		}
		if err := w.addArtifacts(id, ""); err != nil {
			return err
		}
		if err := w.addVersions(func(v index.ModelVersion) bool { return v.Run == id }); err != nil {
			return err
		}
		children, next, err := w.account.AllRuns(w.ctx, index.RunSearch{Filter: account.ChildrenOf(id), Columns: index.Columns{Keys: []string{}}}, w.limit)
		w.graph.Cut = w.graph.Cut || next != ""
		for _, r := range children {
			w.node(Node{ID: "run:" + r.ID.String(), Kind: "run", Name: r.Name, Of: r.ID.String(), Status: string(r.Status)})
			w.edge(n.ID, "run:"+r.ID.String(), "parent")
		}
		return err
	},
}

// cameOf adds the runs that a cell execution told of, and the snapshots that it took.
func (w *walker) cameOf(n Node, id tracker.ID) error {
	runs, err := w.Index.RunsOf(w.ctx, id)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := w.addRun(run); err != nil {
			return err
		}
		w.edge(n.ID, "run:"+run.String(), "logged")
	}
	snapshots, err := w.Index.SnapshotsOf(w.ctx, id)
	for _, x := range snapshots {
		w.edge(n.ID, w.snapshot(x), "took")
	}
	return err
}

// touched returns the files of a cell execution.
func (w *walker) touched(n Node) (id tracker.ID, files []account.File, err error) {
	if id, err = tracker.ParseID(n.Of); err != nil {
		return id, nil, err
	}
	c, err := w.Index.Cell(w.ctx, id)
	if err != nil {
		return id, nil, err
	}
	p, err := w.account.Provenance(w.ctx, []index.RunExecution{{Session: c.Session, Execution: id}})
	w.graph.Lacks = append(w.graph.Lacks, p.Missing...)
	for _, f := range p.Files {
		if f.Written {
			w.wrote[[2]string{n.ID, f.Path}] = true
		}
	}
	return id, p.Files, err
}

// users adds the cell executions that wrote a version of a file, or those that read it.
func (w *walker) users(n Node, wanted func(fileUse) bool) error {
	for _, use := range w.files.of[version{n.Name, n.Digest}] {
		if !wanted(use) {
			continue
		}
		if err := w.addCell(use.cell); err != nil {
			return err
		}
		self := "cell:" + use.cell.String()
		switch {
		case use.wrote:
			w.edge(self, n.ID, "wrote")
		case use.removed:
			w.edge(n.ID, self, "removed")
		default:
			w.edge(n.ID, self, "read")
		}
	}
	return nil
}
