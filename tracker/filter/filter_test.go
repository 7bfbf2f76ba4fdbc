package filter

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func compare(space Space, name string, op Op, values ...Value) Compare {
	return Compare{Field: Field{space, name}, Op: op, Values: values}
}

func text(s string) Value { return Value{Kind: Text, Text: s} }

func number(s string, f float64) Value { return Value{Kind: Number, Text: s, Number: f} }

func TestParse(t *testing.T) {
	loss := compare(Metrics, "loss", Less, number("0.5", 0.5))
	for _, test := range []struct {
		text string
		want Expr
	}{
		{"", And{}},
		{" \n", And{}},
		{"metrics.loss < 0.5", loss},
		{"metric.loss<0.5", loss},
		{"METRICS.`loss` < 0.5", loss},
		{`metrics."loss" < 0.5`, loss},
		{"metrics.`a b``c` >= -1e-3", compare(Metrics, "a b`c", AtLeast, number("-1e-3", -1e-3))},
		{"metrics.val/loss.1-x = 1", compare(Metrics, "val/loss.1-x", Equal, number("1", 1))},
		{"params.lr = '0.01'", compare(Params, "lr", Equal, text("0.01"))},
		{`parameter.lr != "0.01"`, compare(Params, "lr", Unequal, text("0.01"))},
		{"params.lr <> 0.01", compare(Params, "lr", Unequal, number("0.01", 0.01))},
		{"params.flag = true", compare(Params, "flag", Equal, Value{Kind: Bool, Text: "true"})},
		{"tags.it LIKE 'it''s%'", compare(Tags, "it", Like, text("it's%"))},
		{"tags.x not ilike '_a'", compare(Tags, "x", NotILike, text("_a"))},
		{"tags.x =~ '^a+$'", compare(Tags, "x", Match, text("^a+$"))},
		{"tags.mlflow.runName IS NULL", compare(Tags, "mlflow.runName", Missing)},
		{"tags.x is not null", compare(Tags, "x", Present)},
		{"status = 'FINISHED'", compare(Attributes, "status", Equal, text("FINISHED"))},
		{"attr.Run_Name = 'x'", compare(Attributes, "run_name", Equal, text("x"))},
		{"run_id IN ('a', 'b')", compare(Attributes, "run_id", In, text("a"), text("b"))},
		{"attributes.user NOT IN ('a')", compare(Attributes, "user_id", NotIn, text("a"))},
		{"start_time > -7d", compare(Attributes, "start_time", Greater, Value{Kind: Age, Text: "-7d", Age: 7 * 24 * time.Hour})},
		{"created < 2026-03-01T10:30:00Z", compare(Attributes, "start_time", Less, Value{Kind: Moment, Text: "2026-03-01T10:30:00Z", Time: time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC)})},
		{"git.commit LIKE 'c0ffee%'", compare(Git, "commit", Like, text("c0ffee%"))},
		{"data.digest = 'sha256:00'", compare(Data, "digest", Equal, text("sha256:00"))},
		{"cell.source =~ 'Adam'", compare(Cell, "source", Match, text("Adam"))},
		{"datasets.context = 'train'", compare(Datasets, "context", Equal, text("train"))},
		{"metrics.loss < 0.5 AND metrics.loss < 0.5", And{loss, loss}},
		{"metrics.loss < 0.5 and metrics.loss < 0.5 or metrics.loss < 0.5", Or{And{loss, loss}, loss}},
		{"metrics.loss < 0.5 and (metrics.loss < 0.5 or metrics.loss < 0.5)", And{loss, Or{loss, loss}}},
		{"not (metrics.loss < 0.5)", Not{loss}},
		{"NOT NOT metrics.loss < 0.5", Not{Not{loss}}},
	} {
		t.Run(test.text, func(t *testing.T) {
			got, err := Parse(test.text)
			if diff := cmp.Diff(test.want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".At" }, cmp.Ignore())); diff != "" || err != nil {
				t.Errorf("%v, expression (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestWrongFilters(t *testing.T) {
	for _, test := range []struct {
		text string
		at   int
		why  string
	}{
		{"metrics.loss <", 14, "the text ends where a value should follow"},
		{"metrics.loss", 12, "a comparison"},
		{"metrics.loss < 'a'", 0, "a metric is compared with a number"},
		{"metrics.loss < low", 15, `"low" is no number`},
		{"metric.loss < 1 metrics.x > 2", 16, "where AND or OR should"},
		{"a.b = 1", 0, `there are no fields "a"`},
		{"colour = 1", 0, `attributes has no "colour"`},
		{"git.author = 'x'", 0, `git has no "author"; it has commit, branch, dirty, remote`},
		{"tags.x = 'a", 9, "the quote is not closed"},
		{"(tags.x = 'a'", 13, `where ")" should follow`},
		{"tags.x IN 'a'", 10, `where "(" should`},
		{"tags.x IN ('a' 'b')", 15, `where "," should`},
		{"tags.x IN ()", 11, "where a value should"},
		{"tags.x IS 'a'", 10, "where NULL should"},
		{"tags.x =~ '('", 0, "the regular expression is wrong"},
		{"params.x < true", 0, "have no order"},
		{"tags. x = 'a'", 6, "where a name should"},
		{"tags.x = 'ä' & tags.y = 'b'", 14, "a sign that the language does not have"},
		{strings.Repeat("(", 200) + "tags.x = 'a'", 100, "too deep"},
		{strings.Repeat(" ", 200_000), 100_000, "too long"},
	} {
		t.Run(test.text[:min(30, len(test.text))], func(t *testing.T) {
			_, err := Parse(test.text)
			var wrong *SyntaxError
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v", err)
			}
			if wrong.At != test.at || !strings.Contains(wrong.Error(), test.why) {
				t.Errorf("at %d: %v; want at %d: %s", wrong.At, wrong, test.at, test.why)
			}
		})
	}
}

func TestParseOrder(t *testing.T) {
	got, err := ParseOrder("metrics.`val loss` DESC, start_time asc, params.lr")
	want := []Order{{Field{Metrics, "val loss"}, true}, {Field{Attributes, "start_time"}, false}, {Field{Params, "lr"}, false}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, order (-want +got):\n%s", err, diff)
	}
	for _, wrong := range []string{"metrics.x DOWN", "metrics.x,", ",", "desc."} {
		if _, err := ParseOrder(wrong); err == nil {
			t.Errorf("%q is an order", wrong)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"metrics.loss < 0.5 AND NOT (tags.`a` IN ('x', 'y') OR start_time > -7d)", "tags.x =~ '^a'", "a.'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var wrong *SyntaxError
		if _, err := Parse(text); err != nil && (!errors.As(err, &wrong) || wrong.At > len(text)) {
			t.Errorf("%q gives %v", text, err)
		}
		if _, err := ParseOrder(text); err != nil && !errors.As(err, &wrong) {
			t.Errorf("order %q gives %v", text, err)
		}
	})
}

// TestOtherAttributes asks for what registered models have and runs have not.
func TestOtherAttributes(t *testing.T) {
	attributes := [][]string{{"name"}, {"last_updated_timestamp", "updated"}}
	got, err := ParseFor(attributes, "name LIKE 'a%' AND updated > 7")
	want := And{compare(Attributes, "name", Like, text("a%")), compare(Attributes, "last_updated_timestamp", Greater, number("7", 7))}
	updated := want[1].(Compare)
	updated.At = 19
	want[1] = updated
	if diff := cmp.Diff(Expr(want), got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := ParseFor(attributes, "status = 'x'"); err == nil {
		t.Error("an attribute of runs was found elsewhere")
	}
	if _, err := ParseOrderFor(attributes, "updated DESC, status"); err == nil {
		t.Error("an attribute of runs orders other things")
	}
}
