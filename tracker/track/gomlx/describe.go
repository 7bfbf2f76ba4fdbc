package gomlx

import (
	"cmp"
	"reflect"
	"strings"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"github.com/gemba-ml/gemba/tracker/track"
)

// describe logs what a model is and how it is trained. Parameters and bytes are those of its trainable variables: not what the
// optimizer keeps beside them.
func describe(run *track.Run, trainer *train.Trainer) {
	store := trainer.Store()
	run.Param("optimizer", optimizerName(trainer))
	if rate, ok := learningRate(store); ok {
		run.Param("learning_rate", shortest(rate))
	}
	store.IterParams()(func(path string, value any) bool { // called, not ranged over: for cells this is code of Go 1.22
		name := strings.TrimPrefix(path, "/")
		if name != optimizer.ParamOptimizer && name != optimizer.ParamLearningRate { // these are told above, as they are in use
			run.Param(name, value)
		}
		return true
	})
	parameters, bytes := 0, int64(0)
	store.IterVariables()(func(v *model.Variable) bool {
		if v.Trainable {
			parameters += v.Shape().Size()
			bytes += v.Shape().ByteSize()
		}
		return true
	})
	run.Param("model_parameters", parameters)
	run.Param("model_bytes", bytes)
	run.Param("backend", trainer.Backend().Name())
	run.Param("accumulated_steps", max(1, trainer.NumAccumulatingSteps()))
}

// learningRate returns the learning rate in use. Optimizers keep it in a variable, which exists from the first step on.
func learningRate(store *model.Store) (float64, bool) {
	path := model.JoinPath("/", optimizer.Scope, optimizer.ParamLearningRate)
	v := store.GetVariable(path)
	if v == nil || !v.HasValue() {
		return 0, false
	}
	t, err := v.Value()
	if err != nil || !t.IsScalar() {
		return 0, false
	}
	return shapes.ConvertTo[float64](t.Value()), true
}

// shortest returns a number as the float32 that it came from, if it did: 0.1, and not what that is as a float64.
func shortest(v float64) any {
	if short := float32(v); float64(short) == v {
		return short
	}
	return v
}

// known maps the types of GoMLX's optimizers to the names that its flags and parameters have for them.
var known = map[string]string{"SGDConfig": "sgd", "adam": "adam"}

// optimizerName returns the name of a trainer's optimizer. GoMLX does not hand the optimizer out, so its type is looked at; several
// optimizers are of one type, and then the hyperparameter tells more.
func optimizerName(trainer *train.Trainer) string {
	asked, _ := trainer.Store().GetParam("/" + optimizer.ParamOptimizer)
	name, _ := asked.(string)
	field := reflect.ValueOf(trainer).Elem().FieldByName("optimizer")
	if !field.IsValid() || field.Kind() != reflect.Interface || field.IsNil() {
		return name
	}
	t := field.Elem().Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	real := cmp.Or(known[t.Name()], t.Name())
	if real == "adam" && name != "sgd" && name != "" {
		return name
	}
	return real
}
