package index

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// stamp says where something told stands among all that is told, whatever journal it is in: by time, then journal, then
// position in the journal and in the entry's blob. Stamps sort as bytes.
type stamp [8 + 16 + 5 + 3]byte

func stampOf(r journal.Record) (s stamp) {
	binary.BigEndian.PutUint64(s[:], uint64(nanos(r.Entry.Head().Time))^1<<63) // negative times come first
	copy(s[8:], r.Journal[:])
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(r.N))
	copy(s[24:29], n[3:])
	return s
}

// in returns the stamp of a thing in the entry's blob, numbered from 0.
func (s stamp) in(place int) []byte {
	s[29], s[30], s[31] = byte(place>>16), byte(place>>8), byte(place)
	return s[:]
}

// journal returns the journal that the stamp is of.
func (s stamp) journal() (id tracker.ID) {
	copy(id[:], s[8:24])
	return id
}

// entry returns the number of the entry that the stamp is of.
func (s stamp) entry() int64 {
	var n [8]byte
	copy(n[3:], s[24:29])
	return int64(binary.BigEndian.Uint64(n[:]))
}

// time returns the time that the stamp is of.
func (s stamp) time() time.Time {
	return time.Unix(0, int64(binary.BigEndian.Uint64(s[:])^1<<63)).UTC()
}

// nanos returns a time in nanoseconds since 1970; what does not fit, the zero time for one, comes before or behind all.
func nanos(t time.Time) int64 {
	switch year := t.Year(); {
	case year < 1678:
		return math.MinInt64
	case year > 2261:
		return math.MaxInt64
	}
	return t.UnixNano()
}
