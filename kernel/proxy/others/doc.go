// Package others tries real kernels that are neither gemba's nor ipykernel behind gemba: bash_kernel, xeus-python and GoNB. It holds
// nothing but tests.
package others
