package web

import (
	"encoding/json"
	"reflect"
	"strings"
)

// OpenAPI returns the description of what a Server answers, as it serves it, without a ledger: whoever writes a client makes types of it.
// Version is that of this program. It is JSON, and the same for the same version.
func OpenAPI(version string) []byte { return describe(routes(), version) }

// describe makes the OpenAPI 3.1 description (https://spec.openapis.org/oas/v3.1.1) of routes.
func describe(all []route, version string) []byte {
	s := schemas{object{}}
	paths := object{}
	for _, r := range all {
		methods, known := paths[r.path].(object)
		if !known {
			methods = object{}
			paths[r.path] = methods
		}
		methods[strings.ToLower(r.method)] = s.operation(r)
	}
	failure := s.of(reflect.TypeFor[Failure]())
	b, _ := json.MarshalIndent(object{ // texts, numbers and maps of them always encode
		"openapi": "3.1.0",
		"info": object{"title": "gemba", "version": version,
			"description": "What a ledger tells. Lists are paged (limit, after), answers can be cut to the members that matter (fields: then the others are missing, required or not), and name the state of the ledger in their ETag."},
		"paths": paths,
		"components": object{"schemas": s.named, "responses": object{
			"Failure": object{"description": "What went wrong", "content": object{"application/json": object{"schema": failure}}}}},
	}, "", " ")
	return b
}

func (s schemas) operation(r route) object {
	o := object{"summary": r.about, "operationId": operationName(r), "responses": object{
		"200":     object{"description": r.about, "content": object{s.media(r): object{"schema": s.answer(r)}}},
		"default": object{"$ref": "#/components/responses/Failure"},
	}}
	var params []any
	for _, p := range r.params {
		params = append(params, p.describe(r.path))
	}
	if params != nil {
		o["parameters"] = params
	}
	if r.body != nil {
		o["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": s.of(reflect.TypeOf(r.body))}}}
	}
	return o
}

func (schemas) media(r route) string {
	if r.does.stream != nil {
		return r.does.media
	}
	return "application/json"
}

func (s schemas) answer(r route) object {
	if r.does.stream != nil {
		return object{}
	}
	return s.of(r.does.answer)
}

// operationName is a name for programs: getRunsId.
func operationName(r route) string {
	name := strings.ToLower(r.method)
	for part := range strings.FieldsFuncSeq(strings.TrimPrefix(r.path, "/api"), func(c rune) bool { return strings.ContainsRune("/{}.", c) }) {
		name += strings.ToUpper(part[:1]) + part[1:]
	}
	return name
}

func (p param) describe(path string) object {
	schema := object{"type": string(p.kind)}
	switch p.kind {
	case moment:
		schema = object{"type": "string", "format": "date-time"}
	case integer:
		schema["minimum"] = p.least
		if p.most > 0 {
			schema["maximum"] = p.most
		}
	}
	if p.choices != nil {
		schema["enum"] = p.choices
	}
	if p.usual != "" {
		schema["default"] = json.RawMessage(p.usual)
		if p.kind == text {
			schema["default"] = p.usual
		}
	}
	if p.many {
		schema = object{"type": "array", "items": schema}
	}
	in := "query"
	if strings.Contains(path, "{"+p.name+"}") {
		in = "path"
	}
	return object{"name": p.name, "in": in, "required": p.needed, "description": p.about, "schema": schema}
}
