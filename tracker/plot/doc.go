// Package plot draws series as line charts: in SVG and PNG, and as text for a terminal. It knows numbers and names; it must
// not know runs, ledgers or where its bytes go. Equal charts are drawn in equal bytes.
package plot
