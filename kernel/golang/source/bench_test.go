package source

import (
	"fmt"
	"testing"
)

// BenchmarkNamed tells what a cell uses of 300 declarations, beside what parsing it takes.
func BenchmarkNamed(b *testing.B) {
	var decls Declarations
	for i := range 300 {
		c, err := Parse("Cell[1]", fmt.Sprintf("type t%d struct{ n int }\nfunc (x t%d) get() int { return x.n + f%d() }\nfunc f%d() int { return len(fmt.Sprint(%d)) }", i, i, max(i-1, 0), i, i))
		if err != nil {
			b.Fatal(err)
		}
		decls = Merge(decls, c.Declarations)
	}
	text := "%%\nfor i := range 10 {\n\tx := t299{i}\n\tfmt.Println(x.get())\n}"
	c, err := Parse("Cell[2]", text)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("names", func(b *testing.B) {
		for b.Loop() {
			c.Named(decls, decls)
		}
	})
	b.Run("parse", func(b *testing.B) {
		for b.Loop() {
			_, _ = Parse("Cell[2]", text)
		}
	})
	b.Run("compose", func(b *testing.B) {
		for b.Loop() {
			Compose(decls, c.Main, Options{})
		}
	})
}
