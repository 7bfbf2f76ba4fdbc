//go:build unix

package blob

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gemba-ml/gemba/tracker"
)

// childVar tells the test's own binary what to be instead of a test; childDir where its packs are.
const childVar, childDir = "GEMBA_BLOB_CHILD", "GEMBA_BLOB_DIR"

func TestMain(m *testing.M) {
	children := map[string]func(dir string) error{"writer": writeForEver, "full": fillDisk}
	child, ok := children[os.Getenv(childVar)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := child(os.Getenv(childDir)); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func childCommand(t *testing.T, kind, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+kind, childDir+"="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

// writeForEver stores blobs, and prints the digest of each when it was flushed.
func writeForEver(dir string) error {
	bulk := NewBulk(dir, OpenStore(dir))
	bulk.maxPack = 16 << 20
	for i := 0; ; i++ {
		blob := randomBytes(byte(i), 1000<<(i%14))
		d, _, err := bulk.PutReader(bytes.NewReader(blob))
		if err := errors.Join(err, bulk.Flush()); err != nil {
			return err
		}
		fmt.Println(d)
	}
}

// TestKilledWriter kills a writer at random moments: all that it had flushed is there, and nothing is damaged.
func TestKilledWriter(t *testing.T) {
	for i := range 12 {
		dir := t.TempDir()
		cmd := childCommand(t, "writer", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(rand.IntN(400))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		printed, err := io.ReadAll(out)
		_ = cmd.Wait() // it was killed
		if err != nil {
			t.Fatal(err)
		}
		store := OpenStore(dir)
		lines := strings.SplitAfter(string(printed), "\n")
		for _, line := range lines[:len(lines)-1] {
			d, err := tracker.ParseDigest(strings.TrimSpace(line))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Get(d); err != nil {
				t.Errorf("run %d: %v", i, err)
			}
		}
		if faults := check(t, dir); faults != nil {
			t.Errorf("run %d: %v", i, faults)
		}
		checkClaims(t, dir)
	}
}

// checkClaims makes sure that the locks went with the writer.
func checkClaims(t *testing.T, dir string) {
	t.Helper()
	names, err := PackNames(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		release, err := Claim(dir + "/" + name)
		if err != nil {
			t.Error(err)
			continue
		}
		release()
	}
}

// fullAt is where the disk of fillDisk is full.
const fullAt = 5_000_000

// fillDisk stores more than files may hold, prints what it could not, and goes on when there is room again.
func fillDisk(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	limit := unix.Rlimit{}
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	full := limit
	full.Cur = fullAt
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &full); err != nil {
		return err
	}
	bulk := NewBulk(dir, OpenStore(dir))
	if _, err := bulk.Put([]byte("before")); err != nil {
		return err
	}
	_, _, err := bulk.PutReader(bytes.NewReader(randomBytes(1, 2*fullAt)))
	fmt.Println("large:", err)
	_, err = bulk.Put([]byte("behind"))
	fmt.Println("small:", err)
	fmt.Println("stored:", bulk.Stored() <= fullAt)
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	d, _, err := bulk.PutReader(bytes.NewReader(randomBytes(1, 2*fullAt)))
	fmt.Println("again:", d == tracker.DigestOf(randomBytes(1, 2*fullAt)), err)
	return bulk.Close()
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	out, err := childCommand(t, "full", dir).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	want := []string{"large: write pack: write *: file too large", "small: <nil>", "stored: " + strconv.FormatBool(true), "again: true <nil>"}
	for i, want := range want {
		before, after, _ := strings.Cut(want, "*")
		if i >= len(got) || !strings.HasPrefix(got[i], before) || !strings.HasSuffix(got[i], after) {
			t.Errorf("line %d of %q is not %q", i, got, want)
		}
	}
	store := OpenStore(dir)
	mustGet(t, store, tracker.DigestOf([]byte("before")), []byte("before"))
	mustGet(t, store, tracker.DigestOf([]byte("behind")), []byte("behind"))
	mustGet(t, store, tracker.DigestOf(randomBytes(1, 2*fullAt)), randomBytes(1, 2*fullAt))
	if faults := check(t, dir); faults != nil {
		t.Error(faults)
	}
}
