package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"sync"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/ui"
	"github.com/gemba-ml/gemba/tracker/web"
)

func uiCommand(a *app) *cobra.Command {
	var listen string
	var page string
	var noBrowser bool
	c := &cobra.Command{
		Use:   "ui",
		Short: "Show the ledger in a browser",
		Long: `ui serves the ledger to a browser on this machine and opens it there. It prints the address first: who knows it, token included,
can read the ledger, and write comments, views and notes. It ends with Ctrl-C.`,
		Example: `  gemba ui
  gemba ui --listen 127.0.0.1:8899 --no-browser`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, done := untilSignal(c.Context())
			defer done()
			return a.ui(ctx, listen, page, !noBrowser)
		},
	}
	f := c.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:0", "the `address` to listen at; port 0 is any free one")
	f.StringVar(&page, "page", "", "serve the page's files from a `folder`, as tracker/ui/bundle -o makes it, and not the program's own")
	_ = f.MarkHidden("page") // for who works on the page
	f.BoolVar(&noBrowser, "no-browser", false, "open no browser")
	return c
}

func (a *app) ui(ctx context.Context, listen, files string, browser bool) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return withHint(fmt.Errorf("listen at %s: %w", listen, err), "--listen 127.0.0.1:0 takes any free port")
	}
	defer listener.Close()
	opened := a.explainOpening()
	server, closeServer, err := a.openWeb(ctx, a.ledgerToRead())
	opened()
	if err != nil {
		return err
	}
	server.Prepare()
	token := rand.Text()
	at := listener.Addr().(*net.TCPAddr)
	page := url.URL{Scheme: "http", Host: at.String(), Path: "/", RawQuery: url.Values{"token": {token}}.Encode()}
	fmt.Fprintln(a.stdout, page.String())
	if !at.IP.IsLoopback() {
		a.warn("other machines reach %s, and what passes is not encrypted: a tunnel (ssh -L) is safer", at)
	}
	if browser {
		a.openBrowser(page.String())
	}
	stop := context.AfterFunc(ctx, server.Close) // streams of events end before the listener does
	defer stop()
	err = serveUntil(ctx, listener, &web.Guard{Token: token, Cookie: fmt.Sprintf("gemba_%d", at.Port), Page: ui.Serve(pageFiles(files)), Next: server})
	return errors.Join(err, closeServer())
}

// pageFiles returns the page's files: the program's own where no folder is given.
func pageFiles(folder string) fs.FS {
	if folder == "" {
		return ui.Page()
	}
	return os.DirFS(folder)
}

// openWeb opens the ledger at dir for the web interface. What it returns closes it.
func (a *app) openWeb(ctx context.Context, dir string) (*web.Server, func() error, error) {
	a.recordLeftovers(ctx, dir)
	ledger, err := journal.Open(dir)
	if err != nil {
		return nil, nil, ledgerHint(err)
	}
	stopFetching := a.fetchOnDemand(ctx, ledger)
	x, err := index.OpenLedger(ctx, ledger)
	if err != nil {
		stopFetching()
		return nil, nil, err
	}
	writer := &lateRecorder{open: func() *tracker.Recorder { return a.openStrictRecorder(dir, "ui") }}
	server := web.New(web.Options{
		Dir: dir, Index: x, Ledger: ledger, Documents: documents{}, Data: keptData{ledger.Blobs()}, Record: writer.record, User: userName(), OwnKey: ownKey, Version: buildVersion().Version, Now: a.now,
		Verify: func(ctx context.Context, told func(done, total int64)) (*journal.Report, error) {
			return journal.VerifyTelling(ctx, dir, told)
		},
		Measure: func(ctx context.Context) (*gc.Usage, error) { return gc.Measure(ctx, dir) },
	})
	return server, func() error {
		server.Close()
		defer stopFetching()
		return errors.Join(writer.close(), x.Close())
	}, a.warnOfProblems(ctx, x)
}

// lateRecorder records into a journal that is opened when there is something to record: who only looks leaves none behind.
type lateRecorder struct {
	open func() *tracker.Recorder

	mu       sync.Mutex
	recorder *tracker.Recorder
}

// record returns when the events are on the disk, and signed.
func (l *lateRecorder) record(ctx context.Context, events ...tracker.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.recorder == nil {
		l.recorder = l.open()
	}
	for _, e := range events {
		l.recorder.Record(e)
	}
	err := l.recorder.Flush(ctx)
	if l.recorder.Err() != nil { // whoever was told that it failed would not expect it to be written later
		_ = l.recorder.Close() // it says the same
		l.recorder = nil
	}
	return err
}

func (l *lateRecorder) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.recorder == nil {
		return nil
	}
	return l.recorder.Close()
}

// browsers are what opens an address, by operating system.
var browsers = map[string][]string{"darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"}}

// openBrowser opens an address in the user's browser. Where there is none the printed address is enough.
func (a *app) openBrowser(address string) {
	command, known := browsers[runtime.GOOS]
	if !known {
		command = []string{"xdg-open"}
	}
	c := exec.Command(command[0], append(command[1:], address)...)
	if err := c.Start(); err != nil {
		a.warn("no browser could be opened (%v): open the address that is printed", err)
		return
	}
	go func() { _ = c.Wait() }() // so that it does not stay as a zombie
}
