package blob

import (
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// copyLimit is the size in bytes up to which a frame is copied through memory, several in one write.
const copyLimit = 4 << 20

// Copy appends the frame f of another pack as it is stored, without decoding it. It returns an error that is
// ErrCorrupt, and appends nothing, when the payload's CRC is wrong; it does not check the digest. What this pack
// already holds is not copied again. The copy counts after the next Flush.
func (p *Pack) Copy(f Frame, from *PackFile) error {
	if _, dup := p.seen[f.Digest]; dup {
		return nil
	}
	if f.End() > from.size {
		return fmt.Errorf("copy blob %s: %w: the pack ends within it", f.Digest, ErrCorrupt)
	}
	if f.Size() > copyLimit {
		return p.copyLarge(f, from)
	}
	if len(p.buf) > 0 && len(p.buf)+int(f.Size()) > copyLimit {
		if err := p.Flush(); err != nil {
			return err
		}
	}
	p.room = slices.Grow(p.room[:0], int(f.Stored))[:f.Stored]
	_, err := from.file.ReadAt(p.room, f.Offset+headerSize)
	if err == nil && crc32.ChecksumIEEE(p.room) != f.CRC {
		err = ErrCorrupt
	}
	if err != nil {
		return fmt.Errorf("copy blob %s: %w", f.Digest, err)
	}
	p.collect(f, p.room)
	return nil
}

// copyLarge copies a frame straight from file to file. Its header is written last.
func (p *Pack) copyLarge(f Frame, from *PackFile) error {
	if err := p.Flush(); err != nil {
		return err
	}
	p.ahead = true
	payload := &payloadWriter{w: io.NewOffsetWriter(p.file, p.size+headerSize)}
	buf := make([]byte, 1<<20)
	_, err := io.CopyBuffer(payload, io.NewSectionReader(from.file, f.Offset+headerSize, f.Stored), buf)
	if err == nil && (payload.n != f.Stored || payload.crc != f.CRC) {
		err = ErrCorrupt
	}
	if err != nil {
		return fmt.Errorf("copy blob %s: %w", f.Digest, err)
	}
	return p.seal(f)
}
