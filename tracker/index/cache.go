package index

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
)

// cache holds in memory what searches for runs look at: the rows of all runs, those fields of them that were asked for, and the rest of
// those that were shown. A search is then a walk through some columns, whatever it asks, and takes the time of that. The table run_news
// tells what of it is old.
type cache struct {
	room    sync.Pool   // of *[]tracker.Metric
	lacking atomic.Bool // blobs of runs could not be read, as far as this process knows

	mu         sync.RWMutex
	generation int64
	seq        int64
	numbers    map[tracker.ID]int32 // where a run is in runs
	runs       []Run                // without what it logged
	order      []int32              // all runs, newest first
	place      []int32              // of each run in order
	columns    map[filter.Field]*column
	clock      atomic.Int64 // counts searches

	more  sync.Mutex // for what follows
	shown map[int32]*details
	bytes int                 // of shown
	texts map[string][]string // what blobs say, by digest and question
	size  int                 // of texts, in bytes
}

func newCache() *cache {
	c := &cache{generation: -1, texts: map[string][]string{}}
	c.lacking.Store(true)
	c.room.New = func() any { return new([]tracker.Metric) }
	return c
}

// state is what tells whether the cache is old.
type state struct{ generation, seq, entries int64 }

func (x *Index) state(ctx context.Context) (s state, err error) {
	all, err := collect(ctx, x, func(rows *sql.Rows) (s state, err error) {
		err = rows.Scan(&s.generation, &s.seq, &s.entries)
		return s, err
	}, "SELECT generation, seq, (SELECT coalesce(sum(entries), 0) FROM journals) FROM news")
	if err == nil && len(all) == 1 {
		s = all[0]
	}
	return s, err
}

// look calls use with a cache that is up to date and has columns for fields.
func (x *Index) look(ctx context.Context, fields []filter.Field, use func(*cache) error) error {
	c := x.cache
	now, err := x.state(ctx)
	if err != nil {
		return err
	}
	c.mu.RLock()
	for !c.has(now, fields) {
		c.mu.RUnlock()
		if err := c.refresh(ctx, x, now, fields); err != nil {
			return err
		}
		c.mu.RLock()
	}
	defer c.mu.RUnlock()
	tick := c.clock.Add(1)
	for _, f := range fields {
		c.columns[f].used.Store(tick)
	}
	return use(c)
}

// has reports whether the cache is at least as new as s and has the columns.
func (c *cache) has(s state, fields []filter.Field) bool {
	if c.generation < s.generation || c.generation == s.generation && c.seq < s.seq {
		return false
	}
	return !slices.ContainsFunc(fields, func(f filter.Field) bool {
		column := c.columns[f]
		return column == nil || column.entries >= 0 && column.entries < s.entries
	})
}

// refresh brings the cache up to date.
func (c *cache) refresh(ctx context.Context, x *Index, now state, fields []filter.Field) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation > now.generation {
		return nil // somebody else was here
	}
	var err error
	switch {
	case c.generation < now.generation:
		err = c.loadRuns(ctx, x, now)
	case c.seq < now.seq:
		err = c.loadNews(ctx, x, now)
	}
	for _, f := range fields {
		column := c.columns[f]
		if err == nil && (column == nil || column.entries >= 0 && column.entries < now.entries) {
			err = c.loadColumn(ctx, x, now, f)
		}
	}
	if err != nil {
		c.generation = -1 // half of it may be new
	}
	return err
}

func (c *cache) loadRuns(ctx context.Context, x *Index, now state) error {
	var n int
	if err := x.db.QueryRowContext(ctx, "SELECT count(*) FROM runs").Scan(&n); err != nil {
		return err
	}
	runs, err := collectInto(ctx, x, make([]Run, 0, n), scanRunChange, "SELECT id, "+runColumns+" FROM runs")
	if err != nil {
		return err
	}
	c.runs, c.numbers, c.columns = runs, make(map[tracker.ID]int32, len(runs)), map[filter.Field]*column{}
	c.forgetShown(nil)
	c.order = make([]int32, len(runs))
	for i := range runs {
		c.numbers[runs[i].ID] = int32(i)
		c.order[i] = int32(i)
	}
	c.sortRuns()
	c.generation, c.seq = now.generation, now.seq
	return nil
}

