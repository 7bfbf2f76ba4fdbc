package tracker_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/secrets"
)

func BenchmarkFlood(b *testing.B) {
	for name, screen := range screens {
		b.Run(name, func(b *testing.B) { flood(b, tracker.Options{QueueBytes: 1 << 30, Screen: screen}) })
	}
}

// screens are what a record costs without looking for secrets, and with it.
var screens = map[string]tracker.Screen{"bare": nil, "screened": secrets.New(secrets.Options{})}

func flood(b *testing.B, o tracker.Options) {
	n := newNotebook(b, o)
	text := strings.Repeat("step 12345 loss 0.1234 accuracy 0.987 lr 0.0001 time 12.3ms\n", 100)
	content, err := json.Marshal(map[string]string{"name": "stdout", "text": text})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(100_000_000)
	for b.Loop() {
		id := n.start("flood")
		for range 100_000_000 / len(content) {
			n.output(id, "stream", string(content))
		}
		n.finish(id)
		n.flush()
	}
	n.close()
}

func BenchmarkCell(b *testing.B) {
	for name, screen := range screens {
		b.Run(name, func(b *testing.B) { cells(b, tracker.Options{Screen: screen}) })
	}
}

func cells(b *testing.B, o tracker.Options) {
	n := newNotebook(b, o)
	for i := 0; b.Loop(); i++ {
		id := n.start(fmt.Sprintf("fmt.Println(%d)", i))
		n.print(id, "stdout", fmt.Sprintln(i))
		n.finish(id)
		n.flush()
	}
	b.ReportMetric(float64(b.N)*3/b.Elapsed().Seconds(), "entries/s")
	n.close()
}
