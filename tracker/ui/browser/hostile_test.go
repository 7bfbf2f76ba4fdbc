package browser

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// hostileName is a notebook's name that means something to browsers.
const hostileName = `a"><img src=x onerror=top.pwned=1>.ipynb`

// TestHostileOutputs shows what attacks left in recorded outputs, sources and names: none of their scripts runs and no request leaves, on the
// page and where frames have no address, as in JupyterLab. With scripts allowed they stay shut in.
func TestHostileOutputs(t *testing.T) {
	b := enter(t)
	evil := listen(t)
	s := b.serve(t, b.recordHostile(t, evil.address))
	for _, test := range []struct {
		name string
		site *site
	}{{"page", s}, {"srcdoc", s.withoutAddresses(t)}} {
		t.Run(test.name, func(t *testing.T) {
			w := test.site.open(t, "/timeline")
			w.allow("Content Security Policy", "sandboxed", "favicon")
			w.watchAttacks()
			before := evil.connections()
			w.openAll()
			w.stayedHarmless(evil)
			if got := w.heard(); len(got) > 0 {
				t.Errorf("scripts ran: %q", got)
			}
			if got := evil.connections() - before; got > 0 { // a name that is looked up and a connection without a request tell something, too
				t.Errorf("%d connections left the page: %q", got, evil.requests())
			}
			w.accessible("hostile outputs")
		})
		t.Run(test.name+" with scripts", func(t *testing.T) {
			w := test.site.open(t, "/timeline")
			w.allow("Content Security Policy", "sandboxed", "favicon", evil.address, "request to blob", "Failed to load", "Uncaught", "exception")
			w.watchAttacks()
			w.openAll()
			w.allowScripts()
			w.until("scripts ran that may", func() bool { return len(w.heard()) >= 10 })
			w.stayedHarmless(evil)
			for _, said := range w.heard() {
				if said != "ran" {
					t.Errorf("a script got out: %.200q", said)
				}
			}
			if got := evil.requests(); len(got) > 0 { // connections without one cannot be kept from scripts: Frame says so
				t.Errorf("requests left the page: %q", got)
			}
		})
	}
}

// recordHostile executes the notebook of attacks that go to an address.
func (b *bench) recordHostile(t *testing.T, address string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "lab")
	attacks, err := os.ReadFile(filepath.Join("testdata", "hostile", "attacks.json"))
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, ".git"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "attacks.json"), bytes.ReplaceAll(attacks, []byte("EVIL"), []byte("http://"+address)), 0o644)
	}
	if err == nil {
		err = copyFile(filepath.Join("testdata", "hostile", "hostile.ipynb"), filepath.Join(dir, hostileName))
	}
	if err == nil {
		err = b.command(dir, b.gemba, "run", hostileName, "--allow-errors")
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// An attacker is the machine that attacks call.
type attacker struct {
	address string

	mu    sync.Mutex
	count int
	asked []string
}

func listen(t *testing.T) *attacker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &attacker{address: l.Addr().String()}
	server := &http.Server{
		Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.asked = append(a.asked, r.Method+" "+r.URL.String())
		}),
		ConnState: func(_ net.Conn, state http.ConnState) {
			a.mu.Lock()
			defer a.mu.Unlock()
			if state == http.StateNew {
				a.count++
			}
		},
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return a
}

func (a *attacker) connections() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count
}

func (a *attacker) requests() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.asked...)
}

var addresses = regexp.MustCompile(`\baddress\(\w+\)\{return \w+\}`)

// withoutAddresses is the site as JupyterLab has it: frames have no address, and the page around them has no policy.
func (s *site) withoutAddresses(t *testing.T) *site {
	t.Helper()
	rewrite := func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: s.address.Host})
		for _, name := range []string{"Accept-Encoding", "Origin", "Referer"} {
			r.Out.Header.Del(name)
		}
	}
	server := httptest.NewServer(&httputil.ReverseProxy{Rewrite: rewrite, ModifyResponse: func(r *http.Response) error { return withoutAddress(t, r) }})
	t.Cleanup(server.Close)
	other := *s
	address := *s.address
	address.Host = strings.TrimPrefix(server.URL, "http://")
	other.address = &address
	return &other
}

