//go:build unix

package process

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// prepareSeen prepares what observes the program. A program that cannot be observed runs all the same.
func (run *running) prepareSeen() {
	spec := run.spec
	if !spec.Observe {
		return
	}
	run.watch = newSampler(spec.Network || !spec.Hooked)
	if !spec.Hooked {
		return
	}
	variable, err := run.runner.shared.clear(run.runner.dir)
	if err != nil {
		run.missed = missedMemory
		return
	}
	run.cmd.Env = append(run.cmd.Environ(), variable)
}

// seen tells what was observed of a program that has exited.
func (run *running) seen() wire.Seen {
	if run.watch == nil {
		return wire.Seen{}
	}
	all := sight{Seen: run.watch.result(run.cmd.Process.Pid), private: run.runner.dir + string(filepath.Separator)}
	sampled := all.Children
	if run.spec.Hooked && run.missed == "" {
		if run.runner.shared.read(&all); !all.notes.Attached {
			run.missed = missedHook
		}
	}
	if all.notes.Lost > 0 {
		all.Missed = append(all.Missed, fmt.Sprintf("%d of the files that the program opened: they are too many", all.notes.Lost))
	}
	if run.missed != "" {
		all.Children = true
		all.Missed = append(all.Missed, run.missed)
	}
	if !run.spec.Rich {
		self := wire.Process{Command: strings.Join(run.cmd.Args, " "), PID: run.cmd.Process.Pid}
		all.Processes = slices.Insert(all.Processes, 0, self)
	}
	if sampled && len(all.Processes) == 0 {
		all.Missed = append(all.Missed, missedShort)
	}
	return all.Seen
}
