package remote

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// catalogue tells in which pack of a remote each blob is. Lists of frames never change, so they are kept in a folder.
type catalogue struct {
	where map[tracker.Digest]located
	packs []string
	sizes map[string]int64 // of the packs, in bytes
}

// located is a frame in a pack of a remote.
type located struct {
	pack int32 // its place in packs
	blob.Frame
}

// readCatalogue reads the lists of frames of all packs that are there, from the folder cache where it has them.
func readCatalogue(ctx context.Context, b Bucket, v *inventory, cache string) (*catalogue, error) {
	c := &catalogue{where: map[tracker.Digest]located{}, sizes: v.packs}
	for sum, size := range v.listed {
		if _, there := v.packs[sum]; !there {
			continue
		}
		frames, err := readFrames(ctx, b, sum, size, cache)
		if err != nil {
			return nil, err
		}
		for _, f := range frames {
			if known, dup := c.where[f.Digest]; !dup || known.Recipe() && !f.Recipe() {
				c.where[f.Digest] = located{int32(len(c.packs)), f}
			}
		}
		c.packs = append(c.packs, sum)
	}
	return c, nil
}

// framesLimit is the largest list of frames that is read: that of eight million.
const framesLimit = 512 << 20

func readFrames(ctx context.Context, b Bucket, sum string, size int64, cache string) ([]blob.Frame, error) {
	path := filepath.Join(cache, sum+".frames")
	if text, err := os.ReadFile(path); err == nil && int64(len(text)) == size {
		if frames, err := blob.ParseHeaders(text); err == nil {
			return frames, nil
		}
	}
	text, err := getLimited(ctx, b, framesName(sum), framesLimit)
	if err != nil {
		return nil, err
	}
	frames, err := blob.ParseHeaders(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w: %w", framesName(sum), ErrCorrupt, err)
	}
	keep(path, text)
	return frames, nil
}

// keep writes a cached file; one that cannot be kept is read again.
func keep(path string, text []byte) {
	if os.MkdirAll(filepath.Dir(path), 0o755) != nil {
		return
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".frames.*")
	if err != nil {
		return
	}
	_, err = tmp.Write(text)
	if closeErr := tmp.Close(); err == nil && closeErr == nil && os.Rename(tmp.Name(), path) == nil {
		return
	}
	_ = os.Remove(tmp.Name())
}
