package secrets

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
)

// Options set up a Screener.
type Options struct {
	// Key keys the digests that stand for secrets: bytes that never reach a ledger. nil: random ones, so
	// that digests can be compared within the life of this Screener only.
	Key []byte
}

// Screener finds secrets. It may be used from several goroutines, and costs nothing before its first
// use. It is a tracker.Screen.
type Screener struct {
	key   []byte
	rules func() *ruleset

	buffers sync.Pool // of *[]byte, to decode into

	mu     sync.Mutex
	values map[string]value // by how they are written
	finder *finder          // of rules and values; nil: values were added since it was made
}

// New returns a Screener.
func New(o Options) *Screener {
	key := o.Key
	if key == nil {
		key = make([]byte, sha256.Size)
		_, _ = rand.Read(key) // crypto/rand never fails since Go 1.24
	}
	return &Screener{
		key: key, rules: sync.OnceValue(loadRules), values: make(map[string]value),
		buffers: sync.Pool{New: func() any { return new([]byte) }},
	}
}

// Text returns where secrets stand in a plain text, first to last, none overlapping another. The
// colour codes of a terminal within one are no hindrance.
func (s *Screener) Text(text []byte) []tracker.Secret { return s.find(newPlain(text), "") }

// File is Text for a file with this path, whose name some rules look at: the sums in a go.sum are no
// secrets. In a file that is no text only remembered values are found.
func (s *Screener) File(path string, text []byte) []tracker.Secret {
	return s.find(newPlain(text), path)
}

// JSON returns where secrets stand in JSON values, in the strings as they read once decoded, and with
// the names of an object's members before their values. What the Marks replace is JSON again.
func (s *Screener) JSON(values []byte) []tracker.Secret { return s.find(newJSON(values, true), "") }

// Document returns where secrets stand in JSON lines whose members have names that gemba gave them:
// each string is looked at alone, and digests are left as they are.
func (s *Screener) Document(lines []byte) []tracker.Secret { return s.find(newJSON(lines, false), "") }

// Redact returns text with its secrets replaced, and where they stood. Without any it is text itself.
func (s *Screener) Redact(text []byte) ([]byte, []tracker.Secret) {
	found := s.Text(text)
	return tracker.Replace(text, found), found
}

// find looks through a text and returns the places of secrets in it as it was before decoding.
func (s *Screener) find(t *text, path string) []tracker.Secret {
	return s.secrets(t, s.current().spans(t.decoded, path))
}

// secrets turns what was found in decoded text into what to replace in the raw one.
func (s *Screener) secrets(t *text, spans []span) (found []tracker.Secret) {
	for _, sp := range spans {
		mark := s.mark(sp.rule, sp.secret)
		for _, p := range t.places(sp.start, sp.end) {
			if last := len(found) - 1; last >= 0 && p.start < found[last].End {
				continue // a number that holds two is replaced once
			}
			found = append(found, tracker.Secret{Start: p.start, End: p.end, Rule: sp.rule, Mark: p.quote + mark + p.quote})
		}
	}
	return found
}

// mark returns what is written in the place of a secret. 48 bits of HMAC-SHA256 (RFC 2104) are enough
// to tell a person's secrets from each other, and tell nothing without the key.
func (s *Screener) mark(rule, secret string) string {
	h := hmac.New(sha256.New, s.key)
	_, _ = h.Write([]byte(secret)) // a hash never fails
	return "[redacted " + rule + " " + hex.EncodeToString(h.Sum(nil)[:6]) + "]"
}

// current returns what finds the rules' secrets and the values known now.
func (s *Screener) current() *finder {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finder == nil {
		s.finder = newFinder(s.rules(), s.values)
	}
	return s.finder
}
