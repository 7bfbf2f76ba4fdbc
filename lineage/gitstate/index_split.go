package gitstate

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
)

// splitLink is the index's extension "link": entries of a shared index that this one deletes or replaces.
type splitLink struct {
	shared            plumbing.Hash
	deleted, replaced bitmap // of positions in the shared index
}

func parseLink(data []byte) (*splitLink, error) {
	l := &splitLink{}
	if len(data) < len(l.shared) {
		return nil, fmt.Errorf("%w: split index cut short", errIndex)
	}
	rest := data[copy(l.shared[:], data):]
	if len(rest) == 0 {
		return l, nil
	}
	var err error
	if l.deleted, rest, err = parseEWAH(rest); err != nil {
		return nil, err
	}
	l.replaced, _, err = parseEWAH(rest)
	return l, err
}

// bitmap tells which positions are set.
type bitmap []bool

func (b bitmap) has(i int) bool { return i < len(b) && b[i] }

func (b bitmap) set(i int) {
	if i < len(b) {
		b[i] = true
	}
}

// maxShared is how many entries a shared index may have.
const maxShared = 1 << 24

// parseEWAH reads a compressed bitmap and returns the positions of its ones. The format is that of
// github.com/git/git, Documentation/technical/bitmap-format: 32 bits that count the bits, 32 that count the words, words of 64
// bits, 32 bits more. A marker word's lowest bit is the bit of a run, the next 32 count the run's words, the
// other 31 the literal words behind it.
func parseEWAH(b []byte) (ones bitmap, rest []byte, err error) {
	wrong := fmt.Errorf("%w: wrong bitmap of the split index", errIndex)
	if len(b) < 12 {
		return nil, nil, wrong
	}
	size, words := int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:]))
	if words > (len(b)-12)/8 || size > maxShared {
		return nil, nil, wrong
	}
	body, ones := b[8:8+8*words], make(bitmap, size)
	next := func() uint64 { w := binary.BigEndian.Uint64(body); body = body[8:]; return w }
	for at := 0; len(body) > 0; {
		marker := next()
		run, literals := int(marker>>1&0xffffffff), int(marker>>33)
		if marker&1 == 1 {
			for i := at; i < min(at+run*64, size); i++ {
				ones.set(i)
			}
		}
		at += run * 64
		if literals > len(body)/8 {
			return nil, nil, wrong
		}
		for range literals {
			for w := next(); w != 0; w &= w - 1 {
				ones.set(at + bits.TrailingZeros64(w))
			}
			at += 64
		}
	}
	return ones, b[12+8*words:], nil
}

// joined returns the shared index with what this one changes. Replacements come first, in the order of the
// places that they replace and without paths; then entries that the shared index does not have.
func (f *indexFile) joined(gitDir string) (*gitIndex, error) {
	if f.link.shared.IsZero() {
		return f.index, nil
	}
	shared, err := readIndexFile(gitDir, "sharedindex."+f.link.shared.String())
	if err != nil {
		return nil, err
	}
	if shared.sum != f.link.shared {
		return nil, fmt.Errorf("%w: the shared index is another one", errIndex)
	}
	own := f.index.entries
	all := make([]indexEntry, 0, len(shared.entries)+len(own))
	for i, e := range shared.entries {
		if f.link.replaced.has(i) {
			if len(own) == 0 {
				return nil, fmt.Errorf("%w: split index lacks entries", errIndex)
			}
			path := e.path
			e, own = own[0], own[1:]
			e.path = path
		}
		if !f.link.deleted.has(i) {
			all = append(all, e)
		}
	}
	f.index.entries = append(all, own...)
	slices.SortFunc(f.index.entries, func(a, b indexEntry) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.stage, b.stage))
	})
	return f.index, nil
}
