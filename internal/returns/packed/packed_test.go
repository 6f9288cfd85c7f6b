package packed

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"testing"

	"onus/internal/returns/scan"
)

var ends = []string{".csv", ".xml"}

// packed is a zip of files, by their names.
func packed(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZipMembers(t *testing.T) {
	many := map[string]string{}
	for i := range maxMembers + 1 {
		many[string(rune('a'+i%26))+string(rune('a'+i/26))+".csv"] = "x"
	}
	for name, c := range map[string]struct {
		files map[string]string
		why   error
		n     int
	}{
		"two":        {map[string]string{"a/header.csv": "CHILD", "b.XML": "<a/>", "a/": "", "__MACOSX/a.csv": "x", ".DS_Store": "x"}, nil, 2},
		"a workbook": {map[string]string{"[Content_Types].xml": "x", "xl/workbook.xml": "x"}, scan.ErrPacked, 0},
		"a picture":  {map[string]string{"header.csv": "x", "x.png": "x"}, scan.ErrPacked, 0},
		"a zip":      {map[string]string{"header.csv": "x", "inner.zip": "x"}, scan.ErrPacked, 0},
		"nothing":    {nil, scan.ErrEmpty, 0},
		"too many":   {many, scan.ErrLimit, 0},
	} {
		text := packed(t, c.files)
		if !IsZip(text) {
			t.Errorf("%s: it is not known for a zip", name)
		}
		files, err := Unzip("x.zip", bytes.NewReader(text), int64(len(text)), Most, ends...)
		if !errors.Is(err, c.why) || len(files) != c.n {
			t.Errorf("%s: %d files, %v", name, len(files), err)
		}
	}
	if IsZip([]byte("CHILD")) {
		t.Error("a table is taken for a zip")
	}
	cut := packed(t, map[string]string{"a.csv": "CHILD"})[:30]
	if _, err := Unzip("x.zip", bytes.NewReader(cut), 30, Most, ends...); !errors.Is(err, scan.ErrPacked) {
		t.Errorf("one that was cut short: %v", err)
	}
}

// A zip that says less of its size than it unpacks to gives an error, not the rest.
func TestZipThatGrows(t *testing.T) {
	text := packed(t, map[string]string{"header.csv": "CHILD,DECOM\nA,01/04/2025\n"})
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	z.File[0].UncompressedSize64 = 5
	files, err := members("x.zip", z, Most, ends)
	if err != nil {
		t.Fatal(err)
	}
	r, err := files[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err == nil || len(got) > 6 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	z.File[0].UncompressedSize64 = Most + 1
	if _, err := members("x.zip", z, Most, ends); !errors.Is(err, scan.ErrLimit) {
		t.Errorf("a zip of over 2 GB: %v", err)
	}
}

// Whatever is in a zip, it is read within what it says of itself, or refused.
func FuzzZip(f *testing.F) {
	f.Add(packed(f, map[string]string{"header.csv": "CHILD,DECOM\nA,01/04/2025\n", "a/b.xml": "<a/>"}))
	f.Add(packed(f, map[string]string{"[Content_Types].xml": "x"}))
	f.Fuzz(func(t *testing.T, text []byte) {
		z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		files, err := members("x.zip", z, Most, ends)
		if err != nil {
			var r *scan.Refusal
			if !errors.As(err, &r) {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		for _, file := range files {
			r, err := file.Open()
			if err != nil {
				continue
			}
			if _, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20)); err != nil {
				var refused *scan.Refusal
				if !errors.As(err, &refused) {
					t.Fatalf("%v is no refusal", err)
				}
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
