package journal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/reach"
)

// checkPacks reads every blob. One that lacks chunks is damage only where something names it.
func (v *verification) checkPacks() error {
	v.good, v.bad = make(map[tracker.Digest]struct{}), make(map[tracker.Digest]struct{})
	return blob.Check(v.packs(), func(pack string, f blob.Frame, fault error) {
		v.read(f.Size())
		switch {
		case fault == nil:
			v.good[f.Digest] = struct{}{}
			v.report.Blobs++
		case !errors.Is(fault, blob.ErrNotFound):
			v.bad[f.Digest] = struct{}{}
			v.problem(Problem{BlobCorrupt, "packs/" + pack, 0, fault.Error()})
		}
	})
}

// named returns a visitor that makes sure that each blob a line needs is there, and that lines behind
// the checkpoint, which nothing else vouches for, are entries.
func (v *verification) named(name string, own *checkpoint) visitor {
	if v.linesOnly {
		return func(int64, tlog.Hash, []byte) {}
	}
	file, faults := v.relative(v.lines(name)), 0
	return func(n int64, _ tlog.Hash, line []byte) {
		v.read(int64(len(line)) + 1)
		if faults >= maxProblems {
			return
		}
		missing := func(d tracker.Digest) {
			if fault := v.blobFault(d); fault != "" {
				v.problem(Problem{fault, file, n, d.String()})
				faults++
			}
		}
		for d := range digestsIn(line) {
			missing(d)
		}
		if own == nil || n > own.size {
			if _, err := tracker.DecodeEntry(line); err != nil {
				v.problem(Problem{NotAnEntry, file, n, ""})
				faults++
				return
			}
		}
		v.documents(line, missing)
	}
}

// documents checks the blobs that the documents named in a line lead to, once for each document.
func (v *verification) documents(line []byte, missing func(tracker.Digest)) {
	if !namesDocument(line) {
		return
	}
	direct := make(map[tracker.Digest]struct{})
	for d := range digestsIn(line) {
		direct[d] = struct{}{}
	}
	visit := func(d tracker.Digest, document bool) bool {
		if _, told := direct[d]; !told {
			missing(d)
		}
		return document && v.first(d)
	}
	problem := func(d tracker.Digest, err error) {
		if v.blobFault(d) == "" && !v.isRemoved(d) {
			v.problem(Problem{DocumentBad, v.relative(v.packs()), 0, err.Error()})
		}
	}
	_ = reach.Walk(line, v.blobs, visit, problem) // a line that is no JSON is told as no entry
}

// first reports whether a document is met for the first time.
func (v *verification) first(document tracker.Digest) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, seen := v.walked[document]
	v.walked[document] = struct{}{}
	return !seen
}

// blobFault tells what is wrong with a blob, empty when nothing is or when it was removed for a reason.
func (v *verification) blobFault(d tracker.Digest) Fault {
	if _, ok := v.good[d]; ok {
		return ""
	}
	if _, bad := v.bad[d]; bad {
		return BlobCorrupt
	}
	if v.written(d) || v.isRemoved(d) {
		return ""
	}
	return BlobMissing
}

// written reports whether a blob is there after all: it was written, or moved, since the packs were read.
func (v *verification) written(d tracker.Digest) bool {
	r, _, err := v.blobs.Open(d)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close()) == nil
}

// isRemoved reports whether a tombstone tells why a blob is missing, and counts it.
func (v *verification) isRemoved(d tracker.Digest) bool {
	t, ok := v.tombstones()[d]
	if ok {
		v.mu.Lock()
		defer v.mu.Unlock()
		if _, told := v.removed[d]; !told {
			v.removed[d] = struct{}{}
			v.report.addRemoved(t)
		}
	}
	return ok
}

// readTombstones reads them when the first blob is found missing: in most ledgers none ever is.
func (v *verification) readTombstones() map[tracker.Digest]Tombstone {
	all, err := v.Tombstones(v.ctx, func(error) {}) // what cannot be read is told where it is checked
	if err != nil {
		return nil
	}
	return all
}

func (v *verification) prepareRemoved() {
	v.walked, v.removed = make(map[tracker.Digest]struct{}), make(map[tracker.Digest]struct{})
	v.tombstones = sync.OnceValue(v.readTombstones)
}

// digestsIn yields the digests that a line names: every JSON string "sha256:" with 64 digits.
func digestsIn(line []byte) func(yield func(tracker.Digest) bool) {
	return func(yield func(tracker.Digest) bool) {
		for {
			i := bytes.Index(line, digestPrefix)
			if i < 0 {
				return
			}
			line = line[i+len(digestPrefix):]
			var d tracker.Digest
			if n := hex.EncodedLen(len(d)); len(line) > n && line[n] == '"' {
				if _, err := hex.Decode(d[:], line[:n]); err == nil && !yield(d) {
					return
				}
			}
		}
	}
}

// namesDocument reports whether a line may name a document: a digest behind the name of such a member.
func namesDocument(line []byte) bool {
	for at := 0; ; {
		i := bytes.Index(line[at:], digestPrefix)
		if i < 0 {
			return false
		}
		before := bytes.TrimRight(line[:at+i], " \t:[")
		at += i + len(digestPrefix)
		name, quoted := bytes.CutSuffix(before, []byte(`"`))
		if !quoted || tracker.DocumentMember(string(name[bytes.LastIndexByte(name, '"')+1:])) {
			return true // or something unusual, which a parser looks at
		}
	}
}

var digestPrefix = []byte(`"sha256:`)
