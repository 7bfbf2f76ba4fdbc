package bridge

import "net/http"

// refusal is an answer that the handler is not asked for, or did not give, in the form that the ledger's interface gives its own.
type refusal struct {
	status  int
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

func tooMany() refusal {
	return refusal{http.StatusServiceUnavailable, "busy", "too many requests wait", "try again when some are answered"}
}

func tooManyStreams() refusal {
	return refusal{http.StatusServiceUnavailable, "busy", "too many streams of events are open", "end one"}
}

func broken() refusal {
	return refusal{http.StatusInternalServerError, "failed", "this is a bug in gemba: the kernel goes on, its log has the stack", ""}
}

// refuse answers the request without the handler.
func (r *request) refuse(f refusal) {
	text, err := encode(map[string]refusal{"error": f})
	if err == nil { // strings always encode
		_ = r.say(said{Status: f.status, Headers: map[string]string{"content-type": "application/json", "cache-control": "no-store"}, Body: &text}) // who is gone needs no answer
	}
}
