package mlflow

import (
	"context"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Limits of MLflow for a page of runs.
const (
	normalRuns = 1000
	maxRuns    = 50_000
)

type searchRuns struct {
	Experiments []string `json:"experiment_ids"`
	Filter      string   `json:"filter"`
	View        view     `json:"run_view_type"`
	Max         *integer `json:"max_results"`
	Order       []string `json:"order_by"`
	Token       string   `json:"page_token"`
}

type runsAnswer struct {
	Runs []runMessage `json:"runs,omitempty"`
	Next string       `json:"next_page_token,omitempty"`
}

func (s *Server) searchRuns(ctx context.Context, q *searchRuns) (runsAnswer, error) {
	if err := s.upToDate(ctx); err != nil {
		return runsAnswer{}, err
	}
	var ids []tracker.ID
	where := make(map[tracker.ID]index.Experiment, len(q.Experiments))
	for _, number := range q.Experiments {
		e, err := s.experiment(ctx, number)
		if isMissing(err) {
			continue // MLflow looks for runs of experiments that there are not, too
		}
		if err != nil {
			return runsAnswer{}, err
		}
		if _, twice := where[e.ID]; !twice {
			ids = append(ids, e.ID)
		}
		where[e.ID] = e
	}
	search, err := s.runSearch(q) // after the experiments, which may be in the filter
	if err != nil || len(where) == 0 {
		return runsAnswer{}, err
	}
	search.Experiments = ids
	page, err := s.Index.SearchRuns(ctx, search)
	if err != nil {
		return runsAnswer{}, err
	}
	a := runsAnswer{Runs: make([]runMessage, len(page.Runs)), Next: page.Next}
	for i, x := range page.Runs {
		a.Runs[i] = runOf(x, where[x.Experiment])
	}
	return a, nil
}

// runSearch reads what is asked, but for the experiments.
func (s *Server) runSearch(q *searchRuns) (index.RunSearch, error) {
	search := index.RunSearch{After: q.Token, Columns: index.Columns{Params: true, Tags: true, Metrics: true, Inputs: true}}
	var err error
	if search.Limit, err = pageSize(q.Max, normalRuns, maxRuns); err != nil {
		return search, err
	}
	if search.Stages, err = q.View.stages(); err != nil {
		return search, err
	}
	if search.Filter, err = filter.Parse(q.Filter); err != nil {
		return search, err
	}
	search.Filter = s.numbered(search.Filter)
	search.Order, err = filter.ParseOrder(strings.Join(q.Order, ", "))
	return search, err
}

// numbered makes the experiments in a filter those of the ledger: clients know them by number.
func (s *Server) numbered(e filter.Expr) filter.Expr {
	switch e := e.(type) {
	case filter.And:
		return filter.And(s.numberedAll(e))
	case filter.Or:
		return filter.Or(s.numberedAll(e))
	case filter.Not:
		return filter.Not{Of: s.numbered(e.Of)}
	case filter.Compare:
		if e.Field != (filter.Field{Space: filter.Attributes, Name: "experiment_id"}) {
			return e
		}
		e.Values = slices.Clone(e.Values)
		for i, v := range e.Values {
			if x, found := s.experiments.find(v.Text); found {
				e.Values[i] = filter.Value{Kind: filter.Text, Text: x.ID.String()}
			}
		}
		return e
	}
	return e
}

func (s *Server) numberedAll(list []filter.Expr) []filter.Expr {
	all := make([]filter.Expr, len(list))
	for i, e := range list {
		all[i] = s.numbered(e)
	}
	return all
}

type searchDatasets struct {
	Experiments []string `json:"experiment_ids"`
}

type datasetSummary struct {
	Experiment string `json:"experiment_id"`
	Name       string `json:"name"`
	Digest     string `json:"digest"`
	Context    string `json:"context,omitempty"`
}

type datasetsAnswer struct {
	Datasets []datasetSummary `json:"dataset_summaries,omitempty"`
}

// Limits of MLflow for a search of datasets.
const (
	maxDatasetExperiments = 20
	maxSummaries          = 1000
)

func (s *Server) searchDatasets(ctx context.Context, q *searchDatasets) (datasetsAnswer, error) {
	if n := len(q.Experiments); n == 0 || n > maxDatasetExperiments {
		return datasetsAnswer{}, invalid("SearchDatasets request must specify at least one experiment_id and at most %d. Received %d.", maxDatasetExperiments, n)
	}
	if err := s.upToDate(ctx); err != nil {
		return datasetsAnswer{}, err
	}
	a, seen := datasetsAnswer{}, map[datasetSummary]bool{}
	for _, number := range q.Experiments {
		e, err := s.experiment(ctx, number)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return datasetsAnswer{}, err
		}
		search := index.RunSearch{Experiments: []tracker.ID{e.ID}, Columns: index.Columns{Inputs: true}, Limit: normalRuns}
		for more := true; more && len(a.Datasets) < maxSummaries; more = search.After != "" {
			page, err := s.Index.SearchRuns(ctx, search)
			if err != nil {
				return a, err
			}
			a.add(page.Runs, number, seen)
			search.After = page.Next
		}
	}
	return a, nil
}

func (a *datasetsAnswer) add(runs []index.Run, experiment string, seen map[datasetSummary]bool) {
	for _, x := range runs {
		for _, in := range x.Inputs {
			d := datasetSummary{Experiment: experiment, Name: in.Name, Digest: in.Digest}
			for _, t := range in.Tags {
				if t.Key == "mlflow.data.context" {
					d.Context = t.Value
				}
			}
			if !seen[d] && len(a.Datasets) < maxSummaries {
				seen[d] = true
				a.Datasets = append(a.Datasets, d)
			}
		}
	}
}
