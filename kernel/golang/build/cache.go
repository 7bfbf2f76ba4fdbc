package build

import (
	"os"
	"path/filepath"
	"runtime"
)

// cacheDir is gemba's own folder in the user's cache, or one in the build folder, which goes with the session, where
// there is no user's cache that can be written. It is never one that somebody else could have filled.
func cacheDir(dir string) string {
	if base, err := os.UserCacheDir(); err == nil {
		if own := filepath.Join(base, "gemba"); writable(own) {
			return own
		}
	}
	return privateCache(dir)
}

func privateCache(dir string) string { return filepath.Join(dir, ".gemba", "cache") }

// goCache gives the go command a cache in the build folder where it would find none of its own that can be written, and
// build nothing: in a container without a home, say. What is compiled there is compiled again by the next session.
func (b *Builder) goCache(env environment) []string {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || env.get("GOCACHE") != "" {
		return nil
	}
	base := env.get("XDG_CACHE_HOME")
	if home := env.get("HOME"); base == "" && home != "" {
		base = filepath.Join(home, ".cache")
	}
	folder := filepath.Join(base, "go-build")
	usable, known := b.caches[folder]
	if !known {
		usable = base != "" && writable(folder)
		b.caches[folder] = usable
	}
	if usable {
		return nil
	}
	return []string{"GOCACHE=" + filepath.Join(privateCache(b.opts.Dir), "go-build")}
}

// writable makes a folder and says whether files can be made in it.
func writable(dir string) bool {
	if os.MkdirAll(dir, 0o700) != nil {
		return false
	}
	f, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return false
	}
	f.Close()
	return os.Remove(f.Name()) == nil
}
