package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The rules of this file look at profiles alone.

type schemaRule struct {
	Columns map[string]string `json:"columns"`
	Exact   bool              `json:"exact"`
}

// accepted lists, for a type that a rule asks for, which others will do. All is a text, if one wants.
var accepted = map[string][]string{
	"integer": {"empty"}, "float": {"integer", "empty"}, "boolean": {"empty"}, "date": {"empty"}, "timestamp": {"date", "empty"},
	"text": {"integer", "float", "boolean", "date", "timestamp", "mixed", "empty"}, "nested": {"empty"},
}

func (r *schemaRule) valid() error {
	if len(r.Columns) == 0 {
		return errors.New("columns are missing")
	}
	for name, kind := range r.Columns {
		if accepted[kind] == nil {
			return fmt.Errorf("column %q: %q is no type: want one of %s", name, kind, strings.Join(slices.Sorted(maps.Keys(accepted)), ", "))
		}
	}
	return nil
}

func (r *schemaRule) check(_ context.Context, p *Profile, _ *Input) (bool, string, string, error) {
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(r.Columns)) {
		c, err := p.column(name)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("column %s is missing", name))
		} else if want := r.Columns[name]; c.Type != want && !slices.Contains(accepted[want], c.Type) {
			wrong = append(wrong, fmt.Sprintf("column %s is %s, not %s", name, c.Type, want))
		}
	}
	for _, c := range p.Columns {
		if _, known := r.Columns[c.Name]; r.Exact && !known {
			wrong = append(wrong, fmt.Sprintf("column %s is not in the schema", c.Name))
		}
	}
	if len(wrong) > 0 {
		return false, "", strings.Join(wrong, "; "), nil
	}
	return true, "", count(int64(len(r.Columns)), "column") + " as they should be", nil
}

type nullsRule struct {
	Column string   `json:"column"`
	Max    *float64 `json:"max"`
}

func (r *nullsRule) valid() error { return errors.Join(want(r.Column, "column"), share(r.Max, "max")) }

func (r *nullsRule) check(_ context.Context, p *Profile, _ *Input) (bool, string, string, error) {
	c, err := p.column(r.Column)
	if err != nil {
		return false, r.Column, "", err
	}
	nulls := 0.0
	if p.Rows > 0 {
		nulls = float64(c.Nulls) / float64(p.Rows)
	}
	return nulls <= *r.Max, r.Column, fmt.Sprintf("%s nulls, at most %s allowed", percent(nulls), percent(*r.Max)), nil
}

type rangeRule struct {
	Column string          `json:"column"`
	Min    json.RawMessage `json:"min"`
	Max    json.RawMessage `json:"max"`
}

func (r *rangeRule) valid() error {
	if r.Min == nil && r.Max == nil {
		return errors.Join(want(r.Column, "column"), errors.New("min or max is missing"))
	}
	for name, raw := range map[string]json.RawMessage{"min": r.Min, "max": r.Max} {
		if _, _, ok := bound(raw); raw != nil && !ok {
			return fmt.Errorf("%s is %s: want a number, or a date as a text", name, raw)
		}
	}
	return want(r.Column, "column")
}

// bound reads a number, or a date or timestamp as microseconds since 1970.
func bound(raw json.RawMessage) (value float64, moments, ok bool) {
	var v Value
	if raw == nil || v.UnmarshalJSON(raw) != nil {
		return 0, false, false
	}
	return v.comparable()
}

func (v *Value) comparable() (value float64, moments, ok bool) {
	if v.Number {
		f, err := strconv.ParseFloat(v.Text, 64)
		return f, false, err == nil
	}
	t, _, ok := moment([]byte(v.Text))
	return float64(t), true, ok
}

