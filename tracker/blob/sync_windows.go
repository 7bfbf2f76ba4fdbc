package blob

// SyncDir does nothing: Windows offers no way to make a folder's names durable.
func SyncDir(string) error { return nil }
