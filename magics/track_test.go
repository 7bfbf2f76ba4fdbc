package magics

import (
	"context"
	"errors"
	"fmt"
	"html"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMagicsThatLog(t *testing.T) {
	at := filepath.FromSlash
	for _, test := range []struct {
		source string
		asked  []string
	}{
		{"%param lr=0.01", []string{"log {Params:[{Key:lr Value:0.01 Type:float}] Tags:[] Metrics:[] Notes:[]}"}},
		{`%param n=3 on=true name="a b" 'x y'=z`, []string{"log {Params:[{Key:n Value:3 Type:int} {Key:on Value:true Type:bool} {Key:name Value:a b Type:text} {Key:x y Value:z Type:text}] Tags:[] Metrics:[] Notes:[]}"}},
		{`%param a=[1,2] b='{"k": 1}' c={1 d= e=a=b`, []string{`log {Params:[{Key:a Value:[1,2] Type:json} {Key:b Value:{"k": 1} Type:json} {Key:c Value:{1 Type:text} {Key:d Value: Type:text} {Key:e Value:a=b Type:text}] Tags:[] Metrics:[] Notes:[]}`}},
		{"%param a=1e-3 b=-inf c=007 d=1_000 e=0x10 f=+5 g=123456789012345678901234567890", []string{"log {Params:[{Key:a Value:1e-3 Type:float} {Key:b Value:-inf Type:float} " +
			"{Key:c Value:007 Type:text} {Key:d Value:1_000 Type:text} {Key:e Value:0x10 Type:text} {Key:f Value:+5 Type:float} {Key:g Value:123456789012345678901234567890 Type:int}] Tags:[] Metrics:[] Notes:[]}"}},
		{"%param version=1.0 --type text", []string{"log {Params:[{Key:version Value:1.0 Type:text}] Tags:[] Metrics:[] Notes:[]}"}},
		{"%%param --type=float\n# a remark\nlr=1\n\nb=2 c=3\n", []string{"log {Params:[{Key:lr Value:1 Type:float} {Key:b Value:2 Type:float} {Key:c Value:3 Type:float}] Tags:[] Metrics:[] Notes:[]}"}},
		{"%metric loss=0.5 acc=NaN --step 7", []string{"log {Params:[] Tags:[] Metrics:[{Key:loss Value:0.5 Step:7} {Key:acc Value:NaN Step:7}] Notes:[]}"}},
		{"%metric --step=-3 loss=-Inf", []string{"log {Params:[] Tags:[] Metrics:[{Key:loss Value:-Inf Step:-3}] Notes:[]}"}},
		{"%%metric --step 2\nloss=1\nacc=2", []string{"log {Params:[] Tags:[] Metrics:[{Key:loss Value:1 Step:2} {Key:acc Value:2 Step:2}] Notes:[]}"}},
		{"%tag a=b c='d e'", []string{"log {Params:[] Tags:[{Key:a Value:b} {Key:c Value:d e}] Metrics:[] Notes:[]}"}},
		{"%note it's \"fine\"", []string{`log {Params:[] Tags:[] Metrics:[] Notes:[{About: Text:it's "fine"}]}`}},
		{"%note 'one quotation'", []string{`log {Params:[] Tags:[] Metrics:[] Notes:[{About: Text:one quotation}]}`}},
		{"%note --hypothesis  it learns", []string{`log {Params:[] Tags:[] Metrics:[] Notes:[{About:hypothesis Text:it learns}]}`}},
		{"%note --conclusion -- --really", []string{`log {Params:[] Tags:[] Metrics:[] Notes:[{About:conclusion Text:--really}]}`}},
		{"\n%%note --conclusion\r\n# It\r\n\r\n%param x=1 `\r\n", []string{"log {Params:[] Tags:[] Metrics:[] Notes:[{About:conclusion Text:# It\n\n%param x=1 `}]}"}},
		{"%%gemba note\nabc", []string{"log {Params:[] Tags:[] Metrics:[] Notes:[{About: Text:abc}]}"}},
		{"%experiment mnist", []string{`experiment "mnist" ""`}},
		{"%experiment 'two words'\n%gemba experiment", []string{`experiment "two words" ""`, `experiment "" ""`}},
		{"%%experiment mnist\nDigits.\n", []string{`experiment "mnist" "Digits."`}},
		{"%artifact a.bin", []string{"artifact {Path:" + at("/nb/a.bin") + " Text: As: Type:}"}},
		{"%artifact a 'b c' --type model", []string{"artifact {Path:" + at("/nb/a") + " Text: As: Type:model}", "artifact {Path:" + at("/nb/b c") + " Text: As: Type:model}"}},
		{"%artifact out/ --as run/out", []string{"artifact {Path:" + at("/nb/out") + " Text: As:run/out Type:}"}},
		{"%%artifact notes/a.md --type text\n# Text\n", []string{"artifact {Path: Text:# Text\n As:notes/a.md Type:text}"}},
		{"%ledger", []string{"ledger {Filter: Cells:false Limit:0}"}},
		{"%ledger metrics.loss < 0.3 AND params.model = 'a  b'", []string{"ledger {Filter:metrics.loss < 0.3 AND params.model = 'a  b' Cells:false Limit:0}"}},
		{`%ledger -n 5 "status = 'running'"`, []string{"ledger {Filter:status = 'running' Cells:false Limit:5}"}},
		{"%ledger --cells -n=3", []string{"ledger {Filter: Cells:true Limit:3}"}},
		{"%%ledger -n 2\nmetrics.loss < 1\n  AND tags.`a b` = 'x'\n", []string{"ledger {Filter:metrics.loss < 1\n  AND tags.`a b` = 'x' Cells:false Limit:2}"}},
		{"%diff 3fa8 base", []string{`diff "3fa8" "base"`}},
		{"%diff 3fa8", []string{`diff "3fa8" ""`}},
	} {
		if !Mentioned(test.source) {
			t.Errorf("%q: its magics are not seen", test.source)
		}
		asked, _, rest, err := perform(test.source)
		if diff := cmp.Diff(test.asked, asked); diff != "" || err != nil {
			t.Errorf("%q (-want +got):\n%s%v", test.source, diff, err)
		}
		if strings.Trim(rest, "\r\n") != "" || strings.Count(rest, "\n") != strings.Count(test.source, "\n") {
			t.Errorf("%q leaves %q", test.source, rest)
		}
	}
}

func TestMagicsThatCannotLog(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for source, says := range map[string]string{
		"%param":                     "%param: it needs a name=value; usage: %param NAME=VALUE",
		"%param lr 0.1":              `%param: "lr" is no name=value, did you mean lr=0.1?; usage`,
		"%param lr = 0.1":            `%param: "lr" is no name=value, did you mean lr=0.1?; usage`,
		"%param a=1 lr":              `%param: "lr" is no name=value; usage`,
		"%param =1":                  `%param: "=1" is no name=value; usage`,
		"%param a=x --type int":      `%param: "x" is no int; usage`,
		"%param a=1 --type flot":     `%param: there is no type "flot", did you mean float?; there are text, int, float, bool, json; usage`,
		"%param a=1 --typ int":       "%param: there is no option -typ, did you mean --type?; usage",
		"%param a='1":                "%param: a quote is not closed; usage",
		"%param " + long + "=1":      "a name has 1000 bytes at most, and xxxxxxxxxxxxxxxxxxxx… has 10000",
		"%%param\na=1\nb='":          `%param: a quote is not closed in the line "b='"; usage`,
		"%metric loss=low":           `%metric: loss: "low" is no number that can be kept; usage`,
		"%metric loss=1e999":         `%metric: loss: "1e999" is no number that can be kept; usage`,
		"%metric loss=1 --step 1.5":  `%metric: the step "1.5" is no whole number; usage`,
		"%metric loss=1 --step":      "%metric: flag needs an argument: -step; usage",
		"%metric loss=1 --stp 3":     "%metric: there is no option -stp, did you mean --step?; usage",
		"%tag x":                     `%tag: "x" is no name=value; usage`,
		"%note":                      "%note: it needs a text; usage",
		"%note --hypothesis":         "%note: it needs a text; usage",
		"%note --conclusoin x":       "%note: there is no option -conclusoin, did you mean --conclusion?; usage",
		"%%note\n \n":                "%note: it needs a text; usage",
		"%%note --why\nx":            "%note: there is no option -why; usage",
		"%experiment a b":            `%experiment: it takes one name: "a b" in quotes, when it has blanks; usage`,
		"%experiment ''":             "%experiment: the name is empty; usage",
		"%experiment " + long:        "%experiment: a name has 1000 bytes at most, and this one has 10000; usage",
		"%%experiment\nx":            "%experiment: it needs a name above a description; usage",
		"%artifact":                  "%artifact: it needs the path of a file or folder; usage",
		"%artifact a b --as c":       "%artifact: one name is given for 2 paths; usage",
		"%artifact a --as ../b":      `%artifact: "../b" is no path in a run: it may not be absolute or climb out with ..; usage`,
		"%artifact a --as /b":        `"/b" is no path in a run`,
		"%artifact a --as a/../../b": `"a/../../b" is no path in a run`,
		`%artifact a --as 'a\b'`:     `is no path in a run`,
		"%artifact a --type modle":   `%artifact: there is no type "modle", did you mean model?; there are`,
		"%%artifact ../b\nx":         `"../b" is no path in a run`,
		"%ledger -n 0":               "%ledger: -n 0: it takes a number from 1 on; usage",
		"%ledger --cells status=1":   "%ledger: a filter is for runs, --cells lists cells; usage",
		"%ledger --cels":             "%ledger: there is no option -cels, did you mean --cells?; usage",
		"%diff":                      "%diff: it takes two runs, by their ids",
		"%diff a b c":                "%diff: it takes two runs, by their ids",
		"%gemba notes x":             `%gemba: there is no magic "notes", did you mean note?: %gemba help lists them`,
		"%gemba parma x=1":           `%gemba: there is no magic "parma", did you mean param?`,
		"%gemba zzzzzz":              `%gemba: there is no magic "zzzzzz": %gemba help lists them`,
	} {
		asked, _, rest, err := perform(source)
		var at *LineError
		if !errors.As(err, &at) || at.Line != 1 || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60q gives %v, want %q in a line", source, err, says)
		}
		if len(asked) > 0 || rest != source {
			t.Errorf("%.60q: a cell that cannot be read did %q", source, asked)
		}
	}
}

