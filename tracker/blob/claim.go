package blob

import (
	"errors"
	"fmt"
	"os"
)

// ErrInUse says that a writer has a pack open.
var ErrInUse = errors.New("a writer has it open")

// Claim makes sure that no writer has the pack at path open, and that none gets it until release is called. It
// returns an error that is ErrInUse when one has. Every Pack, and so every Bulk, is locked from when it is
// made until it is closed or its process ends, however that ends.
func Claim(path string) (release func(), err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("claim pack: %w", err)
	}
	ok, err := tryFlock(file)
	if err == nil && !ok {
		err = ErrInUse
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("claim pack: %w", err)
	}
	return func() { _ = file.Close() }, nil // closing unlocks
}
