package remote

import (
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// layer is an object's bytes as a layer: as they are, neither packed nor compressed. It is a v1.Layer.
type layer struct {
	body   *io.SectionReader
	digest v1.Hash
}

func newLayer(body *io.SectionReader) (v1.Layer, error) {
	digest, _, err := v1.SHA256(io.NewSectionReader(body, 0, body.Size()))
	return &layer{body, digest}, err
}

func (l *layer) Digest() (v1.Hash, error)             { return l.digest, nil }
func (l *layer) DiffID() (v1.Hash, error)             { return l.digest, nil }
func (l *layer) Size() (int64, error)                 { return l.body.Size(), nil }
func (l *layer) MediaType() (types.MediaType, error)  { return artifactType, nil }
func (l *layer) Uncompressed() (io.ReadCloser, error) { return l.Compressed() }

// Compressed returns the bytes, anew each time.
func (l *layer) Compressed() (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(l.body, 0, l.body.Size())), nil
}
