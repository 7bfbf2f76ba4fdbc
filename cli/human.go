package cli

import (
	"fmt"
	"time"

	"github.com/gemba-ml/gemba/tracker/account"
)

// humanDuration writes d in the unit a person would use, with two or three digits: 480µs, 12ms,
// 1.24s, 3m05s, 2h10m. Zero, which stands for "did not happen", is a dash.
func humanDuration(d time.Duration) string {
	switch {
	case d <= 0:
		return "–"
	case d < time.Millisecond:
		return fmt.Sprintf("%dµs", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.2fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// humanBytes writes n with a binary prefix and up to three digits: 512 B, 1.5 KiB, 257 MiB.
func humanBytes(n int64) string { return account.HumanBytes(n) }

// humanTime writes t in local time, as short as the distance to now allows: 15:04:05 today,
// Jan 02 15:04 this year, 2006-01-02 15:04 before.
func humanTime(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	switch {
	case t.IsZero():
		return "–"
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format(time.TimeOnly)
	case t.Year() == now.Year():
		return t.Format("Jan 02 15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// count writes a number with its noun: 1 cell, 2 cells, 1,234,567 entries.
func count(n int, one, many string) string { return account.Count(n, one, many) }

func thousands(n int) string { return account.Thousands(n) }

// orDash stands for what is not known.
func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// prefixed returns text behind a prefix, and nothing for nothing.
func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}
