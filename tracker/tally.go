package tracker

import "slices"

// tally counts the secrets that were replaced.
type tally struct {
	count int64
	rules []string // sorted, each once
}

// add counts secrets.
func (t *tally) add(secrets []Secret) {
	t.count += int64(len(secrets))
	for _, s := range secrets {
		t.note(s.Rule)
	}
}

func (t *tally) note(rule string) {
	if i, known := slices.BinarySearch(t.rules, rule); !known {
		t.rules = slices.Insert(t.rules, i, rule)
	}
}

// take adds what another tally counted, which begins anew.
func (t *tally) take(other *tally) {
	t.count += other.count
	for _, rule := range other.rules {
		t.note(rule)
	}
	*other = tally{}
}

// replace counts secrets and returns text without them.
func (t *tally) replace(text []byte, secrets []Secret) []byte {
	t.add(secrets)
	return Replace(text, secrets)
}

// clip makes a text fit for an entry, without the secrets in it.
func (s *scribe) clip(text string) string {
	if s.options.Screen == nil || text == "" {
		return clip(text)
	}
	return clip(string(s.tally.replace([]byte(text), s.options.Screen.Text([]byte(text)))))
}

// text returns a text of the user's without its secrets.
func (s *scribe) text(text string) []byte {
	if s.options.Screen == nil {
		return []byte(text)
	}
	return s.tally.replace([]byte(text), s.options.Screen.Text([]byte(text)))
}

// source is text for a cell's source. What is a secret there is one wherever the cell shows it, too.
func (s *scribe) source(text string) []byte {
	if s.options.Screen == nil {
		return []byte(text)
	}
	found := s.options.Screen.Text([]byte(text))
	for _, f := range found {
		s.options.Screen.Remember(f.Rule, text[f.Start:f.End])
	}
	return s.tally.replace([]byte(text), found)
}

// document returns JSON lines of gemba's own without the secrets in them.
func (s *scribe) document(lines []byte) []byte {
	if s.options.Screen == nil {
		return lines
	}
	return s.tally.replace(lines, s.options.Screen.Document(lines))
}
