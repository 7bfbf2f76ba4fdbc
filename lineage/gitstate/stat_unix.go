//go:build unix

package gitstate

import (
	"io/fs"
	"time"

	"golang.org/x/sys/unix"
)

// lstat returns the stamp of path, without following a link; the zero stamp when nothing is there.
func lstat(path string) stamp {
	var st unix.Stat_t
	if unix.Lstat(path, &st) != nil {
		return stamp{}
	}
	return stampOfStat(&st)
}

func stampOfStat(st *unix.Stat_t) stamp {
	return stamp{fileMode(uint32(st.Mode)), st.Size, unixNano(st.Mtim), unixNano(st.Ctim), uint64(st.Ino)}
}

func unixNano(t unix.Timespec) int64 { return time.Unix(t.Unix()).UnixNano() }

// fileMode is os's translation of a mode: type and permissions.
func fileMode(mode uint32) fs.FileMode {
	m := fs.FileMode(mode & 0o777)
	for _, row := range []struct {
		bits uint32
		mode fs.FileMode
	}{
		{unix.S_IFDIR, fs.ModeDir}, {unix.S_IFLNK, fs.ModeSymlink}, {unix.S_IFIFO, fs.ModeNamedPipe},
		{unix.S_IFSOCK, fs.ModeSocket}, {unix.S_IFBLK, fs.ModeDevice}, {unix.S_IFCHR, fs.ModeDevice | fs.ModeCharDevice},
	} {
		if mode&unix.S_IFMT == row.bits {
			m |= row.mode
		}
	}
	for _, row := range []struct {
		bit  uint32
		mode fs.FileMode
	}{{unix.S_ISUID, fs.ModeSetuid}, {unix.S_ISGID, fs.ModeSetgid}, {unix.S_ISVTX, fs.ModeSticky}} {
		if mode&row.bit != 0 {
			m |= row.mode
		}
	}
	return m
}
