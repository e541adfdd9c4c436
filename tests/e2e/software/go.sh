# go.sh: a Go program with goroutines and network against a threaded server.
. "${0%/*}/begin.sh"
cat >serve.py <<'P'
import http.server, subprocess, threading
class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = 'http://127.0.0.1:%d/' % server.server_address[1]
out = subprocess.run(['hey', '-n', '40', '-c', '4', url],
                     capture_output=True, text=True).stdout
found = [line for line in out.splitlines() if 'responses' in line]
print(found)
raise SystemExit(not found)
P
python3 serve.py
