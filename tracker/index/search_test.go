package index

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
)

// parsedSearch reads a filter and an order.
func parsedSearch(t testing.TB, text, order string) RunSearch {
	t.Helper()
	e, err := filter.Parse(text)
	o, orderErr := filter.ParseOrder(order)
	if err := errors.Join(err, orderErr); err != nil {
		t.Fatal(err)
	}
	return RunSearch{Filter: e, Order: o, Now: epoch.Add(time.Hour)}
}

func TestSearch(t *testing.T) {
	x := searchLedger(t)
	const all = "r20 r18 r19 r16 r15 r14 r13 r12 r11 r10 r09 r08 r07 r06 r05 r04 r03 r02 r01"
	for _, test := range []struct{ filter, order, want string }{
		{"", "", all},
		{"params.lr = 0.1", "", "r04 r02 r01"},
		{"params.lr = '0.1'", "", "r04 r01"},
		{"params.lr < 0.1", "", "r07 r06 r03"},
		{"params.layers > '9'", "", "r02"},
		{"params.model LIKE 'c%'", "", "r02"},
		{"params.model ILIKE 'c%'", "", "r02 r01"},
		{"params.model LIKE 'resnet_50'", "", "r04 r03"},
		{"params.model NOT LIKE '%n%'", "", "r05 r01"},
		{"params.model =~ '^(cnn|CNN)$'", "", "r02 r01"},
		{"params.size > 5", "", "r13 r12"},
		{"params.size != 5", "", "r15 r14 r13 r12"},
		{"params.flag = true", "", "r08 r06"},
		{"params.model IS NULL AND experiment_id = '0'", "", ""},
		{"params.lr IS NULL AND experiment_id = 0", "", "r05"},
		{"tags.note LIKE '%''s'", "", "r03"},
		{"tags.note = '100%'", "", "r18"},
		{"tags.team IN ('red', 'green')", "", "r09 r08 r06 r03 r01"},
		{"tags.team NOT IN ('red', 'green')", "", "r07 r05 r04 r02"},
		{"NOT tags.team = 'red' AND experiment = 'iris'", "", "r10 r09 r08 r07"},
		{"tags.`2` = 'two' OR tags.`x/y` = 1", "", "r10 r09"},
		{"metrics.acc > 0.85", "", "r12 r10"},
		{"metrics.acc = 0", "", "r15 r14"},
		{"metrics.acc != 0.55 AND experiment_id = '" + mnist.String() + "'", "", "r15 r14 r13 r12 r11"},
		{"metrics.acc IS NOT NULL AND experiment = 'mnist'", "", "r16 r15 r14 r13 r12 r11"},
		{"metrics.acc = NaN", "", "r11"},
		{"metrics.acc < 0", "", "r13"},
		{"status = 'finished' AND user_id = 'ada'", "", "r07 r06 r02 r01"},
		{"status != 'FINISHED'", "", "r08 r05 r04 r03"},
		{"start_time >= -45m", "", "r20 r18 r19 r16"},
		{"start_time < 1767323105000", "", "r01"},
		{"end_time IS NULL", "", "r05 r04"},
		{"duration > 1200", "", "r10 r09"},
		{"run_name = 'r03' OR run_id = '" + nthID(0xa0, 4).String() + "'", "", "r04 r03"},
		{"run_name IS NULL", "", "r20"},
		{"datasets.name = 'train'", "", "r02 r01"},
		{"dataset.context = 'evaluation' OR dataset.digest = 'd1'", "", "r03 r01"},
		{"git.commit LIKE 'c0f%'", "", "r07 r06"},
		{"git.dirty = true", "", "r09 r08"},
		{"git.dirty = false", "", "r07 r06"},
		{"git.branch IN ('main', 'wip') AND git.dirty > 2", "", "r09 r08"},
		{"data.digest = '" + digestOf("train") + "'", "", "r07 r06"},
		{"data.digest = '" + strings.TrimPrefix(digestOf("model"), "sha256:") + "'", "", "r07 r06"},
		{"data.path LIKE '%.csv'", "", "r09 r08 r07 r06"},
		{"cell.source =~ 'SGD'", "", "r09 r08"},
		{"cell.notebook = 'lab/plot.ipynb'", "", "r09 r08 r07 r06"},
		{"env.`go.version` = 'go1.26.8' AND env.`os.name` != 'linux'", "", ""},
		{"env.`go.version` LIKE 'go1.26%'", "", "r09 r08 r07 r06"},
		{"notebook LIKE 'lab/%'", "", "r09 r08 r07 r06"},
		{"experiment = 'mnist'", "metrics.acc", "r13 r15 r14 r16 r12 r11 r20 r18 r19"},
		{"experiment = 'mnist'", "metrics.acc DESC", "r12 r16 r15 r14 r13 r11 r20 r18 r19"},
		{"experiment = 'mnist'", "params.size DESC", "r14 r15 r13 r12 r11 r20 r18 r19 r16"},
		{"experiment = 'Default'", "params.layers", "r04 r01 r03 r02 r05"},
		{"experiment = 'Default'", "tags.team, start_time ASC", "r05 r04 r02 r01 r03"},
		{"experiment = 'Default'", "user_id DESC, metrics.loss", "r03 r04 r02 r01 r05"},
		{"experiment = 'iris'", "duration", "r08 r07 r06 r09 r10"},
	} {
		t.Run(test.filter+" by "+test.order, func(t *testing.T) {
			page, err := x.SearchRuns(t.Context(), parsedSearch(t, test.filter, test.order))
			if got := runNames(page.Runs); err != nil || got != test.want || page.Next != "" {
				t.Errorf("%v, runs are %s, want %s", err, got, test.want)
			}
		})
	}
}

