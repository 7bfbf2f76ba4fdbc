package observe

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/gemba-ml/gemba/tracker"
)

// What a line says of a file whose versions are not known.
const (
	missingChanged = "it changed again after the cell, before it could be read"
	missingGone    = "it was gone before it could be read"
	missingUnclear = "it changed in the cell or after it, before it could be read"
)

// file tells what the cell did with a file; is tells whether it did anything.
func (v *view) file(ctx context.Context, c *candidate) (f File, is bool) {
	f = File{Type: "file", Path: Text(c.path), Seen: byFolder}
	if c.opened != nil {
		f.Seen = byProgram
	}
	if c.real != c.path {
		f.Real = Text(c.real)
	}
	now, err := c.now, error(nil)
	if !now.exists {
		now, err = look(c.real)
	}
	switch {
	case err != nil:
		f.Missing = reason(err)
		return f, true
	case isFolder(c.path):
		f.Type, f.Removed = "folder", !now.exists
		return f, f.Removed
	case !now.exists:
		v.gone(&f, c)
	case now.mode.IsDir():
		f.Type = "folder"
		return f, c.opened != nil
	case !now.mode.IsRegular():
		f.Missing = "it is no regular file: " + now.mode.Type().String()
	default:
		v.judge(&f, c, now)
		if !f.Read && !f.Written && f.Missing == "" {
			return f, false
		}
		v.versions(ctx, &f, c, now)
	}
	return f, true
}

// gone tells of a file that is not there any more.
func (v *view) gone(f *File, c *candidate) {
	o := c.opened
	switch {
	case o != nil && o.Unlooked:
		f.Missing = missingGone
	case o != nil && o.Existed:
		f.Written, f.Removed, f.Size = true, true, o.Size
		f.BeforeUnknown = !f.before(v.library.recall(c.real, was(*o)))
	case o == nil && !c.happened.created:
		k, ok := v.library.latest(c.real)
		f.Written, f.Removed, f.Size = true, true, k.state.size
		f.BeforeUnknown = !f.before(k, ok)
	default: // it came and went, or never was
		f.Absent = true
	}
}

// judge decides whether a file that is there was read or written.
func (v *view) judge(f *File, c *candidate, now state) {
	o, h := c.opened, c.happened
	f.Read = c.again || h.closed > h.own
	switch {
	case o == nil:
		f.Written = h.created || h.arrived || (h.wrote || c.listed) && v.changedSince(now)
		f.Created = h.created
	case o.Unlooked:
		_, before := v.library.recall(c.real, now)
		f.Written = !now.change.Before(v.start.time) || v.changedSince(now) && !before
		f.Read = f.Read || !f.Written
	case !o.Existed:
		f.Written, f.Created = true, true
	case now.sameBytes(was(*o)):
		f.Read = true
	case now.change.After(v.end) && !(h.wrote || h.arrived):
		f.Missing = missingUnclear
	default:
		f.Written = true
	}
	if f.Written && f.Missing == "" && now.change.After(v.end) {
		f.Missing = missingChanged
	}
}

// changedSince says that a file has changed since the cell's start, or shortly before: times count in steps.
func (v *view) changedSince(now state) bool { return !now.change.Before(v.start.time.Add(-tick)) }

// versions adds the digests before and after the cell.
func (v *view) versions(ctx context.Context, f *File, c *candidate, now state) {
	if (f.Written || f.Missing != "") && !f.Created {
		var k known
		ok := false
		switch {
		case c.opened != nil && !c.opened.Unlooked:
			k, ok = v.library.recall(c.real, was(*c.opened))
		case v.changes.complete:
			k, ok = v.library.latest(c.real)
		}
		f.BeforeUnknown = !f.before(k, ok)
	}
	if f.Missing != "" {
		return
	}
	k, err := v.library.read(ctx, c.real, now, v.pace)
	if err == nil && f.Written && k.state.change.After(v.end) {
		f.Missing = missingChanged
		return
	}
	if err == nil && !f.Written && !k.state.sameBytes(now) {
		err = errChanging
	}
	if err != nil {
		f.Missing = reason(err)
		return
	}
	f.Size = k.state.size
	f.after(k)
	if !f.Written {
		f.before(k, true)
	}
}

// before adds the version before the cell, when it is known.
func (f *File) before(k known, ok bool) bool {
	if ok && k.kept {
		f.Before = k.digest
	} else if ok {
		f.BeforeSHA256 = bare(k.digest)
	}
	return ok
}

// after adds the version after the cell.
func (f *File) after(k known) {
	if k.kept {
		f.After = k.digest
		return
	}
	kept := false
	f.AfterSHA256, f.Kept, f.Why = bare(k.digest), &kept, k.why
}

// bare writes a digest that names no blob.
func bare(d tracker.Digest) string { return hex.EncodeToString(d[:]) }

// reason says for people why a file could not be read.
func reason(err error) string {
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missingGone
	case errors.As(err, &path):
		return fmt.Sprintf("it could not be read: %v", path.Err)
	}
	return "it could not be read: " + err.Error()
}

func sizeCount(n int) string { return strconv.Itoa(n) }
