package mlflow

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// experiments is what is known of the experiments, so that a new run need not ask the index for its own.
type experiments struct {
	changing sync.Mutex // held while one is changed: a name belongs to one experiment

	mu     sync.RWMutex
	known  map[string]index.Experiment // by number
	double map[string]bool             // numbers of more than one
	stale  time.Time                   // when all are to be learned again: others may have changed them
}

func (e *experiments) find(number string) (index.Experiment, bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	x, found := e.known[number]
	return x, found && !e.double[number]
}

// old reports whether others may have changed what is known.
func (e *experiments) old(now time.Time) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return !now.Before(e.stale)
}

// taken reports whether an experiment has a number, or several.
func (e *experiments) taken(number string) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	_, found := e.known[number]
	return found
}

// learn takes what the index tells, all of it.
func (e *experiments) learn(all []index.Experiment, stale time.Time) {
	known, double := make(map[string]index.Experiment, len(all)+1), map[string]bool{}
	for _, x := range all {
		number := experimentNumber(x.ID)
		if _, found := known[number]; found {
			double[number] = true
		}
		known[number] = x
	}
	if _, found := known[defaultExperiment]; !found {
		known[defaultExperiment] = index.Experiment{Name: "Default", Stage: tracker.Active}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.known, e.double, e.stale = known, double, stale
}

// put changes what is known of one.
func (e *experiments) put(x index.Experiment) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known != nil {
		e.known[experimentNumber(x.ID)] = x
	}
}

// allExperiments returns all experiments, as they are now.
func (s *Server) allExperiments(ctx context.Context) ([]index.Experiment, error) {
	begun := s.Now()
	if err := s.upToDate(ctx); err != nil {
		return nil, err
	}
	all, err := s.Index.Experiments(ctx, nil)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	s.experiments.learn(all, now.Add(trust(now.Sub(begun))))
	if !slices.ContainsFunc(all, func(x index.Experiment) bool { return x.ID.IsZero() }) {
		all = append(all, index.Experiment{Name: "Default", Stage: tracker.Active})
	}
	return all, nil
}

// experiment returns the experiment with a number. It may be some changes of other programs behind.
func (s *Server) experiment(ctx context.Context, number string) (index.Experiment, error) {
	if err := required("experiment_id", number); err != nil {
		return index.Experiment{}, err
	}
	if x, found := s.experiments.find(number); found {
		return x, nil
	}
	return s.freshExperiment(ctx, number)
}

func (s *Server) freshExperiment(ctx context.Context, number string) (index.Experiment, error) {
	if _, err := s.allExperiments(ctx); err != nil {
		return index.Experiment{}, err
	}
	if x, found := s.experiments.find(number); found {
		return x, nil
	}
	s.experiments.mu.RLock()
	defer s.experiments.mu.RUnlock()
	if s.experiments.double[number] {
		return index.Experiment{}, fail(InvalidState, "Two experiments have the id '%s'. Name the one that you mean.", number)
	}
	return index.Experiment{}, fail(DoesNotExist, "No Experiment with id=%.80s exists", number)
}

func (s *Server) activeExperiment(ctx context.Context, number string) (index.Experiment, error) {
	look := s.experiment
	if s.experiments.old(s.Now()) {
		look = s.freshExperiment
	}
	if err := required("experiment_id", number); err != nil {
		return index.Experiment{}, err
	}
	x, err := look(ctx, number)
	if err == nil && x.Stage == tracker.Deleted {
		err = invalid("The experiment %s must be in the 'active' state. Current state is deleted.", number)
	}
	return x, err
}

// location is the tag that holds where an experiment's artifacts are, when the client wants them elsewhere.
const location = hidden + "artifact_location"

func artifactLocation(x index.Experiment) string {
	for _, t := range x.Tags {
		if t.Key == location {
			return t.Value
		}
	}
	return "mlflow-artifacts:/" + experimentNumber(x.ID)
}

func experimentOf(x index.Experiment) experimentMessage {
	return experimentMessage{ID: experimentNumber(x.ID), Name: x.Name, Location: artifactLocation(x), Stage: string(x.Stage),
		Updated: milliseconds(x.Updated), Created: milliseconds(x.Created), Tags: shownTags(x.Tags)}
}

// milliseconds returns a time as MLflow has it; none is 0.
func milliseconds(t time.Time) integer {
	if t.IsZero() {
		return 0
	}
	return integer(t.UnixMilli())
}

// shownTags are the tags that clients see.
func shownTags(tags []tracker.Tag) []pair {
	list := make([]pair, 0, len(tags))
	for _, t := range tags {
		if !isHidden(t.Key) {
			list = append(list, pair{t.Key, t.Value})
		}
	}
	return list
}
