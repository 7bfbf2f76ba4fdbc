package index

import (
	"context"
	"iter"

	"github.com/gemba-ml/gemba/tracker"
)

// eachChunks is how many chunks EachPoint reads at a time.
const eachChunks = 16

// EachPoint yields all points of a series, as Series orders them, some ten thousand at a time: a series may be longer than there is memory.
// What is yielded is overwritten by what comes next.
func (x *Index) EachPoint(ctx context.Context, run tracker.ID, key string) iter.Seq2[[]tracker.Metric, error] {
	q := SeriesSearch{Run: run, Key: key}
	return func(yield func([]tracker.Metric, error) bool) {
		pieces, _, err := x.pieces(ctx, q)
		if err != nil {
			yield(nil, err)
			return
		}
		var points []tracker.Metric
		for _, p := range pieces {
			for from := int64(0); from <= p.chunks; from += eachChunks {
				points, err = x.chunks(ctx, q, p.journal, 0, from, min(from+eachChunks, p.chunks+1), points[:0])
				if err != nil {
					yield(nil, err)
					return
				}
				if len(points) > 0 && !yield(points, nil) {
					return
				}
			}
		}
	}
}
