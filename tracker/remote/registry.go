package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// registry is a repository of an OCI registry (https://github.com/opencontainers/distribution-spec). Each object is
// an artifact: a manifest with one layer, the object's bytes, and a tag made of its name and size, so that one listing of the
// tags tells all that is there. The manifest comes last, so no object is ever half there.
type registry struct {
	repository name.Repository
	client     http.Client
	options    []remote.Option

	mu    sync.Mutex
	sizes map[string]int64 // of the objects that were seen
}

// The media types of what gemba keeps in registries.
const (
	artifactType types.MediaType = "application/vnd.gemba.object.v1"
	emptyType    types.MediaType = "application/vnd.oci.empty.v1+json"
)

// emptyConfig is the configuration of a manifest that has none, as the OCI image specification gives it.
var emptyConfig = []byte("{}")

// openRegistry opens oci://host/repository. Who may come in is settled by what `docker login` wrote; a registry on
// the loopback address is spoken to without TLS.
func openRegistry(ctx context.Context, address string) (Bucket, error) {
	repository, err := name.NewRepository(strings.TrimPrefix(address, "oci://"), name.StrictValidation)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	auth, err := authn.Resolve(ctx, authn.DefaultKeychain, repository)
	if err != nil {
		return nil, err
	}
	scopes := []string{repository.Scope(transport.PushScope)}
	rt, err := transport.NewWithContext(ctx, repository.Registry, auth, remote.DefaultTransport, scopes)
	if err != nil {
		return nil, err
	}
	return &registry{
		repository: repository, client: http.Client{Transport: rt}, sizes: make(map[string]int64),
		options: []remote.Option{remote.WithTransport(rt), remote.WithAuth(authn.Anonymous)},
	}, nil
}

// tagPattern is how a tag holds an object's name and size: slashes, which a tag cannot have, are underscores, which our names
// never have.
var tagPattern = regexp.MustCompile(`^([a-z0-9][a-z0-9._-]*)\.size-(\d+)$`)

func tagOf(object string, size int64) string {
	return fmt.Sprintf("%s.size-%d", strings.ReplaceAll(object, "/", "_"), size)
}

func parseTag(tag string) (object string, size int64, ok bool) {
	m := tagPattern.FindStringSubmatch(tag)
	if m == nil {
		return "", 0, false
	}
	size, err := strconv.ParseInt(m[2], 10, 64)
	return strings.ReplaceAll(m[1], "_", "/"), size, err == nil
}

func (r *registry) with(ctx context.Context) []remote.Option {
	return append([]remote.Option{remote.WithContext(ctx)}, r.options...)
}

func (r *registry) List(ctx context.Context, prefix string, visit func(string, int64) error) error {
	tags, err := remote.List(r.repository, r.with(ctx)...)
	if isMissing(err) {
		return nil // a repository begins with its first manifest
	}
	if err != nil {
		return fmt.Errorf("list remote: %w", err)
	}
	for _, tag := range tags {
		object, size, ok := parseTag(tag)
		if !ok {
			object = tag // somebody else's
		}
		r.saw(object, size)
		if strings.HasPrefix(object, prefix) {
			if err := visit(object, size); err != nil {
				return err
			}
		}
	}
	return nil
}

// manifest is an artifact's manifest (the OCI image specification's).
type manifest struct {
	SchemaVersion int             `json:"schemaVersion"`
	MediaType     types.MediaType `json:"mediaType"`
	ArtifactType  types.MediaType `json:"artifactType"`
	Config        v1.Descriptor   `json:"config"`
	Layers        []v1.Descriptor `json:"layers"`
}

// taggable is a manifest as the library puts it.
type taggable struct{ manifest }

// RawManifest returns what is put.
func (t taggable) RawManifest() ([]byte, error) { return json.Marshal(t.manifest) }

// MediaType tells the registry what that is.
func (t taggable) MediaType() (types.MediaType, error) { return t.manifest.MediaType, nil }

func descriptor(l v1.Layer) (d v1.Descriptor, err error) {
	if d.Digest, err = l.Digest(); err != nil {
		return d, err
	}
	if d.Size, err = l.Size(); err != nil {
		return d, err
	}
	d.MediaType, err = l.MediaType()
	return d, err
}

