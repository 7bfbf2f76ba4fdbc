package imports

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Experiment is an experiment of a source. Its name is what it is known by: those of one name are one.
type Experiment struct {
	Name    string
	Stage   tracker.Stage
	Created time.Time // zero: not known
	Updated time.Time
	Tags    []tracker.Tag
}

// Run is a run of a source, whole. What a ledger has no place for is among its tags and files.
type Run struct {
	ID         tracker.ID // the source's own, or made from it: the same whenever it is read
	Experiment string     // its name
	Parent     tracker.ID
	Name       string
	Status     tracker.RunStatus
	Stage      tracker.Stage
	User       string
	Source     string
	Started    time.Time
	Ended      time.Time
	Params     []tracker.Param
	Tags       []tracker.Tag
	Inputs     []tracker.Input
	Files      []File

	// Points calls yield for each point, those of one key in the order in which they were logged. It may be called again, and ends
	// with yield's error. nil: there are none.
	Points func(yield func(tracker.Metric) error) error
	// Model says that this is where a logged model (of MLflow 3) keeps its files, and no run that anybody made.
	Model bool
}

// File is something that a run keeps.
type File struct {
	Path  string // in the run, clean, with slashes
	Kind  string // as in tracker.ArtifactLogged; empty: "file"
	Media string
	Open  func() (io.ReadCloser, error)
}

// Model is a registered model, or a version of one when Version is not zero.
type Model struct {
	tracker.ModelChanged           // Time is when it was made
	Updated              time.Time // zero: with Time
	Logged               *Logged   // set: this is no registered model, but a logged one
}

// Logged tells of a logged model (of MLflow 3) what a registered one does not have.
type Logged struct {
	Name, Type, Message string
	Experiment          string // its name
	Params              []tracker.Param
	Metrics             []ModelMetric
}

// ModelMetric is a point that was measured on a logged model.
type ModelMetric struct {
	tracker.Metric
	Run             string
	Dataset, Digest string
}

// Sink takes what a source tells. An error of one ends the reading.
type Sink interface {
	Experiment(Experiment) error
	Run(Run) error
	Model(Model) error
	// Fault takes what could not be read; what it was about is left out whole.
	Fault(error)
	// Left takes, as a line for people, what is there and not imported.
	Left(what string)
}

// ErrDamaged says that something is not as its format wants it.
var ErrDamaged = errors.New("damaged")

// damaged says what is wrong, and where.
func damaged(place, format string, args ...any) error {
	return fmt.Errorf("%s: %w: %s", place, ErrDamaged, fmt.Sprintf(format, args...))
}

// stop is an error of the Sink: it ends the reading, where others only leave out what they are about.
type stop struct{ error }

func (s stop) Unwrap() error { return s.error }

// told passes on a Sink's error as one that ends the reading.
func told(err error) error {
	if err != nil {
		return stop{err}
	}
	return nil
}

// unless tells the sink of a fault and goes on, unless it is the sink's own error.
func unless(sink Sink, err error) error {
	var s stop
	if err == nil {
		return nil
	}
	if errors.As(err, &s) {
		return err
	}
	sink.Fault(err)
	return nil
}

// derive makes an id from a source's own.
func derive(source string, own ...string) (id tracker.ID) {
	h := sha256.New()
	fmt.Fprintf(h, "gemba import %s\n", source)
	for _, text := range own {
		fmt.Fprintf(h, "%d %s\n", len(text), text)
	}
	copy(id[:], h.Sum(nil))
	return id
}

// The names of tags for what has no place of its own begin so.
const tagPrefix = "gemba.import."

// extras returns a tag for each pair of name and value that has a value.
func extras(pairs ...string) (tags []tracker.Tag) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			tags = append(tags, tracker.Tag{Key: tagPrefix + pairs[i], Value: pairs[i+1]})
		}
	}
	return tags
}

// milliseconds returns a time, zero for none.
func milliseconds(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// nanoseconds turns milliseconds into what a Metric has; ok is false when they do not fit.
func nanoseconds(ms int64) (ns int64, ok bool) {
	ns = ms * int64(time.Millisecond)
	return ns, ns/int64(time.Millisecond) == ms
}
