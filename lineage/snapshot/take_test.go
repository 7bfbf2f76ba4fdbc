package snapshot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

func TestTakeAgain(t *testing.T) {
	b := newRoom(t)
	for i := range 500 {
		b.write(fmt.Sprintf("d%d/e%d/%d", i%5, i%7, i), fmt.Sprint("content ", i))
	}
	time.Sleep(20 * time.Millisecond)
	first, added := b.take()
	if first.Files != 500 || first.Read != 500 || added == 0 || first.Missing.Count != 0 || first.Cache != nil {
		t.Errorf("first: %+v, %d new bytes", first, added)
	}
	again, added := b.take()
	if again.Tree != first.Tree || again.Read != 0 || added != 0 || again.Files != 500 || again.Bytes != first.Bytes {
		t.Errorf("again: %+v, %d new bytes", again, added)
	}
	b.write("d3/e2/extra", "new")
	more, added := b.take()
	if more.Tree == first.Tree || more.Read != 1 || added == 0 || more.Files != 501 {
		t.Errorf("one more: %+v, %d new bytes", more, added)
	}
	if err := os.Remove(filepath.Join(b.dir, "d3/e2/extra")); err != nil {
		t.Fatal(err)
	}
	less, _ := b.take()
	if less.Tree != first.Tree || less.Read != 0 {
		t.Errorf("one less: %+v, want the first tree, %s", less, first.Tree)
	}
	fresh, added := b.take(func(o *Options) { o.Fresh = true })
	if fresh.Tree != first.Tree || fresh.Read != 500 || added != 0 {
		t.Errorf("fresh: %+v, %d new bytes", fresh, added)
	}
}

func TestEqualContentHasEqualDigests(t *testing.T) {
	here, there := newRoom(t), newRoom(t)
	for i, b := range []*room{here, there} {
		for _, path := range []string{"b/x", "a/y", "z"} {
			b.write(path, "content of "+path)
			when := time.Unix(1e9+int64(i)*1e6, 0)
			if err := os.Chtimes(filepath.Join(b.dir, path), when, when); err != nil {
				t.Fatal(err)
			}
		}
	}
	first, _ := here.take()
	second, _ := there.take()
	if first.Tree != second.Tree {
		t.Errorf("the trees are %s and %s", first.Tree, second.Tree)
	}
}

