package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/plot"
)

// pageRows is how many params, tags, metrics or artifacts a page names; --json names all.
const pageRows = 200

func (a *app) showRun(ctx context.Context, x *index.Index, id tracker.ID, asJSON bool) error {
	limit := pageRows
	if asJSON {
		limit = 0
	}
	s, err := told(x).Run(ctx, id, limit)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(a.stdout, s)
	}
	g := a.newPage()
	fmt.Fprintf(&g.b, "%s %s  %s\n", g.p.paint(bold, "run"), g.p.paint(yellow, s.ID.String()), oneLine(s.Name))
	g.runFacts(s)
	g.runUsage(s.Used)
	g.runCells(s)
	g.code(s.Code)
	g.runFiles(s.Files)
	for _, m := range s.Missing {
		g.fact("not kept", "%s", m)
	}
	for _, text := range []struct{ title, text string }{{"hypothesis", s.Supposed}, {"conclusion", s.Concluded}, {"note", s.Note}} {
		if text.text != "" {
			g.block(text.title, text.text)
		}
	}
	if err := g.flush(); err != nil {
		return err
	}
	for _, section := range []section{paramSection(s), seriesSection(s, width(a.stdout)), tagSection(s), artifactSection(s), inputSection(s)} {
		if err := section.print(a); err != nil {
			return err
		}
	}
	return nil
}

func (g *page) runFacts(s *shownRun) {
	fmt.Fprintf(&g.b, "  %s %s\n", g.p.paint(faint, fmt.Sprintf("%-12s", "status")), g.p.paint(runStyles[s.Status], oneLine(string(s.Status))))
	if s.Stage == tracker.Deleted {
		g.fact("stage", "deleted: gemba log lists it with --deleted")
	}
	g.fact("experiment", "%s", s.Experiment)
	if !s.Started.IsZero() {
		g.fact("started", "%s", s.Started.Local().Format("2006-01-02 15:04:05.000 MST"))
	}
	if s.Took > 0 {
		g.fact("took", "%s", humanDuration(s.Took))
	}
	g.fact("user", "%s", s.User)
	g.fact("source", "%s", s.Source)
	if !s.Parent.IsZero() {
		g.fact("parent", "%s", s.Parent)
	}
	for i, c := range s.Children {
		if i == touchedFiles {
			g.fact("", "… and %s more", thousands(len(s.Children)-i))
			break
		}
		g.fact("child", "%s", c)
	}
	for _, id := range s.Sessions {
		g.fact("session", "%s", id)
	}
}

// runCells names the cell executions that a run came from.
func (g *page) runCells(s *shownRun) {
	for i, c := range s.Cells {
		if i == touchedFiles {
			g.fact("", "… and %s more, which --json lists", thousands(len(s.Cells)-i))
			break
		}
		g.fact("cell", "%s  [%d]  %s%s", c.ID.Short(), c.Count, c.Name, map[bool]string{true: "  (logged)"}[slices.Contains(s.Told, c.ID)])
	}
}

func (g *page) runFiles(files []seenFile) {
	if len(files) > 0 {
		g.observed([]observed{{Files: files}})
	}
}

// section is a titled table of a page, and how many rows it leaves out.
type section struct {
	title string
	table *table
	more  int
}

func newSection(title string, rows int, columns ...column) section {
	return section{title, &table{columns: columns}, max(0, rows-pageRows)}
}

func (s section) print(a *app) error {
	if len(s.table.rows) == 0 {
		return nil
	}
	fmt.Fprintf(a.stdout, "\n%s\n", painterFor(a.stdout).paint(bold, s.title))
	if err := s.table.print(a.stdout); err != nil {
		return err
	}
	if s.more > 0 {
		fmt.Fprintf(a.stderr, "… and %s more (%s), which --json lists\n", thousands(s.more), s.title)
	}
	return nil
}

func paramSection(s *shownRun) section {
	made := newSection("params", len(s.ParamList), column{title: "PARAM"}, column{title: "VALUE"})
	for _, p := range s.ParamList[:min(pageRows, len(s.ParamList))] {
		made.table.add(cell{text: p.Key}, cell{text: p.Value})
	}
	return made
}

// sparkLength is how long a sparkline is, in characters, and usualMetrics how wide the columns before it are.
const (
	sparkLength  = 24
	usualMetrics = 56
)

// seriesSection shows series; a narrow terminal's edge makes their courses shorter.
func seriesSection(s *shownRun, edge int) section {
	room := sparkLength
	if edge > 0 {
		room = min(room, max(edge-usualMetrics, sparkLength/3))
	}
	made := newSection("metrics", len(s.Series), column{title: "METRIC"}, column{"LAST", true}, column{"STEP", true}, column{"MIN", true}, column{"MAX", true},
		column{"POINTS", true}, column{title: "COURSE"})
	for _, m := range s.Series[:min(pageRows, len(s.Series))] {
		made.table.add(cell{text: m.Key}, cell{text: short(float64(m.Last)), style: bold}, cell{text: fmt.Sprint(m.Step)}, cell{text: shortOrDash(m.Least)},
			cell{text: shortOrDash(m.Greatest)}, cell{text: thousands(int(m.Points))}, cell{text: spark(m, room)})
	}
	return made
}

// spark draws a series of more than one point.
func spark(m shownSeries, room int) string {
	if len(m.Values) < 2 {
		return ""
	}
	return plot.Spark(m.Values, room)
}

func shortOrDash(n *number) string {
	if n == nil {
		return "–"
	}
	return short(float64(*n))
}

func tagSection(s *shownRun) section {
	made := newSection("tags", len(s.Indexed.Tags), column{title: "TAG"}, column{title: "VALUE"})
	for _, t := range s.Indexed.Tags[:min(pageRows, len(s.Indexed.Tags))] {
		if account.NoteTags[t.Key] {
			continue // they are told above
		}
		made.table.add(cell{text: t.Key}, cell{text: t.Value})
	}
	return made
}

func artifactSection(s *shownRun) section {
	made := newSection("artifacts", len(s.Artifacts), column{title: "PATH"}, column{title: "TYPE"}, column{"SIZE", true}, column{title: "DIGEST"})
	for _, f := range s.Artifacts[:min(pageRows, len(s.Artifacts))] {
		made.table.add(cell{text: f.Path}, cell{text: orDash(f.Type)}, cell{text: humanBytes(f.Bytes)}, cell{text: f.Content().String()})
	}
	return made
}

func inputSection(s *shownRun) section {
	made := newSection("datasets", len(s.Inputs), column{title: "DATASET"}, column{title: "DIGEST"}, column{title: "USED FOR"}, column{title: "SOURCE"})
	for _, in := range s.Inputs[:min(pageRows, len(s.Inputs))] {
		var uses []string
		for _, t := range in.Tags {
			if t.Key == "mlflow.data.context" || t.Key == "context" {
				uses = append(uses, t.Value)
			}
		}
		made.table.add(cell{text: in.Name}, cell{text: in.Digest}, cell{text: orDash(strings.Join(uses, ", "))}, cell{text: in.Source})
	}
	return made
}
