package keep

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash"
	"math"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/imports"
)

// What was imported carries a tag that tells from where, and the state that it had there: a hash of all that the source tells of
// it. Who imports it again and finds the same state has nothing to do, and does not undo what was changed in the ledger since.
// The tag is written last: without it an import was cut short, and the next one compares everything.

// Tag is the key of a run's tag, a JSON object. Those of experiments and models, which several sources may tell of, have behind it a dot
// and what stands for the source.
const Tag = "gemba.import"

// origin is the value of the tag.
type origin struct {
	From  string `json:"from"`
	Place string `json:"place"`
	State string `json:"state"`
}

func (k *Keeper) tag(key, state string) tracker.Tag {
	text, _ := json.Marshal(origin{k.From, k.Place, state}) // texts always encode
	return tracker.Tag{Key: key, Value: string(text)}
}

// sharedKey is the key for what other sources may tell of too.
func (k *Keeper) sharedKey() string {
	sum := sha256.Sum256([]byte(k.From + "\n" + k.Place))
	return Tag + "." + short(sum[:])[:12]
}

// stateIn returns the state that a tag tells, empty when there is none.
func stateIn(tags []tracker.Tag, key string) string {
	var o origin
	for _, t := range tags {
		if t.Key == key && json.Unmarshal([]byte(t.Value), &o) == nil {
			return o.State
		}
	}
	return ""
}

// state gathers the hash.
type state struct {
	hash.Hash
	room [24]byte
	key  string
}

func newState(v any) *state {
	s := &state{Hash: sha256.New()}
	_ = json.NewEncoder(s).Encode(v) // what is hashed are texts, numbers and times
	return s
}

func (s *state) point(m tracker.Metric) {
	if m.Key != s.key {
		s.key = m.Key
		s.text(m.Key)
	}
	binary.LittleEndian.PutUint64(s.room[:], uint64(m.Step))
	binary.LittleEndian.PutUint64(s.room[8:], uint64(m.Time))
	binary.LittleEndian.PutUint64(s.room[16:], math.Float64bits(m.Value))
	s.Write(s.room[:])
}

func (s *state) text(t string) {
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(len(t)))
	s.Write(size[:])
	s.Write([]byte(t))
}

func (s *state) file(path string, d tracker.Digest) {
	s.text(path)
	s.Write(d[:])
}

func (s *state) String() string { return short(s.Sum(nil)) }

// head is what of a run is neither points nor files.
func head(r imports.Run) any {
	r.Files, r.Points = nil, nil
	return struct {
		imports.Run
		Files, Points struct{}
	}{Run: r}
}

// stateOf reads all of a run, and stores nothing.
func (k *Keeper) stateOf(r imports.Run) (string, error) {
	s := newState(head(r))
	if r.Points != nil {
		if err := r.Points(func(m tracker.Metric) error { s.point(m); return k.ctx.Err() }); err != nil {
			return "", err
		}
	}
	for _, f := range r.Files {
		d, err := sumOf(f)
		if err != nil {
			return "", err
		}
		s.file(f.Path, d)
	}
	return s.String(), nil
}
