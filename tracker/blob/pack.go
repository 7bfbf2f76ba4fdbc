package blob

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"

	"github.com/gemba-ml/gemba/tracker"
)

// Pack appends blobs to one file, which no one else writes. It is not safe for concurrent use,
// except for Sync.
type Pack struct {
	durable
	file  disk
	size  int64  // bytes of the file that count; what lies behind them is cut off or overwritten
	ahead bool   // something lies behind them
	buf   []byte // frames that Put collected
	seen  map[tracker.Digest]struct{}
	begun int64         // bytes of the file that the disk was told to write
	index []byte        // what an index tells of the frames
	room  []byte        // for payloads that Copy reads
	zstd  *zstd.Encoder // made when first needed
}

// CreatePack makes the pack at path, which must not exist, and locks it until it is closed (see Claim). The folder is for
// the caller to make durable.
func CreatePack(path string) (*Pack, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("create pack: %w", err)
	}
	p := &Pack{file: file, seen: make(map[tracker.Digest]struct{})}
	p.buf = append(p.buf, fileMagic...)
	if err = flock(file, true); err == nil {
		if err = p.Flush(); err == nil {
			p.note, err = createNote(path)
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("create pack: %w", err), file.Close(), os.Remove(path))
	}
	return p, nil
}

// Put collects b for the next Flush and returns its digest. Bytes that this pack already holds are
// not stored again. It keeps no reference to b.
func (p *Pack) Put(b []byte) (tracker.Digest, error) {
	if len(b) >= together {
		return p.putLarge(b)
	}
	digest := tracker.DigestOf(b)
	if _, dup := p.seen[digest]; dup {
		return digest, nil
	}
	payload, flags, err := p.squeezed(b)
	if err != nil {
		return tracker.Digest{}, err
	}
	return p.put(digest, b, payload, flags), nil
}

// together is the size in bytes from which on the digest is taken beside the compression.
const together = 1 << 20

func (p *Pack) putLarge(b []byte) (tracker.Digest, error) {
	taken := make(chan tracker.Digest, 1)
	go func() { taken <- tracker.DigestOf(b) }()
	payload, flags, err := p.squeezed(b)
	digest := <-taken
	if _, dup := p.seen[digest]; dup || err != nil {
		return digest, err
	}
	return p.put(digest, b, payload, flags), nil
}

// squeezed returns what is stored for b.
func (p *Pack) squeezed(b []byte) (payload []byte, flags uint32, err error) {
	if len(b) < smallest {
		return b, 0, nil
	}
	enc, err := p.encoder()
	if err != nil {
		return nil, 0, err
	}
	if z := enc.EncodeAll(b, make([]byte, 0, len(b)/2)); shrunk(z, b) {
		return z, flagZstd, nil
	}
	return b, 0, nil
}

func (p *Pack) put(digest tracker.Digest, b, payload []byte, flags uint32) tracker.Digest {
	f := Frame{Digest: digest, Flags: flags, Raw: int64(len(b)), Stored: int64(len(payload)), CRC: crc32.ChecksumIEEE(payload)}
	p.collect(f, payload)
	return digest
}

// collect adds a frame to those that the next Flush writes.
func (p *Pack) collect(f Frame, payload []byte) {
	p.remember(f, p.size+int64(len(p.buf)))
	p.buf = append(f.appendHeader(p.buf), payload...)
}

// remember notes the frame at offset.
func (p *Pack) remember(f Frame, offset int64) {
	f.Offset = offset
	p.seen[f.Digest] = struct{}{}
	p.index = appendIndexEntry(p.index, f)
}

// add collects a frame for the next Flush, or, when it is large, writes it at once: its header first, since a
// header whose payload is not there yet is how an unfinished frame begins.
func (p *Pack) add(f Frame, payload []byte) error {
	if len(payload) < maxIdleBuffer/4 {
		p.collect(f, payload)
		return nil
	}
	if err := p.Flush(); err != nil {
		return err
	}
	p.ahead = true
	if _, err := p.file.WriteAt(f.appendHeader(nil), p.size); err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	if _, err := p.file.WriteAt(payload, p.size+headerSize); err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	p.count(f)
	return nil
}

