# nginx.sh: a master and its workers, a client, a reload, a quiet end.
. "${0%/*}/begin.sh"
mkdir html && echo hello >html/index.html && chmod 755 . html
cat >conf <<C
daemon off; worker_processes 2; pid $work/pid; error_log /dev/null;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path $work/b; proxy_temp_path $work/p;
    fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
    server { listen unix:$work/socket; root $work/html; }
}
C
cat >get.py <<'P'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b'GET / HTTP/1.0\r\n\r\n')
data = b''
while chunk := s.recv(4096):
    data += chunk
print(data.split(b'\r\n')[0], data.split(b'\r\n\r\n')[1])
P
nginx -c "$work/conf" -p "$work" 2>/dev/null &
server=$!
until_it_works python3 get.py "$work/socket" || exit 1
kill -HUP $server
until_it_works python3 get.py "$work/socket" || exit 1
kill -QUIT $server
wait $server
echo $?
