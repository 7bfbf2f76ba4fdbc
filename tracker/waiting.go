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
	since  time.Time         // when the first came that nobody has looked at
	held   time.Time         // since when the first of items waits for what completes it
	before map[string][]byte // by stream: the end of what was let go
	tally  tally
}

const (
	lookAfter    = 256 << 10        // bytes that are looked at together
	lookMessages = 1000             // or messages
	longestWait  = 1 << 20          // bytes that wait for what completes them
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
	if w.size += o.size(); w.fresh() < lookAfter && len(w.items) < lookMessages {
		return nil
	}
	return w.release(false)
}

// fresh returns how many bytes nobody has looked at.
func (w *waiting) fresh() int { return w.size - w.looked }

// release returns the outputs that are complete; with all, there is nothing to wait for.
func (w *waiting) release(all bool) (free []output) {
	if len(w.items) == 0 {
		return nil
	}
	streams := w.look(all || w.size > longestWait)
	for i, o := range w.items {
		if o.stream == "" {
			free = append(free, o)
			continue
		}
		done, rest := streams[o.stream].take(o)
		if done.size() > 0 || rest == nil {
			free = append(free, done)
		}
		if rest != nil {
			w.keep(streams, slices.Concat([]output{*rest}, w.items[i+1:]))
			return free
		}
	}
	w.keep(streams, nil)
	return free
}

// keep remembers what still waits, and of each stream the end of what does not.
func (w *waiting) keep(streams map[string]*stream, items []output) {
	if len(items) != len(w.items) || w.looked == 0 {
		w.held = time.Now()
	}
	w.items, w.size = items, 0
	for _, o := range items {
		w.size += o.size()
	}
	w.looked = w.size
	for name, s := range streams {
		w.before[name] = slices.Clone(s.text[safeCut(s.text[:s.at], max(0, s.at-memory)):s.at])
		w.tally.add(s.replaced())
	}
}

// stream is the text of one stream, looked at as a whole.
type stream struct {
	text  []byte // what was let go before, then that of all items
	first int    // where that of the items begins
	at    int    // where that of the next item begins
	open  int    // from here on the end may be a part of a secret
	found []Secret
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
			s = &stream{text: slices.Clone(before), first: len(before), at: len(before)}
			streams[o.stream] = s
		}
		for _, part := range o.text {
			s.text = append(s.text, part...)
		}
	}
	for _, s := range streams {
		s.found, s.open = w.screen.Stream(s.text)
		if s.open = max(s.open, s.first); all {
			s.open = len(s.text)
		}
	}
	return streams
}

// take returns the next item without secrets, as far as it need not wait, and what has to: nil for nothing.
func (s *stream) take(o output) (done output, rest *output) {
	start, end := s.at, s.at+o.size()
	s.at = min(end, s.open)
	if text, changed := s.clean(start, s.at); changed || s.at < end {
		done = o
		done.text, done.textSize, done.grows = [][]byte{text}, len(text), false
	} else {
		done = o
	}
	if s.at == end {
		return done, nil
	}
	later := o
	later.text, later.textSize, later.grows = [][]byte{slices.Clone(s.text[s.at:end])}, end-s.at, false
	if s.at > start {
		later.messages = 0
	}
	return done, &later
}

// clean returns text[start:end] without its secrets, and whether there were any. The mark of a secret
// stands where it begins, or where the text begins that was not let go yet.
func (s *stream) clean(start, end int) (text []byte, changed bool) {
	at := start
	for _, f := range s.found {
		if f.End <= start || f.Start >= end {
			continue
		}
		from, to := max(f.Start, start), min(f.End, end)
		text = append(text, s.text[at:from]...)
		if from == f.Start || from == s.first {
			text = append(text, f.Mark...)
		}
		at, changed = to, true
	}
	return append(text, s.text[at:end]...), changed
}

// replaced returns the secrets that were replaced in what was let go.
func (s *stream) replaced() (all []Secret) {
	for _, f := range s.found {
		if f.End > s.first && f.Start < s.at {
			all = append(all, f)
		}
	}
	return all
}
