package tracker_test

import "errors"

// recordOnFullDisk needs a limit that Windows does not have.
func recordOnFullDisk(string) error { return errors.ErrUnsupported }
