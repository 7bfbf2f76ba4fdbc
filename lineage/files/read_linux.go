package files

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Read returns what is in a folder, sorted by the bytes of the names. With an error it returns what could
// be read.
func Read(dir string) ([]Entry, error) {
	r, err := OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return new(reader).read(r, ".")
}

// A reader reads folders one after another and keeps its buffers.
type reader struct {
	raw   []byte
	names []byte
	items []item
}

// item is where a name is in names.
type item struct{ from, to int }

// read returns what is in the folder at path, sorted.
func (d *reader) read(r *Root, path string) ([]Entry, error) {
	fd, err := r.open(path, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return nil, r.fault("read folder", path, err)
	}
	defer func() { _ = unix.Close(fd) }()
	listErr := d.list(fd)
	entries, err := d.stat(fd)
	if listErr != nil {
		err = listErr
	}
	return entries, r.fault("read folder", path, err)
}

// list collects the names in a folder and sorts them.
func (d *reader) list(fd int) (err error) {
	if d.raw == nil {
		d.raw = make([]byte, 64<<10)
	}
	d.names, d.items = d.names[:0], d.items[:0]
	for n := 1; n > 0 && err == nil; {
		n, err = retry(func() (int, error) { return unix.Getdents(fd, d.raw) })
		d.take(d.raw[:max(n, 0)])
	}
	slices.SortFunc(d.items, func(a, b item) int { return bytes.Compare(d.names[a.from:a.to], d.names[b.from:b.to]) })
	return err
}

// Where a linux_dirent64 (getdents64(2)) has the length of the record, and its name.
const direntLength, direntName = 16, 19

// take collects the names of records that the system wrote, "." and ".." left out.
func (d *reader) take(raw []byte) {
	for len(raw) > direntName {
		length := int(binary.NativeEndian.Uint16(raw[direntLength:]))
		name := raw[direntName:length]
		name = name[:bytes.IndexByte(name, 0)]
		raw = raw[length:]
		if string(name) == "." || string(name) == ".." {
			continue
		}
		d.items = append(d.items, item{len(d.names), len(d.names) + len(name)})
		d.names = append(d.names, name...)
	}
}

// stat asks for each name what is there. What vanished meanwhile is left out; what may not be asked for has
// no mode but that it is irregular, and the error tells.
func (d *reader) stat(fd int) (entries []Entry, err error) {
	if len(d.items) == 0 {
		return nil, nil
	}
	names := string(d.names) // once for all
	entries = make([]Entry, 0, len(d.items))
	var st unix.Stat_t
	for _, at := range d.items {
		name := names[at.from:at.to]
		switch statErr := unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW); statErr {
		case nil:
			entries = append(entries, entry(name, &st))
		case unix.ENOENT:
		default:
			entries = append(entries, Entry{Name: name, Mode: fs.ModeIrregular})
			err = statErr
		}
	}
	return entries, err
}

func entry(name string, st *unix.Stat_t) Entry {
	return Entry{
		Name:    name,
		Mode:    fileMode(st.Mode),
		Size:    st.Size,
		ModTime: time.Unix(st.Mtim.Unix()),
		Change:  time.Unix(st.Ctim.Unix()),
		Inode:   uint64(st.Ino),
		Device:  uint64(st.Dev),
	}
}

// types are the kinds of file that Linux knows.
var types = [16]fs.FileMode{
	unix.S_IFIFO >> 12:  fs.ModeNamedPipe,
	unix.S_IFCHR >> 12:  fs.ModeDevice | fs.ModeCharDevice,
	unix.S_IFDIR >> 12:  fs.ModeDir,
	unix.S_IFBLK >> 12:  fs.ModeDevice,
	unix.S_IFLNK >> 12:  fs.ModeSymlink,
	unix.S_IFSOCK >> 12: fs.ModeSocket,
}

func fileMode(m uint32) fs.FileMode {
	mode := fs.FileMode(m&0o777) | types[m>>12&15]
	if m&unix.S_ISUID != 0 {
		mode |= fs.ModeSetuid
	}
	if m&unix.S_ISGID != 0 {
		mode |= fs.ModeSetgid
	}
	if m&unix.S_ISVTX != 0 {
		mode |= fs.ModeSticky
	}
	return mode
}
