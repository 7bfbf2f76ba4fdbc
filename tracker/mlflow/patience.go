package mlflow

import (
	"io"
	"net/http"
	"time"
)

// patient is a request's body for which the server does not wait for ever.
type patient struct {
	io.ReadCloser
	*http.ResponseController
	patience time.Duration
	rolling  bool // the time begins anew with each read
	begun    bool
}

// patiently bounds how long a body takes to come; rolling: how long each piece of it does. Deadlines are the network's: they know
// no clock but the machine's.
func (s *Server) patiently(w http.ResponseWriter, body io.ReadCloser, rolling bool) io.ReadCloser {
	return &patient{ReadCloser: body, ResponseController: http.NewResponseController(w), patience: s.patience, rolling: rolling}
}

// Read reads a piece. A connection that knows no deadlines has none.
func (p *patient) Read(b []byte) (int, error) {
	if p.rolling || !p.begun {
		_ = p.SetReadDeadline(time.Now().Add(p.patience))
		p.begun = true
	}
	n, err := p.ReadCloser.Read(b)
	if err == io.EOF {
		_ = p.SetReadDeadline(time.Time{}) // the answer may take longer
	}
	return n, err
}
