package keep

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/imports"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/mlflow"
)

// Experiment records an experiment, or what is new about it.
func (k *Keeper) Experiment(e imports.Experiment) error {
	id, known, found, err := k.named(e.Name)
	if err != nil {
		return err
	}
	state, key := newState(e).String(), k.sharedKey()
	if stateIn(known.Tags, key) == state {
		return nil
	}
	c := tracker.ExperimentChanged{Experiment: id, Time: k.Now(), Name: e.Name, Tags: append(k.tags(e.Tags, known.Tags), k.tag(key, state))}
	if !found {
		c.Stage = e.Stage
		c.Time = since(e.Created, k.Now())
	}
	k.tell(c)
	if e.Updated.After(e.Created) && !found {
		k.tell(tracker.ExperimentChanged{Experiment: id, Time: e.Updated, Name: e.Name})
	}
	return k.settle()
}

// since returns a time, now for none.
func since(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t
}

// named returns the experiment of a name, and whether the ledger has it.
func (k *Keeper) named(name string) (id tracker.ID, known index.Experiment, found bool, err error) {
	if id, told := k.places[name]; told {
		return id, known, true, nil
	}
	id = tracker.ExperimentNamed(name)
	x, err := k.ledger()
	if err == nil && x != nil {
		known, err = x.ExperimentNamed(k.ctx, name)
		found = err == nil && !(id.IsZero() && known.Created.IsZero()) // Default is there before anybody told of it
		if found {
			id = known.ID
		}
		if errors.Is(err, index.ErrNotFound) {
			err = nil
		}
		err = own(err)
	}
	if err == nil {
		k.places[name] = id
	}
	return id, known, found, err
}

// experiment returns the id of a run's experiment, which is made when there is none of that name.
func (k *Keeper) experiment(name string) (tracker.ID, error) {
	if name == "" {
		return tracker.ID{}, nil
	}
	id, _, found, err := k.named(name)
	if err == nil && !found && !id.IsZero() {
		k.tell(tracker.ExperimentChanged{Experiment: id, Time: k.Now(), Name: name, Stage: tracker.Active})
	}
	return id, err
}

// Model records a registered model, a version of one or a logged model, or what is new about it.
func (k *Keeper) Model(m imports.Model) error {
	state, key := newState(m).String(), k.sharedKey()
	c := m.ModelChanged
	if m.Logged != nil {
		id, err := k.experiment(m.Logged.Experiment)
		if err != nil {
			return k.fault(err)
		}
		c = logged(m, id)
	}
	known, found, err := k.knownModel(c)
	if err != nil {
		return k.fault(err)
	}
	k.sum.Models++
	if stateIn(known.Tags, key) == state {
		return nil
	}
	c.Time = since(c.Time, k.Now())
	if found {
		c = news(c, known)
		c.Time = k.Now()
	}
	c.Tags = append(k.tags(c.Tags, known.Tags), k.tag(key, state))
	k.tell(c)
	if !found && m.Updated.After(m.Time) {
		k.tell(tracker.ModelChanged{Model: c.Model, Version: c.Version, Time: m.Updated})
	}
	return k.settle()
}

func logged(m imports.Model, experiment tracker.ID) tracker.ModelChanged {
	l := mlflow.Logged{ModelChanged: m.ModelChanged, Name: m.Logged.Name, Type: m.Logged.Type, Message: m.Logged.Message, Experiment: experiment, Params: m.Logged.Params}
	for _, p := range m.Logged.Metrics {
		l.Metrics = append(l.Metrics, mlflow.LoggedMetric{Metric: p.Metric, Run: p.Run, Dataset: p.Dataset, Digest: p.Digest})
	}
	return l.Changed()
}

// knownModel returns what the ledger has of a model or a version, in one form.
func (k *Keeper) knownModel(c tracker.ModelChanged) (known tracker.ModelChanged, found bool, err error) {
	name := strings.Join([]string{c.Model, strconv.Itoa(c.Version)}, "\n")
	x, err := k.ledger()
	if k.seen[name] && err == nil {
		x, err = k.fresh()
	}
	k.seen[name] = true
	if err != nil || x == nil {
		return known, false, err
	}
	if c.Version == 0 {
		m, err := x.Model(k.ctx, c.Model)
		if errors.Is(err, index.ErrNotFound) {
			return known, false, nil
		}
		return tracker.ModelChanged{Tags: m.Tags, Aliases: m.Aliases, Description: &m.Description}, err == nil, own(err)
	}
	all, err := x.Versions(k.ctx, c.Model)
	for _, v := range all {
		if v.Version == c.Version {
			return tracker.ModelChanged{Tags: v.Tags, Description: &v.Description, Run: v.Run, Source: v.Source, Status: v.Status, Deployment: v.Deployment}, true, own(err)
		}
	}
	return known, false, own(err)
}

// news returns what of a change the ledger does not have.
func news(c, known tracker.ModelChanged) tracker.ModelChanged {
	e := tracker.ModelChanged{Model: c.Model, Version: c.Version, Tags: c.Tags}
	if c.Description != nil && *c.Description != *known.Description {
		e.Description = c.Description
	}
	set(&e.Run, known.Run, c.Run)
	set(&e.Source, known.Source, c.Source)
	set(&e.Status, known.Status, c.Status)
	set(&e.Deployment, known.Deployment, c.Deployment)
	have := map[tracker.Alias]bool{}
	for _, a := range known.Aliases {
		have[a] = true
	}
	for _, a := range c.Aliases {
		if !have[a] {
			e.Aliases = append(e.Aliases, a)
		}
	}
	return e
}
