package golang

import (
	"fmt"
	"html"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// titles are what %ls calls the kinds of declarations, in its order.
var titles = [...]string{
	source.Import: "Imports", source.Const: "Constants", source.Type: "Types", source.Var: "Variables", source.Func: "Functions",
}

// list is %ls: the remembered declarations by kind.
func (x *execution) list([]string) error {
	x.html("<h3>Memorized Definitions</h3>\n")
	for kind, title := range titles {
		if keys := x.session.decls.Keys(source.Kind(kind)); len(keys) > 0 {
			x.html(listHTML(title, keys))
		}
	}
	return nil
}

func listHTML(title string, items []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<h4>%s</h4>\n<ul>\n", title)
	for _, item := range items {
		fmt.Fprintf(&b, "<li><pre>%s</pre></li>\n", html.EscapeString(item))
	}
	b.WriteString("</ul>")
	return b.String()
}

// remove is %rm name….
func (x *execution) remove(keys []string) error {
	for _, key := range keys {
		kind, ok := x.session.decls.KindOf(key)
		if !ok {
			x.complainf(". key %q not found in any definition, not removed\n", key)
			continue
		}
		x.session.decls, _ = x.session.decls.Remove(key)
		x.printf(". removed %s %s\n", kind, key)
	}
	return nil
}

// reset is %reset [go.mod].
func (x *execution) reset(args []string) error {
	switch {
	case len(args) > 1 || len(args) == 1 && args[0] != "go.mod":
		return fmt.Errorf("want nothing or go.mod, got %q", args)
	case len(args) == 0:
		x.session.forget()
		x.printf("* State reset: all memorized declarations discarded.\n")
	}
	return x.builder.ResetModule()
}
