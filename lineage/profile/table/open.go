package table

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// sampled is how much of a file decides what it is. Of a table with very many columns it is as much as its first two lines have, up to widest.
const (
	sampled = 256 << 10
	widest  = 32 << 20
)

// maxWindow is how much of a zstd stream its decoder must remember, at most.
const maxWindow = 64 << 20

// compressions are told by their first bytes.
var compressions = []struct {
	name, magic, extension string
	open                   func(io.Reader) (io.Reader, error)
}{
	{"gzip", "\x1f\x8b", ".gz", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"zstd", "\x28\xb5\x2f\xfd", ".zst", func(r io.Reader) (io.Reader, error) {
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
	}},
	{"bzip2", "BZh", ".bz2", func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
}

// extensions are those of tables; others hold none, whatever is in them.
var extensions = map[string]string{
	".csv": CSV, ".tsv": CSV, ".tab": CSV, ".jsonl": JSONLines, ".ndjson": JSONLines, ".parquet": Parquet, ".pq": Parquet,
}

// Named says whether a file of that name can be a table: whether Open is worth a try.
func Named(name string) bool { return extensions[extension(name)] != "" }

// extension returns that of a name, without the one of a compression.
func extension(name string) string {
	name = strings.ToLower(name)
	for _, c := range compressions {
		name = strings.TrimSuffix(name, c.extension)
	}
	return path.Ext(name)
}

// Open finds out how a table is written. Its error is ErrNotTable when it is none. A source without a name is
// looked at for its content only.
func Open(source Source) (*Table, error) {
	t := &Table{source: source, config: standard()}
	t.Name = extensions[extension(source.Name)]
	if t.Name == "" && source.Name != "" {
		return nil, fmt.Errorf("read table %s: %w: its name ends in none of .csv, .tsv, .jsonl, .ndjson and .parquet", source.Name, ErrNotTable)
	}
	head, err := t.begin()
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("PAR1")) || t.Name == Parquet {
		return t.openParquet()
	}
	return t, t.sniff(head)
}

// raw returns the file from its beginning.
func (t *Table) raw() io.Reader {
	if t.source.At != nil {
		return io.NewSectionReader(t.source.At, 0, t.source.Size)
	}
	return t.source.Stream
}

// begin reads the beginning of the text.
func (t *Table) begin() ([]byte, error) {
	if err := t.decompress(); err != nil {
		return nil, err
	}
	t.head, t.whole = nil, false
	for size := sampled; !t.whole && size <= widest && bytes.Count(t.head, []byte{'\n'}) < 2; size *= 2 {
		more := make([]byte, size)
		n, err := io.ReadFull(t.file, more[copy(more, t.head):])
		t.head, t.whole = more[:len(t.head)+n], err != nil
		if len(t.head) == 0 && err != nil && err != io.EOF {
			return nil, fmt.Errorf("read table %s: %w", t.source.Name, err)
		}
	}
	return t.head, nil
}

// decompress opens the file, and the decoder of its compression, as its first bytes tell.
func (t *Table) decompress() error {
	magic := make([]byte, 4)
	raw := t.raw()
	n, _ := io.ReadFull(raw, magic)
	t.file = io.MultiReader(bytes.NewReader(magic[:n]), raw)
	for _, c := range compressions {
		if bytes.HasPrefix(magic[:n], []byte(c.magic)) {
			file, err := c.open(t.file)
			if err != nil {
				return fmt.Errorf("read table %s: %s: %w", t.source.Name, c.name, err)
			}
			t.file, t.Compression = file, c.name
			return nil
		}
	}
	return nil
}

// text returns the text from its beginning, without a byte order mark.
func (t *Table) text() (io.Reader, error) {
	if t.file == nil {
		if t.source.At == nil {
			return nil, fmt.Errorf("read table %s: a stream can be read once only", t.source.Name)
		}
		if _, err := t.begin(); err != nil {
			return nil, err
		}
	}
	file := io.MultiReader(bytes.NewReader(bytes.TrimPrefix(t.head, byteOrderMark)), t.file)
	t.file, t.head = nil, nil
	return file, nil
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// Streamed says whether a table of that name can be read from a stream: all but Parquet.
func Streamed(name string) bool { return extensions[extension(name)] != Parquet }
