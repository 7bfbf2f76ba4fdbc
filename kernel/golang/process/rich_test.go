//go:build unix

package process

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

func display(t *testing.T, args ...string) Spec {
	return Spec{Path: testProgram(t, "display"), Args: args, Rich: true, Cell: "cell"}
}

func TestDisplays(t *testing.T) {
	f, _ := run(t, newRunner(t), display(t, "kinds"))
	want := []string{
		`display_data {"data":{"text/html":"\u003cb\u003ehtml\u003c/b\u003e"},"metadata":{}}`,
		`display_data {"data":{"text/markdown":"*md*"},"metadata":{}}`,
		`display_data {"data":{"image/png":"iVBORw0K"},"metadata":{}}`,
		`display_data {"data":{"application/json":{"a":[1]},"text/plain":"plain"},"metadata":{"width":3}}`,
	}
	if diff := cmp.Diff(want, f.shown(t)); diff != "" {
		t.Error(diff)
	}
}

// The first use of an id shows, the next update, and so do another cell's; the same cell run again
// starts with an empty output area.
func TestUpdates(t *testing.T) {
	r := newRunner(t)
	var types []string
	for _, cell := range []string{"a", "b", "a"} {
		spec := display(t, "update")
		spec.Cell = cell
		f, _ := run(t, r, spec)
		for _, s := range f.shown(t) {
			types = append(types, cell+" "+strings.Fields(s)[0])
		}
	}
	want := []string{"a display_data", "a update_display_data", "b update_display_data", "b update_display_data", "a display_data", "a update_display_data"}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
}

func TestOrder(t *testing.T) {
	const n = 500
	f, _ := run(t, newRunner(t), display(t, "order", strconv.Itoa(n)))
	var got []string
	for _, m := range f.messages() {
		switch c := m.Content.(type) {
		case wire.StreamContent:
			got = append(got, strings.Fields(c.Text)...)
		case wire.Display:
			got = append(got, c.Data["text/html"].(string))
		}
	}
	for i := range n {
		if want := []string{fmt.Sprint("p", i), fmt.Sprint("e", i), fmt.Sprint("d", i)}; len(got) < 3*i+3 || !cmp.Equal(want, got[3*i:3*i+3]) {
			t.Fatalf("at %d: want %v, got %v", i, want, got[3*i:min(len(got), 3*i+3)])
		}
	}
}

func TestNoLoss(t *testing.T) {
	const n = 10_000
	f, _ := run(t, newRunner(t), display(t, "loss", strconv.Itoa(n)))
	var got []string
	for _, m := range f.messages() {
		got = append(got, m.Content.(wire.Display).Data["text/html"].(string))
	}
	if len(got) != n || got[n-1] != strconv.Itoa(n-1) {
		t.Errorf("got %d displays of %d", len(got), n)
	}
}

func TestPipesUnused(t *testing.T) {
	f, exit := run(t, newRunner(t), display(t, "idle"))
	if !exit.OK() || f.stream("stdout") != "never opened\n" {
		t.Errorf("%+v, %q", exit, f.stream("stdout"))
	}
}

func TestPipeGarbage(t *testing.T) {
	f, exit := run(t, newRunner(t), display(t, "garbage"))
	if !exit.OK() || f.stream("stdout") != "still printing\n" {
		t.Errorf("%+v, %q", exit, f.stream("stdout"))
	}
}

func BenchmarkSync(b *testing.B) {
	r, err := New("")
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	path := testProgram(&testing.T{}, "display")
	exit, err := r.Run(b.Context(), Spec{Path: path, Args: []string{"sync", strconv.Itoa(b.N)}, Rich: true}, nothing{})
	if err != nil || !exit.OK() {
		b.Fatal(exit, err)
	}
}

// BenchmarkRun is what a runner adds to a program that does nothing.
func BenchmarkRun(b *testing.B) {
	r, err := New("")
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for name, rich := range map[string]bool{"plain": false, "rich": true} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := r.Run(b.Context(), Spec{Path: "/bin/true", Rich: rich}, nothing{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("package exec", func(b *testing.B) {
		for b.Loop() {
			if err := exec.Command("/bin/true").Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		r, err := New("")
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
