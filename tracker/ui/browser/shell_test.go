package browser

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPageLeadsToWhatIsLookedFor opens the printed address, searches by name and by id, and goes there by keyboard.
func TestPageLeadsToWhatIsLookedFor(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.lab)
	w := s.open(t, "/")
	w.sees("Cell executions", "Notebooks", "birds.ipynb", "quick 🐧", "خط أساس", "Connected")
	w.press("k", chromedp.ModifierCtrl)
	w.find("combobox", "Search the ledger")
	w.press("خط")
	w.sees("خط أساس")
	w.settled()
	w.shot("search")
	w.accessible("search")
	w.press(kb.Enter)
	w.find("heading", "Runs")
	w.until("the address has the run", func() bool { return evaluate[bool](w, "location.hash.startsWith('#/runs?run=')") })

	session := s.sql(t, "SELECT id FROM sessions WHERE notebook <> '' ORDER BY started")[0]
	w.click("button", "Search")
	w.find("combobox", "Search the ledger")
	w.press(session[:12])
	w.find("option", session)
	w.press(kb.Enter)
	w.find("heading", "Timeline")
	w.press("k", chromedp.ModifierCtrl)
	w.find("combobox", "Search the ledger")
	w.press("no such thing")
	w.sees("Nothing is called so")
	w.press(kb.Escape)
	w.until("the search is closed", func() bool { return !w.has("combobox", "Search the ledger") })
	w.click("button", "Theme: system")
	w.find("button", "Theme: light")
}

// TestPageOutlivesItsServer takes the server away, brings another one back at its address, and goes on in the same place: by the token that is
// pasted, by another tab that has it, and at another address.
func TestPageOutlivesItsServer(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.lab)
	const place = "/runs?filter=run_name+%3D+%27baseline%27"
	w, other := s.open(t, place), s.open(t, "/verify")
	for _, tab := range []*tab{w, other} {
		tab.allow("Failed to load", "ERR_", "403", "Forbidden")
	}
	w.gridSays("Runs", "Name", "baseline")
	other.find("heading", "Verify")
	s.end()
	w.sees("gemba does not answer", "No connection")
	w.shot("away")
	w.accessible("away")
	was := s.address.Query().Get("token")
	s.start(t, s.address.Host)
	w.sees("This page may not read the ledger", "Open the address that gemba ui printed last")
	w.shot("stranger")
	w.accessible("stranger")
	other.sees("This page may not read the ledger")
	w.do(chromedp.Reload())
	w.sees("This page may not read the ledger")

	w.fill("textbox", "Address or token", was)
	w.press(kb.Enter)
	w.sees("not the token of the server that runs")
	w.fill("textbox", "Address or token", s.address.String())
	w.press(kb.Enter)
	w.gridSays("Runs", "Name", "baseline")
	w.isAt(place)
	other.sees("Nothing is checked since", "Connected")

	s.end()
	other.sees("gemba does not answer")
	s.start(t, "127.0.0.1:0")
	other.faults.move(s.address.Host)
	other.click("DisclosureTriangle", "gemba ui runs at another address now")
	other.fill("textbox", "Address or token", s.address.String())
	other.shot("elsewhere")
	other.accessible("elsewhere")
	other.press(kb.Enter)
	other.sees("Nothing is checked since", "Connected")
	other.isAt("/verify")
}

// TestOpenedAddressKeepsItsPlace opens what gemba ui prints, with a place behind it.
func TestOpenedAddressKeepsItsPlace(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.lab)
	w := s.newTab(t)
	const place = "/runs?filter=run_name+%3D+%27baseline%27"
	w.do(chromedp.Navigate(s.address.String() + "#" + place))
	w.gridSays("Runs", "Name", "baseline")
	w.isAt(place)
}

// TestPageIsDarkBeforeItsScriptRuns looks at the page on a dark system where no script runs.
func TestPageIsDarkBeforeItsScriptRuns(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.lab)
	w := s.newTab(t)
	_, err := chromedp.Call(w.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	w.check(err)
	w.system("dark")
	w.do(chromedp.Navigate("http://" + s.address.Host))
	w.sees("gemba's page needs JavaScript")
	const bright = `(color => color.match(/[\d.]+/g).slice(0, 3).every(part => Number(part) > 127))`
	if !evaluate[bool](w, bright+"(getComputedStyle(document.body).color)") || evaluate[bool](w, bright+"(getComputedStyle(document.body).backgroundColor)") {
		t.Error("the page is not dark")
	}
}

// isAt checks that the address has a place, and nothing that only this server knows.
func (w *tab) isAt(place string) {
	w.Helper()
	if got, want := evaluate[string](w, "location.href"), "http://"+w.site.address.Host+"/#"+place; got != want {
		w.Errorf("the page is at %s, want %s", got, want)
	}
}

// TestPageOfAnEmptyLedger shows what to do first.
func TestPageOfAnEmptyLedger(t *testing.T) {
	b := enter(t)
	dir := filepath.Join(t.TempDir(), "lab")
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte("a\n1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := b.command(dir, b.gemba, "snapshot", "a.csv"); err != nil {
		t.Fatal(err)
	}
	s := b.serve(t, dir)
	w := s.open(t, "/")
	w.sees("Nothing is recorded in this ledger yet", "gemba install")
	w.shot("empty")
	w.accessible("empty")
	for _, v := range views {
		w.goTo("/" + v.id)
		w.find("heading", v.title)
		w.settled()
	}
}

// TestPageOfADamagedLedger says what cannot be read, and keeps working.
func TestPageOfADamagedLedger(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.copyLab(t))
	s.end()
	s.spoil(t)
	s.start(t, "127.0.0.1:0")
	w := s.open(t, "/")
	w.sees("Part of this ledger cannot be read", "Check the ledger")
	w.shot("damaged")
	w.accessible("damaged")
	w.click("link", "Check the ledger")
	w.click("button", "Check now")
	w.sees("Corrupt: ")
}

// spoil makes a line of a journal something that is no entry, and takes the index away, which is made again.
func (s *site) spoil(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.folder, ".gemba", "journals", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if filepath.Base(file) == "ledger.jsonl" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text[len(text)/2] = '}'
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		break
	}
	indexes, err := filepath.Glob(filepath.Join(s.folder, ".gemba", "index.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range indexes {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}