func (r *registry) Put(ctx context.Context, object string, body *io.SectionReader) error {
	layer, err := newLayer(body)
	if err != nil {
		return fmt.Errorf("put %s: %w", object, err)
	}
	config := static.NewLayer(emptyConfig, emptyType)
	m := manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1, ArtifactType: artifactType, Layers: make([]v1.Descriptor, 1)}
	for _, step := range []func() error{
		func() error { return remote.WriteLayer(r.repository, layer, r.with(ctx)...) },
		func() error { return remote.WriteLayer(r.repository, config, r.with(ctx)...) },
		func() (err error) { m.Layers[0], err = descriptor(layer); return err },
		func() (err error) { m.Config, err = descriptor(config); return err },
		func() error {
			return remote.Put(r.repository.Tag(tagOf(object, body.Size())), taggable{m}, r.with(ctx)...)
		},
	} {
		if err := step(); err != nil {
			return fmt.Errorf("put %s: %w", object, err)
		}
	}
	r.saw(object, body.Size())
	return nil
}

func (r *registry) Get(ctx context.Context, object string, offset, length int64) (io.ReadCloser, error) {
	layer, err := r.find(ctx, object)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", object, err)
	}
	end := layer.Size
	if length >= 0 {
		end = min(end, offset+length)
	}
	if offset >= end {
		return io.NopCloser(strings.NewReader("")), nil
	}
	body, err := r.getRange(ctx, layer.Digest, offset, end, layer.Size)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", object, err)
	}
	return body, nil
}

// saw remembers an object's size, which its tag needs.
func (r *registry) saw(object string, size int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sizes[object] = size
}

// tag returns the tag of an object; of one that was not seen yet, the registry is asked.
func (r *registry) tag(ctx context.Context, object string) (name.Tag, error) {
	for range 2 {
		r.mu.Lock()
		size, seen := r.sizes[object]
		r.mu.Unlock()
		if seen {
			return r.repository.Tag(tagOf(object, size)), nil
		}
		if err := r.List(ctx, object, func(string, int64) error { return nil }); err != nil {
			return name.Tag{}, err
		}
	}
	return name.Tag{}, ErrNotFound
}

// find returns the layer that is an object's bytes.
func (r *registry) find(ctx context.Context, object string) (v1.Descriptor, error) {
	tag, err := r.tag(ctx, object)
	if err != nil {
		return v1.Descriptor{}, err
	}
	head, err := remote.Head(tag, r.with(ctx)...)
	if err != nil {
		return v1.Descriptor{}, err
	}
	got, err := remote.Get(r.repository.Digest(head.Digest.String()), r.with(ctx)...) // by its digest, it is verified
	if err != nil {
		return v1.Descriptor{}, err
	}
	var m manifest
	if err := json.Unmarshal(got.Manifest, &m); err != nil || len(m.Layers) != 1 {
		return v1.Descriptor{}, fmt.Errorf("%w: its manifest is none of ours", ErrCorrupt)
	}
	return m.Layers[0], nil
}

func (r *registry) getRange(ctx context.Context, digest v1.Hash, from, to, size int64) (io.ReadCloser, error) {
	u := url.URL{Scheme: r.repository.Scheme(), Host: r.repository.RegistryStr(), Path: fmt.Sprintf("/v2/%s/blobs/%s", r.repository.RepositoryStr(), digest)}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, to-1))
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	switch {
	case response.StatusCode == http.StatusPartialContent:
		return response.Body, nil
	case response.StatusCode == http.StatusOK: // a registry need not know ranges
		if _, err = io.CopyN(io.Discard, response.Body, from); err == nil {
			return struct {
				io.Reader
				io.Closer
			}{io.LimitReader(response.Body, to-from), response.Body}, nil
		}
	default:
		err = fmt.Errorf("the registry says %s", response.Status)
	}
	return nil, errors.Join(err, response.Body.Close())
}

// isMissing reports whether a registry says that it has no such thing.
func isMissing(err error) bool {
	var e *transport.Error
	return errors.As(err, &e) && e.StatusCode == http.StatusNotFound
}

func (r *registry) Close() error {
	r.client.CloseIdleConnections()
	return nil
}
