package cli

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker/account"
)

func (a *app) printDiff(d *difference, asJSON bool) error {
	if asJSON {
		return printJSON(a.stdout, d)
	}
	g := a.newPage()
	for _, s := range []struct {
		letter string
		named
	}{{"A", d.A}, {"B", d.B}} {
		fmt.Fprintf(&g.b, "%s  %s %s  %s  %s\n", g.p.paint(bold, s.letter), s.Kind, g.p.paint(yellow, s.ID.Short()), orDash(oneLine(s.Name)), humanTime(s.Started, a.now()))
	}
	if d.Identical {
		g.b.WriteString("identical\n")
	}
	if err := g.flush(); err != nil {
		return err
	}
	for _, s := range []section{changeSection("", "FACT", d.Facts), changeSection("params", "PARAM", d.Params), metricSection(d.Metrics), changeSection("tags", "TAG", d.Tags),
		changeSection("artifacts", "PATH", d.Artifacts), changeSection("datasets", "DATASET", d.Datasets), changeSection("code", "CODE", worded(d.Code))} {
		if err := s.print(a); err != nil {
			return err
		}
	}
	if err := a.printCells(d.Cells); err != nil {
		return err
	}
	for _, s := range []section{changeSection("files read and written", "PATH", d.Files), environmentSection(d.Environment)} {
		if err := s.print(a); err != nil {
			return err
		}
	}
	for _, what := range d.NotCompared {
		a.warn("not compared: %s", what)
	}
	return nil
}

func changeSection(title, key string, list []changed) section {
	made := newSection(cmp.Or(title, "run"), len(list), column{title: key}, column{title: "A"}, column{title: "B"})
	for _, c := range list[:min(pageRows, len(list))] {
		was, is := apart(c.A, c.B)
		made.table.add(cell{text: cutTo(c.Key, sideLength)}, cell{was, red}, cell{is, green})
	}
	return made
}

// noCode are the words for facts of the code that are empty.
var noCode = map[string]string{"commit": "no commit", "branch": "no branch", "missing": "nothing"}

// worded says in words what the code lacks.
func worded(list []changed) []changed {
	list = slices.Clone(list)
	for i, c := range list {
		word := noCode[c.Key]
		for _, side := range []**string{&list[i].A, &list[i].B} {
			if *side != nil && **side == "" && word != "" {
				*side = &word
			}
		}
	}
	return list
}

// sideLength is how much of each of two values is shown, in characters.
const sideLength = 40

// apart returns two texts so that a table shows where they differ: of long ones that begin alike, what comes from there on.
func apart(a, b *string) (string, string) {
	if a == nil || b == nil {
		return sideText(a), sideText(b)
	}
	was, is := []rune(oneLine(*a)), []rune(oneLine(*b))
	same := 0
	for same < min(len(was), len(is)) && was[same] == is[same] {
		same++
	}
	if cut := same - sideLength/2; cut > 0 && max(len(was), len(is)) > sideLength {
		was, is = append([]rune{'…'}, was[cut:]...), append([]rune{'…'}, is[cut:]...)
	}
	return orEmpty(cutTo(string(was), sideLength)), orEmpty(cutTo(string(is), sideLength))
}

func sideText(text *string) string {
	if text == nil {
		return "–"
	}
	return orEmpty(cutTo(oneLine(*text), sideLength))
}

// orEmpty tells an empty text from none.
func orEmpty(text string) string {
	if text == "" {
		return `""`
	}
	return text
}

func metricSection(list []changedMetric) section {
	made := newSection("metrics", len(list), column{title: "METRIC"}, column{"A", true}, column{"B", true}, column{"CHANGE", true})
	if slices.ContainsFunc(list, func(m changedMetric) bool { return remark(m) != "" }) {
		made.table.columns = append(made.table.columns, column{title: "SERIES"})
	}
	for _, m := range list[:min(pageRows, len(list))] {
		row := []cell{{text: cutTo(m.Key, sideLength)}, {shortOrDash(m.A), red}, {shortOrDash(m.B), green}, {text: delta(m)}, {remark(m), faint}}
		made.table.add(row[:len(made.table.columns)]...)
	}
	return made
}

// delta is the change, also in percent.
func delta(m changedMetric) string {
	if m.Delta == nil {
		return "–"
	}
	text := fmt.Sprintf("%+.4g", float64(*m.Delta))
	if percent := float64(*m.Delta / *m.A) * 100; !math.IsNaN(percent) && !math.IsInf(percent, 0) {
		text += fmt.Sprintf(" (%+.3g%%)", math.Copysign(percent, float64(*m.Delta)))
	}
	return text
}

// remark tells what the last values do not.
func remark(m changedMetric) string {
	if m.A == nil || m.B == nil {
		return ""
	}
	if m.APoints != m.BPoints {
		return fmt.Sprintf("%s and %s points", thousands(int(m.APoints)), thousands(int(m.BPoints)))
	}
	if account.SameNumber(float64(*m.A), float64(*m.B)) {
		return "differs on the way"
	}
	return ""
}

func environmentSection(list []account.FactChange) section {
	made := newSection("environment", len(list), column{title: "FACT"}, column{title: "A"}, column{title: "B"})
	for _, d := range list[:min(pageRows, len(list))] {
		was, is := apart(filled(d.Was), filled(d.Is))
		made.table.add(cell{text: cutTo(d.Name, sideLength)}, cell{was, red}, cell{is, green})
	}
	return made
}

func filled(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

var diffStyles = map[byte]style{'+': green, '-': red, '@': faint}

// printCells shows what differs in each cell.
func (a *app) printCells(cells []changedCell) error {
	g := a.newPage()
	for _, c := range cells {
		fmt.Fprintf(&g.b, "\n%s  %s\n", g.p.paint(bold, "cell "+oneLine(strings.TrimPrefix(c.Cell, "cell"))), where(c))
		if c.Status != nil {
			fmt.Fprintf(&g.b, "    status %s, then %s\n", *c.Status.A, *c.Status.B)
		}
		if c.Output {
			g.b.WriteString("    output differs\n")
		}
		for line := range strings.Lines(c.Source) {
			text := harmless(strings.TrimRight(line, "\r\n"), false)
			fmt.Fprintf(&g.b, "    %s\n", g.p.paint(diffStyles[line[0]], text))
		}
	}
	return g.flush()
}

// where names the cell executions that differ.
func where(c changedCell) string {
	switch {
	case c.A.IsZero():
		return "only in B: " + c.B.Short()
	case c.B.IsZero():
		return "only in A: " + c.A.Short()
	}
	return c.A.Short() + " and " + c.B.Short()
}
