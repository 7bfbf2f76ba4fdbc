package blob

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkBulk stores one large file, beside cp of it and SHA-256 alone, which bounds it: it is one chain.
func BenchmarkBulk(b *testing.B) {
	const size = 1 << 30
	for kind, line := range map[string]func(*rand.Rand) string{"noise": nil, "csv": csvLine} {
		dir := b.TempDir()
		path := filepath.Join(dir, kind)
		writeFile(b, path, size, line)
		peers := map[string]func(b *testing.B, to string){
			"cp":   func(b *testing.B, to string) { mustRun(b, "cp", path, to) },
			"bulk": func(b *testing.B, to string) { bulkFile(b, path, to) },
		}
		for name, peer := range peers {
			b.Run(kind+"/"+name, func(b *testing.B) {
				b.SetBytes(size)
				to := filepath.Join(dir, "to")
				for b.Loop() {
					peer(b, to)
					b.StopTimer()
					if err := os.RemoveAll(to); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
			})
		}
	}
}

func bulkFile(b *testing.B, path, to string) {
	if err := os.Mkdir(to, 0o755); err != nil {
		b.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	bulk := NewBulk(to, OpenStore(to))
	if _, _, err := bulk.PutFile(file); err != nil {
		b.Fatal(err)
	}
	if err := bulk.Flush(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(bulk.Stored())/(1<<20), "MiB-stored")
}

func mustRun(b *testing.B, name string, args ...string) {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
}

func csvLine(r *rand.Rand) string {
	colour := []string{"red", "green", "blue"}[r.IntN(3)]
	return fmt.Sprintf("%d,%.4f,%.2f,user%d,%s\n", r.IntN(100000), r.NormFloat64(), r.Float64()*100, r.IntN(1000), colour)
}

// writeFile makes a file of noise, or of lines.
func writeFile(tb testing.TB, path string, size int, line func(*rand.Rand) string) {
	tb.Helper()
	file, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	source := rand.NewChaCha8([32]byte{7})
	if line == nil {
		_, err = io.CopyN(file, source, int64(size))
	} else {
		_, err = io.CopyN(file, &lineReader{r: rand.New(source), line: line}, int64(size))
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// lineReader reads random lines without end.
type lineReader struct {
	r    *rand.Rand
	line func(*rand.Rand) string
	left []byte
}

func (l *lineReader) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if len(l.left) == 0 {
			l.left = []byte(l.line(l.r))
		}
		m := copy(b[n:], l.left)
		n, l.left = n+m, l.left[m:]
	}
	return n, nil
}
