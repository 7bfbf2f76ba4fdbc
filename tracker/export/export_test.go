package export

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// moments of the runs in tests.
var epoch = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)

// recorded makes a ledger of what events tell and returns its index.
func recorded(t testing.TB, events ...tracker.Event) *index.Index {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("GEMBA_CONFIG", t.TempDir())
	r := tracker.NewRecorder(tracker.Options{Open: func() (tracker.Journal, error) { return journal.Create(dir, journal.Options{Writer: "test"}) }})
	for _, e := range events {
		r.Record(e)
	}
	if err := errors.Join(r.Flush(context.Background()), r.Close()); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func run(n byte, name string, logged tracker.RunLogged) []tracker.Event {
	id := tracker.ID{n, 15: n}
	logged.Run, logged.Time = id, epoch
	return []tracker.Event{tracker.RunChanged{Run: id, Time: epoch, Name: name, Status: tracker.RunFinished, Started: epoch.Add(time.Duration(n) * time.Second)}, logged}
}

// bits of values that text or arithmetic could lose.
var odd = []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), math.Float64frombits(0x7ff8000000000123), math.MaxFloat64, math.SmallestNonzeroFloat64,
	0.1, 1.0 / 3, 5e-324, 1 << 53}

func written(t *testing.T, format string, do func(open func([]Column) (Writer, error)) (int, error)) (*bytes.Buffer, int) {
	t.Helper()
	var b bytes.Buffer
	n, err := do(func(c []Column) (Writer, error) { return NewWriter(&b, format, c) })
	if err != nil {
		t.Fatal(err)
	}
	return &b, n
}

func TestRuns(t *testing.T) {
	events := run(1, "one, \"two\"\n", tracker.RunLogged{
		Params:  []tracker.Param{{Key: "lr", Value: "0.10", Type: tracker.FloatValue}, {Key: "größe,\"", Value: "ä\n=1"}},
		Tags:    []tracker.Tag{{Key: "team", Value: ""}},
		Metrics: []tracker.Metric{{Key: "loss", Value: math.NaN()}}})
	events = append(events, run(2, "", tracker.RunLogged{Metrics: []tracker.Metric{{Key: "acc", Value: 0.1}}})...)
	x := recorded(t, events...)
	do := func(open func([]Column) (Writer, error)) (int, error) {
		return Runs(t.Context(), x, index.RunSearch{}, open)
	}

	b, n := written(t, "csv", do)
	rows, err := csv.NewReader(b).ReadAll()
	if err != nil || n != 2 {
		t.Fatal(err, n)
	}
	head := "run_id name experiment experiment_id parent session status stage user source started ended params.größe,\" params.lr metrics.acc metrics.loss tags.team"
	if diff := gocmp.Diff(head, strings.Join(rows[0], " ")); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	last := rows[2] // the oldest
	if diff := gocmp.Diff([]string{"one, \"two\"\n", "2026-01-02T03:04:06.000000006Z", "", "ä\n=1", "0.10", "", "NaN"}, append([]string{last[1]}, last[10:16]...)); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}

	b, _ = written(t, "jsonl", do)
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	var o map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &o); err != nil || len(lines) != 2 {
		t.Fatal(err, lines)
	}
	if o["metrics.loss"] != "NaN" || o["params.lr"] != "0.10" || o["tags.team"] != "" {
		t.Errorf("got %v", o)
	}
	if strings.Contains(lines[0], "metrics.loss") || !strings.Contains(lines[0], `"metrics.acc":0.1}`) {
		t.Errorf("got %s", lines[0])
	}

	b, _ = written(t, "parquet", do)
	f, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range f.Schema().Fields() {
		names = append(names, c.Name())
	}
	if diff := gocmp.Diff(head, strings.Join(names, " ")); diff != "" || f.NumRows() != 2 {
		t.Errorf("%d rows; names (-want +got):\n%s", f.NumRows(), diff)
	}
}

// point is a row of the long form.
type point struct {
	Run    string  `parquet:"run_id"`
	Metric string  `parquet:"metric"`
	Step   int64   `parquet:"step"`
	Time   int64   `parquet:"time"`
	Value  float64 `parquet:"value"`
}

