package web

// For tests of what is printed.
var (
	Printed  = printed
	Chromium = chromium
)
