package mlflow

import (
	"context"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

type createRun struct {
	Experiment string  `json:"experiment_id"`
	User       string  `json:"user_id"`
	Name       string  `json:"run_name"`
	Started    integer `json:"start_time"`
	Tags       []pair  `json:"tags"`
}

func (s *Server) createRun(ctx context.Context, q *createRun) (runAnswer, error) {
	if q.Experiment == "" {
		q.Experiment = defaultExperiment
	}
	tags, err := runTags(q)
	if err != nil {
		return runAnswer{}, err
	}
	e, err := s.activeExperiment(ctx, q.Experiment)
	if err != nil {
		return runAnswer{}, err
	}
	now := s.clock.tell()
	x := index.Run{ID: tracker.NewID(), Experiment: e.ID, Name: q.Name, Status: tracker.RunRunning, Stage: tracker.Active, User: q.User, Started: now, Tags: tags}
	if q.Started > 0 {
		x.Started = time.UnixMilli(int64(q.Started)).UTC()
	}
	adopt(&x)
	one := newRun(x.ID, infoOf(x, e))
	one.stale = now.Add(othersAge)
	for _, t := range tags {
		one.tags[t.Key] = t.Value
	}
	err = s.record(ctx, tracker.RunChanged{Run: x.ID, Experiment: x.Experiment, Parent: x.Parent, Time: now, Name: x.Name, Status: x.Status, Stage: x.Stage, User: x.User,
		Source: x.Source, Started: x.Started}, tracker.RunLogged{Run: x.ID, Time: now, Tags: tags})
	if err != nil {
		return runAnswer{}, err
	}
	s.runs.put(one, now)
	return runAnswer{runOf(x, e)}, nil
}

// runTags checks a new run's tags, and gives it a name when it has none.
func runTags(q *createRun) ([]tracker.Tag, error) {
	tags := make([]tracker.Tag, 0, len(q.Tags)+1)
	named := ""
	for _, t := range q.Tags {
		if err := checkTag("key", t.Key); err != nil {
			return nil, err
		}
		if t.Key == tagName {
			named = t.Value
		}
		tags = withTag(tags, tracker.Tag{Key: t.Key, Value: t.Value})
	}
	if q.Name != "" && named != "" && q.Name != named {
		return nil, invalid("Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='%s', mlflow.runName='%s').", q.Name, named)
	}
	if q.Name == "" {
		q.Name = named
	}
	if q.Name == "" {
		q.Name = randomName()
	}
	if named == "" {
		tags = append(tags, tracker.Tag{Key: tagName, Value: q.Name})
	}
	return tags, nil
}

// adopt makes members of a run of the tags that tell of them.
func adopt(x *index.Run) {
	for _, t := range x.Tags {
		switch t.Key {
		case tagParent:
			if id, err := tracker.ParseID(t.Value); err == nil {
				x.Parent = id
			}
		case tagUser:
			if x.User == "" {
				x.User = t.Value
			}
		case tagSource:
			x.Source = t.Value
		}
	}
}

type updateRun struct {
	runID
	Status status   `json:"status"`
	Ended  *integer `json:"end_time"`
	Name   string   `json:"run_name"`
}

type infoAnswer struct {
	Info runInfo `json:"run_info"`
}

func (s *Server) updateRun(ctx context.Context, q *updateRun) (infoAnswer, error) {
	to, err := q.Status.parse()
	if err != nil {
		return infoAnswer{}, err
	}
	one, unlock, err := s.activeRun(ctx, q.id())
	if err != nil {
		return infoAnswer{}, err
	}
	defer unlock()
	e := tracker.RunChanged{Run: one.id, Time: s.clock.tell(), Name: q.Name, Status: to}
	events := []tracker.Event{nil}
	if to != "" {
		one.info.Status = statusName(to)
	}
	if q.Ended != nil {
		e.Ended, one.info.Ended = time.UnixMilli(int64(*q.Ended)).UTC(), *q.Ended
	}
	if q.Name != "" {
		one.info.Name, one.tags[tagName] = q.Name, q.Name
		events = append(events, tracker.RunLogged{Run: one.id, Time: e.Time, Tags: []tracker.Tag{{Key: tagName, Value: q.Name}}})
	}
	events[0] = e
	return infoAnswer{one.info}, s.recordRun(ctx, one, events...)
}

// stageRun puts a run away, or back.
func stageRun(to tracker.Stage) func(*Server, context.Context, *runID) (nothing, error) {
	return func(s *Server, ctx context.Context, q *runID) (nothing, error) {
		one, unlock, err := s.run(ctx, q.id())
		if err != nil {
			return nothing{}, err
		}
		defer unlock()
		one.info.Stage = string(to)
		return nothing{}, s.recordRun(ctx, one, tracker.RunChanged{Run: one.id, Time: s.clock.tell(), Stage: to})
	}
}

// stageRuns does that with all runs of an experiment, as MLflow does when the experiment goes or comes back.
func (s *Server) stageRuns(ctx context.Context, experiment tracker.ID, to tracker.Stage) error {
	if err := s.upToDate(ctx); err != nil {
		return err
	}
	var events []tracker.Event
	q := index.RunSearch{Experiments: []tracker.ID{experiment}, Stages: []tracker.Stage{tracker.Active, tracker.Deleted}, Limit: 10_000}
	for {
		page, err := s.Index.SearchRuns(ctx, q)
		if err != nil {
			return err
		}
		for _, x := range page.Runs {
			if x.Stage != to {
				events = append(events, tracker.RunChanged{Run: x.ID, Time: s.clock.tell(), Stage: to})
			}
			defer s.runs.forget(x.ID) // when it is recorded: who asks before gets the old one
		}
		if q.After = page.Next; q.After == "" {
			return s.record(ctx, events...)
		}
	}
}
