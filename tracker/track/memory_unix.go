//go:build unix

package track

import (
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// nonblock keeps an open of a pipe from waiting for its writer.
const nonblock = syscall.O_NONBLOCK

// lock waits for a gemba that just looks whether anybody writes to the file.
func lock(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			return err
		}
	}
}

// mapFile maps a part of a file to memory that is shared with whoever reads the file, now or when this program is gone.
func mapFile(f *os.File, at int64, length int) ([]byte, error) {
	return syscall.Mmap(int(f.Fd()), at, length, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
}

func unmap(b []byte) { _ = syscall.Munmap(b) } // it was mapped

// commit tells readers how far the log goes.
func (l *log) commit() { atomic.StoreUint64((*uint64)(unsafe.Pointer(&l.head[endAt])), uint64(l.end)) }

// lose counts a record that found no room.
func (l *log) lose() { atomic.AddUint64((*uint64)(unsafe.Pointer(&l.head[lostAt])), 1) }
