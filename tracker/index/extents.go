package index

import (
	"context"
	"database/sql"
	"encoding/binary"
	"math"

	"github.com/gemba-ml/gemba/tracker"
)

// Extent is from the least to the greatest finite value of a series; Least is greater than Greatest where there is none.
type Extent struct{ Least, Greatest float64 }

// Extents returns the extent of each series of a run, by key, in one pass, which is much faster than asking for the series of a run that has
// a million. Of long series it reads what is thinned out, which keeps extremes: where there is an infinite value, a finite one beside it
// may be passed over.
func (x *Index) Extents(ctx context.Context, run tracker.ID) (map[string]Extent, error) {
	all := map[string]Extent{}
	scan := func(rows *sql.Rows) (struct{}, error) {
		var key string
		var data sql.RawBytes
		if err := rows.Scan(&key, &data); err != nil {
			return struct{}{}, err
		}
		r, known := all[key]
		if !known {
			r = Extent{math.Inf(1), math.Inf(-1)}
		}
		var c chunk
		err := c.split(data)
		all[key] = r.over(c.values)
		return struct{}{}, err
	}
	_, err := collect(ctx, x, scan, "SELECT key, data FROM series WHERE run = ? AND (level = 1 OR level = 0 AND points < ?)", run.String(), chunkPoints)
	return all, err
}

// over returns the extent with more values, as a chunk has them.
func (r Extent) over(values []byte) Extent {
	for ; len(values) >= 8; values = values[8:] {
		if v := math.Float64frombits(binary.LittleEndian.Uint64(values)); !math.IsNaN(v) && !math.IsInf(v, 0) {
			r = Extent{min(r.Least, v), max(r.Greatest, v)}
		}
	}
	return r
}
