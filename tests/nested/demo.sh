# demo.sh: what the nested machine runs for scripts/demo.
echo '$ uname -n'
uname -n
echo '$ microvm-hook --hooks scripts/demo.js -- uname -n'
bin/microvm-hook --hooks demo.js -- uname -n
