//go:build unix

package process

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// pipe makes a pipe whose ends programs do not inherit, and whose read end does not block. Files of
// package os are not used, because they would bring Go's own poller in.
func pipe() (r, w int, err error) {
	var p [2]int
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := syscall.Pipe(p[:]); err != nil {
		return -1, -1, fmt.Errorf("make pipe: %w", err)
	}
	syscall.CloseOnExec(p[0])
	syscall.CloseOnExec(p[1])
	return p[0], p[1], syscall.SetNonblock(p[0], true)
}

// fifo makes a named pipe and opens both of its ends here, without blocking: so a program that opens
// either end never waits, and one that never does leaves nobody waiting for it.
func fifo(path string) (int, error) {
	if err := unix.Mkfifo(path, 0o600); err != nil {
		return -1, fmt.Errorf("make pipe %s: %w", path, err)
	}
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("open pipe %s: %w", path, err)
	}
	return fd, nil
}

// read reads what is there: 0 at the end of file, unix.EAGAIN when there is nothing now.
func read(fd int, b []byte) (int, error) {
	for {
		n, err := unix.Read(fd, b)
		if !errors.Is(err, unix.EINTR) {
			return max(n, 0), err
		}
	}
}

// waiting tells how many bytes could be read.
func waiting(fd int) int {
	n, err := unix.IoctlGetInt(fd, fionread)
	if err != nil {
		return 0
	}
	return n
}

func closeAll(fds ...int) {
	for _, fd := range fds {
		if fd >= 0 {
			_ = unix.Close(fd)
		}
	}
}

func closeFiles(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}

// bell wakes a goroutine that sits in poll. Ringing it is allowed at any time, also after the end.
type bell struct {
	mu   sync.Mutex
	r, w int
}

func newBell() (*bell, error) {
	r, w, err := pipe()
	if err != nil {
		return nil, err
	}
	return &bell{r: r, w: w}, unix.SetNonblock(w, true)
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.w >= 0 {
		_, _ = unix.Write(b.w, []byte{0}) // a full pipe rings too
	}
}

func (b *bell) silence() {
	var drop [64]byte
	for n, _ := read(b.r, drop[:]); n == len(drop); n, _ = read(b.r, drop[:]) {
	}
}

func (b *bell) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	closeAll(b.r, b.w)
	b.r, b.w = -1, -1
}