// TestMillionPoints writes a million points in several groups of rows, and reads each back bit by bit.
func TestMillionPoints(t *testing.T) {
	const points = 1_000_000
	r := rand.New(rand.NewPCG(1, 2))
	want := make([]tracker.Metric, points)
	for i := range want {
		want[i] = tracker.Metric{Key: "loss", Step: int64(i/2 - 1000), Time: epoch.UnixNano() + r.Int64N(1e9), Value: math.Float64frombits(r.Uint64())}
		if i < len(odd) {
			want[i].Value = odd[i]
		}
	}
	var events []tracker.Event
	for from := 0; from < points; from += 100_000 {
		events = append(events, run(1, "long", tracker.RunLogged{Metrics: want[from : from+100_000]})[1])
	}
	x := recorded(t, events...)
	b, n := written(t, "parquet", func(open func([]Column) (Writer, error)) (int, error) {
		return Points(t.Context(), x, index.RunSearch{}, nil, open)
	})
	if n != points {
		t.Fatalf("%d points", n)
	}
	rows := parquet.NewGenericReader[point](bytes.NewReader(b.Bytes()))
	defer rows.Close()
	batch := make([]point, 1000)
	for at := 0; at < points; {
		n, err := rows.Read(batch)
		for _, p := range batch[:n] {
			w := want[at]
			if p.Metric != "loss" || p.Step != w.Step || p.Time != w.Time || math.Float64bits(p.Value) != math.Float64bits(w.Value) {
				t.Fatalf("point %d is %v, want %v (bits %x)", at, p, w, math.Float64bits(w.Value))
			}
			at++
		}
		if err != nil && (err != io.EOF || at < points) {
			t.Fatal(at, err)
		}
	}
	f, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(f.RowGroups()) < 2 {
		t.Errorf("%v; all is in one group: memory grows with the ledger", err)
	}
}

// TestPointsAsText reads values back from text.
func TestPointsAsText(t *testing.T) {
	var metrics []tracker.Metric
	for i, v := range odd {
		metrics = append(metrics, tracker.Metric{Key: "v", Value: v, Step: int64(-i), Time: epoch.UnixNano()}, tracker.Metric{Key: "w", Value: 1})
	}
	x := recorded(t, run(1, "a", tracker.RunLogged{Metrics: metrics})...)
	b, n := written(t, "csv", func(open func([]Column) (Writer, error)) (int, error) {
		return Points(t.Context(), x, index.RunSearch{}, []string{"v"}, open)
	})
	rows, err := csv.NewReader(b).ReadAll()
	if err != nil || n != len(odd) || len(rows) != n+1 {
		t.Fatal(err, n)
	}
	for i, v := range odd {
		got, err := strconv.ParseFloat(rows[i+1][4], 64)
		if err != nil || cmp.Compare(got, v) != 0 || math.Signbit(got) != math.Signbit(v) && !math.IsNaN(v) || rows[i+1][2] != fmt.Sprint(-i) {
			t.Errorf("%v became %v (%v)", v, rows[i+1], err)
		}
	}
}

func TestTooWide(t *testing.T) {
	var logged tracker.RunLogged
	for i := range MaxColumns + 1 {
		logged.Params = append(logged.Params, tracker.Param{Key: fmt.Sprint("p", i), Value: "1"})
	}
	x := recorded(t, run(1, "wide", logged)...)
	_, err := Runs(t.Context(), x, index.RunSearch{}, func(c []Column) (Writer, error) { return NewWriter(io.Discard, "csv", c) })
	if !errors.Is(err, ErrWide) {
		t.Errorf("got %v", err)
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := NewWriter(io.Discard, "xml", nil); err == nil || !slices.Contains(Formats(), "parquet") {
		t.Errorf("%v; formats %v", err, Formats())
	}
}

// BenchmarkPoints exports points in the long form.
func BenchmarkPoints(b *testing.B) {
	metrics := make([]tracker.Metric, 1_000_000)
	for i := range metrics {
		metrics[i] = tracker.Metric{Key: fmt.Sprint("m", i%10), Step: int64(i / 10), Time: epoch.UnixNano() + int64(i)*1e6, Value: math.Sin(float64(i))}
	}
	x := recorded(b, run(1, "long", tracker.RunLogged{Metrics: metrics})...)
	for _, format := range Formats() {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				n, err := Points(b.Context(), x, index.RunSearch{}, nil, func(c []Column) (Writer, error) { return NewWriter(io.Discard, format, c) })
				if err != nil || n != len(metrics) {
					b.Fatal(n, err)
				}
			}
		})
	}
}
