package cli

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// runTable makes tables of runs.
type runTable struct {
	now         time.Time
	experiments map[tracker.ID]string
}

// attributeColumns are the columns of what each run has, by the names that filters use.
var attributeColumns = map[string]struct {
	title string
	right bool
	cell  func(runTable, index.Run) cell
}{
	"run_id":          {"ID", false, func(_ runTable, r index.Run) cell { return cell{r.ID.Short(), yellow} }},
	"run_name":        {"NAME", false, func(_ runTable, r index.Run) cell { return cell{text: cutTo(runName(r), nameLength)} }},
	"experiment":      {"EXPERIMENT", false, func(t runTable, r index.Run) cell { return cell{text: t.experiments[r.Experiment]} }},
	"experiment_id":   {"EXPERIMENT ID", false, func(_ runTable, r index.Run) cell { return cell{text: r.Experiment.String()} }},
	"status":          {"STATUS", false, func(_ runTable, r index.Run) cell { return cell{string(r.Status), runStyles[r.Status]} }},
	"start_time":      {"STARTED", false, func(t runTable, r index.Run) cell { return cell{text: humanTime(r.Started, t.now)} }},
	"end_time":        {"ENDED", false, func(t runTable, r index.Run) cell { return cell{text: humanTime(r.Ended, t.now)} }},
	"duration":        {"TOOK", true, func(_ runTable, r index.Run) cell { return cell{text: humanDuration(tookOf(r))} }},
	"user_id":         {"USER", false, func(_ runTable, r index.Run) cell { return cell{text: r.User} }},
	"lifecycle_stage": {"STAGE", false, func(_ runTable, r index.Run) cell { return cell{text: string(r.Stage)} }},
	"parent":          {"PARENT", false, func(_ runTable, r index.Run) cell { return cell{text: shortID(r.Parent)} }},
	"session":         {"SESSION", false, func(_ runTable, r index.Run) cell { return cell{text: shortID(r.Session)} }},
	"source":          {"SOURCE", false, func(_ runTable, r index.Run) cell { return cell{text: r.Source} }},
}

var runStyles = map[tracker.RunStatus]style{
	tracker.RunFinished: green, tracker.RunFailed: red, tracker.RunKilled: red, tracker.RunRunning: bold, tracker.RunScheduled: faint,
}

func shortID(id tracker.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.Short()
}

// tookOf is how long a run took, zero when it did not end.
func tookOf(r index.Run) time.Duration { return account.Took(r) }

// parsedColumns reads the fields that a table shows.
func parsedColumns(names []string) (fields []filter.Field, err error) {
	orders, err := parsedOrder("--columns", strings.Join(names, ","))
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		_, attribute := attributeColumns[o.Field.Name]
		logged := o.Field.Space == filter.Metrics || o.Field.Space == filter.Params || o.Field.Space == filter.Tags
		if o.Descending || !logged && !(o.Field.Space == filter.Attributes && attribute) {
			return nil, withHint(wrongUse("read --columns: %s is no column", o.Field.Name),
				"metrics.NAME, params.NAME, tags.NAME, %s", strings.Join(slices.Sorted(maps.Keys(attributeColumns)), ", "))
		}
		fields = append(fields, o.Field)
	}
	return fields, nil
}

// columnsOf tells the index what fields need to be read.
func columnsOf(fields []filter.Field) index.Columns {
	c := index.Columns{Keys: []string{}}
	for _, f := range fields {
		if f.Space == filter.Attributes {
			continue
		}
		c.Keys = append(c.Keys, f.Name)
		c.Metrics = c.Metrics || f.Space == filter.Metrics
		c.Params = c.Params || f.Space == filter.Params
		c.Tags = c.Tags || f.Space == filter.Tags
	}
	return c
}

// usualColumns are those of runs of which nothing is said: what differs among their params, and the metrics that most have.
func usualColumns(runs []index.Run) []filter.Field {
	fields := attributeFields("run_id", "start_time")
	if slices.ContainsFunc(runs, func(r index.Run) bool { return r.Experiment != runs[0].Experiment }) {
		fields = append(fields, attributeFields("experiment")...)
	}
	if slices.ContainsFunc(runs, func(r index.Run) bool { return r.Stage != tracker.Active }) {
		fields = append(fields, attributeFields("lifecycle_stage")...)
	}
	fields = append(fields, attributeFields("status", "duration", "run_name")...)
	fields = append(fields, differingParams(runs, usualCount)...)
	return append(fields, mostUsed(filter.Metrics, metricCounts(runs), usualCount)...)
}

