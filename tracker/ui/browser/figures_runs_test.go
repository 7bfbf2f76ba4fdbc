//go:build unix

package browser

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// runsOf is how many runs the first page is measured with: a hundred thousand, or what GEMBA_FIGURES says where that is more than 1.
func runsOf(wish string) int {
	if n, err := strconv.Atoi(wish); err == nil && n > 1 {
		return n
	}
	return 100_000
}

// measureRuns opens the first page of many runs, in gemba and in MLflow's own page.
func (b *bench) measureRuns(t *testing.T, all *figures, runs int) {
	dir := t.TempDir()
	peer := b.measureMLflow(t, b.makeMany(t, dir, fmt.Sprint(runs), "0", "tell"))
	began := time.Now()
	s := b.serve(t, dir)
	_, first := s.opened(t)
	first.leave()
	all.add(fmt.Sprintf("first start in a ledger of %d runs, its index made, until rows are seen", runs), "s", time.Since(began).Seconds(), 0, "")
	s.end()
	s.start(t, "127.0.0.1:0")
	cold, w := s.opened(t)
	all.add(fmt.Sprintf("first page of %d runs × 20 params × 20 metrics: usable, server just started", runs), "ms", cold, 1000, peer.cold)
	var warm []float64
	for range 5 {
		w.leave()
		var took float64
		took, w = s.opened(t)
		warm = append(warm, took)
	}
	slices.Sort(warm)
	all.add("the same, opened again (median of 5)", "ms", warm[len(warm)/2], 1000, peer.warm)
	address := evaluate[string](w, "performance.getEntriesByType('resource').map(e => e.name).find(n => n.includes('/api/runs?'))")
	took, size := asked(t, 200, func() (*http.Request, error) {
		r, err := http.NewRequest(http.MethodGet, address, nil)
		if err == nil {
			r.AddCookie(&http.Cookie{Name: s.cookie(), Value: s.address.Query().Get("token")})
			r.Header.Set("Accept-Encoding", "gzip")
		}
		return r, err
	})
	all.add("its request: server p95", "ms", took, 100, peer.server)
	all.add("its size", "kB", size/1000, 200, peer.size)
	p := w.moves(`const grid = document.querySelector('[aria-label=Runs][aria-rowcount]'); let top = grid.scrollTop`, `grid.scrollTop = top += 60`)
	all.add(fmt.Sprintf("scrolling %d runs (95 of 100 frames within %.0f ms)", runs, p.Slow), "frames a second", p.Frames, -60*nearly, "")
}

// asked asks so many times, and returns within how many milliseconds 95 of a hundred answers came, and their size in bytes.
func asked(t *testing.T, times int, request func() (*http.Request, error)) (p95, size float64) {
	t.Helper()
	var took []float64
	for range times {
		r, err := request()
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, answer.Body)
		took = append(took, float64(time.Since(began).Microseconds())/1000)
		_ = answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", r.URL, answer.Status, err)
		}
		size = float64(n)
	}
	slices.Sort(took)
	return took[len(took)*95/100], size
}

func (s *site) cookie() string { return "gemba_" + s.address.Port() }

// opened opens the runs in a new tab, and returns how many milliseconds it took until they were seen.
func (s *site) opened(t *testing.T) (float64, *tab) {
	t.Helper()
	cookie := &network.SetCookieParams{Name: s.cookie(), Value: s.address.Query().Get("token"), URL: "http://" + s.address.Host, SameSite: "Strict"}
	return s.seen(t, "http://"+s.address.Host+"/#/runs", `[role=row][data-row="0"] [role=gridcell][data-col="1"]`, cookie)
}

// leave leaves the page, so that it does nothing any more.
func (w *tab) leave() { w.do(chromedp.Navigate("about:blank")) }

// seen opens an address in a new tab, and returns how many milliseconds it took from leaving until what a selector finds has a text and is drawn.
func (b *bench) seen(t *testing.T, address, selector string, cookie *network.SetCookieParams) (float64, *tab) {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.tabs)
	t.Cleanup(cancel)
	w := &tab{t, ctx, &site{bench: b}, &faults{}}
	w.check(chromedp.Do(ctx))
	if cookie != nil {
		_, err := chromedp.Call(ctx, network.SetCookie, *cookie)
		w.check(err)
	}
	watch := `(() => {
		const look = () => document.querySelector(` + fmt.Sprintf("%q", selector) + `)?.innerText
			? requestAnimationFrame(() => requestAnimationFrame(() => (window.seen = performance.now()))) : requestAnimationFrame(look)
		look()
	})()`
	_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: strings.TrimSpace(watch)})
	w.check(err)
	w.size(1440, 900)
	w.do(chromedp.Navigate(address))
	for end := time.Now().Add(10 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) { // an index of all runs takes minutes
		if took := evaluate[float64](w, "window.seen ?? 0"); took > 0 {
			return took, w
		}
	}
	t.Fatalf("%s shows nothing:\n%s", address, w.text())
	return 0, nil
}
