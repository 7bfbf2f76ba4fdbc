package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// page prints titled facts and indented text for a person.
type page struct {
	a *app
	p painter
	b strings.Builder
}

func (a *app) newPage() *page { return &page{a: a, p: painterFor(a.stdout)} }

// fact prints one line: a name and what there is to say. An empty text prints nothing.
func (g *page) fact(name, format string, args ...any) {
	text := oneLine(fmt.Sprintf(format, args...))
	if text != "" {
		fmt.Fprintf(&g.b, "  %s %s\n", g.p.paint(faint, fmt.Sprintf("%-12s", name)), text)
	}
}

// block prints a title and text below it, as the recorded thing was shown, escape sequences aside.
func (g *page) block(title, text string) {
	fmt.Fprintf(&g.b, "\n%s\n", g.p.paint(bold, title))
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		fmt.Fprintf(&g.b, "    %s\n", harmless(strings.TrimRight(line, "\r\n"), g.p))
	}
}

func (g *page) flush() error {
	_, err := fmt.Fprint(g.a.stdout, g.b.String())
	return err
}

// colours and escapes are ANSI escape sequences (ECMA-48): those that only colour, and all of them.
var (
	colours = regexp.MustCompile(`^\x1b\[[0-9;]*m$`)
	escapes = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_]|)`)
)

// harmless makes recorded text safe to print: what a cell printed must not steer the reader's
// terminal. Colours stay where there are colours.
func harmless(line string, p painter) string {
	coloured := false
	line = escapes.ReplaceAllStringFunc(line, func(sequence string) string {
		if bool(p) && colours.MatchString(sequence) {
			coloured = true
			return sequence
		}
		return ""
	})
	line = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != 0x1b || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, line)
	if coloured {
		line += "\x1b[0m"
	}
	return line
}

// harmlessLines is harmless for a message of several lines, which may quote what is recorded.
func harmlessLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = harmless(line, false)
	}
	return strings.Join(lines, "\n")
}

// outputText returns an output as text: what was printed, the text form of a display, or its types.
func outputText(o tracker.Output) string {
	var c struct {
		Text      string                     `json:"text"`
		Data      map[string]json.RawMessage `json:"data"`
		Ename     string                     `json:"ename"`
		Evalue    string                     `json:"evalue"`
		Traceback []string                   `json:"traceback"`
	}
	if json.Unmarshal(o.Content, &c) != nil {
		return fmt.Sprintf("[%s that is not readable]\n", o.Type)
	}
	switch o.Type {
	case "stream":
		return c.Text
	case "error":
		if len(c.Traceback) == 0 {
			return c.Ename + ": " + c.Evalue + "\n"
		}
		return strings.Join(c.Traceback, "\n") + "\n"
	case "display_data", "execute_result", "update_display_data":
		return displayText(c.Data)
	}
	return fmt.Sprintf("[%s]\n", o.Type)
}

// displayText lists the forms of a display with their sizes, under its text where it has one.
func displayText(data map[string]json.RawMessage) string {
	var text string
	_ = json.Unmarshal(data["text/plain"], &text)
	var forms []string
	for _, mime := range slices.Sorted(maps.Keys(data)) {
		if mime != "text/plain" {
			forms = append(forms, fmt.Sprintf("%s %s", mime, humanBytes(int64(len(data[mime])))))
		}
	}
	if len(forms) > 0 {
		text = strings.TrimSuffix(text, "\n") + map[bool]string{true: "\n"}[text != ""] + "[" + strings.Join(forms, ", ") + "]"
	}
	return strings.TrimSuffix(text, "\n") + "\n"
}

func (a *app) showCell(ctx context.Context, x *index.Index, id tracker.ID, asJSON bool) error {
	c, err := told(x).Cell(ctx, id)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(a.stdout, c)
	}
	g := a.newPage()
	fmt.Fprintf(&g.b, "%s %s\n", g.p.paint(bold, "cell"), g.p.paint(yellow, c.ID.String()))
	g.cellFacts(c)
	g.usage(c)
	g.environment(c.Environment)
	g.code(c.Code)
	g.digests(c)
	g.observed(c.Observed)
	g.snapshots(c.Snapshots)
	if c.SourceText != nil {
		g.block("source", *c.SourceText)
	}
	g.outputs(c)
	for _, gap := range c.Gaps {
		g.block("gap "+humanTime(gap.Time, a.now()), gapText(gap))
	}
	return g.flush()
}

func (g *page) cellFacts(c *shownCell) {
	status := g.p.paint(statusStyles[c.Status], oneLine(string(c.Status)))
	if c.ErrorName != "" {
		status += "  " + oneLine(harmless(c.ErrorName+": "+strings.ReplaceAll(c.ErrorText, "\n", " "), false))
	}
	fmt.Fprintf(&g.b, "  %s %s\n", g.p.paint(faint, fmt.Sprintf("%-12s", "status")), status)
	g.fact("notebook", "%s  In [%d]%s", orDash(c.Notebook), c.Count, prefixed("  cell ", c.CellID))
	g.fact("session", "%s", c.Session)
	g.fact("started", "%s", c.Started.Local().Format("2006-01-02 15:04:05.000 MST"))
	if !c.Finished.IsZero() {
		g.fact("took", "%s  (build %s%s, run %s)", humanDuration(c.Wall), humanDuration(c.Build),
			map[bool]string{true: ", program reused"}[c.Reused], humanDuration(c.Run))
	}
	if c.UserCPU+c.SystemCPU > 0 {
		g.fact("cpu", "user %s, system %s", humanDuration(c.UserCPU), humanDuration(c.SystemCPU))
	}
	if c.MaxRSS > 0 {
		g.fact("memory", "%s at most", humanBytes(c.MaxRSS))
	}
	g.fact("backend", "%s", c.Backend)
	g.fact("declared", "%s", strings.Join(c.Declared, " "))
	g.names(c.Named)
	if c.Redactions > 0 {
		g.fact("redacted", "%s, before anything was written (%s)", count(int(c.Redactions), "secret", "secrets"), c.Redacted)
	}
	for _, i := range c.Interruptions {
		g.fact("interrupted", "by %s at %s", i.By, humanTime(i.Time, g.a.now()))
	}
}

// names prints what the cell's code names, each kind in a line.
func (g *page) names(n tracker.Names) {
	g.fact("bound", "%s", strings.Join(n.Bound, " "))
	g.fact("unchanged", "%s", strings.Join(n.Unchanged, " "))
	g.fact("used", "%s", strings.Join(n.Used, " "))
	var modules, seeds []string
	for _, m := range n.Imports {
		modules = append(modules, strings.TrimSpace(m.Name+" "+m.Version))
	}
	for _, s := range n.Seeds {
		seeds = append(seeds, s.Call+" "+s.Value)
	}
	g.fact("imports", "%s", strings.Join(modules, ", "))
	g.fact("seeds", "%s", strings.Join(seeds, ", "))
}

func (g *page) environment(s *index.Session) {
	if s == nil {
		return
	}
	g.fact("engine", "%s, gemba %s (%s)", strings.TrimSpace(s.Engine+" "+s.EngineVersion), orDash(s.Gemba), orDash(s.Command))
	g.fact("machine", "%s, user %s, process %d", orDash(s.Host), orDash(s.User), s.PID)
	g.fact("folder", "%s", s.Dir)
}

func (g *page) digests(c *shownCell) {
	g.fact("source", "%s  %s", c.Source, humanBytes(c.SourceSize))
	g.fact("program", "%s", c.Program)
	if c.OutputSHA256 != "" {
		g.fact("output", "sha256:%s  %s", c.OutputSHA256, humanBytes(c.OutputBytes))
	}
	g.fact("recorded", "journal %s, entry %d", c.Journal, c.Entry)
	for _, digest := range c.Missing {
		g.fact("not kept", "%s", digest)
	}
}

func (g *page) outputs(c *shownCell) {
	var b strings.Builder
	cut := false
	for _, batch := range c.OutputBatches {
		cut = cut || batch.Tail
	}
	for _, o := range c.Outputs {
		b.WriteString(outputText(o))
	}
	if b.Len() == 0 {
		return
	}
	title := "output"
	if cut || c.Truncated {
		title = fmt.Sprintf("output (head and tail; %s between them were not kept)", humanBytes(c.DroppedBytes))
	}
	g.block(title, b.String())
}

func gapText(g index.Gap) string {
	text := g.Reason
	if g.Events > 0 {
		text += fmt.Sprintf(" (%s lost)", count(int(g.Events), "event", "events"))
	}
	return text
}

func (a *app) showSession(ctx context.Context, x *index.Index, id tracker.ID, asJSON bool) error {
	s, err := told(x).Session(ctx, id)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(a.stdout, s)
	}
	g := a.newPage()
	fmt.Fprintf(&g.b, "%s %s\n", g.p.paint(bold, "session"), g.p.paint(yellow, s.Session.ID.String()))
	g.fact("status", "%s%s", s.Status, prefixed("  ", s.EndReason))
	g.fact("notebook", "%s", orDash(s.Notebook))
	g.fact("started", "%s", s.Started.Local().Format("2006-01-02 15:04:05 MST"))
	if !s.Ended.IsZero() {
		g.fact("lasted", "%s", humanDuration(s.Ended.Sub(s.Started).Round(time.Millisecond)))
	}
	g.environment(&s.Session)
	g.fact("journal", "%s", s.Journal)
	for _, gap := range s.Gaps {
		g.fact("gap", "%s: %s", humanTime(gap.Time, a.now()), gapText(gap))
	}
	for _, i := range s.Interruptions {
		g.fact("interrupted", "by %s at %s", i.By, humanTime(i.Time, a.now()))
	}
	g.b.WriteString("\n")
	if err := g.flush(); err != nil {
		return err
	}
	cells := make([]index.Cell, len(s.Cells))
	for i, c := range s.Cells {
		cells[i] = c.Cell
	}
	return a.logTable(x, cells).print(a.stdout)
}
