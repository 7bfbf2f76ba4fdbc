package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/gemba-ml/gemba/tracker"
)

// MaxLine is the longest line of a journal in bytes, without its line end. Writers keep far below it.
const MaxLine = 1 << 20

// Record is an entry and where it is.
type Record struct {
	Journal tracker.ID
	N       int64 // its number, which is its line's: the first entry is 1
	End     int64 // offset of the byte behind its line
	Line    []byte
	Entry   tracker.Entry
}

// Position is a place in a journal to read on from. The zero Position is the start; behind a Record
// it is {N, End}.
type Position struct{ N, Offset int64 }

// Read returns the entries that r holds; r stands at from. A last line without its end is left out:
// its writer was killed, or is writing. A line that is no entry comes with an error that is
// tracker.ErrEntry, and reading goes on behind it; after any other error nothing comes.
func Read(r io.Reader, journal tracker.ID, from Position) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		lines := newLineReader(r, from)
		for {
			text, err := lines.next()
			if errors.Is(err, io.EOF) {
				return
			}
			record := Record{Journal: journal, N: lines.n, End: lines.offset}
			if err == nil {
				record.Line = append(record.Line, text...)
				record.Entry, err = tracker.DecodeEntry(record.Line)
			}
			if err != nil {
				err = fmt.Errorf("read journal %s, entry %d: %w", journal, lines.n, err)
			}
			if !yield(record, err) || err != nil && !errors.Is(err, tracker.ErrEntry) {
				return
			}
		}
	}
}

// lineReader reads the lines of a journal, however long they are, in bounded memory.
type lineReader struct {
	r      *bufio.Reader
	n      int64  // number of the line that next returned
	offset int64  // of the byte behind it
	torn   int64  // bytes of a last line without its end, once next has returned io.EOF
	long   []byte // a line that is longer than r's buffer
}

func newLineReader(r io.Reader, from Position) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(r, 64<<10), n: from.N, offset: from.Offset}
}

// errLong says that a line is longer than any entry.
var errLong = fmt.Errorf("%w: it is longer than %d bytes", tracker.ErrEntry, MaxLine)

// next returns the next line without its line end, valid until the next call. It returns io.EOF
// behind the last whole line, and errLong for one beyond MaxLine.
func (l *lineReader) next() ([]byte, error) {
	l.long = l.long[:0]
	var size int64
	for {
		part, err := l.r.ReadSlice('\n')
		size += int64(len(part))
		if err == bufio.ErrBufferFull {
			l.long = append(l.long, part[:min(len(part), MaxLine+1-len(l.long))]...)
			continue
		}
		if err == io.EOF {
			l.torn = size
			return nil, err
		}
		if err != nil {
			return nil, fmt.Errorf("read line: %w", err)
		}
		l.n, l.offset = l.n+1, l.offset+size
		if size-1 > MaxLine {
			return nil, errLong
		}
		if len(l.long) > 0 {
			part = append(l.long, part...)
			l.long = part
		}
		return part[:len(part)-1], nil
	}
}
