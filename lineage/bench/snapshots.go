//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

// snapshots measures `gemba snapshot` beside `dvc add`, `restic backup` and `cp`.
func snapshots() []measurement {
	return []measurement{
		{name: "20,000 files of 2 kB, first time", setup: manyFirst},
		{name: "20,000 files of 2 kB, unchanged", setup: manyAgain},
		{name: "a 1 GB file", setup: largeFirst},
		{name: "1 byte changed in the 1 GB file, new bytes", unit: "MB", setup: largeChanged},
		{name: "600,000 files, first time", setup: vast(goal{}, func(s *shelf) round { return s.take.after(s.clearGemba) })},
		{name: "600,000 files, one changed", setup: vast(below(5, "s"), changeOne)},
	}
}

// A shelf is the three stores that a folder of data goes to, each in a folder of its own.
type shelf struct {
	dir, data                 string
	gemba, dvc, restic, cache string // folders
	take, add, backup         command
}

// newShelf makes the stores in dir for what is at data, below dir/work.
func (b *bench) newShelf(ctx context.Context, dir, data string) (*shelf, error) {
	dvc, err := b.python(ctx, "dvc")
	if err != nil {
		return nil, err
	}
	restic, err := b.restic(ctx)
	if err != nil {
		return nil, err
	}
	s := &shelf{dir: filepath.Join(dir, "work"), data: data, gemba: filepath.Join(dir, "ledger"),
		dvc: filepath.Join(dir, "work", ".dvc"), restic: filepath.Join(dir, "restic"), cache: filepath.Join(dir, "cache")}
	s.take = command{s.dir, []string{"GEMBA_LEDGER=" + s.gemba, "GEMBA_CONFIG=" + filepath.Join(dir, "config")},
		[]string{b.gemba, "snapshot", data}}
	s.add = command{s.dir, []string{"DVC_NO_ANALYTICS=1", "DVC_SITE_CACHE_DIR=" + s.cache, "DVC_GLOBAL_CONFIG_DIR=" + s.cache},
		[]string{dvc, "add", "-q", data}}
	s.backup = command{s.dir, []string{"RESTIC_PASSWORD=bench", "RESTIC_CACHE_DIR=" + s.cache},
		[]string{restic, "backup", "-q", "--repo", s.restic, data}}
	return s, os.MkdirAll(s.dir, 0o755)
}

// clearGemba, clearDVC and clearRestic make a store empty.
func (s *shelf) clearGemba(context.Context) error { return removeAll(s.gemba) }

func (s *shelf) clearDVC(ctx context.Context) error {
	for _, name := range []string{s.dvc, s.cache, s.data + ".dvc"} {
		if err := removeAll(name); err != nil {
			return err
		}
	}
	init := s.add
	init.arg = []string{s.add.arg[0], "init", "-q", "--no-scm"}
	_, err := init.run(ctx)
	return err
}

func (s *shelf) clearRestic(ctx context.Context) error {
	if err := removeAll(s.restic); err != nil {
		return err
	}
	init := s.backup
	init.arg = []string{s.backup.arg[0], "init", "-q", "--repo", s.restic}
	_, err := init.run(ctx)
	return err
}

// A round does a contender's work once.
type round = func(context.Context) (float64, error)

