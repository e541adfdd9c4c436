# node-test.sh: a project's own tests, by node's runner: a process a file.
. "${0%/*}/begin.sh"
mkdir -p project/test && cd project || exit 1
echo '{"name": "project", "scripts": {"test": "node --test"}}' >package.json
echo 'exports.add = (a, b) => a + b;' >index.js
for i in 1 2 3; do
    cat >test/part$i.test.js <<J
const test = require('node:test'), assert = require('node:assert');
const { add } = require('..');
test('adds $i', () => assert.strictEqual(add($i, 1), $i + 1));
test('waits $i', async () => { await new Promise(r => setTimeout(r, 20)); });
test('reads $i', async () => {
    const text = await require('fs/promises').readFile(__filename, 'utf8');
    assert.match(text, /reads $i/);
});
J
done
node --test --test-reporter=tap test/*.js >log
status=$?
grep -E '^# (tests|pass|fail)' log
echo "test('fails', () => { require('assert')(false); });" >>test/part2.test.js
node --test --test-reporter=tap test/*.js >log
echo "then $?"
exit $status
