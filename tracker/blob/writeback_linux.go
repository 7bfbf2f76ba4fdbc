package blob

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// startWriteback has the system begin to write n bytes of a file to the disk, which it would otherwise do seconds
// later: a Sync has less to wait for then. It is a hint: where it fails nothing is lost.
func startWriteback(file syscall.Conn, from, n int64) {
	conn, err := file.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) { _ = unix.SyncFileRange(int(fd), from, n, unix.SYNC_FILE_RANGE_WRITE) })
}
