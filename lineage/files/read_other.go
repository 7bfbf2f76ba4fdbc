package files

import "os"

// Read returns what is in a folder, sorted.
func Read(dir string) ([]Entry, error) {
	list, err := os.ReadDir(dir)
	var entries []Entry
	for _, item := range list {
		info, infoErr := item.Info()
		if infoErr != nil {
			continue // it vanished meanwhile
		}
		entries = append(entries, Entry{Name: item.Name(), Mode: info.Mode(), Size: info.Size(), ModTime: info.ModTime()})
	}
	return entries, err
}
