//go:build !unix

package absorb

import (
	"os"
	"time"
)

// quiet is after how long without a change a log counts as ended, where there are no locks to ask.
const quiet = time.Minute

// writerGone reports whether the program that wrote a log seems to have ended.
func writerGone(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && time.Since(info.ModTime()) > quiet
}
