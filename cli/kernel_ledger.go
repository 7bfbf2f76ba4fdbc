package cli

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/bridge"
	"github.com/gemba-ml/gemba/tracker/web"
)

// ledgerComms shows the ledger of a session to the kernel's front ends, over their comms.
type ledgerComms struct {
	*bridge.Bridge
	web *lateWeb
}

// showLedger offers the ledger to front ends; name says what the kernel is. Nothing is opened before one asks.
func (s *cellSession) showLedger(name string) *ledgerComms {
	w := &lateWeb{open: func(ctx context.Context) (*web.Server, func() error, error) { return s.openWeb(ctx, s.ledger) }}
	w.ctx, w.end = context.WithCancel(context.Background())
	hello := bridge.Hello{Program: buildVersion().Version, Session: s.id.String(), Kernel: name}
	return &ledgerComms{bridge.New(bridge.Options{Handler: w, Hello: hello, Log: s.log}), w}
}

// close ends what front ends asked for. It returns a function that waits until that is done, but not for long: nothing of the record is lost
// when a slow answer is left behind.
func (l *ledgerComms) close() (wait func() error) {
	l.web.end()
	done := make(chan error, 1)
	go func() {
		l.Bridge.Close()
		done <- l.web.close()
	}()
	return func() error {
		select {
		case err := <-done:
			return err
		case <-time.After(linger):
			return nil
		}
	}
}

// lateWeb is the web interface of a ledger that is opened by the first request. One that cannot be opened is tried again by the next.
type lateWeb struct {
	open func(context.Context) (*web.Server, func() error, error)
	ctx  context.Context // of what is opened
	end  context.CancelFunc

	mu     sync.Mutex
	server *web.Server // nil before
	shut   func() error
}

// ServeHTTP answers a request, or says why the ledger cannot be opened.
func (l *lateWeb) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	server, err := l.opened()
	if err != nil {
		web.Refuse(w, r, err)
		return
	}
	server.ServeHTTP(w, r)
}

func (l *lateWeb) opened() (*web.Server, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server != nil {
		return l.server, nil
	}
	if l.ctx.Err() != nil {
		return nil, errors.Join(errors.New("open the ledger: the kernel ends"), l.ctx.Err())
	}
	server, shut, err := l.open(l.ctx)
	if err != nil && shut != nil {
		err = errors.Join(err, shut())
	}
	if err != nil {
		return nil, err
	}
	l.server, l.shut = server, shut
	return server, nil
}

func (l *lateWeb) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil {
		return nil
	}
	return l.shut()
}
