//go:build unix

package process

import (
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/cell"
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
	sampled := run.watch.result(run.cmd.Process.Pid)
	var notes cell.Notes
	if run.spec.Hooked && run.missed == "" {
		if notes = run.runner.shared.read(); !notes.Attached {
			run.missed = missedHook
		}
	}
	all := seen(notes, sampled.Processes, run.runner.dir)
	all.Hosts, all.Missed = sampled.Hosts, append(all.Missed, sampled.Missed...)
	all.Children = all.Children || sampled.Children || run.missed != ""
	if run.missed != "" {
		all.Missed = append(all.Missed, run.missed)
	}
	if !run.spec.Rich {
		self := wire.Process{Command: strings.Join(run.cmd.Args, " "), PID: run.cmd.Process.Pid}
		all.Processes = slices.Insert(all.Processes, 0, self)
	}
	if sampled.Children && len(all.Processes) == 0 {
		all.Missed = append(all.Missed, missedShort)
	}
	return all
}
