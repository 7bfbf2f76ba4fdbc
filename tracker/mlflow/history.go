package mlflow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

type getHistory struct {
	runID
	Key   string   `json:"metric_key"`
	Token string   `json:"page_token"`
	Max   *integer `json:"max_results"`
}

// getHistory answers with all points of a metric; its answer is written by hand, since there may be a million of them.
func (s *Server) getHistory(ctx context.Context, q *getHistory) (text, error) {
	if err := required("metric_key", q.Key); err != nil {
		return nil, err
	}
	size, err := pageSize(q.Max, math.MaxInt32, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	id, err := parseRun(q.id())
	if err != nil {
		return nil, err
	}
	points, err := s.history(ctx, id, q.Key)
	if err != nil {
		return nil, err
	}
	points, next, err := paged(points, q.Token, size)
	if err != nil {
		return nil, err
	}
	b := appendPoints(make([]byte, 0, 32+len(points)*(len(q.Key)+72)), points, "")
	if next != "" {
		b = append(b, `,"next_page_token":`...)
		b = strconv.AppendQuote(b, next)
	}
	return append(b, '}'), nil
}

// history returns the points of a run's metric in MLflow's order, by time and then step. Points that are equal in all are one, as in
// MLflow: a client that repeats a request which was answered into a broken connection has not measured twice.
func (s *Server) history(ctx context.Context, run tracker.ID, key string) ([]tracker.Metric, error) {
	if err := s.upToDate(ctx); err != nil {
		return nil, err
	}
	points, err := s.Index.Series(ctx, index.SeriesSearch{Run: run, Key: key})
	if err == nil && len(points) > 0 {
		return once(points), nil
	}
	if err != nil && !errors.Is(err, index.ErrNotFound) {
		return nil, err
	}
	if _, err := s.Index.Run(ctx, run); err != nil {
		return nil, orMissing(err, "Run with id=%s not found", run)
	}
	return nil, nil
}

// once returns points in order, each once.
func once(points []tracker.Metric) []tracker.Metric {
	order := func(a, b tracker.Metric) int {
		return cmp.Or(cmp.Compare(toMilliseconds(a.Time), toMilliseconds(b.Time)), cmp.Compare(a.Step, b.Step), cmp.Compare(a.Value, b.Value))
	}
	if !slices.IsSortedFunc(points, order) {
		slices.SortStableFunc(points, order)
	}
	return slices.CompactFunc(points, func(a, b tracker.Metric) bool {
		return a.Time == b.Time && a.Step == b.Step && math.Float64bits(a.Value) == math.Float64bits(b.Value)
	})
}

// appendPoints begins an object with points. They name their run when there is one.
func appendPoints(b []byte, points []tracker.Metric, run string) []byte {
	return append(appendList(append(b, `{"metrics":[`...), points, run), ']')
}

// appendList appends points, with commas between. All have one key, which is encoded once.
func appendList(b []byte, points []tracker.Metric, run string) []byte {
	if len(points) == 0 {
		return b
	}
	key, _ := json.Marshal(points[0].Key) // a string always is
	before := append(append([]byte(`{"key":`), key...), `,"value":`...)
	after := []byte("}")
	if run != "" {
		after = []byte(`,"run_id":"` + run + `"}`)
	}
	for i := range points {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendDouble(append(b, before...), points[i].Value)
		b = strconv.AppendInt(append(b, `,"timestamp":`...), toMilliseconds(points[i].Time), 10)
		b = strconv.AppendInt(append(b, `,"step":`...), points[i].Step, 10)
		b = append(b, after...)
	}
	return b
}
