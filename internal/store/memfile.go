package store

import (
	"io/fs"
	"strings"
	"time"
)

// memFile is a file whose text is in memory.
func memFile(name, text string) fs.File {
	return &mem{Reader: strings.NewReader(text), name: name, size: int64(len(text))}
}

type mem struct {
	*strings.Reader
	name string
	size int64
}

func (m *mem) Stat() (fs.FileInfo, error) { return m, nil }
func (m *mem) Close() error               { return nil }
func (m *mem) Name() string               { return m.name }
func (m *mem) Size() int64                { return m.size }
func (m *mem) Mode() fs.FileMode          { return 0o444 }
func (m *mem) ModTime() time.Time         { return time.Time{} }
func (m *mem) IsDir() bool                { return false }
func (m *mem) Sys() any                   { return nil }
