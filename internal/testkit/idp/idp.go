// Package idp gives tests a real identity provider: npm oidc-provider on
// loopback, with a page where any name signs in. Only tests may import it. A
// machine without Node or the package fails the test and does not skip it.
package idp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Options say what the provider knows of the program that people sign in to.
type Options struct {
	Redirect string `json:"redirect"`      // where it sends people back to
	Out      string `json:"out,omitempty"` // and after signing out
}

// Provider is a running one. Its page has the fields login (any name, which is
// the subject too) and mfa (ticked: acr is MFA, else Password), and a button
// named stop.
type Provider struct {
	Issuer       string `json:"issuer"`
	ClientID     string `json:"clientID"`
	ClientSecret string `json:"clientSecret"`
}

// What the provider says of how somebody signed in.
const (
	MFA      = "urn:onus:mfa"
	Password = "urn:onus:password"
)

// Start starts a provider of the test's own; it ends with the test, or with the
// test's process however that ends.
func Start(t testing.TB, o Options) *Provider {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("the tests of sign-in need Node: install Debian's package nodejs, or Node 20 or later")
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", "oidc-provider", "package.json")); err != nil {
		t.Fatal("the tests of sign-in need the npm package oidc-provider: run npm ci --ignore-scripts in " + root)
	}
	said, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, filepath.Join(root, "internal", "testkit", "idp", "idp.mjs"), string(said))
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "NODE_ENV=test")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	hold, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make(chan []byte, 1)
	ended := make(chan error, 1)
	go func() {
		r := bufio.NewReader(out)
		said, err := r.ReadBytes('\n')
		for err == nil && !bytes.HasPrefix(said, []byte("{")) { // before it come warnings
			said, err = r.ReadBytes('\n')
		}
		line <- said
		_, err = io.Copy(io.Discard, r)
		ended <- errors.Join(err, cmd.Wait())
	}()
	t.Cleanup(func() {
		hold.Close() // with its standard input it ends
		if err := <-ended; err != nil {
			t.Errorf("the test identity provider: %v\n%s", err, complaints.Bytes())
		}
	})
	p := &Provider{}
	select {
	case said := <-line:
		if err := json.Unmarshal(said, p); err != nil || p.Issuer == "" {
			t.Fatalf("the test identity provider did not start: %s", said)
		}
	case <-time.After(time.Minute):
		t.Fatal(errors.Join(errors.New("the test identity provider did not start within a minute"), cmd.Process.Kill()))
	}
	return p
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("the test does not run inside the module")
		}
		dir = up
	}
	return "", err
}
