package blob

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestReadingWhilePacksAreReplaced lets several read a blob through one store, and one more write, while
// the pack that holds it is replaced again and again.
func TestReadingWhilePacksAreReplaced(t *testing.T) {
	blob := randomBytes(1, 4<<20)
	dir, f, _ := storeLarge(t, blob)
	store := OpenStore(dir)
	stop := make(chan struct{})
	var work sync.WaitGroup
	for range 3 {
		work.Go(func() {
			for read := 0; ; read++ {
				got, err := store.Get(f.Digest)
				if err != nil || !bytes.Equal(got, blob) {
					t.Errorf("read %d: %v", read, err)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	old := onlyPack(t, dir)
	for range 10 {
		from := t.TempDir()
		pack, reader := newPack(t, from), openPack(t, old)
		if _, err := reader.Frames(func(f Frame) error { return pack.Copy(f, reader) }, nil); err != nil {
			t.Fatal(err)
		}
		if err := pack.Close(); err != nil {
			t.Fatal(err)
		}
		fresh := filepath.Join(dir, filepath.Base(onlyPack(t, from)))
		if err := os.Rename(onlyPack(t, from), fresh); err != nil {
			t.Fatal(err)
		}
		if err := RemovePack(old); err != nil {
			t.Fatal(err)
		}
		old = fresh
	}
	close(stop)
	work.Wait()
}
