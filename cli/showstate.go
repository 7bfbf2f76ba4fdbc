package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/gemba-ml/gemba/lineage/observe"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// observed is what `show --json` tells of what a cell read and wrote.
type observed struct {
	index.Observation
	Files     []seenFile `json:"files"`
	Commands  []string   `json:"commands,omitempty"`
	Connected []string   `json:"connected,omitempty"`
}

// seenFile is a file that a cell touched. Its digests are bare SHA-256, as sha256sum prints them.
type seenFile struct {
	Path    string `json:"path"`
	Read    bool   `json:"read,omitempty"`
	Written bool   `json:"written,omitempty"`
	Created bool   `json:"created,omitempty"`
	Removed bool   `json:"removed,omitempty"`
	Absent  bool   `json:"absent,omitempty"` // it came and went while the cell ran, or never was there
	Size    int64  `json:"size"`
	Before  string `json:"before_sha256,omitempty"`
	After   string `json:"after_sha256,omitempty"`
	Kept    bool   `json:"kept"`
	Missing string `json:"missing,omitempty"`
}

// readObserved reads what a cell execution touched.
func (s *shownCell) readObserved(ctx context.Context, x *index.Index, id tracker.ID) error {
	all, err := x.Observations(ctx, id)
	if err != nil {
		return err
	}
	for _, o := range all {
		seen := observed{Observation: o, Files: []seenFile{}}
		text, _ := s.text(x, o.Observed)
		d, err := observe.Parse([]byte(text))
		if err != nil {
			s.Missing = append(s.Missing, o.Observed.String())
		}
		for _, f := range d.Files {
			seen.Files = append(seen.Files, seenFileOf(f))
		}
		for _, p := range d.Processes {
			seen.Commands = append(seen.Commands, strings.ToValidUTF8(string(p.Command), "�"))
		}
		for _, h := range d.Hosts {
			seen.Connected = append(seen.Connected, h.Host)
		}
		s.Observed = append(s.Observed, seen)
	}
	return nil
}

func seenFileOf(f observe.File) seenFile {
	return seenFile{
		Path: strings.ToValidUTF8(string(f.Path), "�"), Read: f.Read, Written: f.Written, Created: f.Created, Removed: f.Removed, Absent: f.Absent, Size: f.Size,
		Before: bare(f.Before, f.BeforeSHA256), After: bare(f.After, f.AfterSHA256),
		Kept: !f.Before.IsZero() || !f.After.IsZero(), Missing: cmp.Or(f.Missing, f.Why),
	}
}

// bare returns a digest without its algorithm.
func bare(d tracker.Digest, hash string) string {
	return cmp.Or(strings.TrimPrefix(d.String(), "sha256:"), hash)
}

// code tells on which code a cell ran.
func (g *page) code(states []index.CodeState) {
	for _, s := range states {
		switch {
		case s.Repository == "":
			g.fact("code", "%s", cmp.Or(s.Missing, "no repository"))
			continue
		case s.Commit == "":
			g.fact("code", "no commit yet, %s, in %s", count(s.Dirty, "file", "files"), s.Repository)
		default:
			g.fact("code", "commit %.12s%s%s, in %s", s.Commit, prefixed(" of ", s.Branch), dirty(s.Dirty), s.Repository)
		}
		g.fact("", "%s", strings.Join(s.Flags, ", "))
		g.fact("", "%s", s.Missing)
	}
}

func dirty(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", with %s changed", count(n, "path", "paths"))
}

// touchedFiles is how many files a page names.
const touchedFiles = 20

// observed tells what a cell read and wrote, started and connected to.
func (g *page) observed(all []observed) {
	for _, o := range all {
		for n, f := range o.Files {
			if n == touchedFiles {
				g.fact("", "… and %s more, which --json lists", thousands(len(o.Files)-n))
				break
			}
			if f.Absent {
				g.fact(verbOf(f), "%s", f.Path)
				continue
			}
			if f.Read && f.Written {
				g.fact("read", "%s%s", f.Path, cmp.Or(prefixed("  sha256:", f.Before), "  as it was, which is not known"))
			}
			g.fact(verbOf(f), "%s  %s%s%s", f.Path, humanBytes(f.Size), prefixed("  sha256:", cmp.Or(f.After, f.Before)), prefixed("  ", f.Missing))
		}
		for _, command := range o.Commands {
			g.fact("started", "%s", cutTo(command, 100))
		}
		if len(o.Connected) > 0 {
			g.fact("connected", "%s (sampled: shorter connections are not seen)", strings.Join(o.Connected, " "))
		}
		g.fact("unobserved", "%s", o.Missing)
	}
}

// verbOf says in a word what a cell did with a file.
func verbOf(f seenFile) string {
	switch {
	case f.Absent:
		return "absent"
	case f.Removed:
		return "removed"
	case f.Created:
		return "created"
	case f.Written:
		return "wrote"
	}
	return "read"
}

// snapshots tells what a cell took.
func (g *page) snapshots(all []index.Snapshot) {
	for _, s := range all {
		g.fact("snapshot", "%s  %s  %s, %s", s.ID.Short(), s.Name, count(int(s.Files), "file", "files"), humanBytes(s.Bytes))
	}
}
