package profile

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/lineage/profile/table"
)

// ErrRule says that a rule is unknown or ill-formed.
var ErrRule = errors.New("invalid rule")

// A rule in gemba.json is an object. Its rule says which, its table, a pattern of path.Match for the names of tables,
// which tables it is for: all when it is left out. The others of its members are, by rule:
//
//	{"rule": "schema", "columns": {"id": "integer", "price": "float"}, "exact": true}   no other columns when exact
//	{"rule": "nulls", "column": "age", "max": 0.01}                          the share of rows that may be null
//	{"rule": "range", "column": "age", "min": 0, "max": 120}                 numbers, or dates and timestamps as texts
//	{"rule": "values", "column": "sex", "allowed": ["female", "male"]}       all values but nulls
//	{"rule": "pattern", "column": "zip", "pattern": "[0-9]{5}"}              RE2, of the whole value; nulls need not match
//	{"rule": "unique", "columns": ["shop", "number"]}                        rows with a null among them do not count
//	{"rule": "freshness", "column": "at", "within": "36h"}                   the newest; also days: "7d"
//	{"rule": "volume", "min": 1000, "max": 2000000, "change": 0.2}           rows; the share they may change from snapshot to snapshot
//	{"rule": "overlap", "with": "test", "columns": ["id"], "max": 0}         the share of rows whose columns, or all of it, are in the other dataset, too
var ruleKinds = map[string]func() checker{
	"schema":    func() checker { return new(schemaRule) },
	"nulls":     func() checker { return new(nullsRule) },
	"range":     func() checker { return new(rangeRule) },
	"values":    func() checker { return new(valuesRule) },
	"pattern":   func() checker { return new(patternRule) },
	"unique":    func() checker { return new(uniqueRule) },
	"freshness": func() checker { return new(freshnessRule) },
	"volume":    func() checker { return new(volumeRule) },
	"overlap":   func() checker { return new(overlapRule) },
}

// Rule is a data-quality rule.
type Rule struct {
	name    string
	table   string
	checker checker
}

// checker is what a kind of rule knows.
type checker interface {
	// valid says what the rule lacks.
	valid() error
	// check judges a table: whether it passed, which column it is about, and a sentence without the column.
	check(ctx context.Context, p *Profile, in *Input) (passed bool, column, sentence string, err error)
}

// ParseRules reads rules. Its error is ErrRule, and names the rule.
func ParseRules(raw []json.RawMessage) ([]Rule, error) {
	var rules []Rule
	for i, text := range raw {
		r, err := parseRule(text)
		if err != nil {
			return nil, fmt.Errorf("read rules: %w: number %d%s: %w", ErrRule, i+1, named(r.name), err)
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func named(rule string) string {
	if rule == "" {
		return ""
	}
	return " (" + rule + ")"
}

func parseRule(text json.RawMessage) (r Rule, err error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return r, fmt.Errorf("not an object: %w", err)
	}
	for member, to := range map[string]*string{"rule": &r.name, "table": &r.table} {
		if value, ok := members[member]; ok {
			if err := json.Unmarshal(value, to); err != nil {
				return r, fmt.Errorf("%s is no text", member)
			}
			delete(members, member)
		}
	}
	if _, err := path.Match(r.table, ""); err != nil {
		return r, fmt.Errorf("table %q is no pattern", r.table)
	}
	kind := ruleKinds[r.name]
	if kind == nil {
		return r, fmt.Errorf("rule is %q: want one of %s", r.name, strings.Join(ruleNames(), ", "))
	}
	r.checker = kind()
	rest, err := json.Marshal(members)
	if err != nil {
		return r, err
	}
	d := json.NewDecoder(bytes.NewReader(rest))
	d.DisallowUnknownFields()
	if err := d.Decode(r.checker); err != nil {
		return r, err
	}
	return r, r.checker.valid()
}

func ruleNames() []string {
	var names []string
	for name := range ruleKinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Input is what rules are checked against.
type Input struct {
	Profiles []*Profile                                // of the dataset's tables
	Previous []*Profile                                // of the snapshot before, empty when there is none
	Open     func(table string) (table.Source, error)  // opens a table, named as in its profile, to look at its rows
	Other    func(name string) ([]table.Source, error) // opens all tables of another dataset
	Now      time.Time
}

// Verdict is how a rule came out for a table.
type Verdict struct {
	Rule     string `json:"rule"`
	Table    string `json:"table,omitempty"`
	Column   string `json:"column,omitempty"`
	Passed   bool   `json:"passed"`
	Sentence string `json:"text"`
}

// Check judges all tables by all rules, in the order of the rules. What cannot be judged has not passed.
func Check(ctx context.Context, rules []Rule, in Input) ([]Verdict, error) {
	var verdicts []Verdict
	for _, r := range rules {
		some := false
		for _, p := range in.Profiles {
			if !r.meant(p.Table) {
				continue
			}
			some = true
			verdicts = append(verdicts, r.judge(ctx, p, &in))
			if ctx.Err() != nil {
				return nil, fmt.Errorf("check rules: %w", context.Cause(ctx))
			}
		}
		if !some {
			verdicts = append(verdicts, Verdict{Rule: r.name, Table: harmless(r.table), Sentence: "there is no such table: " + cmp.Or(r.table, "none at all")})
		}
	}
	return verdicts, nil
}

// meant says whether a rule is for a table: by its path, or by its name alone.
func (r Rule) meant(table string) bool {
	whole, _ := path.Match(r.table, table)
	last, _ := path.Match(r.table, path.Base(table))
	return r.table == "" || whole || last
}

func (r Rule) judge(ctx context.Context, p *Profile, in *Input) Verdict {
	v := Verdict{Rule: r.name, Table: harmless(p.Table)}
	var err error
	if v.Passed, v.Column, v.Sentence, err = r.checker.check(ctx, p, in); err != nil {
		v.Passed, v.Sentence = false, "could not be checked: "+err.Error()
	}
	if v.Column != "" {
		v.Sentence = "column " + v.Column + ": " + v.Sentence
	}
	v.Sentence, v.Column = harmless(v.Sentence), harmless(v.Column)
	return v
}

// Failed returns how many verdicts are none that passed.
func Failed(verdicts []Verdict) (n int) {
	for _, v := range verdicts {
		if !v.Passed {
			n++
		}
	}
	return n
}

// Checks returns verdicts as a document: JSON lines.
func Checks(verdicts []Verdict) ([]byte, error) {
	var b bytes.Buffer
	for _, v := range verdicts {
		text, err := line(v)
		if err != nil {
			return nil, fmt.Errorf("write checks: %w", err)
		}
		b.Write(append(text, '\n'))
	}
	return b.Bytes(), nil
}

// column finds a column of a profile.
func (p *Profile) column(name string) (*Column, error) {
	i := slices.IndexFunc(p.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return nil, errors.New("there is no such column")
	}
	return &p.Columns[i], nil
}
