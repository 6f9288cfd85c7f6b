package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// chromium finds a Chromium to print with; empty: there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// printing is how long printing may take.
const printing = 60 * time.Second

// printed is a document as a tagged PDF. It goes to the browser in a file of its own
// that is removed at once, never by an address with a session.
func printed(ctx context.Context, browser, html string) (pdf []byte, err error) {
	dir, err := os.MkdirTemp("", "onus-pack-") // only its owner can open it
	if err != nil {
		return nil, fmt.Errorf("make room to print: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	in, out := filepath.Join(dir, "pack.html"), filepath.Join(dir, "pack.pdf")
	if err := os.WriteFile(in, []byte(html), 0o600); err != nil {
		return nil, fmt.Errorf("write what is printed: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, printing)
	defer cancel()
	args := []string{"--headless", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage", "--disable-extensions", "--no-first-run", "--user-data-dir=" + filepath.Join(dir, "profile"),
		"--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline", "--print-to-pdf=" + out}
	if os.Geteuid() == 0 { // Chromium refuses its sandbox to root
		args = append(args, "--no-sandbox")
	}
	cmd := exec.CommandContext(ctx, browser, append(args, (&url.URL{Scheme: "file", Path: in}).String())...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir}
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil { // what it says may hold what is printed
		return nil, fmt.Errorf("print a pack: %w", err)
	}
	pdf, err = os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("print a pack: %w", err)
	}
	return pdf, nil
}

// bodyOf are the rows of an entry's body, of the entry's whole text.
func bodyOf(text string) [][2]string {
	var e struct {
		Body json.RawMessage `json:"body"`
	}
	if json.Unmarshal([]byte(text), &e) != nil {
		return nil
	}
	return bodyRows(e.Body)
}
