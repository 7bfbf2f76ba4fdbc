package web

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
)

// object is a JSON object of the description; it is written with its keys sorted.
type object = map[string]any

// schemas makes JSON schemas (2020-12, as OpenAPI 3.1 has them) of Go types, as encoding/json writes these.
type schemas struct{ named object }

// scalars are types that are written otherwise than their kind tells.
var scalars = map[reflect.Type]object{
	reflect.TypeFor[time.Time]():       {"type": "string", "format": "date-time"},
	reflect.TypeFor[time.Duration]():   {"type": "integer", "format": "int64", "description": "nanoseconds"},
	reflect.TypeFor[tracker.ID]():      {"type": "string", "pattern": "^([0-9a-f]{32})?$"},
	reflect.TypeFor[tracker.Digest]():  {"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"},
	reflect.TypeFor[json.RawMessage](): {},
	reflect.TypeFor[account.Number]():  {"oneOf": []any{object{"type": "number"}, object{"enum": []string{"NaN", "Infinity", "-Infinity"}}}},
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

func (s schemas) of(t reflect.Type) object {
	if scalar, known := scalars[t]; known {
		return scalar
	}
	switch {
	case t.Kind() == reflect.Pointer:
		return s.of(t.Elem())
	case t.Implements(jsonMarshaler):
		return object{}
	case t.Implements(textMarshaler):
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Slice, reflect.Array:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.structure(t)
	}
	return object{}
}

// structure names the schema of a struct, and makes it when it is the first time.
func (s schemas) structure(t reflect.Type) object {
	name := schemaName(t)
	ref := object{"$ref": "#/components/schemas/" + name}
	if _, known := s.named[name]; known {
		return ref
	}
	properties, required := object{}, []string{}
	s.named[name] = object{} // it may hold itself
	for _, m := range membersOf(t) {
		schema := s.of(m.field.Type)
		if nullable(m.field.Type) && !m.optional {
			schema = object{"anyOf": []any{schema, object{"type": "null"}}}
		}
		properties[m.name] = schema
		if !m.optional {
			required = append(required, m.name)
		}
	}
	s.named[name] = object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	return ref
}

func nullable(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && scalars[t] == nil || t.Kind() == reflect.Map
}

// schemaName is the type's name with its package, but for those of this one; of a page also that of its items.
func schemaName(t reflect.Type) string {
	name, arguments, generic := strings.Cut(t.Name(), "[")
	if of := t.PkgPath(); of != reflect.TypeFor[Failure]().PkgPath() {
		name = of[strings.LastIndexByte(of, '/')+1:] + "." + name
	}
	if generic {
		name += ".of." + strings.TrimSuffix(arguments[strings.LastIndexAny(arguments, "/")+1:], "]")
	}
	return strings.TrimPrefix(name, ".")
}

// member is a member of a JSON object as encoding/json writes it.
type member struct {
	name     string
	optional bool
	field    reflect.StructField
	depth    int
}

// membersOf returns the members of a struct, those of embedded structs among them: of one name the outermost counts.
func membersOf(t reflect.Type) (all []member) {
	var walk func(t reflect.Type, depth int, optional bool)
	walk = func(t reflect.Type, depth int, optional bool) {
		for i := range t.NumField() {
			f := t.Field(i)
			tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			of := f.Type
			if of.Kind() == reflect.Pointer {
				of = of.Elem()
			}
			switch {
			case tag == "-":
			case f.Anonymous && tag == "" && of.Kind() == reflect.Struct:
				walk(of, depth+1, optional || f.Type.Kind() == reflect.Pointer)
			case f.IsExported():
				m := member{tag, optional || strings.Contains(options, "omit"), f, depth}
				if m.name == "" {
					m.name = f.Name
				}
				at := slices.IndexFunc(all, func(known member) bool { return known.name == m.name })
				switch {
				case at < 0:
					all = append(all, m)
				case all[at].depth > depth:
					all[at] = m
				}
			}
		}
	}
	walk(t, 0, false)
	return all
}

// members returns the names of a type's members.
func members(t reflect.Type) (names []string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for _, m := range membersOf(t) {
		names = append(names, m.name)
	}
	return names
}
