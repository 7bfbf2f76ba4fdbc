// Package usage measures what cells use of the machine: processor time, memory, bytes read and written, bytes received and sent,
// GPUs, energy. It is told of the programs that a cell runs and looks at them beside it, so seldom that it takes less than a
// thousandth of one processor. It knows no kernel; what a figure lacks is said with the figure, and takes no other figure with it.
package usage