func withoutAddress(t *testing.T, r *http.Response) error {
	r.Header.Del("Content-Security-Policy")
	if !strings.HasSuffix(r.Request.URL.Path, ".js") {
		return nil
	}
	var script bytes.Buffer
	if _, err := script.ReadFrom(r.Body); err != nil {
		return err
	}
	changed := addresses.ReplaceAll(script.Bytes(), []byte("addressNot(){}"))
	if bytes.Equal(changed, script.Bytes()) {
		t.Error("the page's script has no address to take away")
	}
	r.Header.Del("Content-Length")
	r.ContentLength = int64(len(changed))
	r.Body = struct {
		*bytes.Reader
		closer
	}{bytes.NewReader(changed), closer{}}
	return nil
}

type closer struct{}

func (closer) Close() error { return nil }

// watchAttacks hears what scripts of outputs would tell, and dialogs.
func (w *tab) watchAttacks() {
	w.Helper()
	w.check(chromedp.Listen(w.ctx, func(event any) {
		if e, is := event.(*page.EventJavascriptDialogOpening); is {
			w.faults.add("dialog: " + e.Message)
		}
	}))
	w.find("button", "cell 2")
	evaluate[bool](w, `(window.heard = [], window.loaded = 0, addEventListener('message', e => heard.push(String(e.data))),
		document.addEventListener('load', e => e.target.tagName === 'IFRAME' && loaded++, true), true)`)
}

func (w *tab) heard() []string {
	w.Helper()
	return evaluate[[]string](w, "heard")
}

// openAll opens the execution with the attacks and waits until each frame has its document.
func (w *tab) openAll() {
	w.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "hostile", "attacks.json"))
	w.check(err)
	var attacks []struct{ Type string }
	w.check(json.Unmarshal(text, &attacks))
	frames := 0
	for _, a := range attacks {
		if a.Type == "text/html" || a.Type == "application/xhtml+xml" {
			frames++
		}
	}
	w.click("button", "cell 2")
	w.until("all frames are there", func() bool {
		return evaluate[bool](w, "document.querySelectorAll('.gm-outputs iframe').length === %v", frames)
	})
	loaded, since := 0, time.Now()
	w.until("frames are loaded", func() bool { // each is a process of its own; of some a busy browser never says that they are
		if now := evaluate[int](w, "loaded"); now != loaded {
			loaded, since = now, time.Now()
		}
		return loaded >= frames || loaded >= frames*9/10 && time.Since(since) > 10*time.Second
	})
	w.until("all images are loaded, or not", func() bool {
		return evaluate[bool](w, "document.querySelectorAll('.gm-outputs .gm-output-svg').length === 3 && [...document.images].every(i => i.complete)")
	})
}

// allowScripts lets the scripts of every output run, those of SVG too.
func (w *tab) allowScripts() {
	w.Helper()
	press := `((...texts) => { const all = [...document.querySelectorAll('.gm-outputs button')].filter(b => texts.includes(b.textContent)); all.forEach(b => b.click()); return all.length })`
	for _, text := range []string{"Show in a frame", "Let its scripts run", "Let them run"} {
		w.until(text, func() bool { return evaluate[int](w, press+"(%v)", text) > 0 })
	}
}

// stayedHarmless gives attacks time, and checks that the page is what it was.
func (w *tab) stayedHarmless(evil *attacker) {
	w.Helper()
	time.Sleep(2 * time.Second) // what happens at once, such as a refresh after no time, has happened then
	if got := evaluate[string](w, "String(window.pwned) + ' ' + String(({}).pwned) + ' ' + document.title"); got != "undefined undefined Timeline · lab" {
		w.Errorf("the page was changed: %s", got)
	}
	if here := evaluate[string](w, "location.host"); here != w.site.address.Host {
		w.Errorf("the page went to %s, away from what %s can be kept from", here, evil.address)
	}
}
