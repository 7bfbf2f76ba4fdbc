package snapshot

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"

	"github.com/gemba-ml/gemba/tracker"
)

// Blobs is where trees and files are read from; blob.Store is one.
type Blobs interface {
	Open(tracker.Digest) (io.ReadCloser, int64, error)
}

// maxLine is how long a line may be, in bytes: names have at most 255 bytes and targets 4,096, and each byte
// takes at most six.
const maxLine = 64 << 10

// Read yields the lines of a tree document in their order, that of the names' bytes. It ends with the first
// error; one that is ErrDocument says that the blob is no tree.
func Read(blobs Blobs, tree tracker.Digest) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		r, _, err := blobs.Open(tree)
		if err != nil {
			yield(Line{}, fmt.Errorf("read tree: %w", err))
			return
		}
		defer func() { _ = r.Close() }()
		last := ""
		for l, err := range lines(r) {
			if err == nil && l.Name <= last {
				err = fmt.Errorf("%w: %q follows %q", ErrDocument, l.Name, last)
			}
			if err != nil {
				yield(Line{}, fmt.Errorf("read tree %s: %w", tree, err))
				return
			}
			if !yield(l, nil) {
				return
			}
			last = l.Name
		}
	}
}

func lines(r io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		in := bufio.NewReaderSize(r, maxLine)
		for {
			b, err := in.ReadSlice('\n')
			switch {
			case err == io.EOF && len(b) == 0:
				return
			case err == io.EOF:
				err = fmt.Errorf("%w: the last line has no end", ErrDocument)
			case errors.Is(err, bufio.ErrBufferFull):
				err = fmt.Errorf("%w: a line is too long", ErrDocument)
			}
			if err != nil {
				yield(Line{}, err)
				return
			}
			l, err := parseLine(b)
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// Placed is a line and the folder it is in: "" for the top, else slash-separated.
type Placed struct {
	Dir string
	Line
}

// Walk yields all lines of a tree and of the folders in it, each folder's line before what is in it. It
// ends with the first error.
func Walk(blobs Blobs, tree tracker.Digest) iter.Seq2[Placed, error] {
	return func(yield func(Placed, error) bool) { walk(blobs, tree, "", yield) }
}

func walk(blobs Blobs, tree tracker.Digest, dir string, yield func(Placed, error) bool) bool {
	for l, err := range Read(blobs, tree) {
		if !yield(Placed{dir, l}, err) || err != nil {
			return false
		}
		if l.Type == Folder && !l.Tree.IsZero() && !walk(blobs, l.Tree, path.Join(dir, l.Name), yield) {
			return false
		}
	}
	return true
}
