package profile

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/lineage/profile/table"
)

const people = `id,age,sex,zip,at,note
1,34,f,01067,2024-05-01,a
2,,m,10115,2024-05-02,
3,120,f,8000,2024-04-30,b
3,7,x,50667,2024-01-01,b
`

func opened(tables map[string]string) func(string) (table.Source, error) {
	return func(name string) (table.Source, error) {
		text, ok := tables[name]
		if !ok {
			return table.Source{}, fmt.Errorf("no table %s", name)
		}
		return table.Source{Name: name, At: strings.NewReader(text), Size: int64(len(text))}, nil
	}
}

func profileText(t *testing.T, name, text string) *Profile {
	t.Helper()
	source, err := opened(map[string]string{name: text})(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Of(t.Context(), source)
	if err != nil || p == nil {
		t.Fatalf("profile %v, error %v", p, err)
	}
	return p
}

func TestRules(t *testing.T) {
	open := opened(map[string]string{"people.csv": people, "test.csv": "id,age,sex,zip,at,note\n3,9,m,1,2024-01-01,z\n1,34,f,01067,2024-05-01,a\n"})
	in := Input{
		Profiles: []*Profile{profileText(t, "people.csv", people)},
		Previous: []*Profile{{Table: "people.csv", Rows: 5}},
		Open:     open,
		Other: func(name string) ([]table.Source, error) {
			source, err := open(name + ".csv")
			return []table.Source{source}, err
		},
		Now: time.Date(2024, 5, 3, 12, 0, 0, 0, time.UTC),
	}
	for _, test := range []struct{ rule, want string }{
		{`{"rule": "schema", "columns": {"id": "integer", "age": "float", "zip": "text"}}`, "passed 3 columns as they should be"},
		{`{"rule": "schema", "columns": {"id": "date", "old": "text", "age": "integer"}, "exact": true}`,
			"failed column id is integer, not date; column old is missing; column sex is not in the schema; column zip is not in the schema; column at is not in the schema; column note is not in the schema"},
		{`{"rule": "nulls", "column": "age", "max": 0.25}`, "passed column age: 25 % nulls, at most 25 % allowed"},
		{`{"rule": "nulls", "column": "age", "max": 0.01}`, "failed column age: 25 % nulls, at most 1 % allowed"},
		{`{"rule": "nulls", "column": "ages", "max": 0}`, "failed column ages: could not be checked: there is no such column"},
		{`{"rule": "range", "column": "age", "min": 0, "max": 120}`, "passed column age: from 7 to 120, allowed from 0 to 120"},
		{`{"rule": "range", "column": "age", "max": 100}`, "failed column age: from 7 to 120, allowed from any to 100"},
		{`{"rule": "range", "column": "at", "min": "2024-01-02"}`, "failed column at: from 2024-01-01 to 2024-05-02, allowed from 2024-01-02 to any"},
		{`{"rule": "range", "column": "sex", "min": 1}`, "failed column sex: its type, text, does not go with 1"},
		{`{"rule": "values", "column": "sex", "allowed": ["f", "m", "x"]}`, "passed column sex: only the 3 values allowed"},
		{`{"rule": "values", "column": "sex", "allowed": ["f", "m"]}`, `failed column sex: 1 value not allowed, for instance "x"`},
		{`{"rule": "values", "column": "id", "allowed": [1, 2, 3]}`, "passed column id: only the 3 values allowed"},
		{`{"rule": "pattern", "column": "zip", "pattern": "[0-9]{5}"}`, `failed column zip: 1 value not of the form [0-9]{5}, for instance "8000"`},
		{`{"rule": "pattern", "column": "note", "pattern": "a|b"}`, "passed column note: all values match a|b"},
		{`{"rule": "unique", "columns": ["id"]}`, "failed column id: 1 row whose value was there before"},
		{`{"rule": "unique", "columns": ["id", "age"]}`, "passed column id, age: no value is there twice"},
		{`{"rule": "unique", "columns": ["nr"]}`, "failed column nr: could not be checked: read table people.csv: there is no column nr"},
		{`{"rule": "freshness", "column": "at", "within": "36h"}`, "passed column at: the newest is of 2024-05-02, 36h0m0s old, at most 36h allowed"},
		{`{"rule": "freshness", "column": "at", "within": "1d"}`, "failed column at: the newest is of 2024-05-02, 36h0m0s old, at most 1d allowed"},
		{`{"rule": "volume", "min": 1, "max": 4}`, "passed 4 rows, at least 1 required, at most 4 allowed"},
		{`{"rule": "volume", "change": 0.1}`, "failed 4 rows; 5 before, changed by 20 %, at most 10 % allowed"},
		{`{"rule": "overlap", "with": "test", "columns": ["id"], "max": 0}`, "failed 3 rows (75 %) are also in test, at most 0 % allowed"},
		{`{"rule": "overlap", "with": "test", "max": 0.25}`, "passed 1 row (25 %) are also in test, at most 25 % allowed"},
		{`{"rule": "overlap", "with": "valid", "max": 0}`, "failed could not be checked: no table valid.csv"},
		{`{"rule": "volume", "min": 1, "table": "*.parquet"}`, "failed there is no such table: *.parquet"},
	} {
		t.Run(test.rule, func(t *testing.T) {
			rules, err := ParseRules([]json.RawMessage{json.RawMessage(test.rule)})
			if err != nil {
				t.Fatal(err)
			}
			verdicts, err := Check(t.Context(), rules, in)
			if err != nil || len(verdicts) != 1 {
				t.Fatalf("verdicts %v, error %v", verdicts, err)
			}
			got := map[bool]string{true: "passed ", false: "failed "}[verdicts[0].Passed] + verdicts[0].Sentence
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

func TestIllFormedRules(t *testing.T) {
	for _, test := range []struct{ rule, want string }{
		{`[]`, "number 1: not an object"},
		{`{"rule": "nul"}`, `number 1 (nul): rule is "nul": want one of freshness, nulls, overlap`},
		{`{"column": "a"}`, `number 1: rule is "": want one of`},
		{`{"rule": "nulls", "column": "a"}`, "(nulls): max is missing"},
		{`{"rule": "nulls", "column": "a", "max": 3}`, "(nulls): max is missing, or not from 0 to 1"},
		{`{"rule": "nulls", "column": "a", "most": 1}`, `(nulls): json: unknown field "most"`},
		{`{"rule": "nulls", "column": 7, "max": 1}`, "(nulls): json: cannot unmarshal"},
		{`{"rule": "range", "column": "a"}`, "(range): min or max is missing"},
		{`{"rule": "range", "column": "a", "min": "soon"}`, `(range): min is "soon"`},
		{`{"rule": "pattern", "column": "a", "pattern": "("}`, "(pattern): error parsing regexp"},
		{`{"rule": "schema", "columns": {"a": "int"}}`, `(schema): column "a": "int" is no type`},
		{`{"rule": "freshness", "column": "a", "within": "soon"}`, `(freshness): within is "soon"`},
		{`{"rule": "volume"}`, "(volume): min, max or change is missing"},
		{`{"rule": "overlap", "max": 0}`, "(overlap): with is missing"},
		{`{"rule": "unique"}`, "(unique): columns is missing"},
		{`{"rule": "volume", "min": 1, "table": "[" }`, `(volume): table "[" is no pattern`},
	} {
		_, err := ParseRules([]json.RawMessage{json.RawMessage(test.rule)})
		if !errors.Is(err, ErrRule) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.rule, err, test.want)
		}
	}
}
