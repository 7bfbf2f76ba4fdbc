package journal

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

func TestRead(t *testing.T) {
	gap := `{"kind":"gap","time":"2026-01-01T00:00:00Z","reason":"r"}`
	long := `{"kind":"gap","reason":"` + strings.Repeat("x", MaxLine) + `"}`
	tests := map[string]struct {
		in   string
		want []string // kinds, "!" for a line that is no entry
	}{
		"nothing":            {"", nil},
		"two":                {gap + "\n" + gap + "\n", []string{"gap", "gap"}},
		"torn":               {gap + "\n" + gap[:20], []string{"gap"}},
		"torn without break": {gap, nil},
		"unknown kind":       {`{"kind":"weather","time":"2026-01-01T00:00:00Z","rain":true}` + "\n", []string{"weather"}},
		"no entries between": {"\nnull\n[]\n{}\n" + gap + "\n", []string{"!", "!", "!", "!", "gap"}},
		"kind behind":        {`{"time":"2026-01-01T00:00:00Z","kind":"gap"}` + "\n", []string{"gap"}},
		"kind escaped":       {`{"kind":"\u0067ap","time":"2026-01-01T00:00:00Z"}` + "\n", []string{"gap"}},
		"too long":           {long + "\n" + gap + "\n", []string{"!", "gap"}},
		"long":               {long[:MaxLine-2] + `"}` + "\n" + gap + "\n", []string{"gap", "gap"}},
		"other types":        {`{"kind":"gap","time":7}` + "\n" + gap + "\n", []string{"!", "gap"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			n := int64(0)
			for r, err := range Read(strings.NewReader(test.in), tracker.ID{}, Position{}) {
				if n++; r.N != n {
					t.Errorf("entry %d is numbered %d", n, r.N)
				}
				if errors.Is(err, tracker.ErrEntry) {
					got = append(got, "!")
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(r.Entry.Head().Kind))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzReader reads any bytes: it must find every line once and in its place, whatever is on it.
func FuzzReader(f *testing.F) {
	f.Add([]byte(`{"kind":"gap","time":"2026-01-01T00:00:00Z","reason":"r"}` + "\n"))
	f.Add([]byte("\n\n{\"kind\":\"x\"}\n{\"kind\":\"cell.started\",\"session\":\"zz\"}\ntorn"))
	f.Add([]byte(`{"kind":"cell.finished","time":"2026-01-01T00:00:00Z","status":"ok","program":"sha256:00"}` + "\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var at Position
		for r, err := range Read(bytes.NewReader(in), tracker.ID{}, Position{}) {
			if err != nil && !errors.Is(err, tracker.ErrEntry) {
				t.Fatal(err)
			}
			line := in[at.Offset : r.End-1]
			if r.N != at.N+1 || in[r.End-1] != '\n' || bytes.IndexByte(line, '\n') >= 0 {
				t.Fatalf("entry %d ends at %d, behind entry %d at %d", r.N, r.End, at.N, at.Offset)
			}
			if err == nil && (r.Entry == nil || r.Entry.Head().Kind == "" || !bytes.Equal(r.Line, line)) {
				t.Fatalf("entry %d: %q became %+v", r.N, line, r.Entry)
			}
			at = Position{r.N, r.End}
		}
		if bytes.IndexByte(in[at.Offset:], '\n') >= 0 {
			t.Fatalf("lines behind %d were not read", at.Offset)
		}
	})
}
