package remote

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// inventory is what a remote has.
type inventory struct {
	packs    map[string]int64     // bytes of each pack, by its sum
	listed   map[string]int64     // bytes of the list of its frames
	segments map[string][]segment // by folder
	checked  map[string][]int64   // sizes that have a checkpoint, by folder
	others   int                  // objects that are none of ours
	format   bool
}

// look lists what a remote has. An empty one is a remote to be; one that has only other things is not ours.
func look(ctx context.Context, b Bucket) (*inventory, error) {
	v := &inventory{packs: map[string]int64{}, listed: map[string]int64{}, segments: map[string][]segment{}, checked: map[string][]int64{}}
	if err := b.List(ctx, "", v.add); err != nil {
		return nil, err
	}
	if !v.format {
		if v.others > 0 || len(v.packs)+len(v.segments) > 0 {
			return nil, fmt.Errorf("look at remote: %w: other things are there, and no object %q", ErrNotOurs, formatName)
		}
		return v, nil
	}
	text, err := getSmall(ctx, b, formatName)
	if err == nil && !bytes.Equal(text, []byte(formatText)) {
		err = fmt.Errorf("look at remote: %w: its format is %.40q, this program knows %q", ErrNotOurs, text, formatText)
	}
	return v, err
}

func (v *inventory) add(name string, size int64) error {
	if m := packPattern.FindStringSubmatch(name); m != nil {
		map[string]map[string]int64{"pack": v.packs, "frames": v.listed}[m[2]][m[1]] = size
	} else if s, ok := parseLines(name); ok {
		v.segments[s.folder] = append(v.segments[s.folder], s)
	} else if folder, size, ok := parseChecked(name); ok {
		v.checked[folder] = append(v.checked[folder], size)
	} else if name == formatName {
		v.format = true
	} else {
		v.others++
	}
	return nil
}

// chain returns the segments that together are the longest journal in a folder that has a checkpoint, in order. Of
// two pushes at once each may have left segments: any way through them that ends at a checkpoint will do.
func (v *inventory) chain(folder string) (way []segment) {
	all := slices.Clone(v.segments[folder])
	slices.SortFunc(all, func(a, b segment) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	last := map[int64]segment{} // of the way to each size
	var end int64
	for _, s := range all {
		_, reached := last[s.from]
		_, known := last[s.to]
		if known || !reached && s.from > 0 {
			continue
		}
		last[s.to] = s
		if s.to > end && slices.Contains(v.checked[folder], s.to) {
			end = s.to
		}
	}
	for at := end; at > 0; at = last[at].from {
		way = append(way, last[at])
	}
	slices.Reverse(way)
	return way
}

// size returns how many signed entries of a journal the remote has.
func (v *inventory) size(folder string) int64 {
	if way := v.chain(folder); len(way) > 0 {
		return way[len(way)-1].to
	}
	return 0
}

// smallLimit bounds what is read of an object that holds a few lines.
const smallLimit = 64 << 10

func getSmall(ctx context.Context, b Bucket, name string) ([]byte, error) {
	return getLimited(ctx, b, name, smallLimit)
}

// getLimited reads a whole object, which must not be larger than limit.
func getLimited(ctx context.Context, b Bucket, name string, limit int64) ([]byte, error) {
	r, err := b.Get(ctx, name, 0, -1)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("get %s: %w", name, err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("get %s: %w: it has more than %d bytes", name, ErrCorrupt, limit)
	}
	return text, nil
}

func putBytes(ctx context.Context, b Bucket, name string, text []byte) error {
	return b.Put(ctx, name, io.NewSectionReader(bytes.NewReader(text), 0, int64(len(text))))
}
