package usage

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gemba-ml/gemba/tracker"
)

// ledger keeps what is recorded, and is an open run.
type ledger struct {
	mu      sync.Mutex
	events  []tracker.Event
	metrics []tracker.Metric
}

func (l *ledger) Record(e tracker.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

func (*ledger) Flush(context.Context) error { return nil }
func (*ledger) Open() bool                  { return true }

func (l *ledger) Log(_ tracker.ID, metrics []tracker.Metric) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.metrics = append(l.metrics, metrics...)
}

// used returns the figures that were recorded.
func (l *ledger) used() (all []tracker.CellUsed) {
	for _, e := range l.events {
		if e, ok := e.(tracker.CellUsed); ok {
			all = append(all, e)
		}
	}
	return all
}

// session measures programs as an engine would.
type session struct {
	*testing.T
	*ledger
	meter    *Meter
	recorder *Recorder
	id       tracker.ID
}

func newSession(t *testing.T, o Options) *session {
	s := &session{T: t, ledger: &ledger{}, meter: New(o), id: tracker.NewID()}
	s.recorder = NewRecorder(s.meter, s.ledger, s.ledger)
	return s
}

func (s *session) start() tracker.ID {
	id := tracker.NewID()
	s.recorder.Record(tracker.CellStarted{Session: s.id, Execution: id})
	return id
}

func (s *session) close() {
	s.recorder.Record(tracker.SessionClosed{Session: s.id})
}

// running is a program under way.
type running struct {
	*session
	cmd *exec.Cmd
	in  io.Writer
	out *bufio.Reader
}

func (s *session) program(parts string) *running {
	s.Helper()
	r := &running{session: s, cmd: exec.Command(os.Args[0])}
	r.cmd.Env = append(os.Environ(), programVariable+"="+parts)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	r.cmd.Stderr = os.Stderr
	in, errIn := r.cmd.StdinPipe()
	out, errOut := r.cmd.StdoutPipe()
	if errIn != nil || errOut != nil {
		s.Fatal(errIn, errOut)
	}
	r.in, r.out = in, bufio.NewReader(out)
	if err := r.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.meter.Started(r.cmd.Process.Pid)
	return r
}

// line returns what the program says next.
func (r *running) line() string {
	r.Helper()
	line, err := r.out.ReadString('\n')
	if err != nil {
		r.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// did waits until the program has done a part of its work.
func (r *running) did(part string) {
	r.Helper()
	if line := r.line(); line != "did "+part {
		r.Fatalf("the program said %q, want that it did %s", line, part)
	}
}

// sampled waits until the program, as it is now, was sampled.
func (r *running) sampled() {
	r.Helper()
	c := r.meter.current()
	count := func() int { c.mu.Lock(); defer c.mu.Unlock(); return c.samples }
	for from := count(); count() < from+2; time.Sleep(5 * time.Millisecond) {
		if r.Context().Err() != nil {
			r.Fatal("no sample came")
		}
	}
}

func (r *running) goOn() { _, _ = io.WriteString(r.in, "\n") }

// end lets the program end, and the engine's part of it.
func (r *running) end() *os.ProcessState {
	r.Helper()
	r.goOn()
	pid := r.cmd.Process.Pid
	if err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		r.Fatal(err)
	}
	r.meter.Dead(pid)
	if err := r.cmd.Wait(); err != nil {
		r.Error(err)
	}
	r.meter.Exited(pid, r.cmd.ProcessState)
	return r.cmd.ProcessState
}

var often = Options{Every: 20 * time.Millisecond, Sys: fstest.MapFS{}}

// TestFigures has a cell use everything, and compares with what the system tells of its program.
func TestFigures(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		if c, err := listener.Accept(); err == nil {
			_, _ = io.CopyN(io.Discard, c, sent)
			_, _ = c.Write(make([]byte, answered))
			_, _ = io.Copy(io.Discard, c)
		}
	}()
	s := newSession(t, often)
	execution := s.start()
	r := s.program(fmt.Sprintf("burn disk=%s memory send=%s", filepath.Join(t.TempDir(), "data"), listener.Addr()))
	for _, part := range []string{"burn", "disk", "memory", "send"} {
		r.did(part)
		if part == "memory" || part == "send" {
			r.sampled()
		}
		if part != "send" {
			r.goOn()
		}
	}
	peak := field(mustRead(t, fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid)), "\nVmHWM:\t")
	io := mustRead(t, fmt.Sprintf("/proc/%d/io", r.cmd.Process.Pid))
	state := r.end()
	s.recorder.Record(tracker.CellFinished{Execution: execution, UserCPU: state.UserTime(), SystemCPU: state.SystemTime()})
	s.close()

	all := s.used()
	if len(all) != 1 || all[0].Execution != execution || all[0].Session != s.id {
		t.Fatalf("recorded %+v, want the figures of one cell", all)
	}
	u := all[0].Usage
	if u.UserCPU != state.UserTime() || u.SystemCPU != state.SystemTime() || u.UserCPU+u.SystemCPU < burned {
		t.Errorf("processor time %v and %v, the system says %v and %v", u.UserCPU, u.SystemCPU, state.UserTime(), state.SystemTime())
	}
	if read, wrote := field(io, "\nread_bytes: "), field(io, "\nwrite_bytes: "); u.DiskRead < read || u.DiskWritten < wrote || u.DiskRead > read+written/10 {
		t.Errorf("disk %d read and %d written, the system says %d and %d", u.DiskRead, u.DiskWritten, read, wrote)
	}
	if u.Memory < allocated || peak != 0 && u.Memory > peak<<10 {
		t.Errorf("memory %d, the program allocated %d, its peak was %d KiB", u.Memory, allocated, peak)
	}
	if u.Sent != sent || u.Received != answered {
		t.Errorf("sent %d and received %d, want %d and %d", u.Sent, u.Received, sent, answered)
	}
	if u.Samples < 4 || u.Sampled <= 0 || len(u.Missing) != 1 || !strings.HasPrefix(u.Missing[0], "energy: ") {
		t.Errorf("%+v", u)
	}
	s.checkMetrics()
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// checkMetrics compares the metrics with MLflow's names, and their steps.
func (s *session) checkMetrics() {
	steps := map[string][]int64{}
	for _, m := range s.metrics {
		steps[m.Key] = append(steps[m.Key], m.Step)
	}
	for _, key := range []string{
		"cpu_utilization_percentage", "system_memory_usage_megabytes", "system_memory_usage_percentage", "disk_usage_megabytes",
		"disk_usage_percentage", "disk_available_megabytes", "network_receive_megabytes", "network_transmit_megabytes",
		"cell_cpu_percentage", "cell_memory_megabytes", "cell_disk_read_megabytes", "cell_disk_write_megabytes",
	} {
		if n := len(steps["system/"+key]); n < 4 {
			s.Errorf("%d points of system/%s, want one for each sample", n, key)
		}
	}
	for key, all := range steps {
		for i := range all {
			if i > 0 && all[i] <= all[i-1] {
				s.Fatalf("the steps of %s are %v", key, all)
			}
		}
	}
}

