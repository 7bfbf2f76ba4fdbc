package mlflow

import (
	"net/http"
	"strings"

	"github.com/gemba-ml/gemba/tracker/guard"
)

// Guard lets those requests pass to a handler that know a token, and that no web page of somebody else sent: a page can make its reader's
// browser send a request to this machine (cross-site request forgery), also under a name of its own that suddenly means this machine (DNS
// rebinding).
type Guard struct {
	Token string   // that clients send (RFC 6750); empty: anybody passes
	Hosts []string // names by which this server is asked for beside addresses and localhost; "*": any
	Next  http.Handler

	cross http.CrossOriginProtection
}

// ServeHTTP lets a request pass or says why not.
func (g *Guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !g.host(r.Host):
		writeError(w, fail(PermissionDenied, "This server is not called %q. Ask for it by its address, or start it with --host %[1]s.", guard.Name(r.Host)))
	case g.cross.Check(r) != nil:
		writeError(w, fail(PermissionDenied, "Web pages of other sites may not use this server."))
	case !g.known(r):
		w.Header().Set("WWW-Authenticate", `Bearer realm="gemba"`)
		writeError(w, fail(Unauthenticated, "A token is needed: set MLFLOW_TRACKING_TOKEN to the one that gemba serve printed."))
	default:
		g.Next.ServeHTTP(w, r)
	}
}

// host reports whether a name is one that nobody else can make mean this machine: an address always means itself.
func (g *Guard) host(asked string) bool {
	if guard.Here(asked) {
		return true
	}
	for _, h := range g.Hosts {
		if h == "*" || strings.EqualFold(h, guard.Name(asked)) {
			return true
		}
	}
	return false
}

// known reports whether a request has the token, which MLflow's clients send as a bearer's or as a password. Health has none to hide.
func (g *Guard) known(r *http.Request) bool {
	if g.Token == "" || r.URL.Path == "/health" {
		return true
	}
	scheme, sent, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") { // RFC 7235: in any case
		_, sent, _ = r.BasicAuth()
	}
	return guard.Same(sent, g.Token)
}
