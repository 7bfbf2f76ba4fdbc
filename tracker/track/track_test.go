package track

import "testing"

func BenchmarkFiveScalars(b *testing.B) {
	p := &program{Place: Place{Folder: b.TempDir()}}
	r := p.open(opened{Run: newID()})
	if r.Err() != nil {
		b.Fatal(r.Err())
	}
	names := []string{"loss", "accuracy", "learning_rate", "grad_norm", "throughput"}
	for i := 0; b.Loop(); i++ {
		for _, name := range names {
			r.Metric(name, float64(i)*0.5, i)
		}
	}
	b.ReportMetric(float64(p.log.end)/float64(b.N), "B/op")
}
