package browser

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPageOfANewerLedger has a newer gemba change the ledger's format while a page is open: it says so, and shows what it can.
func TestPageOfANewerLedger(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.copyLab(t))
	w := s.open(t, "/runs")
	w.until("runs are shown", func() bool { return len(w.grid("Runs", "Name")) == 5 })
	if err := os.WriteFile(filepath.Join(s.folder, ".gemba", "format"), []byte("gemba ledger 2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.allow("409 (Conflict)")
	w.do(chromedp.Reload())
	w.sees("A newer gemba wrote this ledger", "go install github.com/gemba-ml/gemba@latest")
	w.until("runs are shown still", func() bool { return len(w.grid("Runs", "Name")) == 5 })
	w.shot("newer")
	w.accessible("newer")
	s.end()
	c := exec.Command(b.gemba, "ui", "--no-browser")
	c.Dir, c.Env = s.folder, b.env
	if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "newer gemba") {
		t.Errorf("gemba ui on a newer ledger: %v\n%s", err, out)
	}
}

// TestRunIsDeletedWhileItIsShown deletes a run, as MLflow's clients do, that is open beside the table, in charts and in a comparison.
func TestRunIsDeletedWhileItIsShown(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.copyLab(t))
	id := s.sql(t, "SELECT id FROM runs WHERE name = 'baseline'")[0]
	panel := s.open(t, "/runs?run=baseline")
	panel.sees("Ends at a loss of")
	panel.until("runs are shown", func() bool { return len(panel.grid("Runs", "Name")) == 5 })
	charts := s.open(t, "/charts?run="+id)
	charts.sees("accuracy")
	compared := s.open(t, "/compare?run="+id+"&run=quick%20%F0%9F%90%A7")
	compared.sees("Metrics", "layers")

	s.deleteRun(t, id)
	panel.sees("This run was deleted. The ledger still has what it logged.", "Ends at a loss of")
	panel.until("its row is gone", func() bool { return len(panel.grid("Runs", "Name")) == 4 })
	panel.shot("deleted")
	panel.accessible("deleted")
	for _, w := range []*tab{charts, compared} {
		w.do(chromedp.Reload())
		w.settled()
	}
	charts.sees("accuracy", "baseline")
	compared.sees("Metrics", "layers", "baseline")
}

// deleteRun deletes a run as MLflow's client does.
func (s *site) deleteRun(t *testing.T, id string) {
	t.Helper()
	tracking, life, ended := s.launch(t, s.folder, "serve", "--no-token", "--listen", "127.0.0.1:0")
	answer, err := http.Post(tracking.String()+"/api/2.0/mlflow/runs/delete", "application/json", bytes.NewReader([]byte(`{"run_id":"`+id+`"}`)))
	_ = life.Close()
	<-ended
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("delete: %s", answer.Status)
	}
}

// TestMoreTabsThanConnections opens more tabs than a browser has connections to a server. Those that nobody sees keep none, and know what they
// missed when they are seen again. A browser without a window calls all of its tabs visible, so the test says which are.
func TestMoreTabsThanConnections(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.copyLab(t))
	const is = `Object.defineProperty(document, 'visibilityState', { value: %s, configurable: true })`
	seen := func(w *tab, state string) {
		evaluate[bool](w, is+`, document.dispatchEvent(new Event('visibilitychange'))`, state)
	}
	open := func(before ...string) *tab {
		w := s.open(t, "/runs", before...)
		w.until("runs are shown", func() bool { return len(w.grid("Runs", "Name")) == 5 })
		return w
	}
	first := open()
	seen(first, "hidden")
	for range 8 {
		seen(open(), "hidden")
	}
	behind := open(fmt.Sprintf(is, `"hidden"`)) // opened behind others, and not seen so far
	s.deleteRun(t, s.sql(t, "SELECT id FROM runs WHERE name = 'baseline'")[0])
	for _, w := range []*tab{first, behind} {
		seen(w, "visible")
		w.until("the deleted run is gone", func() bool { return len(w.grid("Runs", "Name")) == 4 })
		w.sees("Connected")
	}
}

// TestTwoPagesSaveOneView saves a view of one name on two pages: each sees what the other did, and asks before it replaces it.
func TestTwoPagesSaveOneView(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.copyLab(t))
	one, two := s.open(t, "/runs?filter=params.layers+%3D+1"), s.open(t, "/runs?filter=params.layers+%3D+3")
	one.gridSays("Runs", "Name", "baseline")
	two.gridSays("Runs", "Name", "quick 🐧")
	for _, w := range []*tab{one, two} {
		w.click("button", "Views")
		w.sees("No view is saved")
	}
	one.fill("textbox", "Name of the view", "mine")
	one.press(kb.Enter)
	one.find("button", "mine params.layers = 1")
	two.find("button", "mine params.layers = 1")
	two.fill("textbox", "Name of the view", "mine")
	two.sees("There is a view of this name", "Replace")
	two.accessible("replace")
	two.shot("replace")
	two.press(kb.Enter)
	two.find("button", "mine params.layers = 3")
	one.find("button", "mine params.layers = 3")
	one.click("button", "Delete the view mine")
	one.sees("No view is saved")
	two.sees("No view is saved")
}

// TestVeryWideTables finds a field among a hundred thousand, and compares files of as many columns.
func TestVeryWideTables(t *testing.T) {
	b := enter(t)
	const columns = 100_000
	w := b.many(t, 4200, columns).open(t, "/runs")
	w.until("runs are shown", func() bool { return len(w.grid("Runs", "Name")) > 10 })
	w.click("button", "Columns")
	w.fill("searchbox", "Find a field", "param_99999")
	w.until("the field is found", func() bool { return w.has("checkbox", "param_99999") })
	w.click("checkbox", "param_99999")
	w.press(kb.Escape)
	w.until("its column is shown", func() bool { return strings.Contains(evaluate[string](w, "location.hash"), "param_99999") })
	w.shot("fields")

	dir := filepath.Join(t.TempDir(), "lab")
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for version := range 2 {
		var text bytes.Buffer
		for row := range 3 {
			for i := range columns {
				if row == 0 {
					fmt.Fprintf(&text, "c%d,", i)
				} else {
					fmt.Fprintf(&text, "%d,", i*row+version*(i%2))
				}
			}
			text.Truncate(text.Len() - 1)
			text.WriteByte('\n')
		}
		if err := os.WriteFile(filepath.Join(dir, "new.csv"), text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := b.command(dir, b.gemba, "exec", "--", "cp", "new.csv", "wide.csv"); err != nil {
			t.Fatal(err)
		}
	}
	s := b.serve(t, dir)
	cells := s.sql(t, "SELECT id FROM cells ORDER BY started")
	w = s.open(t, "/compare?a="+cells[0]+"&b="+cells[1])
	w.until("the file is asked for", func() bool {
		return evaluate[bool](w, "[...document.querySelectorAll('.gm-compare-file button')].some(b => (b.click(), true))")
	})
	w.sees("2 rows, 100,000 columns", "c1", "and more")
	if got := evaluate[int](w, "document.querySelectorAll('*').length"); got > 20_000 {
		t.Errorf("the page has %d elements", got)
	}
	w.shot("columns")
	w.accessible("very wide")
}
