package mlflow

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write ROUTES.md")

// theirs returns MLflow's own routes.
func theirs(t *testing.T) (list [][2]string) {
	t.Helper()
	text, err := os.ReadFile("testdata/routes.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if method, path, found := strings.Cut(strings.TrimSpace(line), " "); found && method != "#" {
			list = append(list, [2]string{method, path})
		}
	}
	return list
}

func served(method, path string) (route, bool) {
	for _, r := range routes {
		if r.method == method && r.path == path {
			return r, true
		}
	}
	return route{}, false
}

func reason(path string) string {
	for _, u := range unserved {
		if path == u.path || strings.HasPrefix(path, u.path+"/") {
			return u.why
		}
	}
	return ""
}

// TestRoutesAreListed compares ROUTES.md with the tables. go test -update writes it.
func TestRoutesAreListed(t *testing.T) {
	var b bytes.Buffer
	fmt.Fprint(&b, "# MLflow's routes\n\nWhat MLflow 3.18 answers, and what gemba does: ✓ it is served, – it is not. Paths are behind `/api/2.0`, `/ajax-api/2.0`, `/api/3.0` and\n"+
		"`/ajax-api/3.0`. What is not served answers 404 with `ENDPOINT_NOT_FOUND`. Written by `go test ./tracker/mlflow -update`.\n\n"+
		"Params, tags and names are kept without their secrets. Artifacts are kept as they were uploaded, **secrets included**, so that clients get\nback what they stored.\n\n| | route | |\n|---|---|---|\n")
	count := 0
	for _, r := range theirs(t) {
		mark, text := "–", reason(r[1])
		if s, found := served(r[0], r[1]); found {
			mark, text = "✓", s.does
			count++
		}
		if text == "" {
			t.Errorf("%s %s is neither served nor is there a reason", r[0], r[1])
		}
		fmt.Fprintf(&b, "| %s | `%s %s` | %s |\n", mark, r[0], strings.Replace(r[1], "//", "/", 1), text)
	}
	for _, r := range routes {
		if !contains(theirs(t), r.method, r.path) {
			count++
			fmt.Fprintf(&b, "| ✓ | `%s %s` | %s; of older MLflow |\n", r.method, r.path, r.does)
		}
	}
	if count != len(routes) {
		t.Errorf("%d of %d routes are in the list", count, len(routes))
	}
	if *update {
		if err := os.WriteFile("ROUTES.md", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile("ROUTES.md"); err != nil || !bytes.Equal(have, b.Bytes()) {
		t.Errorf("ROUTES.md is not what the tables say (%v): go test ./tracker/mlflow -update", err)
	}
}

func contains(list [][2]string, method, path string) bool {
	for _, r := range list {
		if r == [2]string{method, path} {
			return true
		}
	}
	return false
}

// TestEveryRouteAnswersInJSON sends nothing to each route, and things to routes that there are not.
func TestEveryRouteAnswersInJSON(t *testing.T) {
	s := newSite(t)
	for _, r := range theirs(t) {
		path := strings.NewReplacer("{path...}", "0/x", "{model_id}", "m-1", "{tag_key}", "k").Replace(r[1])
		prefix := "/api/2.0"
		if strings.HasPrefix(path, "//") {
			path, prefix = path[1:], ""
		}
		status, answer := s.send(r[0], prefix+path, nil)
		_, known := served(r[0], r[1])
		missing := status == http.StatusNotFound && bytes.Contains(answer, []byte(EndpointNotFound))
		if missing == known || status == http.StatusInternalServerError {
			t.Errorf("%s %s: status %d, %s", r[0], path, status, answer)
		}
	}
	for _, request := range []string{"GET /", "POST /api/2.0/mlflow/runs", "DELETE /api/2.0/mlflow/runs/create", "GET /api/9.0/mlflow/runs/get"} {
		method, path, _ := strings.Cut(request, " ")
		if status, answer := s.send(method, path, nil); status != http.StatusNotFound || !bytes.Contains(answer, []byte(EndpointNotFound)) {
			t.Errorf("%s: status %d, %s", request, status, answer)
		}
	}
}
