package observe

import (
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// kind says what happened to a file in the work tree.
type kind uint8

const (
	marked  kind = iota // nothing: the place of a mark
	closed              // closed after it was opened for reading alone
	wrote               // closed after it was opened for writing
	created             // came to be, a link or a file
	removed
	movedFrom
	movedTo
	lost  // some events are missing here
	blind // some folders are not yet watched for what is read alone
	own   // this process itself closed it
)

type event struct {
	kind kind
	path string
	pair uint32    // joins movedFrom and movedTo
	at   time.Time // when it was read; of a mark and of our own doing, when it was made
	mark int
}

// maxLog is how many events are held: some tens of megabytes. What does not fit is said to be lost.
const maxLog = 300_000

// eventLog holds the events since the first cell that was not observed yet.
type eventLog struct {
	list []event
	full bool
	last int // the latest mark
}

func (l *eventLog) add(e event) {
	if len(l.list) >= maxLog && e.kind != marked {
		if !l.full {
			l.list, l.full = append(l.list, event{kind: lost, at: e.at}), true
		}
		return
	}
	l.list = append(l.list, e)
	l.last = max(l.last, e.mark)
}

// at gives the place of a mark, -1 when it is not there.
func (l *eventLog) at(mark int) int {
	return slices.IndexFunc(l.list, func(e event) bool { return e.kind == marked && e.mark == mark })
}

// between gives the events from one mark to another, nil when one is not there. What this process itself does is not in
// order with the rest, and is found by its time.
func (l *eventLog) between(from, to int) (list []event) {
	first, last := l.at(from), l.at(to)
	if first < 0 || last < first {
		return nil
	}
	begin, end := l.list[first].at, l.list[last].at
	for i, e := range l.list {
		if e.kind == own && !e.at.Before(begin) && e.at.Before(end) || e.kind != own && i >= first && i < last {
			list = append(list, e)
		}
	}
	return list
}

// forget drops the events before a mark.
func (l *eventLog) forget(mark int) {
	at := l.at(mark)
	if at < 0 {
		return
	}
	made := l.list[at].at
	kept := slices.DeleteFunc(slices.Clone(l.list[:at]), func(e event) bool { return e.kind != own || e.at.Before(made) })
	l.list, l.full = append(kept, l.list[at:]...), false
}

// clear drops all.
func (l *eventLog) clear() { l.list, l.full = nil, false }

// happened is what is known of one file from events.
type happened struct {
	closed, own                      int // times
	wrote, created, removed, arrived bool
	from                             string // the path that it was moved from
}

// changes are what happened in the work tree while a cell ran.
type changes struct {
	files    map[string]*happened // by path
	complete bool                 // nothing is missing
	reads    bool                 // nothing of what was only read
}

// summary joins events by path, up to a time.
func summary(list []event, until time.Time) changes {
	c := changes{map[string]*happened{}, true, true}
	files := c.files
	at := func(path string) *happened {
		if files[path] == nil {
			files[path] = &happened{}
		}
		return files[path]
	}
	leaving := map[uint32]string{}
	for _, e := range list {
		if e.at.After(until) {
			continue
		}
		switch e.kind {
		case closed:
			at(e.path).closed++
		case own:
			at(e.path).own++
		case wrote:
			at(e.path).wrote = true
		case created:
			at(e.path).created = true
		case removed:
			at(e.path).removed = true
		case movedFrom:
			at(e.path).removed = true
			leaving[e.pair] = e.path
		case movedTo:
			h := at(e.path)
			h.arrived, h.from = true, leaving[e.pair]
		case lost:
			c.complete = false
		case blind:
			c.reads = false
		}
	}
	return c
}

// isFolder says that an event's path is that of a folder.
func isFolder(path string) bool { return strings.HasSuffix(path, string(filepath.Separator)) }
