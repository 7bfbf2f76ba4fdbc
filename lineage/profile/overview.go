package profile

import (
	"fmt"
	"strconv"
	"strings"
)

// overviewTitles are those of Overview's columns.
var overviewTitles = []string{"column", "type", "nulls", "distinct", "min", "median", "mean", "max", "most frequent"}

// Overview returns a profile as a table for people: titles, and a row for each column.
func (p *Profile) Overview() (titles []string, rows [][]string) {
	for _, c := range p.Columns {
		rows = append(rows, []string{short(c.Name, 30), c.Type, p.share(c.Nulls), c.distinct(), shortValue(c.Min), shortValue(c.median()),
			shortValue(c.Mean), shortValue(c.Max), c.mostFrequent()})
	}
	return overviewTitles, rows
}

// Headline says in a line what the table is.
func (p *Profile) Headline() string {
	text := fmt.Sprintf("%s: %s, %s, %s", p.Table, p.written(), count(p.Rows, "row"), count(int64(p.Width), "column"))
	if p.Bad > 0 {
		text += fmt.Sprintf("; %s left out", count(p.Bad, "bad row"))
	}
	return text
}

// Remarks are the findings, a line each.
func (p *Profile) Remarks() []string {
	var lines []string
	for _, f := range p.Findings {
		text := f.What
		if f.Line > 0 {
			text = fmt.Sprintf("%s %d: %s", p.unit(), f.Line, f.What)
		}
		lines = append(lines, text)
	}
	if p.Bad > int64(len(p.Findings)) {
		lines = append(lines, fmt.Sprintf("… and %d more", p.Bad-int64(len(p.Findings))))
	}
	if p.Cut != "" {
		lines = append(lines, "the end could not be read: "+p.Cut)
	}
	return lines
}

func (p *Profile) unit() string {
	if p.Format.Name == "parquet" {
		return "row"
	}
	return "line"
}

// written says how the table is written.
func (p *Profile) written() string {
	text := map[string]string{"csv": "CSV", "jsonl": "JSON lines", "parquet": "Parquet"}[p.Format.Name]
	switch p.Delimiter {
	case "", ",":
	case "\t":
		text = "TSV"
	default:
		text += fmt.Sprintf(" with %q", p.Delimiter)
	}
	if p.Format.Name == "csv" && !p.Header {
		text += " without a header"
	}
	if p.Compression != "" {
		text += " in " + p.Compression
	}
	return text
}

// share writes a number of rows, and what part of all that is.
func (p *Profile) share(n int64) string {
	if n == 0 || p.Rows == 0 {
		return strconv.FormatInt(n, 10)
	}
	return fmt.Sprintf("%d (%s)", n, percent(float64(n)/float64(p.Rows)))
}

// percent writes a share with two digits, more only where they are before the point.
func percent(share float64) string {
	text := strconv.FormatFloat(100*share, 'g', 2, 64)
	if share >= 0.1 {
		text = strconv.FormatFloat(100*share, 'f', 0, 64)
	}
	return text + " %"
}

func (c *Column) distinct() string {
	if c.DistinctError > 0 {
		return "≈ " + strconv.FormatInt(c.Distinct, 10)
	}
	return strconv.FormatInt(c.Distinct, 10)
}

func (c *Column) median() *Value {
	for i := range c.Quantiles {
		if c.Quantiles[i].Percent == 50 {
			return &c.Quantiles[i].Value
		}
	}
	return nil
}

// mostFrequent lists values that are there more than once.
func (c *Column) mostFrequent() string {
	var list []string
	for _, t := range c.Top[:min(3, len(c.Top))] {
		if t.Count > 1 {
			list = append(list, fmt.Sprintf("%s × %d", short(t.Value.Text, 20), t.Count))
		}
	}
	return strings.Join(list, ", ")
}

func shortValue(v *Value) string {
	if v == nil {
		return "–"
	}
	if f, err := strconv.ParseFloat(v.Text, 64); v.Number && err == nil && strings.ContainsAny(v.Text, ".e") {
		return strconv.FormatFloat(f, 'g', 6, 64)
	}
	return short(v.Text, 20)
}

// short cuts a text to n characters.
func short(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return text
}

func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.FormatInt(n, 10) + " " + noun + "s"
}
