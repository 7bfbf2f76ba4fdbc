package tracker

import (
	"slices"
	"time"
)

// waiting holds the outputs of a cell until no secret can be in them that is not seen: a program's
// print may be cut anywhere into messages, with those of another stream between. What may be the
// beginning of a secret waits for the rest, and what came behind it waits too, since order matters.
type waiting struct {
	screen Screen
	items  []output
	size   int               // of items, in bytes
	looked int               // how much of size was looked at before, and waits for what is to come
	seen   int               // and how many of items
	since  time.Time         // when the first came that nobody has looked at
	stuck  time.Time         // since when the first of items waits for what completes it
	before map[string][]byte // by stream: the end of what was let go
	buffer map[string][]byte // by stream: where its text is put together
	tally  tally
}

const (
	lookAfter    = 256 << 10        // bytes that are looked at together
	lookMessages = 1000             // or messages
	longestWait  = 1 << 20          // bytes that wait for what completes them
	mostWait     = 10_000           // or messages
	patience     = 10 * time.Second // and how long they do
	memory       = 1024             // bytes of a stream that are kept to know what follows by
)

// add takes an output and returns those that need not wait any longer.
func (w *waiting) add(o output) (free []output) {
	if w.screen == nil {
		return []output{o}
	}
	if o.stream == "" {
		o.content = w.tally.replace(o.content, w.screen.JSON(o.content))
	}
	for first, rest, ok := o.split(lookAfter); ok && rest.size() > 0; first, rest, ok = o.split(lookAfter) {
		free = append(free, w.push(first)...)
		o = rest
	}
	return append(free, w.push(o)...)
}

func (w *waiting) push(o output) []output {
	if w.fresh() == 0 {
		w.since = time.Now()
	}
	w.items = append(w.items, o)
	if w.size += o.size(); w.size-w.looked < lookAfter && w.fresh() < lookMessages {
		return nil
	}
	return w.release(false)
}

// fresh returns how many outputs nobody has looked at.
func (w *waiting) fresh() int { return len(w.items) - w.seen }

// release returns the outputs that are complete; with all, there is nothing to wait for.
func (w *waiting) release(all bool) (free []output) {
	if len(w.items) == 0 {
		return nil
	}
	streams := w.look(all || w.size > longestWait || len(w.items) > mostWait)
	for end := w.held(streams); ; end = w.held(streams) {
		if !splits(streams) {
			return w.let(streams, end)
		}
	}
}

// held returns the first item that has to wait at least in part, and puts the streams where they are then.
func (w *waiting) held(streams map[string]*stream) int {
	for _, s := range streams {
		s.at = s.first
	}
	for i, o := range w.items {
		if o.stream == "" {
			continue
		}
		s := streams[o.stream]
		if s.at+o.size() > s.open {
			s.at = max(s.at, s.open)
			return i
		}
		s.at += o.size()
	}
	return len(w.items)
}

// splits reports whether a stream stands within a secret, which then waits as a whole: the first part
// of it would go without the rest where another stream has to wait.
func splits(streams map[string]*stream) (any bool) {
	for _, s := range streams {
		for _, f := range s.found {
			if f.Start < s.at && s.at < f.End && f.Start >= s.first {
				s.open, any = f.Start, true
			}
		}
	}
	return any
}

// let returns the items before end, and what of that one need not wait.
func (w *waiting) let(streams map[string]*stream, end int) (free []output) {
	for _, s := range streams {
		s.at = s.first
	}
	for _, o := range w.items[:end] {
		if o.stream != "" {
			o, _ = streams[o.stream].take(o)
		}
		free = append(free, o)
	}
	if end == len(w.items) {
		w.keep(streams, nil)
		return free
	}
	done, rest := streams[w.items[end].stream].take(w.items[end])
	if done.size() > 0 {
		free = append(free, done)
	}
	w.keep(streams, slices.Concat([]output{*rest}, w.items[end+1:]))
	return free
}

// keep remembers what still waits, and of each stream the end of what does not.
func (w *waiting) keep(streams map[string]*stream, items []output) {
	if len(items) != len(w.items) || w.seen == 0 {
		w.stuck = time.Now()
	}
	w.items, w.size = items, 0
	for _, o := range items {
		w.size += o.size()
	}
	w.looked, w.seen = w.size, len(items)
	for name, s := range streams {
		w.before[name] = slices.Clone(s.text[safeCut(s.text[:s.at], max(0, s.at-memory)):s.at])
		w.tally.add(s.replaced())
	}
}

// look looks through the streams of all items; with all, none has an unfinished end.
func (w *waiting) look(all bool) map[string]*stream {
	streams := make(map[string]*stream)
	for _, o := range w.items {
		if o.stream == "" {
			continue
		}
		s := streams[o.stream]
		if s == nil {
			before := w.before[o.stream]
			s = &stream{text: append(w.buffer[o.stream][:0], before...), first: len(before), at: len(before)}
			streams[o.stream] = s
		}
		for _, part := range o.text {
			s.text = append(s.text, part...)
		}
	}
	for name, s := range streams {
		w.buffer[name] = s.text
		s.found, s.open = w.screen.Stream(s.text)
		if s.open = max(s.open, s.first); all {
			s.open = len(s.text)
		}
	}
	return streams
}