// TestEndIsNoMetric has a cell go on after its program: what the run shows last is still what the program had.
func TestEndIsNoMetric(t *testing.T) {
	s := newSession(t, often)
	s.start()
	r := s.program("memory")
	r.did("memory")
	r.sampled()
	r.end()
	r.sampled()
	s.recorder.Record(tracker.CellFinished{})
	s.close()
	last := 0.0
	for _, m := range s.metrics {
		if m.Key == Prefix+"cell_memory_megabytes" {
			last = m.Value
		}
	}
	if last < megabytes(int64(allocated)) {
		t.Errorf("the last metric is %v MB of memory, the program had %v", last, megabytes(int64(allocated)))
	}
}

// TestOrphan has a child outlive its parent: nobody waits for it, and what it used counts all the same.
func TestOrphan(t *testing.T) {
	s := newSession(t, often)
	s.start()
	r := s.program("orphan! stay")
	orphan := 0
	for range 2 { // in any order
		if text, ok := strings.CutPrefix(r.line(), "pid "); ok {
			orphan, _ = strconv.Atoi(text)
		}
	}
	r.sampled()
	m, ok := readMember(orphan, &reasons{})
	if !ok || m.user+m.system == 0 {
		t.Fatalf("the orphan used %+v", m)
	}
	if err := unix.Kill(orphan, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	r.sampled()
	state := r.end()
	s.recorder.Record(tracker.CellFinished{})
	s.close()
	if u := s.used()[0].Usage; u.UserCPU+u.SystemCPU < state.UserTime()+state.SystemTime()+m.user+m.system {
		t.Errorf("the cell used %v and %v, its program %v and %v, the orphan %+v", u.UserCPU, u.SystemCPU, state.UserTime(), state.SystemTime(), m)
	}
}

// TestShortProgram ends before it is sampled: it costs nobody anything, and what the system tells of it at its end is recorded.
func TestShortProgram(t *testing.T) {
	s := newSession(t, Options{Every: time.Hour})
	s.start()
	r := s.program("burn")
	r.did("burn")
	state := r.end()
	s.recorder.Record(tracker.CellFinished{MaxRSS: 12345})
	s.close()
	want := tracker.Usage{UserCPU: state.UserTime(), SystemCPU: state.SystemTime(), Memory: 12345}
	got := s.used()[0].Usage
	want.DiskRead, want.DiskWritten = got.DiskRead, got.DiskWritten
	if fmt.Sprint(got) != fmt.Sprint(want) || len(s.metrics) > 0 {
		t.Errorf("recorded %+v and %d metrics, want %+v", got, len(s.metrics), want)
	}
}

// TestNoProgram has cells that ran none: nothing is recorded of them, nor of programs beside cells.
func TestNoProgram(t *testing.T) {
	s := newSession(t, often)
	s.meter.Started(os.Getpid())
	s.meter.Dead(os.Getpid())
	s.meter.Exited(os.Getpid(), nil)
	s.start()
	s.recorder.Record(tracker.CellFinished{})
	s.close()
	if len(s.events) != 3 {
		t.Errorf("recorded %+v", s.events)
	}
}

// BenchmarkSample tells what a sample takes of a processor: at one a second, a millisecond is a thousandth.
func BenchmarkSample(b *testing.B) {
	for name, run := range map[string]Run{"run": &ledger{}, "no run": nil} {
		b.Run(name, func(b *testing.B) {
			m := New(Options{Sys: fstest.MapFS{}})
			m.begin(tracker.CellStarted{}, run)
			m.cell.programs[os.Getpid()] = &tree{root: os.Getpid()}
			m.cell.baseline()
			for b.Loop() {
				m.cell.sample()
			}
		})
	}
}
