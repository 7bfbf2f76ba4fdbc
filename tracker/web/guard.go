package web

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"

	"github.com/gemba-ml/gemba/tracker/guard"
)

// Guard lets those requests pass to a handler that come from the page itself, in a browser that was given the token, or from a program that
// knows it. A page of another site can make its reader's browser send requests to this machine (cross-site request forgery), also under a
// name of its own that suddenly means this machine (DNS rebinding): what it sends stops here.
type Guard struct {
	Token  string // in the URL that is opened; then a cookie, or a bearer's (RFC 6750)
	Cookie string // its name: cookies know no ports, so each server has one of its own
	Next   http.Handler

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

// opened turns the token of the URL that was opened into a cookie, and takes it out of the address, where history and screens would show it.
// It does so by a page that goes on by itself: a redirect's target would not be sent the cookie where the link was in a page of another site.
func (g *Guard) opened(w http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	sent := q.Get("token")
	if r.Method != http.MethodGet || sent == "" || !guard.Same(sent, g.Token) {
		return false
	}
	q.Del("token")
	to := url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, "/"), RawQuery: q.Encode()}
	http.SetCookie(w, &http.Cookie{Name: g.Cookie, Value: g.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, "<!doctype html><meta http-equiv=\"refresh\" content=\"0; url=%[1]s\"><title>gemba</title><a href=\"%[1]s\">gemba</a>\n", // who is gone needs no answer
		html.EscapeString(to.String()))
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