// smallFiles writes n files of 2 kB, a hundred in a folder, of bytes that do not compress.
func smallFiles(root string, n int) error {
	random := rand.NewChaCha8([32]byte{1})
	content := make([]byte, 2000)
	for i := range n {
		dir := filepath.Join(root, fmt.Sprintf("part-%04d", i/100))
		if i%100 == 0 {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
		_, _ = random.Read(content)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d.bin", i)), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func manyFirst(ctx context.Context, b *bench, dir string) ([]contender, error) {
	s, err := b.newShelf(ctx, dir, "data")
	if err != nil {
		return nil, err
	}
	return []contender{
		{name: "gemba", round: s.take.after(s.clearGemba)},
		{"dvc add", s.add.after(s.clearDVC), faster(6)},
		{name: "restic backup", round: s.backup.after(s.clearRestic)},
	}, smallFiles(filepath.Join(s.dir, "data"), b.scaled(20_000))
}

func manyAgain(ctx context.Context, b *bench, dir string) ([]contender, error) {
	s, err := b.newShelf(ctx, dir, "data")
	if err != nil {
		return nil, err
	}
	err = errors.Join(smallFiles(filepath.Join(s.dir, "data"), b.scaled(20_000)), s.clearDVC(ctx), s.clearRestic(ctx))
	return []contender{
		{name: "gemba", round: s.take.run},
		{"dvc add", s.add.run, faster(10)},
		{name: "restic backup", round: s.backup.run},
	}, err
}

// largeFile writes a file of bytes that do not compress.
func largeFile(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	random, block := rand.NewChaCha8([32]byte{2}), make([]byte, 1<<20)
	for left := size; left > 0 && err == nil; left -= int64(len(block)) {
		_, _ = random.Read(block)
		_, err = f.Write(block[:min(left, int64(len(block)))])
	}
	return errors.Join(err, f.Close())
}

func largeFirst(ctx context.Context, b *bench, dir string) ([]contender, error) {
	s, err := b.newShelf(ctx, dir, "large.bin")
	if err != nil {
		return nil, err
	}
	copied := filepath.Join(dir, "copy")
	clearCopy := func(context.Context) error { return removeAll(copied) }
	cp := command{dir: s.dir, arg: []string{"cp", "large.bin", copied}}
	durable := command{dir: s.dir, arg: []string{"sh", "-c", `cp large.bin "$0" && sync "$0"`, copied}}
	return []contender{
		{name: "gemba", round: s.take.after(s.clearGemba)},
		{"cp", cp.after(clearCopy), within(1.2)},
		{name: "cp and sync: on the disk, as gemba's", round: durable.after(clearCopy)},
		{"dvc add", s.add.after(s.clearDVC), faster(1.5)},
		{name: "restic backup", round: s.backup.after(s.clearRestic)},
	}, largeFile(filepath.Join(s.dir, "large.bin"), int64(b.scaled(1_000_000_000)))
}

func largeChanged(ctx context.Context, b *bench, dir string) ([]contender, error) {
	s, err := b.newShelf(ctx, dir, "large.bin")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(s.dir, "large.bin")
	err = largeFile(path, int64(b.scaled(1_000_000_000)))
	err = errors.Join(err, s.clearDVC(ctx), s.clearRestic(ctx))
	flip := flipper(path)
	grown := func(c command, store string) func(context.Context) (float64, error) {
		return func(ctx context.Context) (float64, error) {
			before := folderSize(store)
			if err := flip(); err != nil {
				return 0, err
			}
			_, err := c.run(ctx)
			return float64(folderSize(store)-before) / 1e6, err
		}
	}
	return []contender{
		{"gemba", grown(s.take, s.gemba), below(4, "MB")},
		{name: "dvc add", round: grown(s.add, s.dvc)},
		{name: "restic backup", round: grown(s.backup, s.restic)},
	}, err
}

// flipper returns a function that changes one byte of a file, another one each time.
func flipper(path string) func() error {
	random := rand.New(rand.NewPCG(3, 3))
	return func() error {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err != nil {
			return errors.Join(err, f.Close())
		}
		one, at := make([]byte, 1), random.Int64N(info.Size())
		_, err = f.ReadAt(one, at)
		one[0] ^= 0xff
		if err == nil {
			_, err = f.WriteAt(one, at)
		}
		return errors.Join(err, f.Close())
	}
}

// folderSize is the size of all files in a folder, in bytes.
func folderSize(dir string) (size int64) {
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	return size
}

// vast compares 600,000 files with as many in smaller folders, that take their turn as often as it needs: time is to
// grow no faster than files do.
func vast(reach goal, take func(*shelf) round) func(context.Context, *bench, string) ([]contender, error) {
	return func(ctx context.Context, b *bench, dir string) (all []contender, err error) {
		for _, times := range []int{1, 6, 60} {
			n := 600_000 / times
			s, err := b.newShelf(ctx, filepath.Join(dir, strconv.Itoa(n)), "data")
			if err != nil {
				return nil, err
			}
			if err := smallFiles(filepath.Join(s.dir, s.data), b.scaled(n)); err != nil {
				return nil, err
			}
			one := take(s)
			all = append(all, contender{fmt.Sprintf("gemba, %d times %d,000 files", times, n/1000), func(ctx context.Context) (float64, error) {
				took, err := one(ctx)
				return took * float64(times), err
			}, within(1.2)})
		}
		all[0].name, all[0].reach = "gemba", reach
		return all, nil
	}
}

// changeOne is a round that takes a folder of which one file has changed.
func changeOne(s *shelf) round {
	flip := flipper(filepath.Join(s.dir, s.data, "part-0000", "000000.bin"))
	return s.take.after(func(context.Context) error { return flip() })
}