func (r *rangeRule) check(_ context.Context, p *Profile, _ *Input) (bool, string, string, error) {
	c, err := p.column(r.Column)
	if err != nil {
		return false, r.Column, "", err
	}
	if c.Type == "empty" {
		return true, r.Column, "there are no values", nil
	}
	passed := c.Infinite == 0 && c.NaN == 0
	for sign, side := range map[float64]struct {
		raw   json.RawMessage
		value *Value
	}{1: {r.Min, c.Min}, -1: {r.Max, c.Max}} {
		if side.raw == nil {
			continue
		}
		limit, moments, _ := bound(side.raw)
		if side.value == nil {
			return false, r.Column, "there is no finite number", nil
		}
		value, areMoments, ok := side.value.comparable()
		if !ok || moments != areMoments {
			return false, r.Column, fmt.Sprintf("its type, %s, does not go with %s", c.Type, side.raw), nil
		}
		passed = passed && sign*value >= sign*limit
	}
	sentence := fmt.Sprintf("from %s to %s, allowed from %s to %s", shortValue(c.Min), shortValue(c.Max), limitText(r.Min), limitText(r.Max))
	if c.Infinite+c.NaN > 0 {
		sentence += fmt.Sprintf("; %s", count(c.Infinite+c.NaN, "value")+" infinite or not a number")
	}
	return passed, r.Column, sentence, nil
}

func limitText(raw json.RawMessage) string {
	if raw == nil {
		return "any"
	}
	return strings.Trim(string(raw), `"`)
}

type freshnessRule struct {
	Column string `json:"column"`
	Within string `json:"within"`
}

func (r *freshnessRule) valid() error {
	_, err := duration(r.Within)
	return errors.Join(want(r.Column, "column"), err)
}

// duration reads what time.ParseDuration reads, and days.
func duration(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseFloat(days, 64); err == nil && n > 0 && n < math.MaxInt64/float64(24*time.Hour) {
			return time.Duration(n * float64(24*time.Hour)), nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("within is %q: want a time such as 36h or 7d", text)
	}
	return d, nil
}

func (r *freshnessRule) check(_ context.Context, p *Profile, in *Input) (bool, string, string, error) {
	c, err := p.column(r.Column)
	if err != nil {
		return false, r.Column, "", err
	}
	within, _ := duration(r.Within)
	if c.Type != "date" && c.Type != "timestamp" {
		return false, r.Column, "its type is " + c.Type + ", not date or timestamp", nil
	}
	newest, _, _ := moment([]byte(c.Max.Text))
	age := in.Now.Sub(time.UnixMicro(newest))
	return age <= within, r.Column, fmt.Sprintf("the newest is of %s, %s old, at most %s allowed", c.Max, roughly(age), r.Within), nil
}

// roughly writes a duration as days, or hours and less.
func roughly(d time.Duration) string {
	if d >= 48*time.Hour {
		return count(int64(d/(24*time.Hour)), "day")
	}
	return d.Round(time.Minute).String()
}

type volumeRule struct {
	Min    *int64   `json:"min"`
	Max    *int64   `json:"max"`
	Change *float64 `json:"change"`
}

func (r *volumeRule) valid() error {
	if r.Min == nil && r.Max == nil && r.Change == nil {
		return errors.New("min, max or change is missing")
	}
	if r.Change != nil && !(*r.Change >= 0) {
		return errors.New("change is negative")
	}
	return nil
}

func (r *volumeRule) check(_ context.Context, p *Profile, in *Input) (bool, string, string, error) {
	sentence, passed := count(p.Rows, "row"), true
	if r.Min != nil {
		passed = passed && p.Rows >= *r.Min
		sentence += fmt.Sprintf(", at least %d required", *r.Min)
	}
	if r.Max != nil {
		passed = passed && p.Rows <= *r.Max
		sentence += fmt.Sprintf(", at most %d allowed", *r.Max)
	}
	if r.Change == nil {
		return passed, "", sentence, nil
	}
	i := slices.IndexFunc(in.Previous, func(o *Profile) bool { return path.Clean(o.Table) == path.Clean(p.Table) })
	if i < 0 {
		return passed, "", sentence + "; no earlier snapshot to compare with", nil
	}
	before := in.Previous[i].Rows
	changed := math.Abs(float64(p.Rows-before)) / math.Max(float64(before), 1)
	sentence += fmt.Sprintf("; %d before, changed by %s, at most %s allowed", before, percent(changed), percent(*r.Change))
	return passed && changed <= *r.Change, "", sentence, nil
}

// want says that a member is missing.
func want(value, member string) error {
	if value == "" {
		return errors.New(member + " is missing")
	}
	return nil
}

// share says that a member is missing or no share.
func share(value *float64, member string) error {
	if value == nil || !(*value >= 0 && *value <= 1) {
		return errors.New(member + " is missing, or not from 0 to 1")
	}
	return nil
}
