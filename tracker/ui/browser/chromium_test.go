package browser

import (
	"context"
	"fmt"
	"os/exec"

	"github.com/chromedp/chromedp"
)

// A chromium is a running Chromium without a window.
type chromium struct {
	tabs context.Context // parent of the contexts of tabs
	stop context.CancelFunc
}

func startChromium(dir string) (c chromium, err error) {
	path, err := findChromium()
	if err != nil {
		return c, err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.WindowSize(1440, 900),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
	}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	c.stop = stop
	c.tabs, _ = chromedp.NewContext(allocator)
	if err := chromedp.Do(c.tabs); err != nil {
		return c, fmt.Errorf("start %s: %w", path, err)
	}
	return c, nil
}

func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: Chromium; make chromium installs it or says how", errMissing)
}
