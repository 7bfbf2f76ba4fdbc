package cli

import (
	"html"
	"strings"

	"github.com/gemba-ml/gemba/magics"
)

// titled is a table with a line above it, which may be empty.
type titled struct {
	title string
	*table
}

// shownTables writes tables as a magic's answer: as text, and as HTML in which nothing that was recorded is markup.
func shownTables(list ...titled) (r magics.Reply, err error) {
	var text, page strings.Builder
	for i, t := range list {
		if i > 0 {
			text.WriteString("\n")
		}
		if t.title != "" {
			text.WriteString(t.title + "\n")
			page.WriteString("<p>" + html.EscapeString(t.title) + "</p>\n")
		}
		if t.table == nil {
			continue
		}
		if err := t.print(&text); err != nil {
			return r, err
		}
		page.WriteString(t.html())
	}
	return magics.Reply{Text: strings.TrimSuffix(text.String(), "\n"), HTML: page.String()}, nil
}

// html writes the table as HTML. Its texts were made harmless for a row by add, and are escaped here.
func (t *table) html() string {
	var b strings.Builder
	row := func(tag string, cells []cell) {
		b.WriteString("<tr>")
		for i, c := range cells {
			align := "left"
			if t.columns[i].right {
				align = "right"
			}
			b.WriteString("<" + tag + ` style="text-align:` + align + `">` + html.EscapeString(c.text) + "</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	titles := make([]cell, len(t.columns))
	for i, c := range t.columns {
		titles[i] = cell{text: c.title}
	}
	b.WriteString("<table>\n<thead>\n")
	row("th", titles)
	b.WriteString("</thead>\n<tbody>\n")
	for _, cells := range t.rows {
		row("td", cells)
	}
	b.WriteString("</tbody>\n</table>\n")
	return b.String()
}
