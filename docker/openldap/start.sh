#!/bin/sh
# Starts slapd in the foreground; the first time it makes the tree, and adds the people of /seed/people.ldif if there are any.
# LDAP_ADMIN_PASSWORD and LDAP_BIND_PASSWORD are those of the administrator and of the bridge's account.
set -eu
: "${LDAP_ADMIN_PASSWORD:?is not set}" "${LDAP_BIND_PASSWORD:?is not set}"
PATH=$PATH:/usr/sbin
here=$(dirname "$0")
data=${DATA:-/var/lib/ldap}
run=${RUN:-/run/scim}
seed=${SEED:-/seed/people.ldif}
url=ldap://${LISTEN:-0.0.0.0:1389}
local=ldapi://$(printf %s "$run/ldapi" | sed 's|/|%2F|g')
umask 077

# by a file: arguments show in the list of processes
printf %s "$LDAP_ADMIN_PASSWORD" > "$run/admin"
printf %s "$LDAP_BIND_PASSWORD" > "$run/scim"
hash() { slappasswd -n -T "$1"; }
# a hash is of letters, digits and {}+/=, so | ends nothing
sed -e "s|@RUN@|$run|; s|@DATA@|$data|; s|@ROOTPW@|$(hash "$run/admin")|" "$here/slapd.conf" > "$run/slapd.conf"

if [ ! -e "$data/filled" ]; then
  # whatever a first start left behind that did not come to its end
  rm -f "$data/data.mdb" "$data/lock.mdb"
  sed -e "s|@SCIMPW@|$(hash "$run/scim")|" "$here/tree.ldif" | slapadd -f "$run/slapd.conf" -b dc=example,dc=com
  if [ -e "$seed" ]; then
    # over the protocol, because slapadd passes by memberof
    slapd -f "$run/slapd.conf" -h "$local" -d 0 &
    until ldapwhoami -x -H "$local" > /dev/null 2>&1; do
      kill -0 $! || exit 1
      sleep 0.1
    done
    ldapadd -x -H "$local" -D cn=admin,dc=example,dc=com -y "$run/admin" -f "$seed" > /dev/null
    kill $!
    wait $! || true
  fi
  touch "$data/filled"
fi
rm -f "$run/admin" "$run/scim"
exec slapd -f "$run/slapd.conf" -h "$url" -d 0
