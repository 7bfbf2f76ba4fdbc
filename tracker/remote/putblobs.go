package remote

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/gemba-ml/gemba/tracker/blob"
)

// packSize is about how many bytes a pack on a remote has: so much is brought again when a push is killed.
const packSize = 64 << 20

// uploads is how many packs are brought at once.
const uploads = 4

// putBlobs brings what is needed, in packs made of the frames as they lie in the ledger's own. Frames are taken in the
// order in which they lie, so a push that was killed makes the same packs again, and need not bring them again.
func (p *push) putBlobs() error {
	if len(p.need) == 0 {
		return nil
	}
	dir, err := os.MkdirTemp("", "gemba-push-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	group, ctx := errgroup.WithContext(p.ctx)
	group.SetLimit(uploads)
	out := &outgoing{push: p, dir: dir, put: func(s sealed) { group.Go(func() error { return p.putPack(ctx, s) }) }}
	err = p.copyFrames(ctx, out)
	return errors.Join(err, group.Wait())
}

// copyFrames copies the frames of needed blobs from the ledger's packs.
func (p *push) copyFrames(ctx context.Context, out *outgoing) error {
	store := p.ledger.Blobs()
	names, err := store.Packs()
	if err != nil {
		return err
	}
	for _, name := range names {
		pack, err := blob.OpenPack(filepath.Join(store.Dir(), name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		_, err = pack.Frames(func(f blob.Frame) error {
			if _, wanted := p.need[f.Digest]; !wanted || ctx.Err() != nil {
				return ctx.Err()
			}
			if err := pack.Check(f, store); err != nil {
				return fmt.Errorf("%w; gemba verify tells more", err)
			}
			delete(p.need, f.Digest)
			return out.add(f, pack)
		}, nil)
		if err = errors.Join(err, pack.Close()); err != nil {
			return err
		}
	}
	p.report.Missing += int64(len(p.need))
	return out.seal()
}

// outgoing collects frames into packs.
type outgoing struct {
	*push
	dir  string
	put  func(sealed)
	n    int
	pack *blob.Pack
	sealed
}

// sealed is a pack that is ready to go.
type sealed struct {
	path   string
	frames []blob.Frame
	bytes  int64
}

func (o *outgoing) add(f blob.Frame, from *blob.PackFile) (err error) {
	if o.pack == nil {
		o.n++
		o.sealed = sealed{path: filepath.Join(o.dir, fmt.Sprintf("%d.pack", o.n))}
		if o.pack, err = blob.CreatePack(o.path); err != nil {
			return err
		}
	}
	if err := o.pack.Copy(f, from); err != nil {
		return err
	}
	o.frames = append(o.frames, f)
	if o.bytes += f.Size(); o.bytes >= packSize {
		return o.seal()
	}
	return nil
}

func (o *outgoing) seal() error {
	if o.pack == nil {
		return nil
	}
	err := o.pack.Close()
	o.pack = nil
	if err != nil {
		return err
	}
	o.put(o.sealed)
	return nil
}

// putPack brings a pack, unless it is there, and then the list of its frames that makes it count.
func (p *push) putPack(ctx context.Context, s sealed) error {
	file, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer func() { _, _ = file.Close(), os.Remove(s.path) }()
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	if err != nil {
		return err
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	if there, ok := p.there.packs[sum]; !ok || there != size {
		if err := p.bucket.Put(ctx, packName(sum), io.NewSectionReader(file, 0, size)); err != nil {
			return err
		}
	}
	if err := putBytes(ctx, p.bucket, framesName(sum), blob.Headers(s.frames)); err != nil {
		return err
	}
	p.brought(s)
	return nil
}

func (p *push) brought(s sealed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.Blobs += int64(len(s.frames))
	p.report.Bytes += s.bytes
	p.options.tell(p.report)
}
