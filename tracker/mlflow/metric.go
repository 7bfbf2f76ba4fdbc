package mlflow

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// maxMilliseconds is the last time that nanoseconds in 64 bits can tell, in the year 2262.
const maxMilliseconds = math.MaxInt64 / int64(time.Millisecond)

func toMilliseconds(ns int64) int64 {
	ms := ns / int64(time.Millisecond)
	if ns < 0 && ns%int64(time.Millisecond) != 0 {
		ms--
	}
	return ms
}

// metric is a point as a client logs it. Its value and time must be there, its step need not.
type metric struct {
	Key     string   `json:"key"`
	Value   *double  `json:"value"`
	Time    *integer `json:"timestamp"`
	Step    integer  `json:"step"`
	Model   string   `json:"model_id"`
	Dataset string   `json:"dataset_name"`
	Digest  string   `json:"dataset_digest"`
}

// checked returns the point for the tracker.
func (m *metric) checked() (tracker.Metric, error) {
	switch {
	case m.Key == "":
		return tracker.Metric{}, required("key", "")
	case m.Value == nil:
		return tracker.Metric{}, required("value", "")
	case m.Time == nil:
		return tracker.Metric{}, required("timestamp", "")
	}
	p := tracker.Metric{Key: m.Key, Value: float64(*m.Value), Step: int64(m.Step)}
	if err := checkKey("name", "Metric name", p.Key); err != nil {
		return p, err
	}
	return p, setTime("", &p, int64(*m.Time))
}

// setTime sets a point's time; where names the point in what is said of it.
func setTime(where string, p *tracker.Metric, ms int64) error {
	if ms < 0 || ms > maxMilliseconds {
		return invalidValue(where+"timestamp", strconv.FormatInt(ms, 10), "metric '"+p.Key+"': Timestamp must be a nonnegative number of milliseconds, before the year 2262")
	}
	p.Time = ms * int64(time.Millisecond)
	return nil
}

type logMetric struct {
	runID
	metric
}

func (s *Server) logMetric(ctx context.Context, q *logMetric) (nothing, error) {
	p, err := q.checked()
	if err != nil {
		return nothing{}, err
	}
	one, unlock, err := s.activeRun(ctx, q.id())
	if err != nil {
		return nothing{}, err
	}
	unlock() // nothing of the run changes that a write is checked against
	now := s.clock.tell()
	models, err := s.modelMetrics(ctx, one.info.ID, []metric{q.metric})
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.record(ctx, append(models, tracker.RunLogged{Run: one.id, Time: now, Metrics: []tracker.Metric{p}})...)
}
