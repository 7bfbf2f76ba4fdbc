package observe

import (
	"errors"
	"io/fs"
)

// absent says that nothing is at a path.
func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// noWait is not needed here.
const noWait = 0
