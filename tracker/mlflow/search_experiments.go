package mlflow

import (
	"context"
	"slices"

	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// experimentList is how experiments are searched.
func experimentList() listing[index.Experiment] {
	return listing[index.Experiment]{
		attributes: [][]string{{"name"}, {"creation_time"}, {"last_update_time"}, {"experiment_id"}},
		value: func(x index.Experiment, f filter.Field) (string, float64, bool) {
			if f.Space == filter.Tags {
				return tagValue(x.Tags, f.Name)
			}
			switch f.Name {
			case "name":
				return x.Name, 0, true
			case "experiment_id":
				return experimentNumber(x.ID), 0, true
			case "creation_time":
				return "", float64(milliseconds(x.Created)), true
			case "last_update_time":
				return "", float64(milliseconds(x.Updated)), true
			}
			return "", 0, false
		},
		order: []filter.Order{
			{Field: filter.Field{Space: filter.Attributes, Name: "creation_time"}, Descending: true},
			{Field: filter.Field{Space: filter.Attributes, Name: "experiment_id"}, Descending: true},
		},
		normal: 1000, most: 50_000,
	}
}

type searchExperiments struct {
	query
	View view `json:"view_type"`
}

type experimentsAnswer struct {
	Experiments []experimentMessage `json:"experiments,omitempty"`
	Next        string              `json:"next_page_token,omitempty"`
}

func (s *Server) searchExperiments(ctx context.Context, q *searchExperiments) (experimentsAnswer, error) {
	stages, err := q.View.stages()
	if err != nil {
		return experimentsAnswer{}, err
	}
	all, err := s.allExperiments(ctx)
	if err != nil {
		return experimentsAnswer{}, err
	}
	all = slices.DeleteFunc(slices.Clone(all), func(x index.Experiment) bool { return stages != nil && !slices.Contains(stages, x.Stage) })
	page, next, err := experimentList().search(all, q.query)
	a := experimentsAnswer{Next: next}
	for _, x := range page {
		a.Experiments = append(a.Experiments, experimentOf(x))
	}
	return a, err
}
