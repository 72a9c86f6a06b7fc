package rules

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/shell"
)

// miners are programs that mine coins, and the malware that brings them.
var miners = []string{
	"xmrig", "xmr-stak", "minerd", "cpuminer", "cgminer", "bfgminer", "ethminer", "nbminer", "t-rex-miner", "trex-miner", "lolminer",
	"phoenixminer", "kinsing", "kdevtmpfsi",
}

// minerPools are the domains of mining pools.
var minerPools = []string{
	"minexmr.com", "supportxmr.com", "nanopool.org", "2miners.com", "ethermine.org", "f2pool.com", "nicehash.com",
}

// isMiner tells whether a file or a part of a path is a miner's, also with a
// version or an extension behind it.
func isMiner(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(miners, func(miner string) bool {
		rest, ok := strings.CutPrefix(name, miner)
		return ok && (rest == "" || strings.IndexByte("-_.:@", rest[0]) >= 0)
	})
}

// namesMiner tells whether a part of a path or URL is a miner's.
func namesMiner(word string) bool {
	return slices.ContainsFunc(strings.Split(word, "/"), isMiner)
}

// imagePath is an image reference without its registry.
func imagePath(image string) string {
	_, repository := splitRegistry(image)
	return repository
}

// poolAddress tells whether a word is where a miner reports to.
func poolAddress(word string) bool {
	word = strings.ToLower(word)
	if strings.Contains(word, "stratum+tcp://") || strings.Contains(word, "stratum+ssl://") || strings.Contains(word, "stratum+tls://") {
		return true
	}
	host := word
	if _, rest, ok := strings.Cut(word, "://"); ok {
		host = rest
	}
	host, _, _ = strings.Cut(host, "/")
	host = hostOf(host)
	return slices.ContainsFunc(minerPools, func(pool string) bool { return host == pool || strings.HasSuffix(host, "."+pool) })
}

// textIdioms are the idioms that a shell text shows.
func textIdioms(text string) []string {
	found := commandIdioms(shell.Commands(text))
	if !slices.Contains(found, reverseShell) && scriptedShell(text) {
		found = append(found, reverseShell)
	}
	return found
}

// scriptedShell tells of a shell that Python, Perl or PHP ties to a socket.
func scriptedShell(text string) bool {
	hasAny := func(marks ...string) bool {
		return slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(text, mark) })
	}
	return hasAny("socket.socket(", "use Socket", "fsockopen(") &&
		hasAny("os.dup2(", "pty.spawn(", `exec{"/bin/sh"}`, `exec("/bin/sh -i`, `exec("/bin/bash -i`, `shell_exec(`, `proc_open("/bin/sh`)
}

// commandIdioms are the idioms that a run of commands shows, each once.
func commandIdioms(commands []shell.Command) []string {
	var found []string
	add := func(idiom string, shown bool) {
		if shown && !slices.Contains(found, idiom) {
			found = append(found, idiom)
		}
	}
	var before []shell.Command // those that the command reads from
	for i, c := range commands {
		if !c.Piped {
			before = nil
		}
		add(coinMiner, mines(c))
		add(reverseShell, opensShell(c, before))
		add(runsDownload, pipesDownload(c, before) || runsFetchedFile(c, commands[:i]))
		add(replacedHelper, preloadsTemporary(c))
		before = append(before, c)
	}
	return found
}

func mines(c shell.Command) bool {
	name, args := c.Program()
	if isMiner(name) {
		return true
	}
	if prints(name) {
		return false
	}
	return slices.ContainsFunc(args, func(word string) bool {
		if strings.ContainsAny(word, " \t\n") { // a text, which is judged by itself
			return false
		}
		return poolAddress(word) || strings.Contains(word, "/") && namesMiner(word)
	})
}

// opensShell tells whether a shell is tied to the network. /dev/tcp alone is
// how scripts wait for a port, so it counts only with a shell on it.
func opensShell(c shell.Command, before []shell.Command) bool {
	name, args := c.Program()
	switch name {
	case "nc", "ncat", "netcat", "nc.traditional", "nc.openbsd":
		return execsShell(args) || slices.ContainsFunc(before, isInteractive)
	case "telnet", "openssl":
		return slices.ContainsFunc(before, isInteractive)
	case "socat":
		return slices.ContainsFunc(args, func(a string) bool {
			kind, program, _ := strings.Cut(a, ":")
			program, _, _ = strings.Cut(program, ",")
			first, _, _ := strings.Cut(strings.Trim(program, `'" `), " ")
			return (strings.EqualFold(kind, "exec") || strings.EqualFold(kind, "system")) && shell.IsShell(path.Base(first))
		})
	}
	socket := slices.ContainsFunc(c.Words, func(w string) bool { return strings.Contains(w, "/dev/tcp/") || strings.Contains(w, "/dev/udp/") })
	return socket && isInteractive(c)
}

// isInteractive tells of a shell that takes commands from whoever it is tied
// to.
func isInteractive(c shell.Command) bool {
	name, args := c.Program()
	return shell.IsShell(name) && slices.ContainsFunc(args, func(a string) bool {
		return strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.Contains(a, "i") && len(a) <= 4
	})
}

// execsShell tells whether netcat hands its connection to a shell.
func execsShell(args []string) bool {
	for i, arg := range args {
		flag, value, joined := strings.Cut(arg, "=")
		short := strings.HasPrefix(flag, "-") && !strings.HasPrefix(flag, "--") && (strings.HasSuffix(flag, "e") || strings.HasSuffix(flag, "c"))
		if !short && flag != "--exec" && flag != "--sh-exec" {
			continue
		}
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		program, _, _ := strings.Cut(value, " ")
		if base := path.Base(program); shell.IsShell(base) || base == "cmd.exe" || base == "powershell.exe" {
			return true
		}
	}
	return false
}

