package lab

import (
	"context"
	"fmt"
	"os/exec"

	"github.com/chromedp/chromedp"
)

// A browser is a running Chromium without a window.
type browser struct {
	tabs context.Context // parent of the contexts of tabs
	free context.CancelFunc
}

func (b *browser) start(dir string) error {
	path, err := findBrowser()
	if err != nil {
		return err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.WindowSize(1280, 1400),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
	}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	allocator, free := chromedp.NewExecAllocator(context.Background(), options...)
	b.tabs, _ = chromedp.NewContext(allocator)
	b.free = free
	if err := chromedp.Do(b.tabs); err != nil {
		return fmt.Errorf("start %s: %w", path, err)
	}
	return nil
}

func (b *browser) stop() {
	if b.free != nil {
		b.free()
	}
}

func findBrowser() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: Chromium; make chromium installs it or says how", errMissing)
}
