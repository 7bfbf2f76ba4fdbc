package python

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// cell is what is known of a cell so far.
type cell struct {
	seen    wire.Seen
	known   map[string]int // files by path: where they are among those that were opened
	hosts   map[string]bool
	bound   []string
	used    []string
	imports []wire.Module
	seeds   []wire.Seed
	ended   bool
}

func newCell() *cell { return &cell{known: map[string]int{}, hosts: map[string]bool{}} }

// add takes in a line.
func (c *cell) add(l *line) {
	c.expect(len(l.read) + len(l.Wrote))
	read := 0
	for _, w := range l.Wrote {
		after := min(max(w.after, read), len(l.read))
		c.read(string(l.Dir), l.read[read:after])
		c.wrote(w)
		read = after
	}
	c.read(string(l.Dir), l.read[read:])
	for _, command := range l.Run {
		c.start(wire.Process{Command: string(command)})
	}
	for _, command := range l.Exec {
		c.start(wire.Process{Command: string(command), PID: l.Child})
	}
	for _, host := range l.Hosts {
		c.hosts[host] = true
	}
	if l.Workers {
		c.seen.Children = true
	}
	for _, library := range l.Unseen {
		c.unseen("files that " + library + " opened by itself: its own code does not tell Python of them")
	}
	if l.Child == 0 && l.End {
		c.end(l)
	}
}

// expect makes room for so many more files.
func (c *cell) expect(more int) {
	c.seen.Opened = slices.Grow(c.seen.Opened, more)
	if more > 2*len(c.known) {
		known := make(map[string]int, len(c.known)+more)
		maps.Copy(known, c.known)
		c.known = known
	}
}

// end takes in what is told once, at the cell's end.
func (c *cell) end(l *line) {
	c.bound, c.used = union(c.bound, l.Bound), union(c.used, l.Used) // a magic may have run a cell in the cell
	for _, pair := range l.Imports {
		if len(pair) == 2 {
			c.imports = append(c.imports, wire.Module{Name: pair[0], Version: pair[1]})
		}
	}
	for _, pair := range l.Seeds {
		if len(pair) == 2 {
			c.seeds = append(c.seeds, wire.Seed{Call: pair[0], Value: pair[1]})
		}
	}
}

// read takes in paths that were opened for reading.
func (c *cell) read(dir string, paths []string) {
	for _, path := range paths {
		path = placed(dir, path)
		if _, is := c.known[path]; !is {
			c.open(wire.Opened{Path: path, Unlooked: true})
		}
	}
}

// placed returns the path of what a process opened in dir, which is absolute. Most paths are plain, and a cell waits for each.
func placed(dir, path string) string {
	switch {
	case filepath.IsAbs(path):
		return path
	case filepath.Separator == '/' && dir != "" && dir[len(dir)-1] != '/' && path != "" && path[0] != '.' && !strings.Contains(path, "/.") && !strings.Contains(path, "//") && path[len(path)-1] != '/':
		return dir + "/" + path
	}
	return filepath.Join(dir, path)
}

func (c *cell) open(o wire.Opened) {
	c.known[o.Path] = len(c.seen.Opened)
	c.seen.Opened = append(c.seen.Opened, o)
}

// wrote takes in a file that was looked at before it was opened. One that had been opened for reading before was then as it was
// at this look, so it is told of twice: opened, left as it was, and opened again.
func (c *cell) wrote(w wrote) {
	o := wire.Opened{Path: w.path, Existed: w.existed}
	if w.existed {
		o.Size, o.ModTime, o.Inode = w.size, time.Unix(0, w.changed), w.inode
	}
	i, known := c.known[o.Path]
	switch {
	case !known:
		c.open(o)
	case c.seen.Opened[i].Unlooked:
		c.seen.Opened[i] = o
		c.seen.Opened = append(c.seen.Opened, o)
	}
}

func (c *cell) start(p wire.Process) {
	if p.PID == 0 || !slices.Contains(c.seen.Processes, p) {
		c.seen.Processes = append(c.seen.Processes, p)
	}
	c.seen.Children = true
}

// unseen takes note of what opened files unseen.
func (c *cell) unseen(what string) {
	c.seen.Children = true
	c.miss(what)
}

// miss takes note of what could not be observed.
func (c *cell) miss(what string) {
	if !slices.Contains(c.seen.Missed, what) {
		c.seen.Missed = append(c.seen.Missed, what)
	}
}

func (c *cell) facts() wire.Facts {
	c.seen.Hosts = slices.Sorted(maps.Keys(c.hosts))
	return wire.Facts{Seen: c.seen, Bound: c.bound, Used: c.used, Imports: c.imports, Seeds: c.seeds}
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
