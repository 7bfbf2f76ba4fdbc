package browser

import (
	"fmt"
	"testing"
)

// views are those that the navigation lists, by their ids and headings.
var views = []struct{ id, title string }{
	{"home", "Home"}, {"timeline", "Timeline"}, {"runs", "Runs"}, {"compare", "Compare"}, {"charts", "Charts"}, {"lineage", "Lineage"},
	{"review", "Review"}, {"verify", "Verify"}, {"disk", "Disk"}, {"environment", "Environment"},
}

// TestViewsOpen opens every view from its address, in both themes and three sizes of the window.
func TestViewsOpen(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.lab)
	for _, v := range views {
		t.Run(v.id, func(t *testing.T) {
			w := s.open(t, "/"+v.id)
			w.find("heading", v.title)
			w.settled()
			for _, theme := range []string{"light", "dark"} {
				w.theme(theme)
				for _, size := range [][2]int64{{1440, 900}, {1024, 700}, {700, 900}} {
					w.size(size[0], size[1])
					w.shot(theme + "-" + fmt.Sprint(size[0]))
				}
				w.accessible(theme)
			}
		})
	}
}
