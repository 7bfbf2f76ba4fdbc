package bridge

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// FuzzTake gives an open comm whatever data a front end may send: nothing panics, and all that is said is about a request or a complaint.
func FuzzTake(f *testing.F) {
	for _, data := range []string{`{"id":1,"method":"GET","path":"/api/x?y","headers":{"a":"b"},"body":"c"}`, `{"id":1,"cancel":true}`, `{"id":1,"got":3}`,
		`{"id":-1,"path":"//x/api/"}`, `{"id":1e3,"path":"/api/\u0000"}`, `[]`, `null`, `{"id":9,"method":"\n","path":"/api/x","acks":true}`} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		b := New(Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path[:5] != "/api/" {
				t.Errorf("the handler was asked for %q", r.URL.Path)
			}
			_, _ = w.Write([]byte("x"))
		})})
		publish := func(_ context.Context, _ wire.Type, content any, _ ...[]byte) error {
			_, err := wire.Encode(content)
			if err != nil {
				t.Error(err)
			}
			return err
		}
		for _, m := range []struct {
			typ     wire.Type
			content string
		}{{wire.CommOpen, `{"comm_id":"c","target_name":"gemba.ledger","data":{"version":1}}`}, {wire.CommMsg, `{"comm_id":"c","data":` + text + `}`}, {wire.CommOpen, `{"comm_id":"d","target_name":"gemba.ledger","data":` + text + `}`}} {
			b.Take(m.typ, json.RawMessage(m.content), publish)()
		}
		b.Close()
	})
}

// FuzzStream reads events in one piece and byte by byte: they are the same.
func FuzzStream(f *testing.F) {
	f.Add("id: 1\nevent: a\ndata: {\"x\":1}\n\n: comment\n\ndata: b\r\ndata:c\r\n\r\ndata\n\nretry: 7\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		var whole, bytewise []event
		one := &stream{emit: func(e event) error { whole = append(whole, e); return nil }}
		_ = one.take([]byte(text)) // it fails only when emit does
		other := &stream{emit: func(e event) error { bytewise = append(bytewise, e); return nil }}
		for i := range len(text) {
			_ = other.take([]byte{text[i]}) // as above
		}
		if diff := cmp.Diff(whole, bytewise); diff != "" {
			t.Errorf("events (-in one piece +byte by byte):\n%s", diff)
		}
		for _, e := range whole {
			if !json.Valid(e.Data) {
				t.Errorf("data %q is no JSON", e.Data)
			}
		}
	})
}

// FuzzMerge makes one event of two: it is JSON, and what was true stays so.
func FuzzMerge(f *testing.F) {
	f.Add(`{"a":[1,2],"all":true,"s":"x"}`, `{"a":[2,3],"all":false,"s":"y"}`)
	f.Add(`{"a":null}`, `{"a":{}}`)
	f.Fuzz(func(t *testing.T, older, newer string) {
		var first map[string]json.RawMessage
		if json.Unmarshal([]byte(older), &first) != nil || first == nil || !json.Valid([]byte(newer)) || !mergeable([]byte(older), []byte(newer)) {
			return
		}
		merged := merge([]byte(older), []byte(newer))
		var all map[string]json.RawMessage
		if err := json.Unmarshal(merged, &all); err != nil {
			t.Fatalf("%s and %s make %s: %v", older, newer, merged, err)
		}
		for name, value := range first {
			if string(value) == "true" && string(all[name]) != "true" {
				t.Errorf("%q is %s in %s", name, all[name], merged)
			}
		}
	})
}
