// Package gomlx logs what GoMLX does, in one line:
//
//	loop := train.NewLoop(trainer)
//	gomlx.Attach(loop, track.Here())
//
// From then on the run has the loss and every other metric of each step, the hyperparameters, the optimizer, the learning rate, the size
// of the model, and its checkpoints as artifacts. Nothing of that can stop the training. Keep and Get are track's for tensors.
//
// The package is for programs that use GoMLX: gemba itself must not import it. It was written for GoMLX v0.28.2.
package gomlx