// TestCellForms: what stands below belongs to the magic, whatever it looks like; a form that there is not is left to the engine.
func TestCellForms(t *testing.T) {
	for source, want := range map[string]string{
		"%%note\n%param a=1\n!ls":    "log {Params:[] Tags:[] Metrics:[] Notes:[{About: Text:%param a=1\n!ls}]}",
		"\ufeff\n\n%%note x\n":       "log {Params:[] Tags:[] Metrics:[] Notes:[{About: Text:x}]}",
		"%%commit x\n%commit y":      "",
		"%%env\n%commit y":           "",
		"%%diff a b":                 "",
		"%%notes\nabc":               "",
		"x := 1\n%%note\n":           "",
		"%%gemba commit x\n%param y": "",
	} {
		asked, _, rest, err := perform(source)
		if strings.Join(asked, "\n") != want || err != nil || want == "" && rest != source {
			t.Errorf("%q: asked %q, rest %q, %v", source, asked, rest, err)
		}
	}
	for source, line := range map[string]int{"%%note\nx": 1, "\n\n%%no": 3, "%%": 0, "%%bash\n": 0, "%%bash": 0, "%note": 0, "%%nothing": 0, "%%no x": 0} {
		if got, ok := CellLine(source); got != line || ok != (line > 0) {
			t.Errorf("%q is a cell magic in line %d, want %d", source, got, line)
		}
	}
}

