package mlflow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/gemba-ml/gemba/tracker"
)

// serveBatch is a route of its own: a batch of a thousand points is read piece by piece, four times as fast as into a struct, and one that
// is too large is not read to its end.
func (s *Server) serveBatch(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(r.Body)
	if err != nil {
		return err
	}
	var q logBatch
	if err := q.read(body); err != nil {
		return err
	}
	a, err := s.logBatch(r.Context(), &q)
	if err != nil {
		return err
	}
	return encode(w, a)
}

// batchReader reads a batch.
type batchReader struct {
	*jsontext.Decoder
	into *logBatch
	keys map[string]string // those seen, checked: a name is one string for all its points

	point       tracker.Metric // that is being read
	more        metric         // what else is said of it
	ms          int64
	valued      bool
	timed       bool
	pointMember func(string) error // the method, kept: to take it costs memory
}

// read reads the JSON of a batch.
func (q *logBatch) read(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	r := &batchReader{Decoder: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)), into: q, keys: map[string]string{}}
	r.pointMember = r.readPointMember
	err := r.members(r.member)
	if _, end := r.ReadToken(); err == nil && end != io.EOF {
		err = fail(BadRequest, "Something follows the request's JSON.")
	}
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
		return fail(BadRequest, "The request is no JSON: %v", err)
	}
	return err
}

// members calls do with the name of each member of an object; do reads the value.
func (r *batchReader) members(do func(name string) error) error {
	if kind := r.PeekKind(); kind != '{' && kind != 0 {
		return invalid("Invalid request: a JSON %s stands where an object should, at byte %d.", kind, r.InputOffset())
	}
	if _, err := r.ReadToken(); err != nil {
		return err
	}
	for r.PeekKind() != '}' {
		name, err := r.ReadValue()
		if err != nil {
			return err
		}
		if err := do(nameIn(name)); err != nil {
			return err
		}
	}
	_, err := r.ReadToken()
	return err
}

// nameIn returns a member's name if it is one that is known, which costs no memory.
func nameIn(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') >= 0 {
		quoted, _ = jsontext.AppendUnquote(nil, quoted) // the decoder knows that it is a string
		quoted = append(append([]byte{'"'}, quoted...), '"')
	}
	for _, name := range [...]string{"key", "value", "timestamp", "step", "run_id", "run_uuid", "metrics", "params", "tags", "model_id", "dataset_name", "dataset_digest"} {
		if string(quoted[1:len(quoted)-1]) == name {
			return name
		}
	}
	return ""
}

func (r *batchReader) member(name string) error {
	if name == "metrics" && r.PeekKind() == '[' {
		return r.points()
	}
	value, err := r.ReadValue()
	if err != nil {
		return err
	}
	into, known := map[string]any{"run_id": &r.into.ID, "run_uuid": &r.into.UUID, "params": &r.into.Params, "tags": &r.into.Tags}[name]
	if !known {
		if name == "metrics" && value.Kind() != 'n' {
			return invalid("Invalid value for parameter 'metrics' supplied: it is a JSON %s.", value.Kind())
		}
		return nil
	}
	if err := unmarshal(value, into); err != nil {
		return invalid("Invalid value for parameter '%s' supplied: %v", name, err)
	}
	return nil
}

func (r *batchReader) points() error {
	if _, err := r.ReadToken(); err != nil {
		return err
	}
	for r.PeekKind() != ']' {
		if len(r.into.points) == maxBatchMetrics {
			return tooMany("metrics", maxBatchMetrics)
		}
		if err := r.readPoint(); err != nil {
			return err
		}
	}
	_, err := r.ReadToken()
	return err
}

// readPoint reads a point. What is wrong with one is said with its place.
func (r *batchReader) readPoint() error {
	r.point, r.more, r.ms, r.valued, r.timed = tracker.Metric{}, metric{}, 0, false, false
	err := r.members(r.pointMember)
	switch {
	case err != nil:
		return r.placed(err)
	case r.point.Key == "":
		return required(r.where("key"), "")
	case !r.valued:
		return required(r.where("value"), "")
	case !r.timed:
		return required(r.where("timestamp"), "")
	}
	if setTime("", &r.point, r.ms) != nil {
		return setTime(r.where(""), &r.point, r.ms)
	}
	r.into.points = append(r.into.points, r.point)
	if r.more.Model != "" {
		r.into.modelled = append(r.into.modelled, r.modelled())
	}
	return nil
}

// where names a member of the point in what is said of it.
func (r *batchReader) where(name string) string {
	return fmt.Sprintf("metrics[%d].%s", len(r.into.points), name)
}

// modelled is the point for the logged model that it was measured on.
func (r *batchReader) modelled() metric {
	value, at := double(r.point.Value), integer(r.ms)
	m := r.more
	m.Key, m.Value, m.Time, m.Step = r.point.Key, &value, &at, integer(r.point.Step)
	return m
}

func (r *batchReader) readPointMember(name string) error {
	v, err := r.ReadValue()
	if err != nil || v.Kind() == 'n' {
		return err
	}
	switch name {
	case "key":
		r.point.Key, err = r.key(v)
	case "value":
		r.point.Value, err = parseDouble(v)
		r.valued = true
	case "timestamp":
		r.ms, err = parseInteger(v)
		r.timed = true
	case "step":
		r.point.Step, err = parseInteger(v)
	case "model_id":
		err = json.Unmarshal(v, &r.more.Model)
	case "dataset_name":
		err = json.Unmarshal(v, &r.more.Dataset)
	case "dataset_digest":
		err = json.Unmarshal(v, &r.more.Digest)
	}
	if err != nil {
		return named(err, name)
	}
	return nil
}

// key returns a metric's name, checked.
func (r *batchReader) key(v jsontext.Value) (string, error) {
	if key, seen := r.keys[string(v)]; seen {
		return key, nil
	}
	var key string
	if err := json.Unmarshal(v, &key); err != nil || key == "" {
		return "", err
	}
	if err := checkKey(r.where("name"), "Metric name", key); err != nil {
		return "", err
	}
	r.keys[string(v)] = key
	return key, nil
}

// errMember is what is wrong with a member, whose place is not known yet.
type errMember struct {
	name string
	error
}

// named says which member an error is about, when it does not say so itself.
func named(err error, name string) error {
	var told *Error
	if errors.As(err, &told) {
		return err
	}
	return errMember{name, err}
}

func (r *batchReader) placed(err error) error {
	var m errMember
	if errors.As(err, &m) {
		return invalid("Invalid value for parameter '%s' supplied: %v", r.where(m.name), m.error)
	}
	return err
}
