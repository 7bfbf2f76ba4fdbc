package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gemba-ml/gemba/tracker/index"
)

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
				g.fact(f.Verb(), "%s", f.Path)
				continue
			}
			if f.Read && f.Written {
				g.fact("read", "%s%s", f.Path, cmp.Or(prefixed("  sha256:", f.Before), "  as it was, which is not known"))
			}
			g.fact(f.Verb(), "%s  %s%s%s", f.Path, humanBytes(f.Size), prefixed("  sha256:", cmp.Or(f.After, f.Before)), prefixed("  ", f.Missing))
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

// snapshots tells what a cell took.
func (g *page) snapshots(all []index.Snapshot) {
	for _, s := range all {
		g.fact("snapshot", "%s  %s  %s, %s", s.ID.Short(), s.Name, count(int(s.Files), "file", "files"), humanBytes(s.Bytes))
	}
}
