package cli

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestHumanDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"–": 0, "0µs": 999, "480µs": 480 * time.Microsecond, "12ms": 12345 * time.Microsecond, "1.24s": 1240 * time.Millisecond,
		"59.9s": 59949 * time.Millisecond, "3m05s": 185 * time.Second, "2h10m": 130*time.Minute + 59*time.Second,
	} {
		if got := humanDuration(d); got != want {
			t.Errorf("humanDuration(%d) = %q, want %q", d, got, want)
		}
	}
}

func TestHumanBytes(t *testing.T) {
	for want, n := range map[string]int64{
		"0 B": 0, "1023 B": 1023, "1.0 KiB": 1024, "1.5 KiB": 1536, "10 KiB": 10240, "1.0 MiB": 1<<20 - 1, "257 MiB": 257 << 20, "8192 PiB": 1<<63 - 1,
	} {
		if got := humanBytes(n); got != want {
			t.Errorf("humanBytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for want, n := range map[string]int{"0 cells": 0, "1 cell": 1, "999 cells": 999, "1,000 cells": 1000, "1,234,567 cells": 1234567} {
		if got := count(n, "cell", "cells"); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestParseSince(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.Local)
	for text, want := range map[string]time.Time{
		"":                    {},
		"90m":                 now.Add(-90 * time.Minute),
		"3d":                  now.AddDate(0, 0, -3),
		"2026-01-02":          time.Date(2026, 1, 2, 0, 0, 0, 0, time.Local),
		"2026-01-02 03:04":    time.Date(2026, 1, 2, 3, 4, 0, 0, time.Local),
		"2026-01-02T03:04:05": time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local),
	} {
		if got, err := parseSince(text, now); err != nil || !got.Equal(want) {
			t.Errorf("parseSince(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"yesterday", "3", "3dd", "d", "2026-13-01"} {
		if got, err := parseSince(text, now); err == nil {
			t.Errorf("parseSince(%q) = %v, want an error", text, got)
		}
	}
}

func TestSourceName(t *testing.T) {
	for source, want := range map[string]string{
		"":                                      "(empty cell)",
		"\n\n":                                  "(empty cell)",
		"%%\nfit()":                             "fit()",
		"//\n// Fit the model\nfit()":           "Fit the model",
		"import \"fmt\"\n\n%main\nf(\n)":        "f(",
		"import (\n\t\"fmt\"\n)\nfunc g() {\n}": "func g() {",
		"import \"fmt\"":                        "import \"fmt\"",
		"\ta\x1b[31m := 1\r\n":                  "a [31m := 1",
	} {
		if got := sourceName(source); got != want {
			t.Errorf("sourceName(%q) = %q, want %q", source, got, want)
		}
	}
}

// TestHarmless prints what a hostile cell may have printed.
func TestHarmless(t *testing.T) {
	for _, test := range []struct{ text, plain, coloured string }{
		{"loss\t0.25", "loss\t0.25", "loss\t0.25"},
		{"\x1b[31mred\x1b[0m", "red", "\x1b[31mred\x1b[0m\x1b[0m"},
		{"a\x1b]0;title\x07b", "ab", "ab"},
		{"a\x1b[2J\x1b[Hb", "ab", "ab"},
		{"a\x1bPq\x1b\\b\u009b31m", "aqb31m", "aqb31m"},
		{"a\x1b", "a", "a"},
		{"a\x00\x08b", "ab", "ab"},
	} {
		if got := harmless(test.text, false); got != test.plain {
			t.Errorf("harmless(%q) = %q, want %q", test.text, got, test.plain)
		}
		if got := harmless(test.text, true); got != test.coloured {
			t.Errorf("harmless(%q) with colours = %q, want %q", test.text, got, test.coloured)
		}
	}
}

// TestRecordedTextIsHarmless prints a row, messages and facts with what a hostile ledger may hold.
func TestRecordedTextIsHarmless(t *testing.T) {
	const hostile = "a\x1b]0;title\x07\x1b[2J\nb"
	var b strings.Builder
	table := &table{columns: []column{{title: "NAME"}}}
	table.add(cell{text: hostile})
	if err := table.print(&b); err != nil {
		t.Fatal(err)
	}
	a := &app{stderr: &b}
	a.warn("cannot read %s", hostile)
	a.complain(withHint(errors.New(hostile), "%s", hostile))
	shown := &shownCell{}
	shown.Status, shown.ErrorName, shown.ErrorText, shown.Notebook = hostile, hostile, hostile, hostile
	page := (&app{stdout: &b, now: time.Now}).newPage()
	page.cellFacts(shown)
	if err := page.flush(); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.ContainsAny(text, "\x1b\x07") {
		t.Errorf("printed %q", text)
	}
}
