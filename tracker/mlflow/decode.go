package mlflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// bodyLimit bounds the body of a request, in bytes. MLflow's own limits make no valid one larger, but for datasets.
const bodyLimit = 8 << 20

// answering makes a route's handler of a function from a request to a response, both MLflow's messages as structs.
func answering[Q, A any](answer func(*Server, context.Context, *Q) (A, error)) func(*Server, http.ResponseWriter, *http.Request) error {
	return func(s *Server, w http.ResponseWriter, r *http.Request) error {
		var q Q
		if err := decode(r, &q); err != nil {
			return err
		}
		a, err := answer(s, r.Context(), &q)
		if err != nil {
			return err
		}
		return encode(w, a)
	}
}

// encode answers with a message. HTML is not escaped: nothing shows it as such.
func encode(w http.ResponseWriter, message any) error {
	w.Header().Set("Content-Type", "application/json")
	if ready, ok := message.(text); ok {
		_, _ = w.Write(ready) // the client is gone
		return nil
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(message)
}

// text is a message that is JSON already.
type text []byte

// nothing is a message without members.
type nothing struct{}

// decode reads a request: the query when it is one of reading, else the body; and what the path holds.
func decode(r *http.Request, q any) error {
	v := reflect.ValueOf(q).Elem()
	if r.Method == http.MethodGet && r.URL.RawQuery != "" {
		values, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return fail(BadRequest, "The query cannot be read: %v", err)
		}
		if err := decodeQuery(values, v); err != nil {
			return err
		}
	} else if err := decodeBody(r.Body, q); err != nil {
		return err
	}
	return decodePath(r, v)
}

func decodeBody(body io.Reader, q any) error {
	b, err := readBody(body)
	if err != nil || len(b) == 0 {
		return err
	}
	return unmarshal(b, q)
}

func readBody(body io.Reader) ([]byte, error) {
	b, err := io.ReadAll(body)
	var large *http.MaxBytesError
	if err != nil && !errors.As(err, &large) {
		return nil, fail(BadRequest, "The request ends before it is whole: %v", err)
	}
	return b, err
}

func unmarshal(b []byte, q any) error {
	err := json.Unmarshal(b, q)
	var (
		kind   *json.UnmarshalTypeError
		syntax *json.SyntaxError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind):
		return invalid("Invalid value for parameter '%s' supplied: it is a JSON %s.", kind.Field, kind.Value)
	case errors.As(err, &syntax):
		return fail(BadRequest, "The request is no JSON: %v at byte %d.", err, syntax.Offset)
	}
	return invalid("%v", err)
}

// decodeQuery sets the fields of a message that a query names. Protocol buffers know which are lists; here the struct does.
func decodeQuery(values url.Values, v reflect.Value) error {
	return eachField(v, func(name string, f reflect.Value) error {
		if list, found := values[name]; found {
			return setField(name, f, list)
		}
		return nil
	})
}

// decodePath sets the fields that the route's pattern names.
func decodePath(r *http.Request, v reflect.Value) error {
	return eachField(v, func(name string, f reflect.Value) error {
		if value := r.PathValue(name); value != "" {
			return setField(name, f, []string{value})
		}
		return nil
	})
}

// eachField calls do with each field of a message, by its name in JSON.
func eachField(v reflect.Value, do func(name string, f reflect.Value) error) error {
	for i := range v.NumField() {
		f, tag := v.Field(i), v.Type().Field(i)
		name, _, _ := strings.Cut(tag.Tag.Get("json"), ",")
		err := error(nil)
		if tag.Anonymous {
			err = eachField(f, do)
		} else if name != "" {
			err = do(name, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func setField(name string, f reflect.Value, list []string) error {
	if f.Type() == reflect.TypeFor[[]string]() {
		f.Set(reflect.ValueOf(list))
		return nil
	}
	if f.Kind() == reflect.Pointer {
		f.Set(reflect.New(f.Type().Elem()))
		f = f.Elem()
	}
	if err := setScalar(f, list[0]); err != nil {
		return invalid("Invalid value %q for parameter '%s' supplied: %v.", list[0], name, err)
	}
	return nil
}

func setScalar(f reflect.Value, text string) error {
	switch f.Kind() {
	case reflect.String:
		f.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return errors.New("it is neither true nor false")
		}
		f.SetBool(b)
	case reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errors.New("it is no integer")
		}
		f.SetInt(n)
	default:
		return fmt.Errorf("it is a %s", f.Kind())
	}
	return nil
}