func TestSuggest(t *testing.T) {
	for command, want := range map[string]string{
		"%metrics": "%metric", "%parm": "%param", "%artefact": "%artifact", "%led": "", "%Note": "%note", "%exprement": "%experiment", "%gmba": "%gemba",
		"%%notes": "%%note", "%%comit": "", "%comit": "%commit", "%x": "", "%": "", "": "", "%" + strings.Repeat("x", 10_000): "",
	} {
		if got := Suggest(command); got != want {
			t.Errorf("%.40q suggests %q, want %q", command, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"metric", "metrics", 1}, {"modle", "model", 1}, {"abcd", "badc", 2}, {"kitten", "sitting", 3}} {
		if got := distance(test.a, test.b); got != test.want || distance(test.b, test.a) != test.want {
			t.Errorf("%q and %q are %d apart, want %d", test.a, test.b, got, test.want)
		}
	}
}

// richHost answers in two forms.
type richHost struct {
	diary
	fails error
}

func (h *richHost) Diff(context.Context, string, string) (Reply, error) {
	return Reply{Text: "<a>", HTML: html.EscapeString("<a>")}, h.fails
}

// TestRichReplies: who can show HTML is given both forms, who cannot the text.
func TestRichReplies(t *testing.T) {
	calls, _, err := Take("%diff a", Lines("%diff a"))
	if err != nil {
		t.Fatal(err)
	}
	var shown []Reply
	var out strings.Builder
	place := Place{Host: &richHost{}, Out: &out, Show: func(r Reply) { shown = append(shown, r) }}
	if err := calls[0].Action(t.Context(), place); err != nil {
		t.Fatal(err)
	}
	place.Show = nil
	if err := calls[0].Action(t.Context(), place); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"[{<a> &lt;a&gt;}]", "<a>\n"}, []string{fmt.Sprint(shown), out.String()}); diff != "" {
		t.Error(diff)
	}
	broken := errors.New("no such run")
	place.Host = &richHost{fails: broken}
	if err := calls[0].Action(t.Context(), place); !errors.Is(err, broken) {
		t.Errorf("the host's error became %v", err)
	}
}

// FuzzArguments: any text is read, or refused in one line.
func FuzzArguments(f *testing.F) {
	for _, seed := range []string{"lr=0.1 --type text", "--step -3 a=nan", "-- -x", `"a" 'b`, "--", "-n 3 x", "--hypothesis --conclusion", "a=\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\n") {
			return
		}
		for _, m := range Table() {
			_, err := read(m, " "+text)
			_, _, _, cellErr := takeCell("%%" + m.Name + " " + text + "\nbelow=1")
			for _, err := range []error{err, cellErr} {
				if err != nil && strings.Contains(err.Error(), "\n") {
					t.Errorf("%%%s %q: the error has lines: %v", m.Name, text, err)
				}
			}
			Completer{Host: &librarian{}, Dir: "."}.Complete(t.Context(), "%"+m.Name+" "+text)
		}
	})
}
