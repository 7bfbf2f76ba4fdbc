package bridge

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
)

// asked is the data of a message of a front end.
type asked struct {
	ID      *int64            `json:"id"`
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Acks    bool              `json:"acks"` // it will say what it got
	Got     *int              `json:"got"`
	Cancel  bool              `json:"cancel"`
}

// request is a request that is answered, or waits for it.
type request struct {
	comm    *comm
	id      int64
	asked   asked
	publish Publish // in answer to it
	ctx     context.Context
	cancel  context.CancelFunc
	acks    *acks // nil: the front end does not tell what it got
	saying  sync.Mutex
	parts   int  // that were said
	slot    bool // it has one
}

func newRequest(c *comm, a asked, publish Publish) *request {
	r := &request{comm: c, id: *a.ID, asked: a, publish: publish}
	if a.Acks {
		r.acks = newAcks()
	}
	r.ctx, r.cancel = context.WithCancel(c.ctx)
	return r
}

// run answers the request when it is its turn.
func (r *request) run() {
	defer r.comm.forget(r.id, r)
	select {
	case <-r.comm.greeted:
	case <-r.ctx.Done():
		return
	}
	if enter(r.ctx, r.comm.slots) != nil {
		return
	}
	r.slot = true
	defer r.release()
	asked, refused := r.http()
	if refused != nil {
		r.refuse(*refused)
		return
	}
	w := &answer{request: r, header: http.Header{}, method: asked.Method}
	defer w.close()
	r.comm.bridge.Handler.ServeHTTP(w, asked)
	w.whole = true
}

// release lets the next request have its turn.
func (r *request) release() {
	if r.slot {
		r.slot = false
		<-r.comm.slots
	}
}

// most is how long a request's body may be, in bytes.
const most = 1 << 20

// http returns the request for the handler, or why there is none.
func (r *request) http() (*http.Request, *refusal) {
	u, err := url.ParseRequestURI(r.asked.Path)
	switch {
	case err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path.Clean(u.Path), "/api/"):
		return nil, &refusal{http.StatusNotFound, "no_route", fmt.Sprintf("nothing is served at %.200q", r.asked.Path), "GET /api/openapi.json lists what is"}
	case len(r.asked.Body) > most:
		return nil, &refusal{http.StatusRequestEntityTooLarge, "wrong_use", fmt.Sprintf("the request's body has %d bytes: at most %d are taken", len(r.asked.Body), most), ""}
	}
	asked, err := http.NewRequestWithContext(r.ctx, r.asked.Method, r.asked.Path, strings.NewReader(r.asked.Body))
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, "wrong_use", err.Error(), ""}
	}
	asked.RequestURI, asked.Host = r.asked.Path, Target
	for name, value := range r.asked.Headers {
		asked.Header.Set(name, value)
	}
	asked.Header.Del("Accept-Encoding") // it goes as text
	return asked, nil
}
