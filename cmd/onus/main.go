// Command onus is the whole of Onus: server, importer, checker.
package main

import (
	"os"

	"onus/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
