package remote

import (
	"context"
	"errors"
	"io"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// testBucket is what every kind of bucket must do.
func testBucket(t *testing.T, b Bucket) {
	ctx := t.Context()
	objects := map[string]string{"format": "x", "packs/a": strings.Repeat("0123456789", 100_000), "packs/b": "bb", "journals/j/0": ""}
	for name, text := range objects {
		if err := errors.Join(b.Put(ctx, name, section(text)), b.Put(ctx, name, section(text))); err != nil {
			t.Fatal(err)
		}
	}
	for prefix, want := range map[string][]string{"": {"format", "packs/a", "packs/b", "journals/j/0"}, "packs/": {"packs/a", "packs/b"}, "nothing/": nil} {
		got, sizes := map[string]int64{}, map[string]int64{}
		for _, name := range want {
			sizes[name] = int64(len(objects[name]))
		}
		if err := b.List(ctx, prefix, func(name string, size int64) error { got[name] = size; return nil }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sizes, got); diff != "" {
			t.Errorf("list %q: %s", prefix, diff)
		}
	}
	for _, part := range []struct{ offset, length int64 }{{0, -1}, {0, 1}, {999_990, 10}, {5, 100}, {999_999, -1}} {
		text := objects["packs/a"][part.offset:]
		if part.length >= 0 {
			text = text[:part.length]
		}
		got, err := readAll(b.Get(ctx, "packs/a", part.offset, part.length))
		if err != nil || got != text {
			t.Errorf("get %+v: %d bytes, %v", part, len(got), err)
		}
	}
	if _, err := b.Get(ctx, "packs/c", 0, -1); !errors.Is(err, ErrNotFound) {
		t.Errorf("an object that is not there: %v", err)
	}
	stop := errors.New("stop")
	if err := b.List(ctx, "", func(string, int64) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("list does not stop: %v", err)
	}
	testTogether(t, b)
	testTorn(t, b)
}

func readAll(r io.ReadCloser, err error) (string, error) {
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), errors.Join(err, r.Close())
}

// testTogether has several bring the same and other objects at once.
func testTogether(t *testing.T, b Bucket) {
	var all sync.WaitGroup
	errs := make([]error, 8)
	for n := range errs {
		all.Go(func() {
			errs[n] = errors.Join(b.Put(t.Context(), "packs/same", section("same")),
				b.Put(t.Context(), "packs/own"+string(rune('0'+n)), section("own")))
		})
	}
	all.Wait()
	got := map[string]int64{}
	err := b.List(t.Context(), "packs/", func(name string, size int64) error { got[name] = size; return nil })
	if err := errors.Join(append(errs, err)...); err != nil {
		t.Error(err)
	}
	maps.DeleteFunc(got, func(name string, _ int64) bool { return name == "packs/a" || name == "packs/b" })
	if len(got) != 9 {
		t.Errorf("list has %v", got)
	}
}

// testTorn has a body that cannot be read to its end: no object comes of it.
func testTorn(t *testing.T, b Bucket) {
	body := io.NewSectionReader(torn{}, 0, 6<<20)
	if err := b.Put(t.Context(), "packs/torn", body); err == nil {
		t.Error("put a body that cannot be read")
	}
	if _, err := b.Get(t.Context(), "packs/torn", 0, -1); !errors.Is(err, ErrNotFound) {
		t.Errorf("a torn object is there: %v", err)
	}
}

type torn struct{}

func (torn) ReadAt(b []byte, offset int64) (int, error) {
	if offset >= 3<<20 {
		return 0, errors.New("the disk is gone")
	}
	return len(b), nil
}

func quick(b Bucket) Bucket {
	return &patientBucket{b.(*patientBucket).Bucket, stall, time.Microsecond}
}

func TestFolderBucket(t *testing.T) { testBucket(t, quick(openBucket(t, t.TempDir()))) }
func TestMemoryBucket(t *testing.T) { testBucket(t, quick(openBucket(t, "mem://"))) }

// flaky fails the first calls, and cuts what it sends.
type flaky struct {
	Bucket
	mu    sync.Mutex
	fails int
}

func (f *flaky) fail() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails--; f.fails >= 0 {
		return errors.New("connection reset")
	}
	return nil
}

func (f *flaky) Put(ctx context.Context, name string, body *io.SectionReader) error {
	if err := f.fail(); err != nil {
		_, _ = io.CopyN(io.Discard, body, body.Size()/2)
		return err
	}
	return f.Bucket.Put(ctx, name, body)
}

func (f *flaky) Get(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	r, err := f.Bucket.Get(ctx, name, offset, length)
	if err != nil || f.fail() == nil {
		return r, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(io.LimitReader(r, 3), broken{}), r}, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestPatience(t *testing.T) {
	inner := &flaky{Bucket: openBucket(t, "mem://").(*patientBucket).Bucket}
	b := &patientBucket{inner, time.Minute, time.Microsecond}
	text := strings.Repeat("abcdefghij", 1000)
	inner.fails = attempts - 1
	if err := b.Put(t.Context(), "packs/x", section(text)); err != nil {
		t.Fatal(err)
	}
	inner.fails = attempts - 1
	if got, err := readAll(b.Get(t.Context(), "packs/x", 2, 5000)); err != nil || got != text[2:5002] {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	inner.fails = attempts
	if err := b.Put(t.Context(), "packs/y", section(text)); err == nil || !strings.Contains(err.Error(), "tried 5 times") {
		t.Errorf("got %v", err)
	}
}

// silent answers nothing.
type silent struct{ Bucket }

func (silent) Put(ctx context.Context, _ string, _ *io.SectionReader) error {
	<-ctx.Done()
	return ctx.Err()
}

func (silent) Get(ctx context.Context, _ string, _, _ int64) (io.ReadCloser, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestStalled(t *testing.T) {
	b := &patientBucket{silent{}, 10 * time.Millisecond, time.Microsecond}
	if err := b.Put(t.Context(), "packs/x", section("x")); !errors.Is(err, ErrStalled) {
		t.Errorf("put: %v", err)
	}
	if _, err := b.Get(t.Context(), "packs/x", 0, -1); !errors.Is(err, ErrStalled) {
		t.Errorf("get: %v", err)
	}
}
