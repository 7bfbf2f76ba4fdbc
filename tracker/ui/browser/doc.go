// Package browser holds the sessions in a real browser that show the page of `gemba ui` as a person sees it: with the ledger of a notebook
// and of programs that really ran. It knows gemba and Chromium only as programs. It is tests only.
package browser
