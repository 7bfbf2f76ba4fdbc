package cli

import (
	"context"
	"fmt"
	"path"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// shownLine is a line of a tree as `snapshot show --json` has it.
type shownLine struct {
	Path    string         `json:"path"`
	Path64  []byte         `json:"path64,omitempty"` // its bytes, when they are no text
	Type    snapshot.Type  `json:"type"`
	Mode    string         `json:"mode,omitempty"`
	Size    int64          `json:"size,omitzero"`
	Digest  tracker.Digest `json:"digest,omitzero"`
	Target  string         `json:"target,omitempty"`
	Missing string         `json:"missing,omitempty"`
}

// shownSnapshot is what `snapshot show --json` tells.
type shownSnapshot struct {
	index.Snapshot
	Lines []shownLine `json:"lines"`
}

func (a *app) snapshotShowCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show ID|NAME",
		Short: "Show a snapshot and what is in it",
		Long:  "show tells of the snapshot with an id, or of the newest with a name, and lists the files in it.",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error {
				s, err := a.findSnapshot(ctx, x, args[0])
				if err != nil {
					return err
				}
				return a.showSnapshot(ctx, s, asJSON)
			})
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// findSnapshot finds a snapshot by its name or the start of its id.
func (a *app) findSnapshot(ctx context.Context, x *index.Index, text string) (index.Snapshot, error) {
	s, err := x.FindSnapshot(ctx, text)
	if err != nil {
		return s, withHint(err, "gemba snapshot list shows ids and names")
	}
	return s, nil
}

// snapshotBlobs is where the trees and files of the ledger to read are. What was left to the remote is fetched, until
// done is called.
func (a *app) snapshotBlobs(ctx context.Context) (blobs *blob.Store, done func()) {
	dir := a.ledgerToRead()
	ledger, err := journal.Open(dir)
	if err != nil {
		return blob.OpenStore(snapshot.Packs(dir)), func() {} // who reads there is told
	}
	return ledger.Blobs(), a.fetchOnDemand(ctx, ledger)
}

func (a *app) showSnapshot(ctx context.Context, s index.Snapshot, asJSON bool) error {
	blobs, done := a.snapshotBlobs(ctx)
	defer done()
	var lines []shownLine
	for l, err := range snapshot.Walk(blobs, s.Tree) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		at := path.Join(l.Dir, l.Name)
		lines = append(lines, shownLine{at, noText(at), l.Type, l.ModeText(), l.Size, l.Digest, l.Target, l.Missing})
	}
	if asJSON {
		return printJSON(a.stdout, shownSnapshot{s, append([]shownLine{}, lines...)})
	}
	g := a.newPage()
	fmt.Fprintf(&g.b, "%s  %s\n", g.p.paint(yellow, s.ID.String()), g.p.paint(bold, oneLine(s.Name)))
	g.fact("taken", "%s", s.Started.Local().Format(time.DateTime))
	g.fact("path", "%s", s.Path)
	g.fact("holds", "%s, %s", count(int(s.Files), "file", "files"), humanBytes(s.Bytes))
	g.fact("tree", "%s", s.Tree)
	for _, fact := range [][2]string{{"owner", s.Owner}, {"source", s.Source}, {"licence", s.Licence}, {"sensitivity", s.Sensitive}, {"missing", s.Missing}} {
		g.fact(fact[0], "%s", fact[1])
	}
	g.b.WriteString("\n")
	if err := g.flush(); err != nil {
		return err
	}
	return a.lineTable(lines)
}

// noText returns the bytes of a path that JSON cannot hold as text, else nil.
func noText(path string) []byte {
	if utf8.ValidString(path) {
		return nil
	}
	return []byte(path)
}

// lineTable lists what is in a snapshot.
func (a *app) lineTable(lines []shownLine) error {
	t := &table{columns: []column{{title: "MODE"}, {"SIZE", true}, {title: "DIGEST"}, {title: "PATH"}}}
	for _, l := range lines {
		size, digest, at := "", "", l.Path
		switch {
		case l.Type == snapshot.Link:
			at += " → " + l.Target
		case l.Type == snapshot.Folder:
			at += "/"
		case l.Type == snapshot.File:
			size = humanBytes(l.Size)
		}
		if !l.Digest.IsZero() {
			digest = shortDigest(l.Digest)
		}
		look := plain
		if l.Missing != "" {
			at, look = at+"  not kept: "+l.Missing, yellow
		}
		t.add(cell{orDash(l.Mode), faint}, cell{text: size}, cell{digest, faint}, cell{at, look})
	}
	return t.print(a.stdout)
}