// metricCounts returns how many runs have each metric, but for those that the program itself measures of each run.
func metricCounts(runs []index.Run) map[string]int {
	counts := map[string]int{}
	for _, r := range runs {
		for _, m := range r.Metrics {
			if !ownMetric(m.Key) {
				counts[m.Key]++
			}
		}
	}
	return counts
}

// ownMetric reports whether a metric is no user's but what was measured of the machine and the program. Views that choose by themselves
// what to show leave it out.
func ownMetric(key string) bool { return account.OwnMetric(key) }

// usualCount is how many params, and how many metrics, are shown of runs of which nothing is said.
const usualCount = 4

func attributeFields(names ...string) (fields []filter.Field) {
	for _, name := range names {
		fields = append(fields, filter.Field{Space: filter.Attributes, Name: name})
	}
	return fields
}

// differingParams returns the params that not all runs have with the same value.
func differingParams(runs []index.Run, limit int) []filter.Field {
	counts, first, differ := map[string]int{}, map[string]string{}, map[string]bool{}
	for _, r := range runs {
		for _, p := range r.Params {
			if counts[p.Key] == 0 {
				first[p.Key] = p.Value
			}
			counts[p.Key]++
			differ[p.Key] = differ[p.Key] || first[p.Key] != p.Value
		}
	}
	maps.DeleteFunc(counts, func(key string, n int) bool { return !differ[key] && n == len(runs) })
	return mostUsed(filter.Params, counts, limit)
}

// mostUsed returns the fields that most runs have, those first, then by name.
func mostUsed(space filter.Space, counts map[string]int, limit int) (fields []filter.Field) {
	keys := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(keys, func(a, b string) int { return counts[b] - counts[a] })
	for _, key := range keys[:min(limit, len(keys))] {
		fields = append(fields, filter.Field{Space: space, Name: key})
	}
	return fields
}

// valueLength is how much of a param's or tag's value a table shows, in characters.
const valueLength = 24

// table shows runs in columns.
func (t runTable) table(runs []index.Run, fields []filter.Field) *table {
	made := &table{}
	for _, f := range fields {
		c := column{title: cutTo(oneLine(f.Name), valueLength), right: f.Space == filter.Metrics || f.Space == filter.Params && allNumbers(runs, f.Name)}
		if f.Space == filter.Attributes {
			a := attributeColumns[f.Name]
			c = column{a.title, a.right}
		}
		made.columns = append(made.columns, c)
	}
	for _, r := range runs {
		cells := make([]cell, len(fields))
		for i, f := range fields {
			cells[i] = t.cell(r, f)
		}
		made.add(cells...)
	}
	return made
}

func (t runTable) cell(r index.Run, f filter.Field) cell {
	if f.Space == filter.Attributes {
		return attributeColumns[f.Name].cell(t, r)
	}
	text, ok := loggedText(r, f)
	if !ok {
		return cell{"–", faint}
	}
	return cell{text: cutTo(text, valueLength)}
}

// loggedText is a run's value of a metric, param or tag.
func loggedText(r index.Run, f filter.Field) (string, bool) {
	switch f.Space {
	case filter.Metrics:
		m, ok := findKey(r.Metrics, f.Name, func(m tracker.Metric) string { return m.Key })
		return short(m.Value), ok
	case filter.Params:
		p, ok := findKey(r.Params, f.Name, func(p tracker.Param) string { return p.Key })
		return p.Value, ok
	}
	g, ok := findKey(r.Tags, f.Name, func(g tracker.Tag) string { return g.Key })
	return g.Value, ok
}

// findKey looks for a key in a list that is sorted by it.
func findKey[T any](list []T, key string, of func(T) string) (found T, ok bool) {
	at, ok := slices.BinarySearchFunc(list, key, func(v T, key string) int { return strings.Compare(of(v), key) })
	if ok {
		found = list[at]
	}
	return found, ok
}

func allNumbers(runs []index.Run, param string) bool {
	for _, r := range runs {
		p, ok := findKey(r.Params, param, func(p tracker.Param) string { return p.Key })
		if !ok {
			continue
		}
		if _, err := strconv.ParseFloat(p.Value, 64); err != nil {
			return false
		}
	}
	return true
}

// fit takes columns away from the right until rows are lines of a terminal that is so wide. Nobody named them.
func (t *table) fit(edge int) {
	widths := t.widths()
	total := -2
	for _, w := range widths {
		total += w + 2
	}
	n := len(widths)
	for ; edge > 0 && total > edge && n > 1; n-- {
		total -= widths[n-1] + 2
	}
	t.columns = t.columns[:n]
	for i := range t.rows {
		t.rows[i] = t.rows[i][:n]
	}
}
