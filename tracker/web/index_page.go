package web

import (
	"html/template"
	"net/http"
)

// Route is a line of the table of what is served.
type Route struct{ Method, Path, About string }

// Routes returns what is served.
func Routes() (list []Route) {
	for _, r := range routes() {
		list = append(list, Route{r.method, r.path, r.about})
	}
	return list
}

var listing = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>gemba</title></head>
<body><h1>gemba</h1><p>The ledger at <code>{{.Dir}}</code> is served as JSON, described in <a href="/api/openapi.json">openapi.json</a>:</p>
<table><thead><tr><th scope="col">Method</th><th scope="col">Path</th><th scope="col">What it answers</th></tr></thead><tbody>
{{range .Routes}}<tr><td>{{.Method}}</td><td><code>{{.Path}}</code></td><td>{{.About}}</td></tr>
{{end}}</tbody></table></body></html>
`))

// ServeListing answers with a page that lists what is served.
func (s *Server) ServeListing(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = listing.Execute(w, struct { // who is gone needs no answer
		Dir    string
		Routes []Route
	}{s.Dir, Routes()})
}
