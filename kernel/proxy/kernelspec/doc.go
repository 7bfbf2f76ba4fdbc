// Package kernelspec finds and reads what tells of the kernels that are installed for Jupyter: a folder each, with a kernel.json
// that says how the kernel is started (https://jupyter-client.readthedocs.io/en/latest/kernels.html#kernel-specs). It looks where
// Jupyter looks, in its order, without asking it: no Python is started. It must not know what a kernel is started for.
package kernelspec
