package gomlx

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gemba-ml/gemba/tracker/track"
)

// tensorFormat is a line of JSON with the type and the dimensions, and the bytes as they are in memory.
const tensorFormat = "gomlx tensor 1"

type tensorHead struct {
	Type       string `json:"type"` // as package dtypes names it
	Dimensions []int  `json:"dimensions"`
}

// Keep is track.Keep for a tensor, which Get returns in a later cell. It may be on any device.
func Keep(name string, t *tensors.Tensor) error {
	return track.KeepStream(name, tensorFormat, func(w io.Writer) error {
		if t == nil {
			return fmt.Errorf("there is no tensor")
		}
		shape := t.Shape()
		if err := json.NewEncoder(w).Encode(tensorHead{shape.DType.String(), shape.Dimensions}); err != nil {
			return err
		}
		var written error
		err := t.ConstBytes(func(b []byte) { _, written = w.Write(b) })
		if err == nil {
			err = written
		}
		return err
	})
}

// Get returns a tensor that Keep kept, in memory. The error is as of track.Get.
func Get(name string) (t *tensors.Tensor, err error) {
	err = track.GetStream(name, tensorFormat, func(r io.Reader) (err error) {
		t, err = readTensor(bufio.NewReader(r))
		return err
	})
	return t, err
}

func readTensor(r *bufio.Reader) (*tensors.Tensor, error) {
	line, err := r.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var h tensorHead
	if err := json.Unmarshal(line, &h); err != nil {
		return nil, err
	}
	dtype, known := dtypes.MapOfNames[h.Type]
	if !known {
		return nil, fmt.Errorf("this GoMLX has no type %q", h.Type)
	}
	t := tensors.FromShape(shapes.Make(dtype, h.Dimensions...))
	var read error
	if err = t.MutableBytes(func(b []byte) { _, read = io.ReadFull(r, b) }); err == nil {
		err = read
	}
	return t, err
}
