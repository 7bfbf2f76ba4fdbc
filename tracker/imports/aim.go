package imports

func findsAim(*Folder, string) bool                { return false }
func readAim(*Folder, string, Options, Sink) error { return nil }
