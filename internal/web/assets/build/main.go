// Command build makes the style sheet and the script that the pages use.
// It runs from the root of the repository, after npm ci, and writes
// internal/web/assets/dist: each file under a name that holds the hash of its
// content, a gzip copy beside it, and manifest.json from plain to hashed name.
//
// It may know node and the folders of the repository; nothing of the product
// may import it.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	source = "internal/web/assets/src"
	dist   = "internal/web/assets/dist"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run() error {
	if _, err := os.Stat("node_modules/govuk-frontend"); err != nil {
		return errors.New("node_modules is missing: run `make assets` from the root of the repository")
	}
	css, err := styles()
	if err != nil {
		return err
	}
	js, err := script("onus.js")
	if err != nil {
		return err
	}
	worker, err := script("sw.js")
	if err != nil {
		return err
	}
	return write(map[string][]byte{"onus.css": css, "onus.js": js, "sw.js": worker})
}

// styles compiles the style sheet with node's sass. The root is a load path
// because the MOJ Sass names node_modules/govuk-frontend from there. Warnings
// are shown only with a failure: MOJ's Sass calls a mixin that GOV.UK retires.
func styles() ([]byte, error) {
	var stderr bytes.Buffer
	cmd := exec.Command("node", "node_modules/sass/sass.js",
		"--style=compressed", "--no-source-map", "--load-path=.",
		"--quiet-deps", source+"/onus.scss")
	cmd.Stderr = &stderr
	css, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("sass: %w\n%s", err, stderr.String())
	}
	return css, allowed(css)
}

// allowed refuses what belongs to central government or would leave the
// server: the GDS Transport typeface and any file named by url().
func allowed(css []byte) error {
	for _, word := range []string{"GDS Transport", "url("} {
		if bytes.Contains(css, []byte(word)) {
			return fmt.Errorf("the style sheet contains %q; see trap 6 in DEPENDENCIES.md", word)
		}
	}
	return nil
}

func script(name string) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{source + "/" + name},
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2020,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsEndOfFile,
	})
	if len(result.Errors) > 0 {
		text := api.FormatMessages(result.Errors, api.FormatMessagesOptions{})
		return nil, fmt.Errorf("esbuild: %s", strings.Join(text, ""))
	}
	return result.OutputFiles[0].Contents, nil
}

// write replaces dist. The manifest comes last: make takes its time as the
// time of the whole build, so a build that failed half way is built again.
func write(files map[string][]byte) error {
	old, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for _, entry := range old {
		if entry.Name() == ".keep" {
			continue
		}
		if err := os.Remove(filepath.Join(dist, entry.Name())); err != nil {
			return err
		}
	}
	manifest := map[string]string{}
	for name, content := range files {
		hashed := hashedName(name, content)
		manifest[name] = hashed
		packed, err := compress(content)
		if err != nil {
			return err
		}
		if err := put(hashed, content); err != nil {
			return err
		}
		if err := put(hashed+".gz", packed); err != nil {
			return err
		}
		fmt.Printf("%s: %d bytes, %d with gzip\n", hashed, len(content), len(packed))
	}
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	return put("manifest.json", append(text, '\n'))
}

func put(name string, content []byte) error {
	return os.WriteFile(filepath.Join(dist, name), content, 0o644)
}

func hashedName(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:6]) + ext
}

func compress(content []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
