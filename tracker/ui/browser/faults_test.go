package browser

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// faults keeps what a page did wrong.
type faults struct {
	mu      sync.Mutex
	host    string // the only one it may ask
	all     []string
	allowed []string
}

// allow takes texts out of what is wrong: a test that takes the server away has the console say so.
func (w *tab) allow(texts ...string) {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	w.faults.allowed = append(w.faults.allowed, texts...)
}

func (f *faults) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		f.add("exception: " + text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			text := "console: "
			for _, a := range e.Args {
				text += string(a.Value) + a.Description + " "
			}
			f.add(text)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			f.add("browser: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		f.request(e.Request.URL)
	}
}

// move allows another host in the place of the first.
func (f *faults) move(host string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.host = host
}

func (f *faults) request(address string) {
	f.mu.Lock()
	host := f.host
	f.mu.Unlock()
	u, err := url.Parse(address)
	if err != nil || u.Host != host && u.Scheme != "data" && u.Scheme != "blob" && u.Scheme != "about" {
		f.add("request to " + address)
	}
}

func (f *faults) add(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, text)
}

func (f *faults) tell(t *testing.T) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
next:
	for _, text := range f.all {
		for _, a := range f.allowed {
			if strings.Contains(text, a) {
				continue next
			}
		}
		t.Error(text)
	}
}
