// Package build makes executables of programs composed by package source, fast: the compiler and the linker are called
// directly where that gives what the go command would give, and what was built before is reused. It also finds imports
// for names that nothing declares, and fetches modules that a program needs.
//
// It knows the go command and the module cache, and a few facts about gonbui and GoMLX. It must not know Jupyter, nor
// how an executable is run.
package build
