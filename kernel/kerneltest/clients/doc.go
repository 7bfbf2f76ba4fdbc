// Package clients runs Jupyter's own Python clients against the kernel: jupyter_kernel_test, nbclient,
// papermill and nbconvert. It knows gemba only as a program, and is tests only.
package clients
