package cli

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker/index"
)

// names are those that the ledger holds, for completion: who types does not wait for an index to be opened at each key.
type names struct {
	mu      sync.Mutex
	of      map[magics.Kind][]string
	read    time.Time
	reading chan struct{} // closed when what is read now is known, nil when nothing is
}

// fresh is how long names are good for.
const fresh = 3 * time.Second

// Names returns the names of a kind: what is known when ctx ends, if reading them takes longer.
func (h *magicHost) Names(ctx context.Context, of magics.Kind) []string {
	if h.run == nil {
		return nil
	}
	n := &h.known
	n.mu.Lock()
	if n.reading == nil && h.now().Sub(n.read) > fresh {
		n.reading = make(chan struct{})
		go h.readNames()
	}
	reading := n.reading
	n.mu.Unlock()
	if reading != nil {
		select {
		case <-reading:
		case <-ctx.Done():
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.of[of]
}

// readNamesFor bounds the reading of names, which no one waits for any more by then.
const readNamesFor = 30 * time.Second

func (h *magicHost) readNames() {
	ctx, cancel := context.WithTimeout(context.Background(), readNamesFor)
	defer cancel()
	of := map[magics.Kind][]string{}
	if x, err := index.Open(ctx, h.ledger); err == nil { // without a ledger there are no names
		of = namesIn(ctx, x)
		_ = x.Close() // nothing was written
	}
	n := &h.known
	n.mu.Lock()
	defer n.mu.Unlock()
	n.of, n.read = of, h.now()
	close(n.reading)
	n.reading = nil
}

// nameQueries ask for the names of each kind.
var nameQueries = map[magics.Kind]string{
	magics.Run:        "SELECT name FROM (SELECT substr(id, 1, 8) AS name, started FROM runs WHERE stage = 'active' UNION SELECT name, started FROM runs WHERE stage = 'active') WHERE name <> '' ORDER BY started DESC LIMIT 200",
	magics.Experiment: "SELECT name FROM experiments WHERE stage = 'active' AND name <> '' ORDER BY created DESC LIMIT 200",
	magics.ParamKey:   "SELECT DISTINCT key FROM params LIMIT 500",
	magics.TagKey:     "SELECT DISTINCT key FROM tags WHERE removed = 0 LIMIT 500",
	magics.MetricKey:  "SELECT DISTINCT key FROM metrics LIMIT 500",
}

// attributeNames are what every run has, as filters name it.
var attributeNames = []string{"run_id", "run_name", "experiment", "status", "start_time", "end_time", "duration", "user_id", "notebook", "git.commit", "git.branch",
	"git.dirty", "data.digest", "data.path", "cell.source", "cell.id", "dataset.name"}

func namesIn(ctx context.Context, x *index.Index) map[magics.Kind][]string {
	of := map[magics.Kind][]string{}
	for kind, query := range nameQueries {
		rows, err := x.Query(ctx, query)
		if err != nil {
			continue // there is nothing to propose
		}
		for _, row := range rows.Values {
			if name, ok := row[0].(string); ok && oneLine(name) == name {
				of[kind] = append(of[kind], name)
			}
		}
	}
	fields := slices.Clone(attributeNames)
	for space, kind := range map[string]magics.Kind{"metrics.": magics.MetricKey, "params.": magics.ParamKey, "tags.": magics.TagKey} {
		for _, name := range of[kind] {
			fields = append(fields, space+fieldName(name))
		}
	}
	of[magics.Field] = fields
	return of
}

var plainName = regexp.MustCompile(`^[\pL\pN_./\-]+$`)

// fieldName writes a name as a filter reads it.
func fieldName(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}
