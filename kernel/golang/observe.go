package golang

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/kernel/golang/process"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// observeVariable, set to "off" in the environment of the kernel or by %env, switches observing off.
const observeVariable = "GEMBA_OBSERVE"

// observes says whether what the cell does is observed.
func (x *execution) observes() bool {
	return !slices.Contains(x.session.env.list(), observeVariable+"=off")
}

// hooked says whether a program tells which files it opens, and takes note of why it does not.
func (x *execution) hooked(built *build.Executable) bool {
	if x.observes() && built.Unseen != "" {
		x.missed("files that the program opened: " + built.Unseen)
	}
	return built.Unseen == ""
}

// saw adds what was observed of a program to what is known of the cell. Each file is told of as it was at first.
func (x *execution) saw(spec process.Spec, seen wire.Seen) {
	if !spec.Observe {
		x.missed("observing is off: " + observeVariable + "=off")
		return
	}
	all := &x.facts.Seen
	if all.Opened == nil { // as of most cells, which run one program
		all.Opened = seen.Opened
	} else {
		all.Opened = append(all.Opened, seen.Opened...)
	}
	all.Processes = append(all.Processes, seen.Processes...)
	all.Hosts = append(all.Hosts, seen.Hosts...)
	slices.Sort(all.Hosts)
	all.Hosts = slices.Compact(all.Hosts)
	all.Children = all.Children || seen.Children || !spec.Hooked
	x.missed(seen.Missed...)
}

// missed takes note of what could not be observed.
func (x *execution) missed(reasons ...string) {
	for _, reason := range reasons {
		if !slices.Contains(x.facts.Seen.Missed, reason) {
			x.facts.Seen.Missed = append(x.facts.Seen.Missed, reason)
		}
	}
}

// opens takes note of a file that this process is about to open for the cell.
func (x *execution) opens(path string) {
	path, err := filepath.Abs(path)
	if err != nil || !x.observes() {
		return
	}
	opened := wire.Opened{Path: path}
	if info, err := os.Stat(path); err == nil {
		opened.Existed, opened.Size, opened.ModTime, opened.Inode = true, info.Size(), info.ModTime(), inode(info)
	}
	x.facts.Seen.Opened = append(x.facts.Seen.Opened, opened)
}
