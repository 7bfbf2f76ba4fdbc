package blob

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A note lies beside a pack as long as not all of it is known to be durable, and tells how much is. So who opens a pack
// after a power cut knows which frames to believe, and which to read first. FORMAT.md tells its bytes.
type note struct{ file *os.File }

const noteEnd = ".synced"

// noteName returns the name of a pack's note; "" for a pack that has no name yet.
func noteName(pack string) string {
	if filepath.Ext(pack) != ".pack" {
		return ""
	}
	return strings.TrimSuffix(pack, ".pack") + noteEnd
}

// createNote makes the note of a new pack, before it has any frame. A pack that is not where others look has none.
func createNote(pack string) (*note, error) {
	name := noteName(pack)
	if name == "" {
		return nil, nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	n := &note{file}
	if err := n.tell(0); err != nil {
		n.close(true)
		return nil, err
	}
	return n, nil
}

// tell writes how many bytes are durable. It is not made durable itself: a note that is too old makes work, no harm.
func (n *note) tell(size int64) error {
	if n == nil {
		return nil
	}
	_, err := n.file.WriteAt(fmt.Appendf(nil, "%020d\n", size), 0)
	return err
}

// close ends the note, and removes it when it has nothing more to tell.
func (n *note) close(done bool) {
	if n == nil {
		return
	}
	_ = n.file.Close()
	if done {
		_ = os.Remove(n.file.Name()) // one that stays makes work, no harm
	}
}

// everything is what the note of a pack tells that has none.
const everything = math.MaxInt64

// Durable returns how many bytes of the pack at path are known to be durable: 0 when its note cannot be read, more than any
// pack has when it has none.
func Durable(pack string) int64 {
	b, err := os.ReadFile(noteName(pack))
	if os.IsNotExist(err) {
		return everything
	}
	text, ok := strings.CutSuffix(string(b), "\n")
	size, parseErr := strconv.ParseInt(text, 10, 64)
	if err != nil || !ok || parseErr != nil || len(text) != 20 || size < 0 {
		return 0
	}
	return size
}
