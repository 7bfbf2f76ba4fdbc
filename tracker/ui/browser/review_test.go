package browser

import (
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReviewIsSaidAndSigned approves a run, comments on it and writes its note, and finds all of it in the ledger.
func TestReviewIsSaidAndSigned(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.copyLab(t))
	w := s.open(t, "/review")
	w.sees("Waits for review", "baseline", "خط أساس", "quick 🐧", "Nothing was said yet")
	w.click("button", "baseline")
	w.find("heading", "baseline")
	w.sees("Ends at a loss of", "Nobody said anything of it yet")
	w.fill("textbox", "Your words, as Markdown", "Looks **sound** <img src=x onerror=alert(1)>")
	w.click("button", "Comment")
	w.sees("Looks sound", "Signed by key", "(your key)")
	w.click("button", "Approve")
	w.sees("✓\napproved")
	w.click("button", "Edit the note")
	w.fill("textbox", "Note", "# Kept\n\nas `it` is")
	w.click("button", "Save the note")
	w.sees("Kept")
	for _, theme := range []string{"light", "dark"} {
		w.theme(theme)
		w.shot(theme)
		w.accessible(theme)
	}
	w.size(700, 900)
	w.shot("narrow")

	other := s.open(t, "/review?subject=baseline")
	other.sees("Looks sound", "Kept")
	w.fill("textbox", "Your words, as Markdown", "No: too slow")
	w.click("button", "Reject")
	other.sees("No: too slow", "✕\nrejected") // the other tab hears of it
	said := evaluate[[]string](w, "fetch('/api/reviews').then(r => r.json()).then(page => page.items.map(r => r.verdict))")
	if diff := cmp.Diff([]string{"commented", "approved", "rejected"}, said); diff != "" {
		t.Errorf("in the ledger (-want +got):\n%s", diff)
	}
}

// TestReviewOfManyRuns looks for a run among more than are shown at first.
func TestReviewOfManyRuns(t *testing.T) {
	w := enter(t).many(t, 150, 1).open(t, "/review")
	listed := func() int {
		return evaluate[int](w, "document.querySelectorAll('[aria-label=\"Waits for review\"] .gm-review-item').length")
	}
	w.sees("Waits for review 30+")
	w.click("button", "Show more")
	w.until("100 are listed", func() bool { return listed() == 100 })
	w.click("button", "Show more")
	w.until("all are listed", func() bool { return listed() == 150 && !w.has("button", "Show more") })
	evaluate[bool](w, `(window.blank = 0, new MutationObserver(() => {
		if (document.querySelector('.gm-review-list [role=status]')) blank++
	}).observe(document.querySelector('.gm-review-list'), { subtree: true, childList: true }), true)`)
	w.fill("searchbox", "Search by name or id", "RUN-77")
	w.until("one is listed", func() bool { return listed() == 1 })
	w.click("button", "run-77")
	w.sees("param_13", "Write a note", "Nobody said anything of it yet") // all is there, and nothing moves any more
	w.click("button", "Approve")
	w.sees("Nothing here is called so", "Said 1")
	w.fill("searchbox", "Search by name or id", "")
	w.sees("Waits for review 30+")
	if blank := evaluate[int](w, "blank"); blank > 0 {
		t.Errorf("a list gave way to a word of being read %d times", blank)
	}
}

// sql asks the ledger for a column.
func (s *site) sql(t *testing.T, query string) (values []string) {
	t.Helper()
	c := exec.Command(s.gemba, "sql", "--json", query)
	c.Dir, c.Env = s.folder, s.env
	out, err := c.Output()
	if err != nil {
		t.Fatalf("gemba sql: %v", err)
	}
	var rows []map[string]string
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, row := range rows {
		for _, value := range row {
			values = append(values, value)
		}
	}
	return values
}
