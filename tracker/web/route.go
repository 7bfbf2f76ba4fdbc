package web

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// route is what is served at a method and a path.
type route struct {
	method, path string // the path as http.ServeMux has it
	about        string // what it answers, for people
	params       []param
	body         any // what a request's body is, as a zero value; nil: it has none
	does         action
}

// action answers a request. Of one that writes by itself, stream is set, and media says what.
type action struct {
	answer reflect.Type
	value  func(*Server, *call) (any, error)
	stream func(*Server, http.ResponseWriter, *call) error
	media  string
	always bool // not only the ledger decides what the answer is, so it has no tag
}

// answers makes an action of a function.
func answers[T any](f func(*Server, *call) (T, error)) action {
	return action{answer: reflect.TypeFor[T](), value: func(s *Server, c *call) (any, error) { return f(s, c) }}
}

// changing is answers for what depends on more than the ledger.
func changing[T any](f func(*Server, *call) (T, error)) action {
	a := answers(f)
	a.always = true
	return a
}

// streams makes an action of a function that writes by itself.
func streams(media string, f func(*Server, http.ResponseWriter, *call) error) action {
	return action{stream: f, media: media, always: true}
}

// register puts the routes into the multiplexer: each path once, so that another method is refused in the interface's own words.
func (s *Server) register(all []route) {
	paths := map[string]map[string]route{}
	for _, r := range all {
		if paths[r.path] == nil {
			paths[r.path] = map[string]route{}
		}
		paths[r.path][r.method] = r
	}
	for path, methods := range paths {
		s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, methods) })
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, r, hint(kind(errRoute, "nothing is served at %s", r.URL.Path), "GET /api/openapi.json lists what is"))
	})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, methods map[string]route) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	route, known := methods[method]
	if !known {
		var allowed []string
		for m := range methods {
			allowed = append(allowed, m)
		}
		slices.Sort(allowed)
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		writeError(w, r, kind(errMethod, "%s is not served at %s: %s is", r.Method, r.URL.Path, strings.Join(allowed, " and ")))
		return
	}
	c, err := newCall(r, route)
	if err == nil {
		err = s.answer(w, c)
	}
	if err != nil {
		writeError(w, r, err)
	}
}
