package workbook

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
)

// Looks says whether the first bytes of a file are those of a workbook, of any
// age: a zip with the parts of one, or the container that old and protected
// workbooks use. It needs a few hundred bytes; fewer may give false.
func Looks(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, compound)
}

// compound begins a compound file, in which Excel up to 2003 saved, and in which
// later ones put what a password protects.
var compound = []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")

// judge refuses what is plainly no workbook, by its first bytes.
func judge(r io.ReaderAt, size int64) error {
	if size == 0 {
		return refuse(ErrEmpty, "The file is empty. Export the workbook again and choose the new file.")
	}
	if size > MaxFile {
		return refuse(ErrTooLarge, "The file has %d MB. A workbook may have %d. Take out sheets and pictures that do not belong to the return.", size>>20, int64(MaxFile)>>20)
	}
	head := make([]byte, min(size, 4096))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return err
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	first, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil
	case bytes.HasPrefix(head, compound):
		return oldOrProtected(r, size)
	case bytes.HasPrefix(head, []byte("PK")):
		return refuse(ErrDamaged, "The file is an empty or a damaged zip. Open it in Excel and save it again as .xlsx.")
	case bytes.HasPrefix(text, []byte("%PDF")):
		return refuse(ErrNotXLSX, "This is a PDF, not a workbook. Choose the .xlsx file it was made from.")
	case bytes.HasPrefix(bytes.ToLower(text), []byte("<html")), bytes.HasPrefix(bytes.ToLower(text), []byte("<!doctype html")), bytes.HasPrefix(bytes.ToLower(text), []byte("<table")):
		return refuse(ErrNotXLSX, "This is a web page, even where its name ends in .xls. Open it in Excel and save it as .xlsx.")
	case len(text) > 0 && text[0] == '<':
		return refuse(ErrNotXLSX, "This is XML, not a workbook. Open it in Excel and save it as .xlsx.")
	case bytes.IndexByte(head, 0) < 0 && (bytes.Count(first, []byte(",")) >= 2 || bytes.Count(first, []byte("\t")) >= 2 || bytes.Count(first, []byte(";")) >= 2):
		return refuse(ErrNotXLSX, "This is a table as text (CSV), not a workbook. Put the lists into one workbook and save it as .xlsx.")
	}
	return refuse(ErrNotXLSX, "This is not a workbook of Excel. Choose the .xlsx file.")
}

// oldOrProtected looks for the name of the stream in which Excel keeps what a
// password protects. Names stand in a directory near the end or the start.
func oldOrProtected(r io.ReaderAt, size int64) error {
	name := utf16("EncryptedPackage")
	const window = 1 << 20
	for _, from := range []int64{0, max(0, size-window)} {
		b := make([]byte, min(window, size-from))
		n, _ := r.ReadAt(b, from)
		if bytes.Contains(b[:n], name) {
			return refuse(ErrPassword, "The workbook is protected by a password. Open it in Excel, take the password away (File, Info, Protect Workbook), save it and choose it again.")
		}
	}
	return refuse(ErrOld, "This is a workbook of the old kind (.xls). Open it in Excel, save it as an Excel workbook (.xlsx) and choose that.")
}

func utf16(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

// other says what a zip is that is no workbook.
func other(z *zip.Reader) error {
	has := func(prefix string) bool {
		for _, f := range z.File {
			if strings.HasPrefix(strings.ToLower(f.Name), prefix) {
				return true
			}
		}
		return false
	}
	switch {
	case has("xl/workbook.bin"):
		return refuse(ErrNotXLSX, "This is a binary workbook (.xlsb). Open it in Excel and save it as an Excel workbook (.xlsx).")
	case has("word/"):
		return refuse(ErrNotXLSX, "This is a document of Word, not a workbook.")
	case has("ppt/"):
		return refuse(ErrNotXLSX, "This is a presentation, not a workbook.")
	case has("content.xml") && has("mimetype"):
		return refuse(ErrNotXLSX, "This is a file of LibreOffice (.ods). Open it and save it as .xlsx.")
	}
	return refuse(ErrNotXLSX, "This is a zip file, not a workbook. Unpack it and choose the .xlsx file inside.")
}
