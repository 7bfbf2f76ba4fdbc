package web

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

func (s *Server) compare(c *call) (*account.Difference, error) {
	var both [2]index.Match
	for i, name := range []string{"a", "b"} {
		var err error
		if both[i], err = s.one(c.ctx, c.get(name), "run", "session", "cell"); err != nil {
			return nil, err
		}
	}
	if both[0].Kind != both[1].Kind {
		return nil, kind(errWrong, "a is a %s, and b is a %s: want two of one kind", both[0].Kind, both[1].Kind)
	}
	return s.account.Compare(c.ctx, both, c.flag("all"))
}

// ManyDifferences is what differs among runs: a page of the keys that not all of them have with the same value.
type ManyDifferences struct {
	Runs  []account.RunRow `json:"runs"` // in the order in which they were asked for, without params, metrics and tags
	Items []KeyDifference  `json:"items"`
	Next  string           `json:"next,omitempty"`
	Found int              `json:"found"` // keys that differ, and fit what is looked for
	Total int              `json:"total"` // keys that differ
	Same  int              `json:"same"`  // keys that all runs have with the same value
}

// KeyDifference is a key and the runs that have it: places in Runs, and what each has there.
type KeyDifference struct {
	Space   filter.Space     `json:"space"` // "params", "metrics" or "tags"
	Key     string           `json:"key"`
	Runs    []int            `json:"runs"`
	Texts   []string         `json:"texts,omitempty"`   // of params and tags
	Numbers []account.Number `json:"numbers,omitempty"` // of metrics
}

// comparison is what many runs differ in, before it is cut into pages.
type comparison struct {
	runs   []account.RunRow
	differ []KeyDifference
	same   int
}

// compareRuns compares many runs. What they differ in is found for the first page, and remembered for the others.
func (s *Server) compareRuns(c *call) (d ManyDifferences, err error) {
	stand, err := s.Index.Stand(c.ctx)
	if err != nil {
		return d, err
	}
	found, err := s.compared.once(stand.String()+" "+s.question(c, "find"), func() (comparison, error) { return s.compareAll(c) })
	if err != nil {
		return d, err
	}
	fit := fitting(found.differ, strings.Fields(strings.ToLower(c.get("find"))))
	page, err := paged(s, c, fit)
	return ManyDifferences{found.runs, page.Items, page.Next, len(fit), len(found.differ), found.same}, err
}

// fitting returns the keys that have all of some words in them, small letters or not: params.lr has "params" and "LR".
func fitting(keys []KeyDifference, words []string) []KeyDifference {
	if len(words) == 0 {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k KeyDifference) bool {
		name := strings.ToLower(fmt.Sprintf("%s.%s", k.Space, k.Key))
		return slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(name, word) })
	})
}

func (s *Server) compareAll(c *call) (found comparison, err error) {
	names, err := s.account.Experiments(c.ctx)
	if err != nil {
		return found, err
	}
	ids := make([]tracker.ID, len(c.all("run")))
	for i, text := range c.all("run") {
		if ids[i], err = tracker.ParseID(text); err == nil {
			continue
		}
		m, err := s.one(c.ctx, text, "run")
		if err != nil {
			return found, err
		}
		ids[i] = m.ID
	}
	runs, err := s.Index.Runs(c.ctx, ids)
	if err != nil {
		return found, err
	}
	t := table{spaces: map[filter.Space]map[string]*KeyDifference{filter.Params: {}, filter.Metrics: {}, filter.Tags: {}}, all: c.flag("all")}
	of := make(map[tracker.ID]index.Run, len(runs))
	for _, r := range runs {
		of[r.ID] = r
	}
	for i, id := range ids {
		r, there := of[id]
		if !there {
			if _, err = s.one(c.ctx, id.String(), "run"); err == nil { // else it says what the id is, or that it is none
				err = kindNotFound(id.String())
			}
			return found, err
		}
		t.add(i, r)
		r.Params, r.Metrics, r.Tags = nil, nil, nil
		found.runs = append(found.runs, names.Row(r))
	}
	found.differ = t.differing(len(ids))
	found.same = t.count() - len(found.differ)
	return found, nil
}

// table gathers what runs have by key.
type table struct {
	spaces map[filter.Space]map[string]*KeyDifference
	all    bool
}

func (t table) key(space filter.Space, key string, run int) *KeyDifference {
	k := t.spaces[space][key]
	if k == nil {
		k = &KeyDifference{Space: space, Key: key}
		t.spaces[space][key] = k
	}
	k.Runs = append(k.Runs, run)
	return k
}

func (t table) add(run int, r index.Run) {
	for _, p := range r.Params {
		k := t.key(filter.Params, p.Key, run)
		k.Texts = append(k.Texts, p.Value)
	}
	for _, m := range r.Metrics {
		if t.all || !account.OwnMetric(m.Key) {
			k := t.key(filter.Metrics, m.Key, run)
			k.Numbers = append(k.Numbers, account.Number(m.Value))
		}
	}
	for _, g := range r.Tags {
		if t.all || !account.OwnTag(g.Key) {
			k := t.key(filter.Tags, g.Key, run)
			k.Texts = append(k.Texts, g.Value)
		}
	}
}

func (t table) count() (n int) {
	for _, keys := range t.spaces {
		n += len(keys)
	}
	return n
}

// differing returns the keys that not all of so many runs have with the same value: params, metrics, tags, each by key.
func (t table) differing(runs int) (all []KeyDifference) {
	for _, space := range []filter.Space{filter.Params, filter.Metrics, filter.Tags} {
		for _, key := range slices.Sorted(maps.Keys(t.spaces[space])) {
			if k := t.spaces[space][key]; len(k.Runs) < runs || !same(k.Texts, func(a, b string) bool { return a == b }) ||
				!same(k.Numbers, func(a, b account.Number) bool { return a == b || a != a && b != b }) {
				all = append(all, *k)
			}
		}
	}
	return all
}

func same[T any](list []T, equal func(a, b T) bool) bool {
	return !slices.ContainsFunc(list, func(v T) bool { return !equal(v, list[0]) })
}
