package mlflow

import (
	"context"
	"fmt"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

type logBatch struct {
	runID
	Metrics []metric `json:"metrics"`
	Params  []pair   `json:"params"`
	Tags    []pair   `json:"tags"`
}

// logBatch records all of a batch or, when something is wrong with it, nothing.
func (s *Server) logBatch(ctx context.Context, q *logBatch) (nothing, error) {
	e := tracker.RunLogged{}
	if err := q.check(&e); err != nil {
		return nothing{}, err
	}
	one, unlock, err := s.activeRun(ctx, q.id())
	if err != nil {
		return nothing{}, err
	}
	defer unlock()
	if e.Params, err = one.newParams(q.Params); err != nil {
		return nothing{}, err
	}
	e.Run, e.Time = one.id, s.clock.tell()
	models, err := s.modelMetrics(ctx, one.info.ID, q.Metrics)
	if err != nil {
		return nothing{}, err
	}
	for _, p := range e.Params {
		one.params[p.Key] = p.Value
	}
	events := append(one.tag(e, q.Tags), models...)
	if len(e.Params)+len(q.Tags)+len(e.Metrics)+len(models) == 0 {
		return nothing{}, nil
	}
	return nothing{}, s.recordRun(ctx, one, events...)
}

// check checks all that needs no run, and sets the metrics.
func (q *logBatch) check(e *tracker.RunLogged) error {
	for _, limit := range []struct {
		what      string
		have, max int
	}{
		{"metrics", len(q.Metrics), maxBatchMetrics},
		{"params", len(q.Params), maxBatchParamsTags},
		{"tags", len(q.Tags), maxBatchParamsTags},
		{"metrics, params, and tags", len(q.Metrics) + len(q.Params) + len(q.Tags), maxBatch},
	} {
		if limit.have > limit.max {
			return invalid("A batch logging request can contain at most %d %s. Got %d %s. Please split up %s across multiple requests and try again.",
				limit.max, limit.what, limit.have, limit.what, limit.what)
		}
	}
	e.Metrics = make([]tracker.Metric, len(q.Metrics))
	for i := range q.Metrics {
		p, err := q.Metrics[i].checked("")
		if err != nil { // the place is named only when it is needed: to name each costs more than to check it
			_, err = q.Metrics[i].checked(fmt.Sprintf("metrics[%d].", i))
			return err
		}
		e.Metrics[i] = p
	}
	return q.checkPairs()
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
func (one *run) newParams(params []pair) (fresh []tracker.Param, err error) {
	var changed []string
	for _, p := range params {
		old, logged := one.params[p.Key]
		switch {
		case !logged:
			fresh = append(fresh, param(p))
		case old != p.Value:
			changed = append(changed, fmt.Sprintf("{'key': '%s', 'old_value': '%s', 'new_value': '%s'}", p.Key, old, p.Value))
		}
	}
	if changed != nil {
		return nil, invalid("Changing param values is not allowed. Params were already logged='[%s]' for run ID='%s'.", strings.Join(changed, ", "), one.id)
	}
	return fresh, nil
}
