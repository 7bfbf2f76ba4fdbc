package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// guard is the time after which something that should have happened counts as not happening.
const guard = 60 * time.Second

// A tab is an open page. What it does wrong fails the test when it ends: an exception, an error on the console, a request to anywhere but
// its server.
type tab struct {
	*testing.T
	ctx    context.Context
	site   *site
	faults *faults
}

// open opens the page at a place, such as "/runs?filter=…", as it stands behind the address's #, in a browser that has the token already. Before
// are scripts that are run before the page's own.
func (s *site) open(t *testing.T, place string, before ...string) *tab {
	t.Helper()
	w := s.newTab(t)
	for _, script := range before {
		_, err := chromedp.Call(w.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		w.check(err)
	}
	token := network.SetCookieParams{Name: "gemba_" + s.address.Port(), Value: s.address.Query().Get("token"), URL: "http://" + s.address.Host, SameSite: "Strict"}
	_, err := chromedp.Call(w.ctx, network.SetCookie, token)
	w.check(err)
	w.do(chromedp.Navigate("http://" + s.address.Host + "/#" + place))
	return w
}

// newTab opens a tab with nothing in it.
func (s *site) newTab(t *testing.T) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(s.tabs)
	w := &tab{t, ctx, s, &faults{host: s.address.Host}}
	t.Cleanup(func() {
		cancel()
		w.faults.tell(t)
	})
	w.check(chromedp.Do(ctx))
	w.check(chromedp.Listen(ctx, w.faults.hear))
	_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	w.check(err)
	return w
}

func (w *tab) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, guard)
	defer cancel()
	w.check(chromedp.Do(ctx, actions...))
}

// evaluate evaluates an expression of the page, awaited when it is a promise. Arguments are %s verbs, given as JSON.
func evaluate[T any](w *tab, expression string, args ...any) T {
	w.Helper()
	for i, a := range args {
		text, err := json.Marshal(a)
		w.check(err)
		args[i] = string(text)
	}
	ctx, cancel := context.WithTimeout(w.ctx, guard)
	defer cancel()
	for {
		value, err := chromedp.Run(ctx, chromedp.Evaluate[T](fmt.Sprintf(expression, args...), chromedp.EvalAwaitPromise))
		if err != nil && goesOn.MatchString(err.Error()) && ctx.Err() == nil {
			continue
		}
		w.check(err)
		return value
	}
}

// goesOn is what the browser says of a page that went on to another address meanwhile.
var goesOn = regexp.MustCompile("navigated or closed|[Cc]ontext (was destroyed|with specified id)")

// goTo shows another place on the page that is open.
func (w *tab) goTo(place string) {
	w.Helper()
	evaluate[bool](w, "(location.hash = %s, true)", place)
}

// until waits for something to hold.
func (w *tab) until(what string, holds func() bool) {
	w.Helper()
	for end := time.Now().Add(guard); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			w.shot("failed")
			w.Fatalf("still not so after %v: %s\nthe page says:\n%s", guard, what, w.text())
		}
	}
}

// text is what the page says, as a person would read it.
func (w *tab) text() string {
	w.Helper()
	return evaluate[string](w, "document.body?.innerText ?? ''")
}

// sees waits until the page says all of some texts.
func (w *tab) sees(texts ...string) {
	w.Helper()
	for _, text := range texts {
		w.until("the page says "+text, func() bool { return strings.Contains(w.text(), text) })
	}
}

// settled waits until nothing on the page is being read any more.
func (w *tab) settled() {
	w.Helper()
	w.until("everything is read", func() bool {
		return evaluate[bool](w, "document.querySelector('main') !== null && document.querySelector('.gm-state-loading, [aria-busy=true]') === null")
	})
}

// size gives the window a size.
func (w *tab) size(width, height int64) {
	w.Helper()
	w.do(chromedp.EmulateViewport(width, height))
}

// theme gives the system a theme, "light" or "dark", and waits until the page has it too.
func (w *tab) theme(name string) {
	w.Helper()
	w.system(name)
	w.until("the theme is "+name, func() bool { return evaluate[string](w, "document.documentElement.dataset.theme ?? ''") == name })
}

// system gives the system a theme, "light" or "dark".
func (w *tab) system(name string) {
	w.Helper()
	feature := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: name}
	still := &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"}
	_, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{feature, still}})
	w.check(err)
}

// shot keeps a picture of the page in the folder that $GEMBA_SHOTS names, if it names one.
func (w *tab) shot(name string) {
	w.Helper()
	dir := os.Getenv("GEMBA_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(w.ctx, guard)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	w.check(err)
	w.check(os.MkdirAll(dir, 0o755))
	file := strings.NewReplacer("/", "-", " ", "-").Replace(w.Name() + "-" + name + ".png")
	w.check(os.WriteFile(filepath.Join(dir, file), picture, 0o644))
}
