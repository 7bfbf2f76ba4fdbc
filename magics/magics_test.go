package magics

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// diary is a Host that writes down what it is asked for.
type diary struct {
	asked []string
	err   error
}

func (d *diary) note(format string, args ...any) (string, error) {
	d.asked = append(d.asked, fmt.Sprintf(format, args...))
	return "done " + fmt.Sprint(len(d.asked)), d.err
}

func (d *diary) Commit(_ context.Context, message string) (string, error) {
	return d.note("commit %q", message)
}

func (d *diary) Snapshot(_ context.Context, paths []string, name string) (string, error) {
	return d.note("snapshot %q %q", paths, name)
}

func (d *diary) Environment(context.Context) (string, error) { return d.note("environment") }

func (d *diary) Log(_ context.Context, l Logged) error {
	_, err := d.note("log %+v", l)
	return err
}

func (d *diary) Experiment(_ context.Context, name, description string) (Reply, error) {
	text, err := d.note("experiment %q %q", name, description)
	return Reply{Text: text}, err
}

func (d *diary) Artifact(_ context.Context, a Artifact) (string, error) {
	return d.note("artifact %+v", a)
}

func (d *diary) Ledger(_ context.Context, q Question) (Reply, error) {
	text, err := d.note("ledger %+v", q)
	return Reply{Text: text}, err
}

func (d *diary) Diff(_ context.Context, a, b string) (Reply, error) {
	text, err := d.note("diff %q %q", a, b)
	return Reply{Text: text}, err
}

// perform takes the magics out of a cell and carries them out in the folder /nb.
func perform(source string) (asked []string, out, rest string, err error) {
	calls, rest, err := Take(source, Lines(source))
	if err != nil {
		return nil, "", rest, err
	}
	d, b := &diary{}, &strings.Builder{}
	for _, call := range calls {
		if err := call.Action(context.Background(), Place{Host: d, Dir: filepath.FromSlash("/nb"), Out: b}); err != nil {
			return d.asked, b.String(), rest, err
		}
	}
	return d.asked, b.String(), rest, nil
}

