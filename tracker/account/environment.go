package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Environment is what a session ran on.
type Environment struct {
	Session  tracker.ID `json:"session,omitzero"`
	Recorded time.Time  `json:"recorded,omitzero"`
	Facts    []Fact     `json:"facts"`    // sorted by name, those of modules among them
	Packages []Package  `json:"packages"` // libraries among the facts, for a table
}

// Package is a library of an environment.
type Package struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Source  string `json:"source"`         // where it is from: "go module" or "python package"
	Hash    string `json:"hash,omitempty"` // of its bytes, as go.sum has it
}

// packageFacts maps what the names of facts about libraries begin with to where these are from.
var packageFacts = map[string]string{"module.": "go module", "python.package.": "python package"}

// PackagesOf returns the libraries among facts.
func PackagesOf(facts []Fact) []Package {
	all := []Package{}
	for _, f := range facts {
		for prefix, source := range packageFacts {
			if name, is := strings.CutPrefix(f.Name, prefix); is {
				version, sum, _ := strings.Cut(f.Value, " ")
				all = append(all, Package{name, version, source, sum})
			}
		}
	}
	return all
}

// ErrNoEnvironment says that the environment of a session is not recorded, or was taken out.
var ErrNoEnvironment = errors.New("no environment is recorded")

// Environment returns the environment of a session, with the modules of the first of cells that was built.
func (r Reader) Environment(ctx context.Context, session tracker.ID, cells []index.Cell) (e Environment, err error) {
	list, err := r.Index.Environments(ctx, session)
	if err != nil {
		return e, err
	}
	if len(list) == 0 {
		return e, fmt.Errorf("%w: for session %s", ErrNoEnvironment, session.Short())
	}
	last := list[len(list)-1]
	e = Environment{Session: session, Recorded: last.Time}
	document, err := r.Index.Blob(last.Environment)
	if err != nil {
		return e, fmt.Errorf("%w: %w", ErrNoEnvironment, err)
	}
	if e.Facts, err = r.Documents.Facts(document); err != nil {
		return e, err
	}
	goMod, goSum, err := r.modules(cells)
	if err != nil || goMod == "" {
		return e, err
	}
	modules, err := r.Documents.Modules(goMod, goSum)
	e.Facts = r.Documents.Join(e.Facts, modules)
	return e, err
}

// modules returns the go.mod and go.sum of the first cell that was built; empty when none was.
func (r Reader) modules(cells []index.Cell) (goMod, goSum string, err error) {
	for _, c := range cells {
		if c.GoMod.IsZero() {
			continue
		}
		mod, err := r.Index.Blob(c.GoMod)
		if err != nil {
			return "", "", err
		}
		var sum []byte
		if !c.GoSum.IsZero() {
			sum, err = r.Index.Blob(c.GoSum)
		}
		return string(mod), string(sum), err
	}
	return "", "", nil
}
