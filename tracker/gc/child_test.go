package gc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// childEnv makes the test binary a process that does one of works to the ledger that ledgerEnv names.
const (
	childEnv  = "GEMBA_TEST_GC_WORK"
	ledgerEnv = "GEMBA_TEST_GC_LEDGER"
	listEnv   = "GEMBA_TEST_GC_LIST" // a file of digests, as JSON
)

var works = map[string]func(dir string) error{
	"collect": collectChild,
	"compact": func(dir string) error { _, err := Compact(context.Background(), dir); return err },
	"purge":   purgeChild,
	"grow":    growChild,
	"full":    fullChild,
}

func TestMain(m *testing.M) {
	if work, ok := works[os.Getenv(childEnv)]; ok {
		if err := work(os.Getenv(ledgerEnv)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child returns a process that does some work.
func (h *history) child(work string, env ...string) *exec.Cmd {
	h.t.Helper()
	self, err := os.Executable()
	h.must(err)
	c := exec.CommandContext(h.t.Context(), self)
	c.Env = append(os.Environ(), append(env, childEnv+"="+work, ledgerEnv+"="+h.dir)...)
	c.Stderr = os.Stderr
	return c
}

// killed starts a child and kills it: after a random time, or as soon as the packs are others than before.
func (h *history) killed(c *exec.Cmd) {
	h.t.Helper()
	before := h.packs()
	c.Stderr = nil
	h.must(c.Start())
	ended := make(chan struct{})
	go func() {
		_ = c.Wait() // it is killed
		close(ended)
	}()
	if h.rand.IntN(2) == 0 {
		time.Sleep(time.Duration(h.rand.Int64N(int64(80 * time.Millisecond))))
	} else {
		for changed := false; !changed; changed = changed || !slices.Equal(before, h.packs()) {
			select {
			case <-ended:
				changed = true
			default:
			}
		}
	}
	_ = c.Process.Kill() // it may have ended
	<-ended
}

func collectChild(dir string) error {
	r, err := Collect(context.Background(), dir, Options{})
	if err == nil && len(r.Problems)+len(r.Doubts) > 0 {
		err = errors.New(strings.Join(append(r.Problems, r.Doubts...), "; "))
	}
	return err
}

func purgeChild(dir string) error {
	b, err := os.ReadFile(os.Getenv(listEnv))
	if err != nil {
		return err
	}
	var list []tracker.Digest
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	to := strictRecorder(dir, journal.NewKey())
	_, err = Remove(context.Background(), dir, to, list, Why{Reason: Purged})
	return errors.Join(err, to.Close())
}

// growChild lets things happen until standard input ends.
func growChild(dir string) error {
	stop := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(stop)
	}()
	h := newHistoryIn(panicky{}, dir, uint64(os.Getpid()))
	for {
		select {
		case <-stop:
			h.closeAll()
			return nil
		default:
			h.grow()
		}
	}
}

// panicky is the testing.TB of a child: what fails ends it.
type panicky struct{ testing.TB }

func (panicky) Helper()           {}
func (panicky) Fatal(args ...any) { panic(fmt.Sprintln(args...)) }

// TestKilledCollections kills collections, compactions and purges at random moments.
func TestKilledCollections(t *testing.T) {
	h := newHistory(t, 77)
	list := filepath.Join(t.TempDir(), "list.json")
	var purged []tracker.Digest
	for range 25 {
		for range 4 {
			h.grow()
		}
		purged = append(purged, h.output(h.bytes(2000)))
		b, err := json.Marshal(purged)
		h.must(err)
		h.must(os.WriteFile(list, b, 0o644))
		work := []string{"collect", "purge", "compact"}[h.rand.IntN(3)]
		h.killed(h.child(work, listEnv+"="+list))
		h.check()
	}
	h.closeAll()
	purge := h.child("purge", listEnv+"="+list)
	if out, err := purge.Output(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	h.collect(Options{})
	h.check()
	h.expectRemoved(journal.Removed{Reason: Purged, Blobs: int64(len(purged))})
	if r := h.collect(Options{}); r.Freed != 0 {
		t.Errorf("a second collection freed %d bytes", r.Freed)
	}
	files, err := os.ReadDir(filepath.Join(h.dir, "packs"))
	h.must(err)
	for _, file := range files {
		if strings.HasSuffix(file.Name(), unfinished) {
			t.Errorf("%s was left", file.Name())
		}
	}
}

// TestCollectWhileOthersRecord collects, two at a time, while other processes record sessions and snapshots of
// contents that are garbage one moment and needed the next.
func TestCollectWhileOthersRecord(t *testing.T) {
	h := newHistory(t, 5)
	var stops []func() error
	for range 2 {
		c := h.child("grow")
		in, err := c.StdinPipe()
		h.must(err)
		h.must(c.Start())
		stops = append(stops, func() error { return errors.Join(in.Close(), c.Wait()) })
	}
	for range 6 {
		other := h.child("collect")
		h.must(other.Start())
		h.collect(Options{})
		h.must(other.Wait())
		_, err := Compact(t.Context(), h.dir)
		h.must(err)
	}
	for _, stop := range stops {
		h.must(stop())
	}
	h.check()
	h.collect(Options{})
	h.check()
	if r := h.collect(Options{}); r.Freed != 0 {
		t.Errorf("a second collection freed %d bytes", r.Freed)
	}
}
