package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// newFile writes one file into a folder, which it makes where there is none. A file
// that is there already stays as it is: it may have been sent, or mended by hand.
func newFile(folder, name string, write func(io.Writer) error) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("the folder %s could not be made: %w", folder, err)
	}
	at := filepath.Join(folder, name)
	f, err := os.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return wrong("there is a file %s already. Name another folder, or take the file away", at)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("%s could not be written: %w", at, errors.Join(err, os.Remove(at))) // half a return must not be taken for one
	}
	return nil
}
