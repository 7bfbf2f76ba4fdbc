package reach

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// slowly is what a parser finds.
func slowly(line []byte) (found []named, ok bool) {
	var v any
	if json.Unmarshal(line, &v) != nil {
		return nil, false
	}
	w := &walker{visit: func(d tracker.Digest, document bool) bool {
		found = append(found, named{d, document})
		return false
	}}
	w.value("", v, nil)
	return found, true
}

func sorted(all []named) []string {
	var texts []string
	for _, n := range all {
		texts = append(texts, fmt.Sprint(n))
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

func digest(n byte) string { return tracker.Digest{n}.String() }

func TestQuickFindsUsualLines(t *testing.T) {
	for _, line := range []string{
		`{"kind":"gap"}`,
		`{"kind":"code","changes":"` + digest(1) + `"}`,
		`{"name":"a","blob":"` + digest(1) + `","tree":"` + digest(2) + `","x":{"tree":"` + digest(3) + `"}}`,
	} {
		want, _ := slowly([]byte(line))
		if got, ok := quick([]byte(line)); !ok || !slices.Equal(sorted(got), sorted(want)) {
			t.Errorf("%s: got %v %v, want %v", line, got, ok, want)
		}
	}
}

// FuzzQuick compares with a parser: whatever a parser finds in a valid line, quick finds too. It may find more: of a member
// that is there twice a parser sees the last alone.
func FuzzQuick(f *testing.F) {
	for _, line := range []string{
		`{"a":"D","tree":"D"}`, `["D"]`, `{"tree":["D","D"]}`, `{"a\"b":"D"}`, `{"D":"D"}`, `{"a": "D" }`, `"D"`, `{"a":"x\"D\"y"}`,
		`{"a":"\\\"D"}`, `{"a":"b\":\"D"}`, `{"a,\"tree":"D"}`, `{"\u0074ree":"D"}`, `{"a":",\"tree\":\"D","b":1}`,
		`{"":"D","":0}`,
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		b := []byte(strings.ReplaceAll(line, "D", digest(7)))
		want, valid := slowly(b)
		got, ok := quick(b)
		for _, n := range want {
			if valid && ok && !slices.Contains(got, n) {
				t.Errorf("%s: got %v, want %v", b, got, want)
			}
		}
	})
}

func BenchmarkQuick(b *testing.B) {
	line := []byte(`{"kind":"cell.outputs","time":"2026-01-02T03:04:05Z","session":"5e551011000000000000000000000001","execution":"ce11f170000000000000000000000001","outputs":"` + digest(1) + `","size":100,"count":1,"messages":1}`)
	for b.Loop() {
		quick(line)
	}
}