// TestPages takes each search page by page, while runs come and change.
func TestPages(t *testing.T) {
	for _, order := range []string{"", "metrics.acc", "metrics.acc DESC", "params.lr DESC, tags.team", "start_time", "status DESC"} {
		x := searchLedger(t)
		q := parsedSearch(t, "", order)
		whole := runNames(must[RunPage](t)(x.SearchRuns(t.Context(), q)).Runs)
		s := newScribe(t, x.ledger.Dir(), epoch)
		var got []string
		for q.Limit = 3; ; {
			page := must[RunPage](t)(x.SearchRuns(t.Context(), q))
			got = append(got, runNames(page.Runs))
			if q.After = page.Next; q.After == "" {
				break
			}
			fresh := fixtureRun{status: tracker.RunFinished, minutes: 1000, deleted: len(got)%2 == 0}
			s.fixtureRun(nthID(0x00, 100+len(got)), fresh, tracker.ID{})
			if err := x.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var old []string
		for _, name := range strings.Fields(strings.Join(got, " ")) {
			if len(name) == len("r01") {
				old = append(old, name)
			}
		}
		if strings.Join(old, " ") != whole {
			t.Errorf("by %q the pages are\n%v, want\n%s", order, old, whole)
		}
	}
}

func TestWrongPage(t *testing.T) {
	x := searchLedger(t)
	byAcc := parsedSearch(t, "", "metrics.acc")
	byAcc.Limit = 2
	page := must[RunPage](t)(x.SearchRuns(t.Context(), byAcc))
	for _, q := range []RunSearch{{After: "nonsense"}, {After: "%"}, {After: page.Next}} {
		if _, err := x.SearchRuns(t.Context(), q); !errors.Is(err, ErrPage) {
			t.Errorf("after %q: %v, want ErrPage", q.After, err)
		}
	}
}

// TestSearchSeesChanges asks an index that has answered before, while another one projects what comes.
func TestSearchSeesChanges(t *testing.T) {
	x := searchLedger(t)
	q := parsedSearch(t, "metrics.acc > 0.5 AND tags.team = 'red'", "metrics.acc DESC")
	q.Columns = Columns{Params: true, Tags: true, Metrics: true, Inputs: true}
	ask := func() string { return runNames(must[RunPage](t)(x.SearchRuns(t.Context(), q)).Runs) }
	if got := ask(); got != "r06" {
		t.Fatalf("runs are %s, want r06", got)
	}
	s := newScribe(t, x.ledger.Dir(), epoch.Add(time.Hour))
	other := open(t, x.ledger.Dir())
	tell := func(run tracker.ID, l tracker.Logged, points ...tracker.Metric) {
		s.logged(s.head(tracker.ID{}), run, l, points)
		if err := other.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tell(nthID(0xa0, 1), tracker.Logged{}, tracker.Metric{Key: "acc", Value: 0.95, Step: 2})
	if got := ask(); got != "r01 r06" {
		t.Errorf("with a metric runs are %s, want r01 r06", got)
	}
	tell(nthID(0xa0, 6), tracker.Logged{Tags: []tracker.Tag{{Key: "team", Removed: true}}})
	if got := ask(); got != "r01" {
		t.Errorf("without a tag runs are %s, want r01", got)
	}
	tell(nthID(0xa0, 99), tracker.Logged{Tags: []tracker.Tag{{Key: "team", Value: "red"}}}, tracker.Metric{Key: "acc", Value: 0.97})
	if got := ask(); got != "r99 r01" {
		t.Errorf("with a new run runs are %s, want r99 r01", got)
	}
	if err := other.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := ask(); got != "r99 r01" {
		t.Errorf("of an index made anew runs are %s, want r99 r01", got)
	}
	page := must[RunPage](t)(x.SearchRuns(t.Context(), q))
	for _, r := range page.Runs {
		equal(t, nil, r, must[Run](t)(x.Run(t.Context(), r.ID)))
	}
}

// randomFilter writes a filter of the language, of any fields, relations and values.
func randomFilter(r *rand.Rand, depth int) string {
	if depth > 0 {
		switch a, b := randomFilter(r, depth-1), randomFilter(r, depth-1); r.IntN(4) {
		case 0:
			return "(" + a + " AND " + b + ")"
		case 1:
			return "(" + a + " OR " + b + ")"
		case 2:
			return "NOT " + a
		}
	}
	field := pick(r, "metrics.acc", "metrics.loss", "params.lr", "params.flag", "params.model", "tags.team", "tags.note", "tags.no", "run_id", "run_name", "experiment_id", "experiment",
		"status", "start_time", "end_time", "duration", "user_id", "artifact_uri", "lifecycle_stage", "parent", "session", "notebook", "source", "datasets.name", "datasets.digest",
		"datasets.context", "git.commit", "git.branch", "git.dirty", "git.remote", "data.digest", "data.path", "cell.source", "cell.id", "cell.notebook", "env.`os.name`")
	value := func() string {
		if strings.HasPrefix(field, "metrics") {
			return pick(r, "0.5", "NaN", "-inf", "1e400", "0")
		}
		return pick(r, "0.1", "'0.1'", "'red'", "'c%'", "'%_%'", "'FINISHED'", "true", "false", "-7d", "2026-01-02", "'2026-01-02'", "1767323105000", "'0'", "0", "''", "NaN")
	}
	switch op := pick(r, "=", "!=", "<", "<=", ">", ">=", "LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "=~", "!~", "IN", "NOT IN", "IS NULL", "IS NOT NULL"); op {
	case "IS NULL", "IS NOT NULL":
		return field + " " + op
	case "IN", "NOT IN":
		return field + " " + op + " (" + value() + ", " + value() + ")"
	default:
		return field + " " + op + " " + value()
	}
}

// TestAnyFilter searches for what a filter chooses and for the rest, page by page: together they are all runs, each once.
func TestAnyFilter(t *testing.T) {
	x := searchLedger(t)
	r := rand.New(rand.NewPCG(7, 7))
	searched := 0
	for range 3000 {
		text := randomFilter(r, r.IntN(3))
		e, err := filter.Parse(text)
		if err != nil {
			continue // the language has no such comparison
		}
		searched++
		order := pick(r, "", "metrics.acc DESC, params.lr", "git.branch, duration DESC", "notebook DESC")
		count := map[tracker.ID]int{}
		for _, e := range []filter.Expr{e, filter.Not{Of: e}} {
			q := parsedSearch(t, "", order)
			for q.Filter, q.Limit = e, 7; ; {
				page := must[RunPage](t)(x.SearchRuns(t.Context(), q))
				for _, run := range page.Runs {
					count[run.ID]++
				}
				if q.After = page.Next; q.After == "" {
					break
				}
			}
		}
		for id, n := range count {
			if n != 1 || len(count) != len(fixtureRuns)-1 {
				t.Fatalf("%s by %q: of %d runs %s comes %d times", text, order, len(count), id, n)
			}
		}
	}
	if searched < 1000 {
		t.Errorf("only %d filters were searched for", searched)
	}
}
