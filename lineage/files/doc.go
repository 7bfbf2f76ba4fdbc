// Package files walks over folders fast, and tells of each file what a later walk needs to see that it
// changed. It never follows a link below the folder it is given, whatever happens there meanwhile. It looks at
// no content and knows no digest.
package files

import "errors"

// ErrIrregular says that what should be a regular file is none.
var ErrIrregular = errors.New("not a regular file")