// forgetShown forgets what was shown of some runs, of all when some is nil.
func (c *cache) forgetShown(some []int32) {
	c.more.Lock()
	defer c.more.Unlock()
	if some == nil {
		c.shown, c.bytes = map[int32]*details{}, 0
	}
	for _, i := range some {
		if d := c.shown[i]; d != nil {
			c.bytes -= d.size()
		}
		delete(c.shown, i)
	}
}

// newer is the order of runs that are equal otherwise: newest first, then by id.
func newer(a, b *Run) int {
	if order := b.Started.Compare(a.Started); order != 0 {
		return order
	}
	return strings.Compare(string(a.ID[:]), string(b.ID[:]))
}

func (c *cache) sortRuns() {
	slices.SortFunc(c.order, func(a, b int32) int { return newer(&c.runs[a], &c.runs[b]) })
	c.place = slices.Grow(c.place[:0], len(c.order))[:len(c.order)]
	for place, i := range c.order {
		c.place[i] = int32(place)
	}
}

// loadNews reads the runs again that changed. When many did it begins anew.
func (c *cache) loadNews(ctx context.Context, x *Index, now state) error {
	scan := func(rows *sql.Rows) (id string, err error) { err = rows.Scan(&id); return id, err }
	ids, err := collect(ctx, x, scan, "SELECT run FROM run_news WHERE seq > ?", c.seq)
	if err != nil {
		return err
	}
	if len(ids) > 1000+len(c.runs)/10 {
		return c.loadRuns(ctx, x, now)
	}
	list := jsonText(ids)
	runs, err := collect(ctx, x, scanRunChange, "SELECT id, "+runColumns+" FROM runs WHERE id IN (SELECT value FROM json_each(?))", list)
	if err != nil {
		return err
	}
	c.forgetShown(c.put(runs))
	for f, column := range c.columns {
		if column.entries >= 0 {
			continue
		}
		for _, r := range runs {
			column.clear(c.numbers[r.ID])
		}
		if err := column.load(ctx, x, c, f, list); err != nil {
			return err
		}
	}
	c.seq = now.seq
	return nil
}

// put takes new rows of runs and returns where they are.
func (c *cache) put(runs []Run) (at []int32) {
	sorted := true
	for _, r := range runs {
		i, known := c.numbers[r.ID]
		if !known {
			i = int32(len(c.runs))
			c.numbers[r.ID] = i
			c.runs, c.order = append(c.runs, r), append(c.order, i)
		}
		sorted = sorted && known && c.runs[i].Started.Equal(r.Started)
		c.runs[i] = r
		at = append(at, i)
	}
	for _, column := range c.columns {
		column.grow(len(c.runs))
	}
	if !sorted {
		c.sortRuns()
	}
	return at
}

// maxCells bounds how many values the columns hold.
const maxCells = 8 << 20

func (c *cache) loadColumn(ctx context.Context, x *Index, now state, f filter.Field) error {
	for len(c.columns) > 8 && (len(c.columns)+1)*len(c.runs) > maxCells {
		c.dropOldest()
	}
	column := newColumn(f, len(c.runs), now)
	if err := column.load(ctx, x, c, f, ""); err != nil {
		return err
	}
	c.columns[f] = column
	return nil
}

// dropOldest drops the column that was not used for longest.
func (c *cache) dropOldest() {
	var oldest filter.Field
	first := true
	for f, column := range c.columns {
		if first || column.used.Load() < c.columns[oldest].used.Load() {
			oldest, first = f, false
		}
	}
	delete(c.columns, oldest)
}

// maxTexts bounds what is remembered of blobs, in bytes.
const maxTexts = 64 << 20

// spread returns what read finds in a blob, nothing when the blob is not here. A blob never changes, so it is read once.
func (x *Index) spread(what, digest string, read func([]byte) []string) []string {
	c, key := x.cache, digest+" "+what
	c.more.Lock()
	found, known := c.texts[key]
	c.more.Unlock()
	if known {
		return found
	}
	d, err := tracker.ParseDigest(digest)
	if err != nil {
		return nil
	}
	if _, err := x.ledger.Blobs().Stat(d); err != nil { // a search brings nothing from afar
		return nil
	}
	text, err := x.ledger.Blob(d)
	if err != nil {
		return nil
	}
	found = read(text)
	c.more.Lock()
	defer c.more.Unlock()
	for _, text := range found {
		c.size += len(text) + len(key)
	}
	if c.size > maxTexts {
		c.texts, c.size = map[string][]string{}, 0
	}
	c.texts[key] = found
	return found
}
