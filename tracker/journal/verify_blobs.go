package journal

import (
	"bytes"
	"encoding/hex"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// checkPacks reads every blob.
func (v *verification) checkPacks() error {
	v.good, v.bad = make(map[tracker.Digest]struct{}), make(map[tracker.Digest]struct{})
	return blob.Check(v.packs(), func(pack string, f blob.Frame, fault error) {
		if fault == nil {
			v.good[f.Digest] = struct{}{}
			v.report.Blobs++
			return
		}
		v.bad[f.Digest] = struct{}{}
		v.problem(Problem{BlobCorrupt, "packs/" + pack, 0, fault.Error()})
	})
}

// named returns a visitor that makes sure that each blob a line names is there, and that lines behind
// the checkpoint, which nothing else vouches for, are entries.
func (v *verification) named(name string, own *checkpoint) visitor {
	file, faults := v.relative(v.lines(name)), 0
	return func(n int64, _ tlog.Hash, line []byte) {
		if faults >= maxProblems {
			return
		}
		for d := range digestsIn(line) {
			if fault := v.blobFault(d); fault != "" {
				v.problem(Problem{fault, file, n, d.String()})
				faults++
			}
		}
		if own == nil || n > own.size {
			if _, err := tracker.DecodeEntry(line); err != nil {
				v.problem(Problem{NotAnEntry, file, n, ""})
				faults++
			}
		}
	}
}

// blobFault tells what is wrong with a blob, empty when nothing is.
func (v *verification) blobFault(d tracker.Digest) Fault {
	if _, ok := v.good[d]; ok {
		return ""
	}
	if _, bad := v.bad[d]; bad {
		return BlobCorrupt
	}
	if _, err := v.Blob(d); err != nil { // unless it was written since the packs were read
		return BlobMissing
	}
	return ""
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

var digestPrefix = []byte(`"sha256:`)