func TestCells(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, test := range []struct {
		name, source string
		asked        []string
		rest         string
	}{
		{"none", "x := 1\n%ls\n", nil, "x := 1\n%ls\n"},
		{"commit", "%commit \"two words\"\nx := 1\n", []string{`commit "two words"`}, "\nx := 1\n"},
		{"one word", "%commit done", []string{`commit "done"`}, ""},
		{"escapes", `%commit "say \"it\" \\"`, []string{`commit "say \"it\" \\"`}, ""},
		{"single quotes", `%commit 'a "b" \'`, []string{`commit "a \"b\" \\"`}, ""},
		{"quotes inside a word", `%snapshot da"t a"/x`, []string{`snapshot ["/nb/dat a/x"] ""`}, ""},
		{"snapshot", "a\r\n%snapshot data/ ../b --name train\r\nb", []string{`snapshot ["/nb/data" "/b"] "train"`}, "a\r\n\r\nb"},
		{"option first", "%snapshot --name=train data /abs", []string{`snapshot ["/nb/data" "/abs"] "train"`}, ""},
		{"option in the middle", "%snapshot a -name t b", []string{`snapshot ["/nb/a" "/nb/b"] "t"`}, ""},
		{"no option", "%snapshot -- --name", []string{`snapshot ["/nb/--name"] ""`}, ""},
		{"no option among others", "%snapshot a -- -b --name", []string{`snapshot ["/nb/a" "/nb/-b" "/nb/--name"] ""`}, ""},
		{"home", "%snapshot ~/data ~", []string{fmt.Sprintf(`snapshot [%q %q] ""`, filepath.Join(home, "data"), home)}, ""},
		{"tabs", "%snapshot\ta\t", []string{`snapshot ["/nb/a"] ""`}, ""},
		{"long form", "%gemba snapshot a\n%gemba commit m\n", []string{`snapshot ["/nb/a"] ""`, `commit "m"`}, "\n\n"},
		{"long only", "%env A b\n%gemba env\n", []string{"environment"}, "%env A b\n\n"},
		{"order", "%snapshot b\nx\n%snapshot a\n", []string{`snapshot ["/nb/b"] ""`, `snapshot ["/nb/a"] ""`}, "\nx\n\n"},
		{"longer name", "%commits x\n%snapshotted\n%gembas\n", nil, "%commits x\n%snapshotted\n%gembas\n"},
		{"not at the beginning", " %commit x\nx %commit y", nil, " %commit x\nx %commit y"},
		{"main part", "%% %commit x\n%%\n%commit m", []string{`commit "m"`}, "%% %commit x\n%%\n"},
		{"cell magic", "%%bash\n%commit x\n", nil, "%%bash\n%commit x\n"},
		{"cell magic below empty lines", "\n  \n%%time\n%commit x\n", nil, "\n  \n%%time\n%commit x\n"},
		{"cell magic of ours", "%%commit x\n", nil, "%%commit x\n"},
		{"sign alone", "%\n% commit x\n", nil, "%\n% commit x\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if len(test.asked) > 0 && !Mentioned(test.source) {
				t.Error("its magics are not seen")
			}
			asked, _, rest, err := perform(test.source)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.asked, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.rest, rest); diff != "" {
				t.Errorf("rest (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWrongUse(t *testing.T) {
	for _, test := range []struct {
		source string
		line   int
		says   string
	}{
		{"\n%commit", 2, `%commit: it takes one message, in quotes when it has blanks; usage: %commit "message"`},
		{"%commit two words", 1, "%commit: it takes one message"},
		{"%commit \"\"", 1, "%commit: it takes one message"},
		{"%commit --amend m", 1, `%commit: there is no option -amend; usage: %commit "message"`},
		{"%commit \"open", 1, "%commit: a quote is not closed; usage"},
		{"%snapshot", 1, "%snapshot: it needs the path of a file or folder; usage: %snapshot PATH… [--name NAME]"},
		{"%snapshot ''", 1, "%snapshot: it needs the path"},
		{"%snapshot a --name", 1, "%snapshot: flag needs an argument: -name; usage"},
		{"%snapshot --help", 1, "usage: %snapshot PATH"},
		{"x\n\n%gemba push", 3, `%gemba: there is no magic "push": %gemba help lists them`},
		{"%gemba help me", 1, "%help: it takes no arguments; usage: %gemba help"},
		{"%gemba env x", 1, "usage: %gemba env"},
	} {
		asked, _, rest, err := perform("%snapshot first\n" + test.source)
		var at *LineError
		if !errors.As(err, &at) || at.Line != test.line+1 || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q gives %v, want line %d and %q", test.source, err, test.line+1, test.says)
		}
		if len(asked) > 0 || rest != "%snapshot first\n"+test.source {
			t.Errorf("%q: a cell that cannot be read did %q", test.source, asked)
		}
	}
}

func TestAnswers(t *testing.T) {
	_, out, _, err := perform("%commit m\n%gemba env")
	if diff := cmp.Diff("done 1\ndone 2\n", out); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, source := range []string{"%gemba", "%gemba help"} {
		_, out, _, err := perform(source)
		if diff := cmp.Diff(Help(), out); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	for _, m := range Table() {
		if !strings.Contains(Help(), m.Usage()) || !strings.Contains(Help(), m.Help) {
			t.Errorf("help does not tell of %s", m.Name)
		}
	}
	calls, _, err := Take("%commit m", Lines("%commit m"))
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no repository")
	if err := calls[0].Action(context.Background(), Place{Host: &diary{err: broken}, Out: &strings.Builder{}}); !errors.Is(err, broken) {
		t.Errorf("the host's error became %v", err)
	}
}

func TestLinesThatContinue(t *testing.T) {
	calls, rest, err := Take("a\n%snapshot b \\\n c\nd", []Line{{Number: 2, Count: 2, Text: "%snapshot b  c"}})
	if err != nil || len(calls) != 1 || rest != "a\n\n\nd" {
		t.Errorf("%d calls, rest %q, %v", len(calls), rest, err)
	}
}

// librarian is a Host that knows names.
type librarian struct{ diary }

func (*librarian) Names(_ context.Context, of Kind) []string {
	return map[Kind][]string{
		Run: {"3fa81c22", "3fb00000", "first run"}, Experiment: {"mnist", "it's"}, MetricKey: {"loss", "val loss"}, ParamKey: {"lr"},
		TagKey: {"why"}, Field: {"metrics.loss", "metrics.`val loss`", "params.lr", "status"},
	}[of]
}

func TestComplete(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"data/train.csv", "data/with blank.csv", "da.txt", ".hidden/x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		line  string
		start int
		names []string
	}{
		{"%sna", 0, []string{"%snapshot"}},
		{"%", 0, []string{"%artifact", "%commit", "%diff", "%experiment", "%gemba", "%ledger", "%metric", "%note", "%param", "%snapshot", "%tag"}},
		{"%gem", 0, []string{"%gemba"}},
		{"%e", 0, []string{"%experiment"}},
		{"%gemba e", 7, []string{"env", "experiment"}},
		{"%gemba  h", 8, []string{"help"}},
		{"%%n", 0, []string{"%%note"}},
		{"%%c", 0, nil},
		{"%%gemba no", 8, []string{"note"}},
		{"%snapshot da", 10, []string{"da.txt", "data/"}},
		{"%snapshot a --name da", 19, nil},
		{"%artifact data/", 10, []string{"'data/with blank.csv'", "data/train.csv"}},
		{"%artifact 'data/with b", 10, []string{"'data/with blank.csv'"}},
		{"%artifact .h", 10, []string{".hidden/"}},
		{"%artifact none/", 10, nil},
		{"%artifact --", 10, []string{"--as", "--type"}},
		{"%artifact x --type mo", 19, []string{"model"}},
		{"%gemba artifact x --type mo", 25, []string{"model"}},
		{"%%artifact x --type mo", 20, []string{"model"}},
		{"%param --type ", 14, []string{"bool", "float", "int", "json", "text"}},
		{"%param l", 7, []string{"lr="}},
		{"%metric a=1 ", 12, []string{"'val loss'=", "loss="}},
		{"%metric loss=", 8, nil},
		{"%metric loss=0.", 8, nil},
		{"%metric a=1 --step 3", 19, nil},
		{"%tag w", 5, []string{"why="}},
		{"%experiment ", 12, []string{"\"it's\"", "mnist"}},
		{"%diff 3f", 6, []string{"3fa81c22", "3fb00000"}},
		{"%diff 3fa8 f", 11, []string{"'first run'"}},
		{"%ledger params.lr = 1 AND metr", 26, []string{"metrics.`val loss`", "metrics.loss"}},
		{"%ledger -", 8, []string{"--cells", "-n"}},
		{"%gemba env x", 0, nil},
		{"%env x", 0, nil},
		{"sna", 0, nil},
		{"", 0, nil},
	} {
		start, names := Completer{&librarian{}, dir}.Complete(t.Context(), test.line)
		if diff := cmp.Diff(test.names, names); diff != "" || len(names) > 0 && start != test.start {
			t.Errorf("%q: start %d, want %d (-want +got):\n%s", test.line, start, test.start, diff)
		}
	}
}

func TestDescribe(t *testing.T) {
	for line, want := range map[string]string{
		"%commit x":       `%commit "message": make a git commit of the work tree`,
		"%gemba commit x": `%commit "message": make a git commit of the work tree`,
		"%gemba env":      "%gemba env: show the environment that cells run in, as it is recorded",
		"%gemba":          Help(),
		"%gemba ":         Help(),
		"%gemba no":       Help(),
		"%env A b":        "",
		"commit":          "",
		"%%commit":        "",
		"%%tag":           "%tag NAME=VALUE…: note something about the run; the last value of a name counts\n  %%tag: what stands below is more of NAME=VALUE",
		"%metric x=1": "%metric NAME=NUMBER… [--step N]: add figures to the run\n  --step N: the step they belong to, 0 when nothing is said\n" +
			"  %%metric: what stands below is more of NAME=NUMBER",
	} {
		if diff := cmp.Diff(want, Describe(line)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}

// ipython are the line magics of IPython 9.
var ipython = strings.Fields(`alias alias_magic autoawait autocall automagic autosave bookmark cat cd clear code_wrap colors conda config
cp debug dhist dirs doctest_mode ed edit env gui hist history killbgscripts ldir less lf lk ll load load_ext loadpy logoff logon logstart
logstate logstop ls lsmagic lx macro magic mamba man matplotlib micromamba mkdir more mv notebook page pastebin pdb pdef pdoc pfile pinfo
pinfo2 pip popd pprint precision prun psearch psource pushd pwd pycat pylab python quickref recall rehashx reload_ext rep rerun reset
reset_selective rm rmdir run save sc set_env store subshell sx system tb time timeit unalias unload_ext uv who who_ls whos xdel xmode
connect_info qtconsole reload autoreload`)

func TestNoneShadowsIPython(t *testing.T) {
	for _, m := range append(Table(), Magic{Name: long}) {
		if !m.Long && slices.Contains(ipython, m.Name) {
			t.Errorf("%%%s is IPython's: let it be long", m.Name)
		}
	}
}

func FuzzTake(f *testing.F) {
	for _, seed := range []string{"%commit \"a\nb\"", "%%bash\n%commit x", "%gemba env\r\n\r\n%snapshot a", "%commit \\\n", "\x00%\n%gemba "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		_, rest, err := Take(source, Lines(source))
		if err != nil {
			return
		}
		was, is := strings.Split(source, "\n"), strings.Split(rest, "\n")
		if len(was) != len(is) {
			t.Fatalf("%d lines became %d", len(was), len(is))
		}
		for i := range was {
			if was[i] != is[i] && (strings.TrimRight(is[i], "\r") != "" || !strings.HasPrefix(was[i], "%")) {
				t.Fatalf("line %d, %q, became %q", i+1, was[i], is[i])
			}
		}
	})
}
