package mlflow

import (
	"context"
	"fmt"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// logBatch is a batch as batchReader reads it: its metrics are checked, and those of logged models are there a second time.
type logBatch struct {
	runID
	points   []tracker.Metric
	modelled []metric
	Params   []pair
	Tags     []pair
}

// logBatch records all of a batch or, when something is wrong with it, nothing.
func (s *Server) logBatch(ctx context.Context, q *logBatch) (nothing, error) {
	if err := q.check(); err != nil {
		return nothing{}, err
	}
	one, unlock, err := s.activeRun(ctx, q.id())
	if err != nil {
		return nothing{}, err
	}
	defer unlock()
	e := tracker.RunLogged{Run: one.id, Time: s.clock.tell(), Metrics: q.points}
	if e.Params, err = s.newParams(one, q.Params); err != nil {
		return nothing{}, err
	}
	models, err := s.modelMetrics(ctx, one.info.ID, q.modelled)
	if err != nil {
		return nothing{}, err
	}
	for _, p := range e.Params {
		one.params[p.Key] = p.Value
	}
	if len(e.Params)+len(q.Tags)+len(e.Metrics) == 0 {
		return nothing{}, nil
	}
	return nothing{}, s.recordRun(ctx, one, append(one.tag(e, q.Tags), models...)...)
}

// check checks all that needs no run.
func (q *logBatch) check() error {
	for _, limit := range []struct {
		what      string
		have, max int
	}{
		{"metrics", len(q.points), maxBatchMetrics},
		{"params", len(q.Params), maxBatchParamsTags},
		{"tags", len(q.Tags), maxBatchParamsTags},
		{"metrics, params, and tags", len(q.points) + len(q.Params) + len(q.Tags), maxBatch},
	} {
		if limit.have > limit.max {
			return tooMany(limit.what, limit.max)
		}
	}
	return q.checkPairs()
}

func tooMany(what string, limit int) error {
	return invalid("A batch logging request can contain at most %d %s. Please split up %s across multiple requests and try again.", limit, what, what)
}

func (q *logBatch) checkPairs() error {
	seen := map[string]bool{}
	var twice []string
	for i, p := range q.Params {
		where := fmt.Sprintf("params[%d].key", i)
		if err := required(where, p.Key); err != nil {
			return err
		}
		if err := checkKey(where, "Param key", p.Key); err != nil {
			return err
		}
		if seen[p.Key] {
			twice = append(twice, "'"+p.Key+"'")
		}
		seen[p.Key] = true
	}
	if twice != nil {
		return invalid("Duplicate parameter keys have been submitted: [%s]. Please ensure the request contains only one param value per param key.", strings.Join(twice, ", "))
	}
	for i, t := range q.Tags {
		where := fmt.Sprintf("tags[%d].key", i)
		if err := required(where, t.Key); err != nil {
			return err
		}
		if err := checkTag(where, t.Key); err != nil {
			return err
		}
	}
	return nil
}

// newParams returns the params that the run does not have, and refuses those that would change one.
func (s *Server) newParams(one *run, params []pair) (fresh []tracker.Param, err error) {
	var changed []string
	for _, p := range params {
		old, logged := one.params[p.Key]
		switch {
		case !logged:
			fresh = append(fresh, param(p))
		case s.differs(old, p):
			changed = append(changed, fmt.Sprintf("{'key': '%s', 'old_value': '%s', 'new_value': '%s'}", p.Key,
				tracker.ScreenValue(s.Screen, p.Key, old), tracker.ScreenValue(s.Screen, p.Key, p.Value)))
		}
	}
	if changed != nil {
		return nil, invalid("Changing param values is not allowed. Params were already logged='[%s]' for run ID='%s'.", strings.Join(changed, ", "), one.id)
	}
	return fresh, nil
}
