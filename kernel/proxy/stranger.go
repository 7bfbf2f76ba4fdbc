package proxy

import (
	"strings"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/magics"
)

// stranger is the guest of a kernel whose language gemba does not know.
type stranger struct{ comment string }

// strangerOf returns the guest of a kernel whose language is called so, by itself or by its kernelspec.
func strangerOf(names ...string) stranger {
	for _, name := range names {
		if mark := comments[strings.ToLower(name)]; mark != "" {
			return stranger{mark}
		}
	}
	return stranger{}
}

// comments is what begins a comment of one line, by the names that kernels and kernelspecs give their languages.
var comments = map[string]string{
	"bash": "#", "zsh": "#", "fish": "#", "sh": "#", "powershell": "#", "pwsh": "#", "python": "#", "r": "#", "julia": "#", "ruby": "#", "perl": "#",
	"raku": "#", "tcl": "#", "elixir": "#", "nim": "#", "crystal": "#", "coffeescript": "#", "sage": "#", "sagemath": "#", "gnuplot": "#", "octave": "#",
	"go": "//", "javascript": "//", "typescript": "//", "java": "//", "scala": "//", "kotlin": "//", "groovy": "//", "rust": "//", "c": "//", "c++": "//",
	"c++11": "//", "c++14": "//", "c++17": "//", "c++20": "//", "c++23": "//", "c#": "//", "f#": "//", "swift": "//", "dart": "//", "php": "//", "zig": "//",
	"lua": "--", "sql": "--", "sqlite": "--", "haskell": "--", "purescript": "--", "elm": "--", "ada": "--",
	"matlab": "%", "prolog": "%", "erlang": "%", "latex": "%",
	"clojure": ";", "scheme": ";", "racket": ";", "common lisp": ";", "fortran": "!",
}

func (stranger) Setup() string                        { return "" }
func (s stranger) Comment() string                    { return s.comment }
func (stranger) Unseen(string) bool                   { return true }
func (stranger) Commands(source string) []magics.Line { return magics.Lines(source) }
func (stranger) Facts(string) wire.Facts {
	return wire.Facts{Seen: wire.Seen{Children: true, Missed: []string{unseen}}}
}

// unseen is said of every cell of a kernel that does not tell what it does.
const unseen = "what this kernel reads: it does not tell; what it changes in the work tree is seen"
