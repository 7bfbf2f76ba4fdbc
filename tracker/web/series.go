package web

import (
	"context"
	"errors"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Curves are points of metrics of runs.
type Curves struct {
	By     string  `json:"by"`
	Series []Curve `json:"series"`
}

// Curve is the points of a metric of a run, in the order of X: in a column each, which is much shorter than in objects.
type Curve struct {
	Run    tracker.ID       `json:"run"`
	Metric string           `json:"metric"`
	Points int64            `json:"points"` // of the whole series
	X      []float64        `json:"x"`      // steps; or seconds: since 1970, or since the series' first point
	Y      []account.Number `json:"y"`
	Steps  []int64          `json:"steps,omitempty"` // where X is a time
}

// maxCurves is how many curves one answer has.
const maxCurves = 5000

func (s *Server) series(c *call) (all Curves, err error) {
	all = Curves{By: c.get("by"), Series: []Curve{}}
	for _, text := range c.all("run") {
		m, err := s.one(c.ctx, text, "run")
		if err != nil {
			return all, err
		}
		keys, err := s.Index.SeriesKeys(c.ctx, m.ID)
		if err != nil {
			return all, err
		}
		for _, k := range keys {
			if wanted := c.all("metric"); len(wanted) > 0 && !slices.Contains(wanted, k.Key) {
				continue
			}
			if len(all.Series) == maxCurves {
				return all, hint(kind(errWrong, "that are more than %d series", maxCurves), "ask for fewer runs or metrics at once")
			}
			curve, err := s.curve(c.ctx, c, m.ID, k)
			if err != nil {
				return all, err
			}
			all.Series = append(all.Series, curve)
		}
	}
	return all, nil
}

func (s *Server) curve(ctx context.Context, c *call, run tracker.ID, k index.SeriesKey) (Curve, error) {
	q := index.SeriesSearch{Run: run, Key: k.Key, Points: c.number("points")}
	if c.get("from") != "" || c.get("to") != "" {
		q.From, q.To = int64(c.number("from")), int64(c.number("to"))
		if c.get("to") == "" {
			q.To = 1<<63 - 1
		}
	}
	points, err := s.Index.Series(ctx, q)
	if errors.Is(err, index.ErrNotFound) { // it was deleted meanwhile
		points, err = nil, nil
	}
	curve := Curve{Run: run, Metric: k.Key, Points: k.Points, X: make([]float64, len(points)), Y: make([]account.Number, len(points))}
	by := c.get("by")
	if by != "step" {
		slices.SortStableFunc(points, func(a, b tracker.Metric) int { return int(min(max(a.Time-b.Time, -1), 1)) })
		curve.Steps = make([]int64, len(points))
	}
	for i, p := range points {
		curve.Y[i] = account.Number(p.Value)
		switch by {
		case "step":
			curve.X[i] = float64(p.Step)
		case "time":
			curve.X[i], curve.Steps[i] = float64(p.Time)/1e9, p.Step
		default:
			curve.X[i], curve.Steps[i] = float64(p.Time-points[0].Time)/1e9, p.Step
		}
	}
	return curve, err
}
