package tracker

import (
	"slices"
	"time"
)

// overhead is what an event costs in memory beside its text, in bytes.
const overhead = 256

// sizeOf returns about how many bytes an event holds.
func sizeOf(e Event) int64 {
	switch e := e.(type) {
	case CellOutput:
		return overhead + int64(len(e.Content))
	case CellStarted:
		return overhead + int64(len(e.Source))
	case CellFinished:
		size := overhead + len(e.Program) + len(e.ErrorValue) + len(e.GoMod) + len(e.GoSum)
		for _, name := range e.Declarations {
			size += len(name) + 16
		}
		for _, name := range slices.Concat(e.Names.Bound, e.Names.Unchanged, e.Names.Used) {
			size += len(name) + 16
		}
		size += 64 * (len(e.Names.Imports) + len(e.Names.Seeds))
		return int64(size)
	case EnvironmentCaptured:
		return overhead + int64(len(e.Document))
	case CodeCaptured:
		return overhead + int64(len(e.Changes))
	case FilesObserved:
		return overhead + int64(len(e.Observed))
	case SnapshotTaken:
		return overhead + int64(len(e.Profile)+len(e.Checks))
	case BlobsRemoved:
		return overhead + int64(len(e.List))
	case RunLogged:
		return sizeOfLogged(e)
	}
	return overhead
}

// pointSize is what a point of a metric takes in memory, in bytes. The keys of many are the same string.
const pointSize = 48

func sizeOfLogged(e RunLogged) int64 {
	size := overhead + pointSize*len(e.Metrics)
	for _, p := range e.Params {
		size += overhead + len(p.Key) + len(p.Value)
	}
	for _, t := range e.Tags {
		size += overhead + len(t.Key) + len(t.Value)
	}
	for _, i := range e.Inputs {
		size += overhead + len(i.Source) + len(i.Schema) + len(i.Profile)
	}
	return int64(size)
}

// losses counts what did not fit into the queue, by cell execution. The first reason is kept.
type losses map[ID]*loss

type loss struct {
	since  time.Time
	reason string
	events int64
	bytes  int64
}

// add counts e, which was lost because the ledger could not be written (fault), or not fast enough.
func (l *losses) add(e Event, size int64, fault error, now time.Time) {
	if *l == nil {
		*l = make(losses)
	}
	id := executionOf(e)
	if (*l)[id] == nil {
		reason := "events came faster than the disk took them"
		if fault != nil {
			reason = fault.Error()
		}
		(*l)[id] = &loss{since: now, reason: reason}
	}
	(*l)[id].events++
	(*l)[id].bytes += size
}

// executionOf returns the cell execution that an event belongs to, zero when it belongs to none.
func executionOf(e Event) ID {
	switch e := e.(type) {
	case CellStarted:
		return e.Execution
	case CellOutput:
		return e.Execution
	case CellFinished:
		return e.Execution
	case Interrupted:
		return e.Execution
	case Gap:
		return e.Execution
	case CodeCaptured:
		return e.Execution
	case FilesObserved:
		return e.Execution
	case SnapshotTaken:
		return e.Execution
	case RunChanged:
		return e.Execution
	case RunLogged:
		return e.Execution
	case ArtifactLogged:
		return e.Execution
	}
	return ID{}
}
