package secrets_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/secrets"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	bulk := blob.NewBulk(dir, blob.OpenStore(dir))
	put := func(text string) tracker.Digest {
		d, err := bulk.Put([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	escaped, err := json.Marshal(map[string]string{"text": "say \"hunter2\"\nand go"})
	if err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("a line of a large file\n", 200_000)
	want := []tracker.Digest{
		put("the password is hunter2"), put(string(escaped) + "\n"), put(large + `say "hunter2"` + "\nand" + large),
	}
	put("nothing")
	put(large)
	if err := bulk.Close(); err != nil {
		t.Fatal(err)
	}
	var got []tracker.Digest
	found := func(f secrets.Found) { got = append(got, f.Digest) }
	problem := func(err error) { t.Error(err) }
	if err := secrets.Find(t.Context(), blob.OpenStore(dir), regexp.MustCompile(`is hunter2|say "hunter2"\nand`), found, problem); err != nil {
		t.Fatal(err)
	}
	for _, d := range want {
		if !slices.Contains(got, d) {
			t.Errorf("%s is not found", d)
		}
	}
	if len(got) > len(want)+1 { // a chunk of the large one is a blob too
		t.Errorf("%d blobs are found, want %d or one more", len(got), len(want))
	}
}

// TestRememberBeside remembers values while texts are looked through: neither may disturb the other.
func TestRememberBeside(t *testing.T) {
	s := secrets.New(secrets.Options{})
	s.Remember("password", "swordfish-0")
	text := []byte(strings.Repeat("print swordfish-0\n", 1000))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 200 {
			s.Remember("password", fmt.Sprintf("swordfish-%d", n))
		}
	}()
	for looking := true; looking; {
		if found := s.Text(text); len(found) != 1000 {
			t.Fatalf("found %d of 1000", len(found))
		}
		select {
		case <-done:
			looking = false
		default:
		}
	}
}
