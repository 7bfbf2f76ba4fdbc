package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gemba-ml/gemba/tracker/web"
)

// description is what the test reads of the OpenAPI document.
type description struct {
	Paths map[string]map[string]struct {
		Responses map[string]struct {
			Content map[string]json.RawMessage
		}
		Parameters []struct {
			Name, In string
		}
	}
}

// TestEveryRouteAnswersAsDescribed asks every route, and checks what it answers, and what it answers to a wrong question, against its schema.
func TestEveryRouteAnswersAsDescribed(t *testing.T) {
	h := furnished(t)
	text := h.ask(http.MethodGet, "/api/openapi.json", "").Body.Bytes()
	if diff := cmp.Diff(string(web.OpenAPI("test")), string(text)); diff != "" {
		t.Errorf("the description without a server is another one: %s", diff)
	}
	var d description
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	run, cell, session := h.runs[0].String(), h.cells[0].String(), h.session.String()
	snapshot := get[struct{ Items []struct{ ID string } }](h, "/api/snapshots").Items[0].ID
	questions := map[string]struct{ query, body string }{
		"get /api/openapi.json":           {},
		"get /api/ledger":                 {},
		"get /api/notebooks":              {},
		"get /api/notebooks/cells":        {query: "notebook=plot.ipynb"},
		"get /api/sessions":               {query: "notebook=plot.ipynb"},
		"get /api/sessions/{id}":          {query: "id=" + session},
		"get /api/sessions/{id}/cells":    {query: "id=" + session},
		"get /api/cells":                  {query: "status=ok"},
		"get /api/cells/{id}":             {query: "id=" + cell},
		"get /api/cells/{id}/outputs":     {query: "id=" + cell},
		"get /api/find":                   {query: "text=second"},
		"get /api/experiments":            {},
		"get /api/runs":                   {query: "filter=" + url.QueryEscape("metrics.loss < 3") + "&order=metrics.loss&total=true"},
		"get /api/runs/columns":           {},
		"get /api/runs/groups":            {query: "by=params.lr"},
		"get /api/runs/{id}":              {query: "id=" + run},
		"get /api/runs/{id}/note":         {query: "id=" + run},
		"put /api/runs/{id}/note":         {query: "id=" + run, body: `{"note":"# good"}`},
		"get /api/series":                 {query: "run=" + run + "&points=100&by=relative"},
		"get /api/compare":                {query: "a=first&b=second"},
		"get /api/compare/runs":           {query: "run=first&run=second"},
		"get /api/compare/cells":          {query: "a=" + cell + "&b=" + h.cells[2].String()},
		"get /api/compare/data":           {query: "a=" + cell + "&b=" + h.cells[2].String()},
		"get /api/compare/snapshots":      {query: "a=" + snapshot + "&b=" + snapshot},
		"get /api/compare/tables":         {query: "a=" + h.blob.String() + "&b=" + h.blob.String() + "&name=x.csv"},
		"get /api/lineage":                {query: "id=" + run},
		"get /api/environments/{id}":      {query: "id=" + run},
		"get /api/environments/{id}/diff": {query: "id=" + session + "&with=" + cell},
		"get /api/snapshots":              {},
		"get /api/models":                 {},
		"get /api/verify":                 {},
		"post /api/verify":                {},
		"get /api/disk":                   {},
		"post /api/disk":                  {},
		"put /api/views/{name}":           {query: "name=good", body: `{"filter":"metrics.loss < 1","columns":["params.lr"]}`},
		"get /api/views":                  {},
		"delete /api/views/{name}":        {query: "name=good"},
		"post /api/reviews":               {body: `{"subject":"` + run + `","verdict":"approved","comment":"looks right"}`},
		"get /api/reviews":                {query: "subject=" + run},
		"get /api/reviews/waiting":        {query: "text=s"},
		"get /api/reviews/subjects":       {query: "text=s"},
	}
	unasked := map[string]bool{"get /api/blobs/{digest}": true, "get /api/blobs/{digest}/document": true, "get /api/cells/{id}/outputs/{n}": true,
		"get /api/cells/{id}/outputs/{n}/document": true, "get /api/cells/{id}/text": true, "get /api/events": true} // tests of their own: they are no JSON
	order := []string{"put", "post", "get", "delete"} // so that there are views and reviews to get
	for _, method := range order {
		for path, methods := range d.Paths {
			operation, served := methods[method]
			name := method + " " + path
			if !served || unasked[name] {
				continue
			}
			q, known := questions[name]
			if !known {
				t.Errorf("%s has no question in this test", name)
				continue
			}
			asked := placed(path, q.query)
			w := h.ask(strings.ToUpper(method), asked, q.body)
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d %s", name, w.Code, w.Body)
				continue
			}
			schema := "openapi.json#/paths/" + pointer(path) + "/" + method + "/responses/200/content/application~1json/schema"
			conforms(t, compiler, schema, name, w.Body.Bytes())
			if w := h.ask(strings.ToUpper(method), asked+"&no_such_parameter=1", q.body); w.Code != http.StatusBadRequest {
				t.Errorf("%s with an unknown parameter: %d, want %d", name, w.Code, http.StatusBadRequest)
			} else {
				conforms(t, compiler, "openapi.json#/components/schemas/Failure", name, w.Body.Bytes())
			}
			if operation.Responses["200"].Content == nil {
				t.Errorf("%s tells no answer", name)
			}
		}
	}
}

// placed puts the parameters that are in the path there.
func placed(path, query string) string {
	values, _ := url.ParseQuery(query)
	for name := range values {
		if strings.Contains(path, "{"+name+"}") {
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(values.Get(name)))
			values.Del(name)
		}
	}
	return path + "?" + values.Encode()
}

// pointer writes a path as a part of a JSON pointer in a URL.
func pointer(path string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(path))
}

func conforms(t *testing.T, compiler *jsonschema.Compiler, at, name string, answer []byte) {
	t.Helper()
	schema, err := compiler.Compile(at)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(answer))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%s: %v\n%.600s", name, err, answer)
	}
}
