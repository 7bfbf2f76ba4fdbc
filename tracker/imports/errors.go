package imports

import "errors"

// ErrUnknown says that nothing is known that could be imported from a place.
var ErrUnknown = errors.New("nothing that can be imported")
