package mlflow

import (
	"context"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
)

// Limits of MLflow's bulk routes.
const (
	maxBulkRuns   = 100
	maxBulkPoints = 25_000
	maxBulkPerRun = 2500
)

type historyBulk struct {
	Runs []string `json:"run_id"`
	Key  string   `json:"metric_key"`
	Max  *integer `json:"max_results"`
}

func (s *Server) getHistoryBulk(ctx context.Context, q *historyBulk) (text, error) {
	if len(q.Runs) == 0 {
		return nil, invalid("GetMetricHistoryBulk request must specify at least one run_id.")
	}
	if q.Key == "" {
		return nil, invalid("GetMetricHistoryBulk request must specify a metric_key.")
	}
	if err := checkBulk("GetMetricHistoryBulk", q.Runs); err != nil {
		return nil, err
	}
	left := maxBulkPoints
	if q.Max != nil {
		left = int(max(0, min(*q.Max, maxBulkPoints)))
	}
	slices.Sort(q.Runs)
	return s.bulk(ctx, q.Runs, q.Key, func(points []tracker.Metric) []tracker.Metric {
		points = points[:min(len(points), left)]
		left -= len(points)
		return points
	})
}

func checkBulk(what string, runs []string) error {
	if len(runs) > maxBulkRuns {
		return invalid("%s request cannot specify more than %d run_ids. Received %d run_ids.", what, maxBulkRuns, len(runs))
	}
	return nil
}

// bulk answers with what choose takes of each run's points.
func (s *Server) bulk(ctx context.Context, runs []string, key string, choose func([]tracker.Metric) []tracker.Metric) (text, error) {
	b := text(`{"metrics":[`)
	for _, run := range runs {
		id, err := parseRun(run)
		if err != nil {
			return nil, err
		}
		points, err := s.history(ctx, id, key)
		if err != nil {
			return nil, err
		}
		if points = choose(points); len(points) > 0 && b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		b = appendList(b, points, id.String())
	}
	return append(b, "]}"...), nil
}

type historyInterval struct {
	Runs []string `json:"run_ids"`
	Key  string   `json:"metric_key"`
	From *integer `json:"start_step"`
	To   *integer `json:"end_step"`
	Max  *integer `json:"max_results"`
}

func (s *Server) getHistoryInterval(ctx context.Context, q *historyInterval) (text, error) {
	if len(q.Runs) == 0 {
		return nil, required("run_ids", "")
	}
	if err := required("metric_key", q.Key); err != nil {
		return nil, err
	}
	if err := checkBulk("GetMetricHistoryBulkInterval", q.Runs); err != nil {
		return nil, err
	}
	size, err := pageSize(q.Max, maxBulkPerRun, maxBulkPerRun)
	if err != nil {
		return nil, err
	}
	if (q.From == nil) != (q.To == nil) {
		return nil, invalid("If either start step or end step are specified, both must be specified.")
	}
	if q.From != nil && *q.From > *q.To {
		return nil, invalid("end_step must be greater than start_step. Found start_step=%d and end_step=%d.", *q.From, *q.To)
	}
	return s.bulk(ctx, q.Runs, q.Key, func(points []tracker.Metric) []tracker.Metric {
		if q.From != nil {
			points = slices.DeleteFunc(points, func(p tracker.Metric) bool { return p.Step < int64(*q.From) || p.Step > int64(*q.To) })
		}
		slices.SortStableFunc(points, func(a, b tracker.Metric) int { return compareSteps(a, b) })
		return spread(points, size)
	})
}

func compareSteps(a, b tracker.Metric) int {
	switch {
	case a.Step != b.Step:
		return sign(a.Step < b.Step)
	case a.Time != b.Time:
		return sign(a.Time < b.Time)
	}
	return 0
}

func sign(less bool) int {
	if less {
		return -1
	}
	return 1
}

// spread returns at most n of the points, evenly, the first and the last among them.
func spread(points []tracker.Metric, n int) []tracker.Metric {
	if len(points) <= n {
		return points
	}
	if n == 1 {
		return points[len(points)-1:]
	}
	chosen := make([]tracker.Metric, n)
	for i := range chosen {
		chosen[i] = points[i*(len(points)-1)/(n-1)]
	}
	return chosen
}