func TestSingleFile(t *testing.T) {
	b := newRoom(t)
	b.write("big", strings.Repeat("0123456789abcdef", 200_000))
	b.write("other", "not to be taken")
	one := func(o *Options) { o.Path = filepath.Join(b.dir, "big") }
	r, _ := b.take(one)
	if diff := cmp.Diff([]string{`file 0644 "big"`}, b.lines(r.Tree)); diff != "" || r.Files != 1 || r.Bytes != 3_200_000 {
		t.Errorf("%+v, tree (-want +got):\n%s", r, diff)
	}
	if again, added := b.take(one); again.Read != 0 || added != 0 || again.Tree != r.Tree {
		t.Errorf("again: %+v, %d new bytes", again, added)
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	b := newRoom(t)
	for _, path := range []string{"kept", ".git/config", "sub/.git", "sub/.gitignore", "ledger/journals/x", "sub/ledger/x"} {
		b.write(path, path)
	}
	ledger := filepath.Join(b.dir, "ledger")
	skip := func(o *Options) { o.Skip = []string{ledger, filepath.Join(b.dir, "not there")} }
	r, _ := b.take(skip)
	want := []string{`file 0644 "kept"`, `folder 0755 "sub"`, `file 0644 "sub/.gitignore"`, `folder 0755 "sub/ledger"`, `file 0644 "sub/ledger/x"`}
	if diff := cmp.Diff(want, b.lines(r.Tree)); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	r, _ = b.take(skip, func(o *Options) { o.Git = true })
	if len(b.lines(r.Tree)) != len(want)+3 {
		t.Errorf("with .git: %q", b.lines(r.Tree))
	}
	inside := func(o *Options) { o.Path = filepath.Join(ledger, "journals") }
	store := blob.OpenStore(b.packs)
	if _, err := Take(context.Background(), b.options(store, blob.NewBulk(b.packs, store), skip, inside)); !errors.Is(err, ErrNothing) {
		t.Errorf("a snapshot of the ledger: error %v, want ErrNothing", err)
	}
}

func TestLimit(t *testing.T) {
	b := newRoom(t)
	b.write("large", strings.Repeat("x", 101))
	b.write("small", strings.Repeat("x", 100))
	r, _ := b.take(func(o *Options) { o.Limit = 100 })
	want := []string{`file 0644 "large": larger than the limit of 100 bytes`, `file 0644 "small"`}
	if diff := cmp.Diff(want, b.lines(r.Tree)); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	if r.Files != 1 || r.Bytes != 100 || r.Missing.Count != 1 || r.Missing.String() != "not kept: large (larger than the limit of 100 bytes)" {
		t.Errorf("result %+v", r)
	}
	if r, _ = b.take(); r.Files != 2 || r.Missing.Count != 0 {
		t.Errorf("without a limit: %+v", r)
	}
}

// meddler does something whenever something is stored.
type meddler struct {
	Store
	mu   sync.Mutex
	done int
	do   func(n int, b []byte)
}

func (m *meddler) Put(b []byte) (tracker.Digest, error) {
	m.meddle(b)
	return m.Store.Put(b)
}

func (m *meddler) PutReader(r io.Reader) (tracker.Digest, int64, error) {
	m.meddle(nil)
	return m.Store.PutReader(r)
}

func (m *meddler) meddle(b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done++
	m.do(m.done, b)
}

func meddling(do func(n int, b []byte)) func(*Options) {
	return func(o *Options) { o.Store = &meddler{Store: o.Store, do: do} }
}

func TestFilesThatChangeWhileTheyAreRead(t *testing.T) {
	large := strings.Repeat("large ", smallFile)
	for _, content := range []string{"small", large} {
		b := newRoom(t)
		b.write("calm", "calm")
		b.write("restless", content)
		once := func(n int, p []byte) {
			if n <= 2 && !bytes.HasPrefix(p, []byte("calm")) {
				b.write("restless", content+fmt.Sprint(n))
			}
		}
		r, _ := b.take(meddling(once))
		if r.Files != 2 || r.Missing.Count != 0 || r.Bytes < int64(len("calm")+len(content)) {
			t.Errorf("changed once: %+v", r)
		}
		always := func(n int, p []byte) { b.write("restless", content+strings.Repeat("+", n)) }
		r, _ = b.take(meddling(always), func(o *Options) { o.Fresh = true })
		want := []string{`file 0644 "calm"`, `file 0644 "restless": ` + itChanged}
		if diff := cmp.Diff(want, b.lines(r.Tree)); diff != "" || r.Files != 1 || r.Missing.Unread != 1 {
			t.Errorf("%+v, tree (-want +got):\n%s", r, diff)
		}
		if r, _ = b.take(); r.Files != 2 {
			t.Errorf("at rest again: %+v", r)
		}
	}
}

func TestFilesThatVanish(t *testing.T) {
	b := newRoom(t)
	for i := range 1000 {
		b.write(fmt.Sprintf("%03d/%d", i/10, i), fmt.Sprint(i))
	}
	vanish := func(n int, _ []byte) {
		if n == 1 {
			if err := os.RemoveAll(filepath.Join(b.dir, "099")); err != nil {
				t.Error(err)
			}
		}
	}
	r, _ := b.take(meddling(vanish))
	if r.Files != 990 || r.Missing.Count != 0 || r.Missing.Vanished == 0 {
		t.Errorf("result %+v", r)
	}
	if !strings.Contains(r.Missing.String(), "vanished meanwhile") {
		t.Errorf("it is said: %s", &r.Missing)
	}
}

func TestStoreThatFails(t *testing.T) {
	b := newRoom(t)
	for i := range 3000 {
		b.write(fmt.Sprintf("%d/%d", i%50, i), fmt.Sprint(i))
	}
	store := blob.OpenStore(b.packs)
	o := b.options(store, blob.NewBulk(b.packs, store))
	full := errors.New("no space left on device")
	o.Store = &failing{o.Store, full}
	if _, err := Take(context.Background(), o); !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
	if list, err := os.ReadDir(filepath.Dir(b.cache)); len(list) > 0 {
		t.Errorf("a stat cache is left behind: %v, %v", list, err)
	}
}

type failing struct {
	Store
	err error
}

func (f *failing) Put(b []byte) (tracker.Digest, error) {
	if bytes.Equal(b, []byte("1500")) {
		return tracker.Digest{}, f.err
	}
	return f.Store.Put(b)
}

func TestCancel(t *testing.T) {
	b := newRoom(t)
	for i := range 3000 {
		b.write(fmt.Sprintf("%d/%d", i%50, i), fmt.Sprint(i))
	}
	ctx, cancel := context.WithCancel(context.Background())
	store := blob.OpenStore(b.packs)
	o := b.options(store, blob.NewBulk(b.packs, store), meddling(func(int, []byte) { cancel() }))
	if _, err := Take(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestNothingToTake(t *testing.T) {
	b := newRoom(t)
	store := blob.OpenStore(b.packs)
	for path, want := range map[string]error{"missing": fs.ErrNotExist, os.DevNull: ErrNothing} {
		if !filepath.IsAbs(path) {
			path = filepath.Join(b.dir, path)
		}
		o := b.options(store, blob.NewBulk(b.packs, store), func(o *Options) { o.Path = path })
		if _, err := Take(context.Background(), o); !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", path, err, want)
		}
	}
}

func TestPick(t *testing.T) {
	b := newRoom(t)
	for _, path := range []string{"a.csv", "b.txt", ".hidden/c.csv", "d/e/f.csv", "a-large-one.csv"} {
		b.write(path, strings.Repeat(path, len(path)))
	}
	pick := func(o *Options) {
		o.Pick = func(name string) bool { return strings.HasSuffix(name, ".csv") }
		o.Limit = 170
	}
	time.Sleep(20 * time.Millisecond)
	for range 2 { // what is remembered is picked too
		r, _ := b.take(pick)
		var got []string
		for _, l := range r.Picked {
			got = append(got, fmt.Sprint(l.Dir, "/", l.Name, " ", l.Size, " ", !l.Digest.IsZero()))
		}
		want := []string{"/a.csv 25 true", ".hidden/c.csv 169 true", "d/e/f.csv 81 true"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("picked (-want +got):\n%s", diff)
		}
	}
}
