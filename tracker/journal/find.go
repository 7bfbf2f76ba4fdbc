package journal

import (
	"os"
	"path/filepath"
)

// dirName is the name of a ledger's directory.
const dirName = ".gemba"

// Beside returns the directory of the ledger of the notebooks in dir, where nothing else is said.
func Beside(dir string) string { return filepath.Join(dir, dirName) }

// Find returns the directory of the ledger that serves dir: GEMBA_LEDGER, else .gemba at the root of
// the git repository that holds dir, else .gemba in dir. It need not exist.
func Find(dir string) string {
	if ledger := os.Getenv("GEMBA_LEDGER"); ledger != "" {
		return ledger
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Beside(dir)
	}
	for at := abs; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil { // a file in worktrees and submodules
			return Beside(at)
		}
		if at == filepath.Dir(at) {
			return Beside(abs)
		}
	}
}
