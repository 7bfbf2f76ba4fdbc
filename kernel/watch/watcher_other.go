//go:build !unix

package watch

// Watcher does nothing here: this system has neither process groups nor the shell.
type Watcher struct{}

// Start returns a watcher that does nothing.
func Start() (*Watcher, error) { return &Watcher{}, nil }

// Group does nothing.
func (*Watcher) Group(int, bool) {}

// Folder does nothing.
func (*Watcher) Folder(string) {}

// Close does nothing.
func (*Watcher) Close() {}
