package mlflow

import (
	"context"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

type createExperiment struct {
	Name     string `json:"name"`
	Location string `json:"artifact_location"`
	Tags     []pair `json:"tags"`
}

type experimentID struct {
	ID string `json:"experiment_id"`
}

func (s *Server) createExperiment(ctx context.Context, q *createExperiment) (experimentID, error) {
	if err := checkExperiment(q); err != nil {
		return experimentID{}, err
	}
	s.experiments.changing.Lock()
	defer s.experiments.changing.Unlock()
	if err := s.nameFree(ctx, q.Name); err != nil {
		return experimentID{}, err
	}
	now := s.clock.tell()
	x := index.Experiment{ID: s.newExperimentID(q.Name), Name: q.Name, Stage: tracker.Active, Created: now, Updated: now}
	for _, t := range q.Tags {
		x.Tags = append(x.Tags, tracker.Tag{Key: t.Key, Value: t.Value})
	}
	if q.Location != "" {
		x.Tags = append(x.Tags, tracker.Tag{Key: location, Value: q.Location})
	}
	err := s.record(ctx, tracker.ExperimentChanged{Experiment: x.ID, Time: now, Name: x.Name, Stage: x.Stage, Tags: x.Tags})
	if err != nil {
		return experimentID{}, err
	}
	s.experiments.put(x)
	return experimentID{experimentNumber(x.ID)}, nil
}

func checkExperiment(q *createExperiment) error {
	if err := checkExperimentName(q.Name); err != nil {
		return err
	}
	if strings.HasPrefix(q.Location, "runs:") {
		return invalid("Artifact location cannot be a runs:/ URI. Given: '%s'", q.Location)
	}
	if strings.ContainsAny(q.Location, "?#") || climbs(q.Location) {
		return invalid("Invalid artifact location: '%s'", q.Location)
	}
	for _, t := range q.Tags {
		if err := checkExperimentTag(t); err != nil {
			return err
		}
	}
	return nil
}

func checkExperimentName(name string) error {
	if err := required("name", name); err != nil {
		return err
	}
	if strings.TrimSpace(name) == "" {
		return invalid("Invalid experiment name: '%s'", name)
	}
	return checkLength("name", maxExperimentName, name)
}

func checkExperimentTag(t pair) error {
	if err := checkTag("key", t.Key); err != nil {
		return err
	}
	return checkLength("value", maxExperimentTag, t.Value)
}

// nameFree refuses a name that an experiment has, a deleted one too.
func (s *Server) nameFree(ctx context.Context, name string) error {
	_, err := s.named(ctx, name)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return fail(AlreadyExists, "Experiment(name=%s) already exists.", name)
}

func (s *Server) named(ctx context.Context, name string) (index.Experiment, error) {
	all, err := s.allExperiments(ctx)
	if err != nil {
		return index.Experiment{}, err
	}
	i := slices.IndexFunc(all, func(x index.Experiment) bool { return x.Name == name })
	if i < 0 {
		return index.Experiment{}, fail(DoesNotExist, "Could not find experiment with name '%s'", name)
	}
	return all[i], nil
}

// newExperimentID returns an id whose number no experiment has: that of the name, so that others who make one of this name at the same
// time make the same, unless an experiment had the name before.
func (s *Server) newExperimentID(name string) tracker.ID {
	for id := tracker.ExperimentNamed(name); ; id = tracker.NewID() {
		if !s.experiments.taken(experimentNumber(id)) {
			return id
		}
	}
}

type updateExperiment struct {
	ID   string `json:"experiment_id"`
	Name string `json:"new_name"`
}

func (s *Server) updateExperiment(ctx context.Context, q *updateExperiment) (nothing, error) {
	if err := required("new_name", q.Name); err != nil {
		return nothing{}, err
	}
	if err := checkExperimentName(q.Name); err != nil {
		return nothing{}, err
	}
	return s.changeExperiment(ctx, q.ID, func(x *index.Experiment, e *tracker.ExperimentChanged) error {
		if x.Stage == tracker.Deleted {
			return fail(InvalidState, "Cannot rename a non-active experiment.")
		}
		if x.Name == q.Name {
			return nil
		}
		x.Name, e.Name = q.Name, q.Name
		return s.nameFree(ctx, q.Name)
	})
}

// changeExperiment changes one and tells what changed.
func (s *Server) changeExperiment(ctx context.Context, number string, change func(*index.Experiment, *tracker.ExperimentChanged) error) (nothing, error) {
	s.experiments.changing.Lock()
	defer s.experiments.changing.Unlock()
	if err := required("experiment_id", number); err != nil {
		return nothing{}, err
	}
	x, err := s.freshExperiment(ctx, number)
	if err != nil {
		return nothing{}, err
	}
	x.Updated = s.clock.tell()
	e := tracker.ExperimentChanged{Experiment: x.ID, Time: x.Updated}
	if err := change(&x, &e); err != nil {
		return nothing{}, err
	}
	if err := s.record(ctx, e); err != nil {
		return nothing{}, err
	}
	s.experiments.put(x)
	return nothing{}, nil
}

// stageExperiment puts an experiment away, or back.
func stageExperiment(from, to tracker.Stage) func(*Server, context.Context, *experimentID) (nothing, error) {
	return func(s *Server, ctx context.Context, q *experimentID) (nothing, error) {
		return s.changeExperiment(ctx, q.ID, func(x *index.Experiment, e *tracker.ExperimentChanged) error {
			if x.Stage != from {
				return fail(DoesNotExist, "No Experiment with id=%s exists that is %s", q.ID, from)
			}
			x.Stage, e.Stage = to, to
			return s.stageRuns(ctx, x.ID, to)
		})
	}
}

type experimentTag struct {
	ID    string `json:"experiment_id"`
	Key   string `json:"key"`
	Value string `json:"value"`
}

func (s *Server) setExperimentTag(ctx context.Context, q *experimentTag) (nothing, error) {
	if err := required("key", q.Key); err != nil {
		return nothing{}, err
	}
	if err := checkExperimentTag(pair{q.Key, q.Value}); err != nil {
		return nothing{}, err
	}
	return s.tagExperiment(ctx, q.ID, tracker.Tag{Key: q.Key, Value: q.Value})
}

func (s *Server) deleteExperimentTag(ctx context.Context, q *experimentTag) (nothing, error) {
	if err := required("key", q.Key); err != nil {
		return nothing{}, err
	}
	return s.tagExperiment(ctx, q.ID, tracker.Tag{Key: q.Key, Removed: true})
}

func (s *Server) tagExperiment(ctx context.Context, number string, t tracker.Tag) (nothing, error) {
	return s.changeExperiment(ctx, number, func(x *index.Experiment, e *tracker.ExperimentChanged) error {
		if x.Stage == tracker.Deleted {
			return invalid("The experiment %s must be in the 'active' state. Current state is deleted.", number)
		}
		if t.Removed && (isHidden(t.Key) || !hasTag(x.Tags, t.Key)) {
			return fail(DoesNotExist, "No tag with name: %s in experiment with id %s", t.Key, number)
		}
		x.Tags, e.Tags = withTag(x.Tags, t), []tracker.Tag{t}
		return nil
	})
}

func hasTag(tags []tracker.Tag, key string) bool {
	return slices.ContainsFunc(tags, func(t tracker.Tag) bool { return t.Key == key })
}

// withTag returns tags with one set or taken away. It leaves the list as it is.
func withTag(tags []tracker.Tag, t tracker.Tag) []tracker.Tag {
	tags = slices.DeleteFunc(slices.Clone(tags), func(have tracker.Tag) bool { return have.Key == t.Key })
	if t.Removed {
		return tags
	}
	return append(tags, t)
}

func isHidden(key string) bool { return strings.HasPrefix(key, hidden) }
