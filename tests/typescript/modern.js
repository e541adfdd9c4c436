// Newer JavaScript, of which every line must mean the same after it was built.
const told = [];
const tell = (...values) => told.push(values.join(" "));

class Point {
    static made = 0;
    secret = 7;
    constructor(x, y = 2) { this.x = x; this.y = y; Point.made++; }
    get sum() { return this.x + this.y; }
    reveal() { return this.secret + this.sum; }
    toString() { return `(${this.x}, ${this.y})`; }
}
class Named extends Point {
    constructor(name, ...rest) { super(...rest); this.name = name; }
    toString() { return `${this.name}${super.toString()}`; }
}

let [first, , third = 3, ...others] = [1, 2, undefined, 4, 5];
const { a, b: { c = 6 } = {}, ...rest } = { a: 1, d: 4, e: 5 };

function* count(to) { for (let i = 0; i < to; i++) yield i; }

tell("class", String(new Named("p", 1)), new Point(3).sum, Point.made);
tell("destructuring", first, third, others.length, a, c, Object.keys(rest).join());
tell("spread", [...[1, 2], ...[3]].length, Math.max(...[4, 9]), { ...rest, d: 1 }.d);
for (const x of [10, 20]) tell("of", x);
for (const letter of "hé") tell("text", letter);
tell("generator", [...count(3)].join());
tell("operators", rest?.nothing?.deep ?? "none", 2 ** 10);
const closures = [];
for (let i = 0; i < 3; i++) closures.push(() => i);
tell("let", closures.map(f => f()).join());
try { throw new Error("e"); } catch { tell("catch"); }
tell("field", new Point(1).reveal());
accessors.AddHookBefore(1000, (x, y) => accessors.print(told.concat(x + y).join("; ")));
