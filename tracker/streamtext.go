package tracker

import "slices"

// stream is the text of one stream, looked at as a whole.
type stream struct {
	text  []byte // what was let go before, then that of all items
	first int    // where that of the items begins
	at    int    // where that of the next item begins
	open  int    // from here on the end may be a part of a secret
	found []Secret
}

// take returns the next item without secrets, as far as it need not wait, and what has to: nil for nothing.
func (s *stream) take(o output) (done output, rest *output) {
	start, end := s.at, s.at+o.size()
	s.at = max(start, min(end, s.open))
	if s.at == end && !s.holds(start, end) {
		return o, nil
	}
	done = o.with(s.clean(start, s.at))
	if s.at == end {
		return done, nil
	}
	later := o.with(slices.Clone(s.text[s.at:end]))
	if s.at > start {
		later.messages = 0
	}
	return done, &later
}

// with returns an output of the same stream with another text.
func (o output) with(text []byte) output {
	o.text, o.textSize, o.grows = [][]byte{text}, len(text), false
	return o
}

// holds reports whether any part of a secret is in text[start:end].
func (s *stream) holds(start, end int) bool {
	return slices.ContainsFunc(s.found, func(f Secret) bool { return f.End > start && f.Start < end })
}

// clean returns text[start:end] without its secrets. The mark of a secret stands where it begins, or
// where the text begins that was not let go yet.
func (s *stream) clean(start, end int) (text []byte) {
	at := start
	for _, f := range s.found {
		if f.End <= start || f.Start >= end {
			continue
		}
		text = append(text, s.text[at:max(f.Start, start)]...)
		if f.Start >= start || start == s.first {
			text = append(text, f.Mark...)
		}
		at = min(f.End, end)
	}
	return append(text, s.text[at:end]...)
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
