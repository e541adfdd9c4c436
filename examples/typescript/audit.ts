// An audit in TypeScript: which files and addresses a program asked for, and
// how often, told when it ends. Build it and run the result:
//
//   scripts/build-hooks examples/typescript/audit.ts -o hooks
//   microvm-hook --hooks hooks/audit.js -- ls /

class Tally {
    private counts: { [what: string]: number } = {};

    add(what: string, by = 1): void {
        this.counts[what] = (this.counts[what] ?? 0) + by;
    }

    *lines() {
        for (const what of Object.keys(this.counts).sort())
            yield `${this.counts[what]}x ${what}\n`;
    }
}

const files = new Tally();

accessors.on("after", ["open", "openat"], () => {
    const { path, text } = args as ArgsOf<"openat">;

    files.add(`${path} ${args.errno ? text.errno : "ok"}`);
});

accessors.on("before", "connect", () => {
    const { addr, port } = (args as ArgsOf<"connect">).sockaddr ?? { addr: "?", port: 0 };

    files.add(`${addr}:${port}`);
});

accessors.on("before", "exit_group", () => {
    accessors.print([...files.lines()].join(""));
});
