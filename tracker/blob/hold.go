package blob

import (
	"fmt"
	"os"
	"path/filepath"
)

// Hold keeps garbage collection out of the packs in dir until release is called: what a writer stored,
// or found stored already, stays until an entry names it. Several may hold at once; Sweep waits for all.
func Hold(dir string) (release func(), err error) { return lockPacks(dir, false) }

// Sweep keeps every Hold out until release is called; it waits for those under way.
func Sweep(dir string) (release func(), err error) { return lockPacks(dir, true) }

func lockPacks(dir string, exclusive bool) (release func(), err error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("hold packs: %w", err)
	}
	if err := flock(file, exclusive); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("hold packs: %w", err)
	}
	return func() { _ = file.Close() }, nil // closing unlocks
}
