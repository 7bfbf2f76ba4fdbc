package cli

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"

	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Diff compares two runs, or whatever else `gemba diff` does. An empty one is the session's run.
func (h *magicHost) Diff(ctx context.Context, a, b string) (r magics.Reply, err error) {
	if b == "" {
		if a, b, err = h.againstOwn(a); err != nil {
			return r, err
		}
	}
	err = h.ask(ctx, func(x *index.Index) error {
		d, err := h.differenceOf(ctx, x, a, b)
		if err != nil {
			return err
		}
		var text strings.Builder
		quiet := *h.app
		quiet.stdout, quiet.stderr = &text, &text
		if err := quiet.printDiff(d, false); err != nil {
			return err
		}
		r = magics.Reply{Text: strings.TrimSpace(text.String()), HTML: h.diffPage(d)}
		return nil
	})
	return r, err
}

// againstOwn puts the session's run behind another one.
func (h *magicHost) againstOwn(other string) (a, b string, err error) {
	if !h.logs() {
		return "", "", errNoRun
	}
	h.run.mu.Lock()
	defer h.run.mu.Unlock()
	if !h.run.current.begun {
		return "", "", errors.New("nothing is logged yet in this notebook's run: name a second one")
	}
	return other, h.run.current.id.String(), nil
}

func (h *magicHost) differenceOf(ctx context.Context, x *index.Index, a, b string) (*difference, error) {
	var both [2]index.Match
	for i, text := range []string{a, b} {
		m, err := h.findRun(ctx, x, "diff", text)
		if err != nil {
			return nil, errors.New(oneLine(hintedLine(err).Error()))
		}
		both[i] = m
	}
	for i, m := range both {
		if m.Kind != both[0].Kind || m.Kind == "snapshot" || m.Kind == "experiment" {
			return nil, fmt.Errorf("%s is %s, and %s is %s: want two runs, sessions or cells", a, h.describe(ctx, x, both[0]), b, h.describe(ctx, x, both[i]))
		}
	}
	return told(x).Compare(ctx, both, false)
}

// diffPage writes what differs as HTML, in which nothing that was recorded is markup.
func (h *magicHost) diffPage(d *difference) string {
	var b strings.Builder
	sides := &table{columns: []column{{title: ""}, {title: strings.ToUpper(d.Kind)}, {title: "NAME"}, {title: "STARTED"}}}
	for _, s := range []struct {
		letter string
		named
	}{{"A", d.A}, {"B", d.B}} {
		sides.add(cell{text: s.letter}, cell{text: s.ID.Short()}, cell{text: orDash(s.Name)}, cell{text: humanTime(s.Started, h.now())})
	}
	b.WriteString(sides.html())
	if d.Identical {
		b.WriteString("<p>identical</p>\n")
	}
	for _, s := range []section{changeSection("", "FACT", d.Facts), changeSection("params", "PARAM", d.Params), metricSection(d.Metrics), changeSection("tags", "TAG", d.Tags),
		changeSection("artifacts", "PATH", d.Artifacts), changeSection("datasets", "DATASET", d.Datasets), changeSection("code", "CODE", d.Code),
		changeSection("files read and written", "PATH", d.Files), environmentSection(d.Environment)} {
		if len(s.table.rows) > 0 {
			fmt.Fprintf(&b, "<p><b>%s</b></p>\n%s", html.EscapeString(s.title), s.table.html())
		}
	}
	for _, c := range d.Cells {
		fmt.Fprintf(&b, "<p><b>%s</b> %s</p>\n", html.EscapeString("cell "+oneLine(strings.TrimPrefix(c.Cell, "cell"))), html.EscapeString(where(c)))
		if c.Source != "" {
			fmt.Fprintf(&b, "<pre>%s</pre>\n", html.EscapeString(harmlessLines(c.Source)))
		}
	}
	for _, what := range d.NotCompared {
		fmt.Fprintf(&b, "<p>not compared: %s</p>\n", html.EscapeString(what))
	}
	return b.String()
}
