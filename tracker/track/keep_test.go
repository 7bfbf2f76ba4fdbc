package track

import (
	"encoding/gob"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// cell is a program of a session whose folder is dir.
func cell(dir, execution string) *program {
	return &program{Place: Place{Folder: dir, Session: "s", Execution: execution}}
}

func keepValue(t *testing.T, p *program, name string, value any) {
	t.Helper()
	write := func(w io.Writer) error { return json.NewEncoder(w).Encode(value) }
	if err := keepAs(p, keptHead{Name: name, Format: "json"}, write); err != nil {
		t.Fatal(err)
	}
}

func getValue(p *program, name string) (value any, err error) {
	err = getAs(p, name, "json", func(r io.Reader) error { return json.NewDecoder(r).Decode(&value) })
	return value, err
}

func TestKept(t *testing.T) {
	dir := t.TempDir()
	keepValue(t, cell(dir, "1"), "a name/with ../", "old")
	keepValue(t, cell(dir, "2"), "a name/with ../", "new")
	got, err := getValue(cell(dir, "3"), "a name/with ../")
	if got != "new" || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	_, err = getValue(cell(dir, "3"), "other")
	if !errors.Is(err, ErrNotKept) || !strings.Contains(err.Error(), `its cells keep: "a name/with ../"`) {
		t.Error(err)
	}
	err = getAs(cell(dir, "3"), "a name/with ../", gobFormat, nil)
	if err == nil || !strings.Contains(err.Error(), `kept as "json", and asked for as "gob"`) {
		t.Error(err)
	}
	if files, _ := os.ReadDir(filepath.Join(dir, "kept")); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
}

// TestWhatCannotBeKept leaves what was kept before, and no files.
func TestWhatCannotBeKept(t *testing.T) {
	dir := t.TempDir()
	keepValue(t, cell(dir, "1"), "x", 1)
	broken := errors.New("broken")
	err := keepAs(cell(dir, "2"), keptHead{Name: "x", Format: "json"}, func(w io.Writer) error {
		_, _ = w.Write(make([]byte, 3<<20))
		return broken
	})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	if got, err := getValue(cell(dir, "3"), "x"); got != 1. || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if files, _ := os.ReadDir(filepath.Join(dir, "kept")); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
	b := bounded{io.Discard, 3}
	if _, err := b.Write([]byte("123")); err != nil {
		t.Error(err)
	}
	if _, err := b.Write([]byte("4")); err == nil {
		t.Error("more than there is room for is written")
	}
	if err := Keep("x", 1); err == nil { // the tests are no session
		t.Error("a value is kept outside of a session")
	}
	if _, err := Get[int]("x"); err == nil {
		t.Error("a value is got outside of a session")
	}
}

// TestGob keeps Go values as cells do.
func TestGob(t *testing.T) {
	dir := t.TempDir()
	type inner struct{ Values map[string][]float64 }
	want := inner{map[string][]float64{"a": {1, math.Inf(1)}, "b": {}}}
	gobbed := func(value any) error {
		return keepAs(cell(dir, "1"), keptHead{Name: "x", Format: gobFormat}, func(w io.Writer) error { return gob.NewEncoder(w).Encode(value) })
	}
	if err := gobbed(want); err != nil {
		t.Fatal(err)
	}
	for _, value := range []any{nil, (*inner)(nil), func() {}, struct{ hidden int }{1}} {
		if err := gobbed(value); err == nil || !strings.HasPrefix(err.Error(), `keep "x": `) {
			t.Errorf("%T: %v", value, err)
		}
	}
	var got inner
	read := func(r io.Reader) error { got = inner{}; return gob.NewDecoder(r).Decode(&got) }
	if err := getAs(cell(dir, "2"), "x", gobFormat, read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	file := filepath.Join(dir, "kept", keptFile("x"))
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole { // half a value is an error, not a panic
		if err := os.WriteFile(file, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := getAs(cell(dir, "2"), "x", gobFormat, read); err == nil {
			t.Errorf("%d of %d bytes are a value", n, len(whole))
		}
	}
}

func TestStaleness(t *testing.T) {
	dir := t.TempDir()
	input := filepath.Join(t.TempDir(), "data.csv")
	then := time.Unix(1_700_000_000, 0)
	set := func(text string) {
		t.Helper()
		if err := errors.Join(os.WriteFile(input, []byte(text), 0o600), os.Chtimes(input, then, then)); err != nil {
			t.Fatal(err)
		}
	}
	set("1,2")
	keepValue(t, cell(dir, "read"), "table", 1)
	list, _ := json.Marshal(keptInputs{[]keptInput{{input, 3, then}}})
	if err := os.WriteFile(filepath.Join(dir, "kept", "read.inputs"), list, 0o600); err != nil {
		t.Fatal(err)
	}
	derive := cell(dir, "derive")
	if _, err := getValue(derive, "table"); err != nil {
		t.Fatal(err)
	}
	keepValue(t, derive, "mean", 2)
	reason := func(name string) string {
		t.Helper()
		value, err := getValue(cell(dir, "ask"), name)
		var stale *StaleError
		if err != nil && !errors.As(err, &stale) || value == nil {
			t.Fatal(value, err)
		}
		if stale == nil {
			return ""
		}
		return stale.Reason
	}
	if got := reason("mean"); got != "" {
		t.Fatal(got)
	}
	set("1,2,3")
	if diff := cmp.Diff(input+", which the cell that kept it had read, has changed", reason("table")); diff != "" {
		t.Error(diff)
	}
	if got := reason("mean"); !strings.HasPrefix(got, `"table", which it was made from, is stale: `) {
		t.Error(got)
	}
	set("1,2")
	if got := reason("mean"); got != "" {
		t.Error(got)
	}
	keepValue(t, cell(dir, "read again"), "table", 1)
	if got := reason("mean"); got != "" { // the same came of it
		t.Error(got)
	}
	keepValue(t, cell(dir, "read again"), "table", 3)
	if diff := cmp.Diff(`"table", which it was made from, is another one now`, reason("mean")); diff != "" {
		t.Error(diff)
	}
	h, err := headOf(filepath.Join(dir, "kept", keptFile("table")))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kept", h.ID+".stale"), []byte("told"), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("told", reason("table")); diff != "" {
		t.Error(diff)
	}
	keepValue(t, cell(dir, "read again"), "table", 3)
	if got := reason("table"); got != "" {
		t.Error(got)
	}
}
