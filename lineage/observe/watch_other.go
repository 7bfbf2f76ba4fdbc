//go:build !linux

package observe

import (
	"context"
	"errors"
	"time"
)

// watcher is not there on this system: two listings of the work tree are compared in its place.
type watcher struct{}

func newWatcher(string, func(string) bool, func(string), func() time.Time) (*watcher, error) {
	return nil, errors.New("this system is not asked what changes in a folder")
}

func (*watcher) watchAll(context.Context)                           {}
func (*watcher) begin(bool) int                                     { return 0 }
func (*watcher) mark() int                                          { return 0 }
func (*watcher) events(int, int, time.Time) ([]event, bool, string) { return nil, false, "" }
func (*watcher) observed(int, bool)                                 {}
func (*watcher) opened(string)                                      {}
func (*watcher) close()                                             {}