func (p *Pack) encoder() (enc *zstd.Encoder, err error) {
	if p.zstd == nil {
		p.zstd, err = newEncoder(1)
	}
	return p.zstd, err
}

// PutReader stores what r reads, of any size, without holding it in memory, and returns its digest
// and size in bytes. The frame's header is written last, so that a frame cut short is never taken
// for a whole one.
func (p *Pack) PutReader(r io.Reader) (tracker.Digest, int64, error) {
	if err := p.Flush(); err != nil {
		return tracker.Digest{}, 0, err
	}
	enc, err := p.encoder()
	if err != nil {
		return tracker.Digest{}, 0, err
	}
	p.ahead = true
	hash := sha256.New()
	payload := &payloadWriter{w: io.NewOffsetWriter(p.file, p.size+headerSize)}
	enc.Reset(payload)
	raw, err := io.Copy(enc, io.TeeReader(r, hash))
	if err == nil {
		err = enc.Close()
	}
	enc.Reset(nil)
	if err != nil {
		return tracker.Digest{}, 0, fmt.Errorf("write pack: %w", err)
	}
	f := Frame{Digest: tracker.Digest(hash.Sum(nil)), Flags: flagZstd, Raw: raw, Stored: payload.n, CRC: payload.crc}
	return f.Digest, raw, p.seal(f)
}

// seal writes the header of a frame whose payload is in the file.
func (p *Pack) seal(f Frame) error {
	if _, dup := p.seen[f.Digest]; dup {
		return p.Flush()
	}
	if _, err := p.file.WriteAt(f.appendHeader(nil), p.size); err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	p.count(f)
	return nil
}

// count lets the frame that was written behind the others be one of them.
func (p *Pack) count(f Frame) {
	p.remember(f, p.size)
	p.size += f.Size()
	p.flushed.Store(p.size)
	p.ahead = false
}

// Pending returns the bytes that Flush would write.
func (p *Pack) Pending() int { return len(p.buf) }

// maxIdleBuffer is how much memory an idle pack may keep for its next frames.
const maxIdleBuffer = 1 << 20

// Flush hands collected blobs to the operating system. After an error the next Flush writes the
// same bytes at the same place.
func (p *Pack) Flush() error {
	if p.ahead {
		if err := p.file.Truncate(p.size); err != nil {
			return fmt.Errorf("write pack: %w", err)
		}
		p.ahead = false
	}
	if len(p.buf) == 0 {
		return nil
	}
	if _, err := p.file.WriteAt(p.buf, p.size); err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	p.size += int64(len(p.buf))
	p.flushed.Store(p.size)
	p.buf = p.buf[:0]
	if cap(p.buf) > maxIdleBuffer {
		p.buf = nil
	}
	return nil
}

// writebackStep is how many bytes the disk is told to write at a time: enough to be one movement of it.
const writebackStep = 8 << 20

// unstarted returns which bytes of the file the disk is to begin to write now, in whole steps, since a page that
// is still to grow would be written twice. They count as told.
func (p *Pack) unstarted() (from, n int64) {
	from, n = p.begun, (p.size-p.begun)/writebackStep*writebackStep
	p.begun += n
	return from, n
}

// Close flushes and closes the pack.
func (p *Pack) Close() error {
	err := p.Flush()
	p.settled()
	if cerr := p.file.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close pack: %w", cerr)
	}
	return err
}

// payloadWriter counts and sums what passes.
type payloadWriter struct {
	w   io.Writer
	n   int64
	crc uint32
}

func (p *payloadWriter) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.n += int64(n)
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b[:n])
	return n, err
}