func isFetcher(c shell.Command) bool {
	name, args := c.Program()
	return (name == "curl" || name == "wget") && !slices.Contains(args, "--version") && !slices.Contains(args, "--help")
}

// interpreters run what they read, unless their arguments give them a program.
var interpreters = []string{"python", "python2", "python3", "perl", "ruby", "node", "php"}

// pipesDownload tells whether a shell or interpreter runs what a download
// writes: through a pipe or by a substitution.
func pipesDownload(c shell.Command, before []shell.Command) bool {
	if len(c.Words) == 0 {
		return false
	}
	name, args := c.Program()
	plain := !slices.ContainsFunc(args, func(a string) bool { return a != "-" && !isRedirection(a) })
	if slices.ContainsFunc(before, isFetcher) && (shell.IsShell(name) && readsInput(args) || slices.Contains(interpreters, name) && plain) {
		return true
	}
	if substitutesDownload(c.Words[0]) {
		return true
	}
	runs := shell.IsShell(name) || name == "source" || name == "." || c.Words[0] == "eval" || slices.Contains(interpreters, name)
	return runs && slices.ContainsFunc(c.Words[1:], substitutesDownload) && (shell.IsShell(name) && runsArgument(args) || !shell.IsShell(name))
}

func isRedirection(word string) bool { return strings.ContainsAny(word, "<>") }

// readsInput tells whether a shell with these arguments runs its input: it has
// neither a script nor -c.
func readsInput(args []string) bool {
	for _, a := range args {
		switch {
		case a == "-s" || a == "--" || a == "-":
			return true
		case strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.Contains(a, "c"):
			return false
		case strings.HasPrefix(a, "-") && strings.HasSuffix(a, "s"):
			return true
		case strings.HasPrefix(a, "-"), isRedirection(a), shell.IsNumber(a), a == "pipefail":
		default:
			return false
		}
	}
	return true
}

// runsArgument tells whether the first argument that is no option is a
// substitution: a script, not a value for one.
func runsArgument(args []string) bool {
	for _, a := range args {
		if !strings.HasPrefix(a, "-") && a != "<" {
			return strings.HasPrefix(a, "$(")
		}
	}
	return false
}

// substitutesDownload tells whether a word is what a download writes.
func substitutesDownload(word string) bool {
	inner, ok := strings.CutPrefix(word, "$(")
	if !ok {
		return false
	}
	commands := shell.Commands(strings.TrimSuffix(inner, ")"))
	return len(commands) > 0 && isFetcher(commands[0])
}

// runsFetchedFile tells whether the command makes a file executable that an
// earlier one downloaded.
func runsFetchedFile(c shell.Command, earlier []shell.Command) bool {
	name, args := c.Program()
	if name != "chmod" || len(args) < 2 {
		return false
	}
	if !makesExecutable(args[0]) && !makesExecutable(args[1]) {
		return false
	}
	for _, download := range earlier {
		if isFetcher(download) {
			if file := fetchedFile(download); file != "" && slices.ContainsFunc(args[1:], func(a string) bool { return sameFile(a, file) }) {
				return true
			}
		}
	}
	return false
}

func makesExecutable(mode string) bool {
	if strings.Trim(mode, "01234567") == "" && len(mode) >= 3 {
		return strings.ContainsAny(mode[len(mode)-3:], "1357")
	}
	change, ok := strings.CutPrefix(strings.TrimLeft(mode, "ugoa"), "+")
	return ok && strings.Contains(change, "x")
}

// sameFile compares paths of which one may be relative.
func sameFile(a, b string) bool {
	a, b = path.Clean(a), path.Clean(b)
	return a == b || path.Base(a) == path.Base(b) && !(path.IsAbs(a) && path.IsAbs(b))
}

// fetchedFile is the file that a download writes, "" when it writes none.
func fetchedFile(c shell.Command) string {
	name, args := c.Program()
	var url, file string
	remote := name == "wget"
	for i, a := range args {
		next := ""
		if i+1 < len(args) {
			next = args[i+1]
		}
		switch long, value, _ := strings.Cut(a, "="); {
		case strings.Contains(a, "://"):
			url = a
		case long == "--output" || long == "--output-document":
			file = cmp.Or(value, next)
		case long == "--remote-name":
			remote = true
		case a == ">":
			file = next
		case strings.HasPrefix(a, ">") && len(a) > 1:
			file = a[1:]
		case strings.HasPrefix(a, "--") || !strings.HasPrefix(a, "-"):
		case name == "curl" && strings.HasSuffix(a, "o"), name == "wget" && strings.HasSuffix(a, "O"):
			file = next
		case name == "curl" && strings.Contains(a, "O"):
			remote = true
		}
	}
	if file == "" && remote {
		url, _, _ = strings.Cut(url, "?")
		file = path.Base(url)
	}
	return file
}

// preloadsTemporary tells whether the command loads a library into programs
// from a directory that anybody writes to.
func preloadsTemporary(c shell.Command) bool {
	return slices.ContainsFunc(c.Words, func(word string) bool {
		library, ok := strings.CutPrefix(word, "LD_PRELOAD=")
		return ok && (under(library, "/tmp") || under(library, "/var/tmp") || under(library, "/dev/shm"))
	})
}
