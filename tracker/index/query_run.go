package index

import (
	"context"
	"errors"

	"github.com/gemba-ml/gemba/tracker"
)

// SeriesKey names a series of a run and tells how long it is.
type SeriesKey struct {
	Key    string
	Points int64
	Last   tracker.Metric // the point that counts as the metric's value, as in Run
}

var errNotProjected = errors.New("runs are not projected yet")

// Experiments returns the experiments in the given stages (nil: all), oldest first.
func (x *Index) Experiments(ctx context.Context, stages []tracker.Stage) ([]Experiment, error) {
	return nil, errNotProjected
}

// Experiment returns the experiment with an id; the zero one is Default, which is always there.
func (x *Index) Experiment(ctx context.Context, id tracker.ID) (Experiment, error) {
	return Experiment{}, errNotProjected
}

// ExperimentNamed returns the experiment with a name, active or deleted.
func (x *Index) ExperimentNamed(ctx context.Context, name string) (Experiment, error) {
	return Experiment{}, errNotProjected
}

// Run returns the run with an id and everything that belongs to it, in whatever stage it is.
func (x *Index) Run(ctx context.Context, id tracker.ID) (Run, error) {
	return Run{}, errNotProjected
}

// SearchRuns returns a page of the runs that q chooses.
func (x *Index) SearchRuns(ctx context.Context, q RunSearch) (RunPage, error) {
	return RunPage{}, errNotProjected
}

// Series returns points of a series, in the order in which they were logged.
func (x *Index) Series(ctx context.Context, q SeriesSearch) ([]tracker.Metric, error) {
	return nil, errNotProjected
}

// SeriesKeys returns the series of a run, by key.
func (x *Index) SeriesKeys(ctx context.Context, run tracker.ID) ([]SeriesKey, error) {
	return nil, errNotProjected
}

// Artifacts returns what a run keeps under a folder (empty: all), by path.
func (x *Index) Artifacts(ctx context.Context, run tracker.ID, under string) ([]Artifact, error) {
	return nil, errNotProjected
}

// Inputs returns the datasets that a run used, in the order in which they were logged.
func (x *Index) Inputs(ctx context.Context, run tracker.ID) ([]tracker.Input, error) {
	return nil, errNotProjected
}

// Models returns the registered models in the given stages (nil: all), by name.
func (x *Index) Models(ctx context.Context, stages []tracker.Stage) ([]Model, error) {
	return nil, errNotProjected
}

// Model returns the registered model with a name.
func (x *Index) Model(ctx context.Context, name string) (Model, error) {
	return Model{}, errNotProjected
}

// Versions returns the versions of a model (empty: of all), by name and number.
func (x *Index) Versions(ctx context.Context, model string) ([]ModelVersion, error) {
	return nil, errNotProjected
}

// VersionByAlias returns the version of a model that an alias names.
func (x *Index) VersionByAlias(ctx context.Context, model, alias string) (ModelVersion, error) {
	return ModelVersion{}, errNotProjected
}

// Views returns the saved searches, by name.
func (x *Index) Views(ctx context.Context) ([]View, error) {
	return nil, errNotProjected
}

// View returns the saved search with a name.
func (x *Index) View(ctx context.Context, name string) (View, error) {
	return View{}, errNotProjected
}

// Absorbed returns how many bytes of a track log are recorded, 0 when none are.
func (x *Index) Absorbed(ctx context.Context, log tracker.ID) (end int64, err error) {
	return 0, errNotProjected
}
