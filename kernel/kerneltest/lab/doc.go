// Package lab holds the sessions in real JupyterLab and Notebook 7, in a real browser, that show the kernel
// to a person as it is: it knows gemba, Jupyter and Chromium only as programs. It is tests only.
package lab
