# node.sh: worker threads, child processes, files and a server in node.
. "${0%/*}/begin.sh"
cat >work.js <<'J'
const { Worker, isMainThread, parentPort } = require('worker_threads');
if (!isMainThread) {
    parentPort.postMessage(7);
    return;
}
let left = 3, sum = 0;
for (let i = 0; i < 3; i++) {
    const worker = new Worker(__filename);
    worker.on('message', m => { sum += m; });
    worker.on('exit', () => { if (--left === 0) { console.log(sum); rest(); } });
}
function rest() {
    const { execSync, exec, spawn } = require('child_process');
    console.log(execSync('echo sub').toString().trim());
    exec('exit 3', e => {
        console.log('exit', e.code);
        spawn('no-such-program').on('error', f => {
            console.log(f.code);
            serve();
        });
    });
}
function serve() {
    const http = require('http');
    const server = http.createServer((q, r) => r.end('hello ' + q.url));
    server.listen(0, () => http.get({ port: server.address().port, path: '/x' },
        r => {
            r.on('data', d => console.log('' + d));
            r.on('end', () => server.close());
        }));
}
J
node work.js
