package blob

import (
	"os"

	"golang.org/x/sys/unix"
)

// readAhead tells the system that a file will be read from here to its end, so that it reads ahead further. It is
// a hint: where it fails nothing is lost.
func readAhead(file *os.File) {
	_ = unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_SEQUENTIAL)
}
