// Package packed gives the files in a zip, within limits: nothing in one may be larger than
// it says, nor all of it larger than whoever asks allows. It knows no return.
package packed

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"onus/internal/returns/scan"
)

// What a zip may hold: a return has a dozen files, and that of the largest authority
// some tens of megabytes.
const (
	maxMembers = 100
	Most       = 2 << 30 // bytes of all files of a zip together, where nobody says less
)

// File is a file in a zip.
type File struct {
	Name string // with that of the zip before it
	Open func() (io.ReadCloser, error)
}

// IsZip says whether a file that begins so is a zip. A workbook is one too.
func IsZip(start []byte) bool {
	return bytes.HasPrefix(start, []byte("PK\x03\x04")) || bytes.HasPrefix(start, []byte("PK\x05\x06")) // the second is one with nothing in it
}

// Plain says whether a file is a zip that can be looked into and that is no workbook.
func Plain(in io.ReaderAt, size int64) bool {
	z, err := zip.NewReader(in, size)
	return err == nil && !slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "[Content_Types].xml" })
}

// Unzip gives the files in a zip that end in one of some ways (".csv"). With anything else
// in it a zip is refused: what was left out would be lost unseen. So is one with more than
// most bytes in it, by what it says of itself; what gives more than it said breaks off when
// it is read. The error is a *scan.Refusal.
func Unzip(name string, in io.ReaderAt, size, most int64, ends ...string) ([]File, error) {
	z, err := zip.NewReader(in, size)
	if err != nil {
		return nil, scan.Refuse(scan.ErrPacked, 0, "", "%s is a zip file that cannot be unpacked: it was cut short, or is broken.", name)
	}
	return members(name, z, most, ends)
}

func members(name string, z *zip.Reader, most int64, ends []string) ([]File, error) {
	refuse := func(why error, text string, a ...any) error {
		return scan.Refuse(why, 0, "", "%s: "+text, append([]any{name}, a...)...)
	}
	var out []File
	all := uint64(0)
	for _, f := range z.File {
		base := path.Base(f.Name)
		if f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/") || strings.HasPrefix(base, ".") {
			continue
		}
		switch ext := strings.ToLower(path.Ext(base)); {
		case base == "[Content_Types].xml":
			return nil, refuse(scan.ErrPacked, "this is a workbook. Save each of its sheets as CSV.")
		case ext == ".zip":
			return nil, refuse(scan.ErrPacked, "it holds %s, a zip in a zip. Unpack that one first.", scan.Cut(base))
		case !slices.Contains(ends, ext):
			return nil, refuse(scan.ErrPacked, "it holds %s, which is none of %s. Leave it out.", scan.Cut(base), kindsOfFile(ends))
		case f.Flags&1 != 0:
			return nil, refuse(scan.ErrPacked, "%s needs a password. Pack the files without one.", scan.Cut(base))
		case len(out) == maxMembers:
			return nil, refuse(scan.ErrLimit, "it holds more than %d files. This is not a true return.", maxMembers)
		}
		if all += f.UncompressedSize64; all > uint64(most) || f.UncompressedSize64 > uint64(most) {
			return nil, refuse(scan.ErrLimit, "what it holds is larger than %d MB. This is not a true return.", most>>20)
		}
		out = append(out, File{Name: name + "/" + base, Open: func() (io.ReadCloser, error) {
			r, err := f.Open()
			if err != nil {
				return nil, refuse(scan.ErrPacked, "%s cannot be unpacked.", scan.Cut(base))
			}
			return member{io.LimitReader(r, int64(f.UncompressedSize64)+1), r, name}, nil
		}})
	}
	if len(out) == 0 {
		return nil, refuse(scan.ErrEmpty, "it holds no files of a return.")
	}
	return out, nil
}

// kindsOfFile are endings in words: "CSV, XML".
func kindsOfFile(ends []string) string {
	return strings.ToUpper(strings.ReplaceAll(strings.Join(ends, ", "), ".", ""))
}

// member is a file of a zip: what is broken in it is the file's fault.
type member struct {
	io.Reader
	io.Closer
	name string
}

func (m member) Read(b []byte) (int, error) {
	n, err := m.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, scan.Refuse(scan.ErrPacked, 0, "", "%s cannot be unpacked: it was cut short, or is broken.", m.name)
	}
	return n, err
}
