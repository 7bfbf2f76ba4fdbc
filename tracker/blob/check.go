package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// Check reads every blob of every pack in dir and tells each: its frame, and what is wrong with it,
// if anything. Bytes between frames that are no frame are told as a Frame without digest. What a
// killed writer left unfinished at the end of a pack is no fault and is not told. Blobs that are made of chunks
// come after all others.
func Check(dir string, tell func(pack string, f Frame, fault error)) error {
	names, err := PackNames(dir)
	if err != nil {
		return err
	}
	dec, err := newDecoder()
	if err != nil {
		return err
	}
	defer dec.close()
	c := &checking{dec: dec, tell: tell}
	for _, name := range names {
		if err := c.pack(dir, name); err != nil && !errors.Is(err, fs.ErrNotExist) { // else it was collected
			tell(name, Frame{}, err)
		}
	}
	return c.checkRecipes(dir)
}

type checking struct {
	dec     *decoder
	tell    func(pack string, f Frame, fault error)
	recipes []recipeIn
}

// recipeIn is a recipe and the name of its pack.
type recipeIn struct {
	pack string
	Frame
}

func (c *checking) pack(dir, name string) error {
	pack, err := OpenPack(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	defer func() { _ = pack.Close() }()
	visit := func(f Frame) error {
		if f.Recipe() {
			c.recipes = append(c.recipes, recipeIn{name, f})
			return nil
		}
		c.tell(name, f, c.dec.check(pack.file, f))
		return nil
	}
	damaged := func(from, to int64) {
		c.tell(name, Frame{Offset: from, Stored: to - from}, fmt.Errorf("bytes %d to %d are no blob: %w", from, to, ErrCorrupt))
	}
	_, err = pack.Frames(visit, damaged)
	return err
}

// checkRecipes reads the blobs that are made of chunks, wherever these are.
func (c *checking) checkRecipes(dir string) error {
	store := OpenStore(dir)
	store.scanOnly = true
	for _, r := range c.recipes {
		pack, err := OpenPack(filepath.Join(dir, r.pack))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was collected
		}
		if err == nil {
			err = store.checkRecipe(pack.file, r.Frame)
			_ = pack.Close() // it was only read
		}
		c.tell(r.pack, r.Frame, err)
	}
	return nil
}
