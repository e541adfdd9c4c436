# crypto.sh: keys, signatures and the two measuring processes of openssl.
. "${0%/*}/begin.sh"
set -e
ssh-keygen -q -t ed25519 -N '' -C test -f key
ssh-keygen -l -f key.pub | awk '{ print $1, $3, $4 }'
echo text >text
ssh-keygen -q -Y sign -f key -n file text 2>/dev/null
echo "me $(cat key.pub)" >allowed
ssh-keygen -Y verify -f allowed -I me -n file -s text.sig <text | cut -d' ' -f1-4
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa 2>/dev/null
openssl req -x509 -new -key rsa -subj /CN=here -days 2 -out cert
openssl x509 -in cert -noout -subject
openssl dgst -sha256 -sign rsa -out sig text
openssl pkey -in rsa -pubout -out pub
openssl dgst -sha256 -verify pub -signature sig text
openssl enc -aes-256-cbc -pbkdf2 -k word -in text -out secret
openssl enc -d -aes-256-cbc -pbkdf2 -k word -in secret
openssl speed -multi 2 -seconds 1 -bytes 1024 sha256 2>/dev/null | grep -c '^sha256'
