package browser

import (
	"strings"
	"testing"
)

// TestTimelineOfWhatIsRepeated runs a notebook in two sessions, the second of which shows something else in one of its cells.
func TestTimelineOfWhatIsRepeated(t *testing.T) {
	b := enter(t)
	dir := writeNotebook(t, "again.ipynb", []cell{{"a", "%%sh\necho the same"}, {"b", "%%sh\necho $$"}, {"c", "var x = 1"}})
	for range 2 {
		if err := b.command(dir, b.gemba, "run", "again.ipynb"); err != nil {
			t.Fatal(err)
		}
	}
	w := b.serve(t, dir).open(t, "/timeline")
	w.sees("equal again", "differs", "3 executions")
	w.settled()
	if n := evaluate[int](w, "[...document.querySelectorAll('.gm-tl-marks')].filter(e => e.innerText !== '').length"); n != 2 {
		t.Errorf("%d executions have marks, want 2: one showed nothing", n)
	}
	w.click("button", "[1]")
	w.sees("Outputs equal those of its run in the session of")
	w.shot("equal")
	w.accessible("an execution that repeats another is open")
	w.click("link", "its run in the session of")
	w.until("the session before is shown", func() bool {
		return !strings.Contains(w.text(), "equal again") && strings.Contains(w.text(), "3 executions")
	})
	evaluate[bool](w, "(history.back(), true)")
	w.sees("equal again")
	w.click("link", "Compare with the run that it repeats")
	w.sees("No difference is known")

	w.goTo("/timeline")
	w.sees("equal again")
	evaluate[bool](w, "(document.querySelector('.gm-tl-tools select').value = 'differs', document.querySelector('.gm-tl-tools select').dispatchEvent(new Event('change', {bubbles: true})))")
	w.sees("1 of 3 executions")
}
