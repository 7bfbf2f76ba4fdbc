package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gemba-ml/gemba/tracker/guard"
)

// Guard lets those requests pass to a handler that come from the page itself, in a browser that was given the token, or from a program that
// knows it. A page of another site can make its reader's browser send requests to this machine (cross-site request forgery), also under a
// name of its own that suddenly means this machine (DNS rebinding): what it sends stops here.
type Guard struct {
	Token  string       // in the URL that is opened; then a cookie, or a bearer's (RFC 6750)
	Cookie string       // its name: cookies know no ports, so each server has one of its own
	Page   http.Handler // the page's files, the same for every ledger: shown also to who has no token, for the page says best what to do then; nil: none
	Next   http.Handler // the API: what is asked for below /api/, and all where there is no page

	cross http.CrossOriginProtection
}

// policy is what the page may do: load what this server serves, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
	"frame-src 'self' blob:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP lets a request pass or says why not.
func (g *Guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	switch {
	case !guard.Here(r.Host):
		refuse(w, r, "this server is not called %q: ask for it by its address", r.Host)
	case g.cross.Check(r) != nil || !ownOrigin(r):
		refuse(w, r, "pages of other sites may not use this server")
	case g.opened(w, r):
	case g.Page != nil && !strings.HasPrefix(r.URL.Path, "/api/"):
		g.Page.ServeHTTP(w, r)
	case !g.known(r):
		refuse(w, r, "a token is needed: open the address that gemba ui printed")
	default:
		g.Next.ServeHTTP(w, r)
	}
}

func refuse(w http.ResponseWriter, r *http.Request, format string, args ...any) {
	w.Header().Set("Cache-Control", "no-store")
	_ = writeJSON(w, r, http.StatusForbidden, Failure{Fault{Code: "forbidden", Message: kind(nil, format, args...).Error()}})
}

// ownOrigin reports whether a request comes from this server's own page, or from no page. What a page of another site sends says so, but for
// following a link (https://www.w3.org/TR/fetch-metadata/), which is asked for without the cookie (SameSite=Strict).
func ownOrigin(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, r.Host) {
			return false
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// onward takes the token out of the address and leaves the rest of it, also the place behind the #, of which servers are not told.
const onward = `const here = new URL(location); here.searchParams.delete("token"); location.replace(here)`

// opened turns the token of the URL that was opened into a cookie, and takes it out of the address, where history and screens would show it.
// It does so by a page that goes on by itself: a redirect's target would not be sent the cookie where the link was in a page of another site.
func (g *Guard) opened(w http.ResponseWriter, r *http.Request) bool {
	sent := r.URL.Query().Get("token")
	if r.Method != http.MethodGet || sent == "" || !guard.Same(sent, g.Token) {
		return false
	}
	http.SetCookie(w, &http.Cookie{Name: g.Cookie, Value: g.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	sum := sha256.Sum256([]byte(onward))
	h.Set("Content-Security-Policy", strings.Replace(policy, "script-src 'self'", "script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'", 1))
	_, _ = fmt.Fprintf(w, "<!doctype html><title>gemba</title><script>%s</script><a href=\"/\">gemba</a>\n", onward) // who is gone needs no answer
	return true
}

// known reports whether a request has the token.
func (g *Guard) known(r *http.Request) bool {
	if c, err := r.Cookie(g.Cookie); err == nil && guard.Same(c.Value, g.Token) {
		return true
	}
	scheme, sent, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer") && guard.Same(sent, g.Token) // RFC 7235: in any case
}
